"""What the sign-up page asks for beyond allauth's e-mail address and password."""

from django import forms
from django.http import HttpRequest

from accounts.models import User


class ProfileFields(forms.Form):
    """Mixed into allauth's sign-up form. `accounts.adapter` saves what it holds."""

    first_name = forms.CharField(
        max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    company = forms.CharField(
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    field_order = ("first_name", "last_name", "company", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth asks for this hook. The account is complete before it is called."""
