"""How allauth's pages open accounts and send mail in this shop."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from accounts.registration import user_exists
from didshop import outbox
from didshop.addresses import public_url


class AccountAdapter(DefaultAccountAdapter):
    """Opens accounts as the API does, and leaves the sending of mail to a task."""

    def save_user(
        self,
        request: HttpRequest,
        user: User,
        form: forms.Form,
        commit: bool = True,  # noqa: FBT001, FBT002 - allauth's signature
    ) -> User:
        """Open the account that the sign-up page asks for, with its organisation."""
        user = super().save_user(request, user, form, commit=False)
        user.company = form.cleaned_data.get("company", "")
        try:
            return User.objects.open_account(user) if commit else user
        except IntegrityError as error:
            # Somebody else took the address after the form had looked.
            messages.error(request, user_exists().message)
            raise ImmediateHttpResponse(redirect("account_login")) from error

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put allauth's mail into our outbox."""
        outbox.post(to=email, template=template_prefix, context=_facts(email) | context)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return public_url(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        uidb36, _, token = key.partition("-")
        return public_url(
            reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
        )


def _facts(email: str) -> dict[str, Any]:
    """What every mail's template may use."""
    site = SimpleNamespace(name=outbox.SHOP_NAME, domain=urlsplit(settings.PUBLIC_BASE_URL).netloc)
    return {"request": context.request, "email": email, "current_site": site}
