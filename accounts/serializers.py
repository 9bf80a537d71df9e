"""People on the wire, and the fields in which they tell about themselves."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import ApiKey, Membership, User
from accounts.organizations import membership
from accounts.profile import LONGEST, check_phone
from accounts.rights import key_of, rights_of
from didshop.texts import check_plain

# Above what anybody types, below what would keep Argon2 busy.
LONGEST_PASSWORD = 200


class PasswordField(serializers.CharField):
    """A password: taken to the letter, never given back."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"trim_whitespace": False, "max_length": LONGEST_PASSWORD, "write_only": True}
        super().__init__(**kwargs)


class NameField(serializers.CharField):
    """One of what people tell about themselves, by its name in accounts.profile."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        kwargs = {"allow_blank": True, "max_length": LONGEST[name], **kwargs}
        super().__init__(**kwargs, validators=[check_phone if name == "phone" else check_plain])


class ProfileSerializer(serializers.Serializer[dict[str, Any]]):
    """What people may change of their own. What is left out stays."""

    first_name = NameField("first_name", allow_blank=False, required=False)
    last_name = NameField("last_name", required=False)
    company = NameField("company", required=False)
    phone = NameField("phone", required=False)


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


class BearerKeySerializer(serializers.ModelSerializer[ApiKey]):
    """The API key that a request came with."""

    scopes = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = ApiKey
        fields = ("id", "name", "scopes", "expires_at")
        read_only_fields = fields


class MeSerializer(UserSerializer):
    """A user in the organisation that the context's "request" acts for."""

    organization = serializers.SerializerMethodField()
    rights = serializers.SerializerMethodField(help_text="What the caller may do in it.")
    api_key = serializers.SerializerMethodField(help_text="Null for who came with a token.")

    class Meta(UserSerializer.Meta):
        fields = (*UserSerializer.Meta.fields, "organization", "rights", "api_key")
        read_only_fields = fields

    @extend_schema_field(MembershipSerializer)
    def get_organization(self, user: User) -> dict[str, Any]:
        return dict(MembershipSerializer(membership(self.context["request"])).data)

    def get_rights(self, user: User) -> list[str]:
        return sorted(right.value for right in rights_of(self.context["request"]))

    @extend_schema_field(BearerKeySerializer(allow_null=True))
    def get_api_key(self, user: User) -> dict[str, Any] | None:
        key = key_of(self.context["request"])
        return None if key is None else dict(BearerKeySerializer(key).data)
