"""What the pages of privacy ask for."""

from typing import Any

from django import forms

from accounts.models import User


class ErasureForm(forms.Form):
    """Has the user write their address, so that no slip of the hand deletes an account."""

    email = forms.CharField(
        label="Your e-mail address",
        max_length=254,
        help_text="Write it to confirm that you mean it.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        given = str(self.cleaned_data["email"]).lower()
        if given != self.user.email:
            raise forms.ValidationError(f"This is not {self.user.email}.")
        return given
