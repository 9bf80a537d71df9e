"""The audit log, and what was changed in which row: to be read."""

import json
from typing import Any

from auditlog.mixins import LogEntryAdminMixin
from auditlog.models import LogEntry
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from accounts import devices
from accounts.admin.filters import ActFilter
from accounts.models import AuditEntry
from accounts.privacy.reading import act_text
from didshop.admin import ReadOnlyAdmin

# The package's own has Django's plain look.
admin.site.unregister(LogEntry)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what, to what, from where. Search for an address, an organisation or an id."""

    list_display = (
        "created_at", "what", "actor", "impersonator", "organization", "target", "ip_address"
    )  # fmt: skip
    list_filter = (ActFilter, "created_at")
    list_select_related = ("actor", "impersonator", "organization")
    list_per_page = 50
    search_fields = ("actor__email", "impersonator__email", "organization__name", "=target_id")
    fields = (
        "created_at",
        "what",
        "actor",
        "impersonator",
        "organization",
        "api_key",
        "target",
        "facts",
        "ip_address",
        "device",
    )

    @admin.display(description="Act", ordering="act")
    def what(self, entry: AuditEntry) -> str:
        return act_text(entry.act)

    @admin.display(description="Target")
    def target(self, entry: AuditEntry) -> str:
        return f"{entry.target_kind} {entry.target_id}".strip()

    @admin.display(description="Details")
    def facts(self, entry: AuditEntry) -> str:
        return format_html("<pre>{}</pre>", json.dumps(entry.details, indent=2))

    @admin.display(description="Device")
    def device(self, entry: AuditEntry) -> str:
        return devices.in_words(entry.user_agent)


@admin.register(LogEntry)
class ChangeAdmin(LogEntryAdminMixin, ReadOnlyAdmin):
    """Old and new values of rows that people change by hand. Search for a row's id."""

    list_display = ("created", "resource_url", "action", "msg_short", "user_url")
    list_filter = ("action", "timestamp")
    list_select_related = ("content_type", "actor")
    list_per_page = 50
    ordering = ("-id",)
    search_fields = ("=object_pk", "actor__email")
    fields = ("created", "user_url", "remote_addr", "resource_url", "action", "msg")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields
