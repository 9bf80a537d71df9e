"""API keys on the wire (docs/api.md)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.keys.making import LONGEST_NAME
from accounts.keys.states import State, state_of
from accounts.models import ApiKey, User
from accounts.rights import SCOPES


class ScopeField(serializers.ChoiceField):
    """One thing that a key may do."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[(scope.value, scope.label) for scope in SCOPES], **kwargs)


class ApiKeyNameSerializer(serializers.Serializer[Any]):
    """What can be changed of a key."""

    name = serializers.CharField(max_length=LONGEST_NAME, help_text="For people. Anything.")


class NewApiKeySerializer(ApiKeyNameSerializer):
    """A key to make."""

    scopes = serializers.ListField(
        child=ScopeField(),
        allow_empty=False,
        max_length=100,
        help_text="What it may do: no more than its maker.",
    )
    expires_at = serializers.DateTimeField(
        allow_null=True, default=None, help_text="When it ends; without it, never."
    )


class KeyMakerSerializer(serializers.ModelSerializer[User]):
    name = serializers.CharField(source="get_full_name", read_only=True)

    class Meta:
        model = User
        fields = ("id", "name")
        read_only_fields = ("id",)


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    """A key, without its secret."""

    state = serializers.SerializerMethodField()
    scopes = serializers.ListField(child=ScopeField(), read_only=True)
    created_by = KeyMakerSerializer(read_only=True)

    class Meta:
        model = ApiKey
        fields: tuple[str, ...] = (
            "id",
            "name",
            "prefix",
            "state",
            "scopes",
            "created_by",
            "created_at",
            "expires_at",
            "last_used_at",
            "last_used_ip",
            "revoked_at",
        )
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(serializers.ChoiceField(choices=State.choices))
    def get_state(self, key: ApiKey) -> str:
        return state_of(key, timezone.now()).value


class MadeApiKeySerializer(ApiKeySerializer):
    """A key that has just been made; the context's "secret" is the key itself."""

    key = serializers.SerializerMethodField(
        help_text="The key itself. It is shown this once; we keep a hash only."
    )

    class Meta(ApiKeySerializer.Meta):
        fields = (*ApiKeySerializer.Meta.fields, "key")
        read_only_fields = fields

    def get_key(self, key: ApiKey) -> str:
        return str(self.context["secret"])
