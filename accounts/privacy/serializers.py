"""What the endpoints of privacy and of the audit log take and give."""

from typing import Any

from rest_framework import serializers

from accounts.audit import Act
from accounts.models import DataExport
from accounts.serializers import PasswordField
from didshop.schema import ErrorSerializer


class PersonSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField(help_text='"Erased user" for who has deleted their account.')


class KeySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class TargetSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(source="entry.target_kind", help_text="May be empty.")
    id = serializers.CharField(source="entry.target_id", help_text="May be empty.")
    text = serializers.CharField(source="target.label", help_text="In words.")


class AuditEntrySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="entry.id")
    at = serializers.DateTimeField()
    act = serializers.ChoiceField(choices=Act.choices, source="entry.act")
    text = serializers.CharField(source="act", help_text="The act in words.")
    actor = PersonSerializer(
        source="person", allow_null=True, help_text="Empty where the shop itself acted."
    )
    api_key = KeySerializer(source="entry.api_key", allow_null=True)
    by_staff = serializers.BooleanField(help_text="Whether staff acted in the person's place.")
    target = TargetSerializer(source="*")
    details = serializers.DictField(source="entry.details")
    ip_address = serializers.CharField(source="entry.ip_address", allow_null=True)
    device = serializers.CharField(help_text="In words; may be empty.")
    user_agent = serializers.CharField(source="entry.user_agent", help_text="As it called itself.")


class ExportSerializer(serializers.ModelSerializer[DataExport]):
    class Meta:
        model = DataExport
        fields = ("id", "status", "created_at", "ready_at", "expires_at", "size_bytes")
        read_only_fields = fields


class ErasureSerializer(serializers.Serializer[dict[str, Any]]):
    password = PasswordField()


class HindranceSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="LAST_OWNER, LIVE_NUMBERS, OPEN_ORDERS or STAFF.")
    message = serializers.CharField()


class ErasureRefusedSerializer(ErrorSerializer):
    """Why the account cannot be deleted yet."""

    hindrances = HindranceSerializer(many=True)
