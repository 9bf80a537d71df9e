"""What `auth/*` takes and gives; `auth/me` aside."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as PasswordRefused
from rest_framework import serializers

from accounts.entrance.login import LONGEST_OTP
from accounts.models import User
from accounts.privacy.closing import check_not_reserved
from accounts.serializers import NameField, PasswordField, UserSerializer


class RegistrationSerializer(serializers.Serializer[dict[str, Any]]):
    email = serializers.EmailField(max_length=254, validators=[check_not_reserved])
    password = PasswordField()
    first_name = NameField("first_name", allow_blank=False)
    last_name = NameField("last_name")
    company = NameField("company", default="")
    phone = NameField("phone", default="", help_text="Where a person can be reached.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        facts = ("email", "first_name", "last_name")
        try:
            validate_password(attrs["password"], User(**{name: attrs[name] for name in facts}))
        except PasswordRefused as error:
            raise serializers.ValidationError({"password": error.messages}) from error
        return attrs


class CredentialsSerializer(serializers.Serializer[dict[str, Any]]):
    email = serializers.EmailField(max_length=254)
    password = PasswordField()
    otp = serializers.CharField(
        max_length=LONGEST_OTP,
        allow_blank=True,
        default="",
        write_only=True,
        help_text="Where the account has a second factor: the authenticator app's code, or a "
        "recovery code.",
    )


class ForgottenSerializer(serializers.Serializer[dict[str, Any]]):
    email = serializers.EmailField(max_length=254)


class ResetSerializer(serializers.Serializer[dict[str, Any]]):
    token = serializers.CharField(
        max_length=200, help_text="What the mail's link holds after /reset/key/."
    )
    password = PasswordField()


class ConfirmationSerializer(serializers.Serializer[dict[str, Any]]):
    token = serializers.CharField(
        max_length=200, help_text="What the mail's link holds after /confirm-email/."
    )


class ResendingSerializer(serializers.Serializer[dict[str, Any]]):
    email = serializers.EmailField(
        max_length=254, required=False, help_text="May be left out by who is signed in."
    )


class ToldSerializer(serializers.Serializer[Any]):
    message = serializers.CharField(help_text="A sentence for people.")


class ConfirmedSerializer(serializers.Serializer[Any]):
    email_verified = serializers.BooleanField()


class RefreshTokenSerializer(serializers.Serializer[dict[str, Any]]):
    refresh_token = serializers.CharField(max_length=4000)


class TokensSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField(help_text="A JWT, good for 15 minutes.")
    refresh_token = serializers.CharField(help_text="Good once, within 7 days.")


class SignedInSerializer(serializers.Serializer[Any]):
    user = UserSerializer()
    tokens = TokensSerializer()
