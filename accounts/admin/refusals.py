"""A verb's refusal on a page of the admin: its sentence, and the page as it was."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

from didshop.errors import ShopError


class TellingAdmin(ModelAdmin):
    """Nothing is saved where a verb refuses: Django's change view is one transaction."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            answer: HttpResponse = super().changeform_view(
                request, object_id, form_url, extra_context
            )
        except ShopError as refusal:
            problems = " ".join(detail["message"] for detail in refusal.details)
            self.message_user(request, problems or refusal.sentence, messages.ERROR)
            return redirect(request.get_full_path())
        return answer
