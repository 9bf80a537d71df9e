"""The forms of the pages to sign up and in: allauth's, with what this shop asks of them."""

from typing import Any

from allauth.account import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest

from accounts.models import User


class LoginForm(forms.LoginForm):
    """allauth's; `?email=` fills in the address of who comes with an invitation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.request.GET.get("email", "") if self.request else ""
        try:
            validate_email(given)
        except ValidationError:
            return
        self.fields["login"].initial = given


class SignupForm(forms.SignupForm):
    """allauth's, with `accounts.entrance.signup_fields` in it.

    It takes as long for an address that has an account already.
    """

    def try_save(self, request: HttpRequest) -> Any:
        """Open the account, or tell the address's owner that there is one: the same work.

        Hashing the password is most of it, and allauth does it for a new account only.
        """
        if self.account_already_exists:
            User().set_password(self.cleaned_data["password1"])
        return super().try_save(request)
