"""Calls as the API shows them. All of it is read only."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from telephony.models import CallLog
from telephony.timeline import timeline


class MomentSerializer(serializers.Serializer[Any]):
    """One line of a call's timeline."""

    at = serializers.DateTimeField(read_only=True)
    # DRF takes it off the class, so it is not in the way of a field's own label.
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    detail = serializers.CharField(read_only=True)


class CallSerializer(serializers.ModelSerializer[CallLog]):
    """A call, or a leg of one. `duration` counts seconds; `price` is empty until it is known."""

    number_id = serializers.UUIDField(read_only=True)
    phone_number = serializers.CharField(source="number.phone_number", read_only=True)
    # "from" is a word of Python's own, which only a class body's mapping takes as a name.
    vars()["from"] = serializers.CharField(source="from_number", read_only=True)
    to = serializers.CharField(source="to_number", read_only=True)

    class Meta:
        model = CallLog
        fields: tuple[str, ...] = (
            "id",
            "twilio_call_sid",
            "number_id",
            "phone_number",
            "from",
            "to",
            "direction",
            "status",
            "duration",
            "price",
            "price_unit",
            "start_time",
            "end_time",
            "created_at",
        )
        read_only_fields = fields


class StorySerializer(CallSerializer):
    """A call with its legs, one for each phone that was rung, and what happened when."""

    legs = CallSerializer(many=True, read_only=True)
    timeline = serializers.SerializerMethodField()

    class Meta(CallSerializer.Meta):
        fields = (*CallSerializer.Meta.fields, "legs", "timeline")
        read_only_fields = fields

    @extend_schema_field(MomentSerializer(many=True))
    def get_timeline(self, call: CallLog) -> Any:
        return MomentSerializer(timeline(call), many=True).data
