"""Forms of one's own account: the profile, and allauth's about second factors in our words."""

import struct
from typing import Any

from allauth.account.forms import ChangePasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms

from accounts.models import User
from accounts.profile import LONGEST, change_profile
from didshop.errors import Invalid
from didshop.texts import check_plain

LONGEST_PASSKEY_NAME = 50
# A recovery code has eight digits; some room for how people write codes.
_LONGEST_CODE = 20
# What reading a credential raises that no device sends; allauth takes for granted that it is sound.
_UNREADABLE = (TypeError, ValueError, LookupError, AttributeError, struct.error)
_PASSWORD_LABELS = {
    "oldpassword": "Current password",
    "password1": "New password",
    "password2": "New password again",
}


class ProfileForm(forms.Form):
    """What people tell about themselves."""

    first_name = forms.CharField(
        max_length=LONGEST["first_name"],
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        max_length=LONGEST["last_name"],
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    company = forms.CharField(
        max_length=LONGEST["company"],
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    phone = forms.CharField(
        max_length=LONGEST["phone"],
        required=False,
        help_text="Where we reach you if your numbers need a person. Nobody else sees it.",
        widget=forms.TextInput(
            attrs={"autocomplete": "tel", "type": "tel", "inputmode": "tel"},
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        kwargs["initial"] = {name: getattr(user, name) for name in LONGEST}
        super().__init__(*args, **kwargs)

    def save(self) -> bool:
        """Change the profile; False, with the reasons beside the fields, where it is refused."""
        try:
            change_profile(self.user, **self.cleaned_data)
        except Invalid as refusal:
            for detail in refusal.details:
                self.add_error(detail["field"], detail["message"])
            return False
        return True


class NewPasswordForm(ChangePasswordForm):
    """allauth's, called as other fields of ours are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in _PASSWORD_LABELS.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)


def _code(help_text: str) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    return forms.CharField(
        label="Code",
        max_length=_LONGEST_CODE,
        help_text=help_text,
        widget=forms.TextInput(attrs={**attrs, "autofocus": True}),
    )


class CodeForm(AuthenticateForm):
    """The second step at the sign-in."""

    code = _code("From your authenticator app, or one of your recovery codes.")


class CodeAgainForm(ReauthenticateForm):
    """A code to show who one is."""

    code = _code("From your authenticator app, or one of your recovery codes.")


class FirstCodeForm(ActivateTOTPForm):
    """The code that shows that an authenticator app has taken the secret."""

    code = _code("The six digits that the app shows now.")


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey. The browser asks the device before this is sent."""

    name = forms.CharField(
        required=False,
        max_length=LONGEST_PASSKEY_NAME,
        validators=[check_plain],
        help_text="So that you can tell it from others, such as “Work laptop”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    passwordless = forms.BooleanField(
        label="Sign in with it alone",
        required=False,
        initial=True,
        help_text="Without a password: the device checks that it is you. Untick this for an older "
        "security key, which is then asked for after the password.",
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what no device sends."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except _UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned


class RenamePasskeyForm(EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(
        max_length=LONGEST_PASSKEY_NAME,
        validators=[check_plain],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class _SoundCredential(AuthenticateWebAuthnForm):
    """Refuses what no device sends. Strangers, too, may send something to sign in with."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except _UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyForm(_SoundCredential):
    """A passkey as the second step of the sign-in."""


class PasskeyAloneForm(_SoundCredential, LoginWebAuthnForm):
    """A passkey in place of the password."""


class PasskeyAgainForm(_SoundCredential, ReauthenticateWebAuthnForm):
    """A passkey to show who one is."""
