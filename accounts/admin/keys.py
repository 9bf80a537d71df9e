"""API keys, of which the shop itself knows no more than the first characters."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.filters import KeyStateFilter
from accounts.keys.revoking import revoke
from accounts.models import ApiKey
from accounts.organizations import user_of
from didshop.admin import ReadOnlyAdmin


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = (
        "name", "prefix", "organization", "created_by", "last_used_at", "expires_at", "revoked_at"
    )  # fmt: skip
    list_filter = (KeyStateFilter, "created_at")
    list_select_related = ("organization", "created_by")
    list_per_page = 50
    search_fields = ("name", "=prefix", "organization__name", "created_by__email")
    fields = (
        "name",
        "prefix",
        "organization",
        "created_by",
        "scopes",
        "created_at",
        "expires_at",
        "last_used_at",
        "last_used_ip",
        "revoked_at",
    )
    actions = ("revoke_keys",)

    @admin.action(description="Revoke", permissions=["act"])
    def revoke_keys(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        chosen = list(keys.select_related("organization"))
        for key in chosen:
            revoke(key, actor=user_of(request))
        sentence = f"{len(chosen)} revoked. What uses them is refused from now on."
        self.message_user(request, sentence, messages.SUCCESS)
