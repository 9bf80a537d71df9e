"""Calls in the admin, to look at: the carrier writes them, nobody else."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from didshop.admin import ReadOnlyAdmin, ReadOnlyInline
from telephony.models import CallLog


class LegInline(ReadOnlyInline):
    """The phones that a forwarded call rang."""

    model = CallLog
    verbose_name_plural = "legs"
    fields = ("to_number", "status", "duration", "start_time", "end_time", "twilio_call_sid")
    readonly_fields = fields
    ordering = ("id",)


@admin.register(CallLog)
class CallLogAdmin(ReadOnlyAdmin):
    list_display = (
        "start_time", "number", "from_number", "to_number", "direction", "status", "duration",
        "organization",
    )  # fmt: skip
    list_filter = ("status", "direction", "start_time")
    list_select_related = ("number", "organization")
    search_fields = ("=twilio_call_sid", "from_number", "to_number", "organization__name")
    fields = (
        "organization", "number", "parent", "from_number", "to_number", "direction", "status",
        "duration", "price", "price_unit", "start_time", "end_time", "twilio_call_sid", "id",
        "created_at",
    )  # fmt: skip
    readonly_fields = ("id", "created_at")
    inlines = (LegInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CallLog]:
        calls: QuerySet[CallLog] = super().get_queryset(request)
        return calls.select_related("number", "organization", "parent")
