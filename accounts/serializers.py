"""What `auth/*` takes and gives."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as PasswordRefused
from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Membership, User

# Above what anybody types, below what would keep Argon2 busy.
LONGEST_PASSWORD = 200


class PasswordField(serializers.CharField):
    """A password: taken to the letter, never given back."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"trim_whitespace": False, "max_length": LONGEST_PASSWORD, "write_only": True}
        super().__init__(**kwargs)


class RegistrationSerializer(serializers.Serializer[dict[str, Any]]):
    email = serializers.EmailField(max_length=254)
    password = PasswordField()
    first_name = serializers.CharField(max_length=100)
    last_name = serializers.CharField(max_length=100, allow_blank=True)
    company = serializers.CharField(max_length=200, allow_blank=True, default="")
    phone = serializers.CharField(
        max_length=20,
        allow_blank=True,
        default="",
        validators=[RegexValidator(r"^\+?[0-9 ()./-]{5,20}$", "Write a phone number.")],
        help_text="Where a person can be reached. Kept as written.",
    )

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


class RefreshTokenSerializer(serializers.Serializer[dict[str, Any]]):
    refresh_token = serializers.CharField(max_length=4000)


class UserSerializer(serializers.ModelSerializer[User]):
    email_verified = serializers.BooleanField(source="is_email_verified", read_only=True)

    class Meta:
        model = User
        fields: tuple[str, ...] = (
            "id",
            "email",
            "first_name",
            "last_name",
            "company",
            "phone",
            "role",
            "email_verified",
            "created_at",
        )
        read_only_fields: tuple[str, ...] = fields


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    id = serializers.UUIDField(source="organization_id", read_only=True)
    name = serializers.CharField(source="organization.name", read_only=True)

    class Meta:
        model = Membership
        fields = ("id", "name", "role")
        read_only_fields = fields


class MeSerializer(UserSerializer):
    """A user in an organisation; the context's "membership" says in which."""

    organization = serializers.SerializerMethodField()

    class Meta(UserSerializer.Meta):
        fields = (*UserSerializer.Meta.fields, "organization")
        read_only_fields = fields

    @extend_schema_field(MembershipSerializer)
    def get_organization(self, user: User) -> dict[str, Any]:
        return dict(MembershipSerializer(self.context["membership"]).data)


class TokensSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField(help_text="A JWT, good for 15 minutes.")
    refresh_token = serializers.CharField(help_text="Good once, within 7 days.")


class SignedInSerializer(serializers.Serializer[Any]):
    user = UserSerializer()
    tokens = TokensSerializer()
