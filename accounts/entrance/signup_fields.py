"""What the sign-up page asks for beyond allauth's e-mail address and password.

Apart from `forms`, because allauth imports it while it makes the forms that those extend.
"""

from django import forms
from django.http import HttpRequest

from accounts.models import User
from accounts.profile import LONGEST
from didshop.texts import check_plain


class ProfileFields(forms.Form):
    """Mixed into allauth's sign-up form. `accounts.adapter` saves what it holds."""

    first_name = forms.CharField(
        max_length=LONGEST["first_name"],
        validators=[check_plain],
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        max_length=LONGEST["last_name"],
        validators=[check_plain],
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    company = forms.CharField(
        max_length=LONGEST["company"],
        validators=[check_plain],
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    field_order = ("first_name", "last_name", "company", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth asks for this hook. The account is complete before it is called."""
