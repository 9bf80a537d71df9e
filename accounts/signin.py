"""The sign-in page's form, which knows the address of who comes with an invitation."""

from typing import Any

from allauth.account import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email


class LoginForm(forms.LoginForm):
    """allauth's; `?email=` fills in the address, as on its sign-up page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.request.GET.get("email", "") if self.request else ""
        try:
            validate_email(given)
        except ValidationError:
            return
        self.fields["login"].initial = given
