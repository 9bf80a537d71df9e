"""The plumbing in the admin: to be read, except that an event may be acted on once more."""

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from didshop import inbox
from didshop.models import Heartbeat, IdempotencyKey, Transition, WebhookEvent


class ReadOnlyAdmin(ModelAdmin):
    """Rows that nobody makes, changes or deletes by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Transition)
class TransitionAdmin(ReadOnlyAdmin):
    """What happened, to what, by whom. Search for the id of an order, line, payment or number."""

    list_display = ("created_at", "subject_kind", "subject_id", "old", "new", "reason", "actor")
    list_filter = ("subject_kind", "new")
    search_fields = ("=subject_id",)
    list_select_related = ("actor",)
    show_full_result_count = False


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    """What Twilio and Stripe sent. One that has failed can be acted on again."""

    list_display = ("created_at", "provider", "kind", "status", "attempts", "error")
    list_filter = ("provider", "status", "kind")
    search_fields = ("=provider_id",)
    fields = (
        "created_at",
        "provider",
        "provider_id",
        "kind",
        "status",
        "attempts",
        "error",
        "processed_at",
        "readable_payload",
    )
    show_full_result_count = False
    actions = ("replay",)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Reading an event is not enough to have it acted on."""
        return request.user.has_perm("didshop.change_webhookevent")

    @admin.action(description="Act on these once more", permissions=["replay"])
    def replay(self, request: HttpRequest, events: QuerySet[WebhookEvent]) -> None:
        chosen = list(events)
        for event in chosen:
            inbox.replay(event)
        sentence = f"{len(chosen)} handed to the worker once more."
        self.message_user(request, sentence, messages.SUCCESS)

    @admin.display(description="Payload")
    def readable_payload(self, event: WebhookEvent) -> str:
        return format_html("<pre>{}</pre>", json.dumps(event.payload, indent=2))


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    """Requests that may be sent twice, and the answer they had."""

    list_display = ("created_at", "scope", "key", "status_code")
    search_fields = ("=key", "=scope")
    show_full_result_count = False


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    """When each part of the shop last showed that it runs."""

    list_display = ("name", "beat_at", "note")
