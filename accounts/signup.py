"""The sign-up page's form, which takes as long for an address that has an account already."""

from typing import Any

from allauth.account import forms
from django.http import HttpRequest

from accounts.models import User


class SignupForm(forms.SignupForm):
    """allauth's, with `accounts.forms.ProfileFields` in it."""

    def try_save(self, request: HttpRequest) -> Any:
        """Open the account, or tell the address's owner that there is one: the same work.

        Hashing the password is most of it, and allauth does it for a new account only.
        """
        if self.account_already_exists:
            User().set_password(self.cleaned_data["password1"])
        return super().try_save(request)
