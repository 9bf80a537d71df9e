"""The plumbing in the admin: to be read, except that an event may be acted on once more."""

import json
from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_permission_codename
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline

from didshop import inbox, outbox
from didshop.models import Heartbeat, IdempotencyKey, OutgoingMail, Transition, WebhookEvent


class _ReadOnly:
    """For an admin or an inline: nobody makes, changes or deletes its rows by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(_ReadOnly, ModelAdmin):
    """Rows that nobody makes, changes or deletes by hand."""

    # The tables grow for ever, and a count of all rows reads them all.
    show_full_result_count = False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Looking is for all staff; an action needs the right to change such rows."""
        right = get_permission_codename("change", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{right}")


class ReadOnlyInline(_ReadOnly, TabularInline):
    """Rows that belong to the one above them and are not edited there."""

    extra = 0


def history_of(rows: Iterable[Transition]) -> SafeString:
    """Changes of statuses, oldest first, as an admin page shows them."""
    changes = sorted(rows, key=attrgetter("id"))
    prefetch_related_objects(changes, "actor")
    return format_html_join(
        "\n",
        "<p>{} · {} · {} {} {}</p>",
        (
            (
                f"{row.created_at:%Y-%m-%d %H:%M:%S}",
                row.subject_kind,
                row.new,
                row.reason,
                row.actor or "",
            )
            for row in changes
        ),
    )


@admin.register(Transition)
class TransitionAdmin(ReadOnlyAdmin):
    """What happened, to what, by whom. Search for the id of an order, line, payment or number."""

    list_display = ("created_at", "subject_kind", "subject_id", "old", "new", "reason", "actor")
    list_filter = ("subject_kind", "new")
    search_fields = ("=subject_id",)
    list_select_related = ("actor",)


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
    actions = ("replay",)

    @admin.action(description="Act on these once more", permissions=["act"])
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


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    """When each part of the shop last showed that it runs."""

    list_display = ("name", "beat_at", "note")


class MailStateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("trouble", "Tried and not sent"),
            ("failed", "Given up"),
            ("waiting", "Waiting"),
            ("sent", "Sent"),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[OutgoingMail]
    ) -> QuerySet[OutgoingMail]:
        match self.value():
            case "trouble":
                return queryset.filter(pk__in=outbox.in_trouble().values("pk"))
            case "failed":
                return queryset.filter(failed_at__isnull=False)
            case "waiting":
                return queryset.filter(sent_at=None, failed_at=None)
            case "sent":
                return queryset.filter(sent_at__isnull=False)
        return queryset


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """The outbox. What a mail says is not shown: its links may be worth a password."""

    list_display = ("created_at", "to", "subject", "state", "attempts", "error")
    list_filter = (MailStateFilter, "created_at")
    list_per_page = 50
    search_fields = ("to", "subject")
    fields = (
        "created_at",
        "to",
        "subject",
        "state",
        "attempts",
        "error",
        "next_try_at",
        "sent_at",
        "failed_at",
    )
    actions = ("send_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        found: QuerySet[OutgoingMail] = super().get_queryset(request)
        return found.defer("text", "html")

    @admin.display(description="State")
    def state(self, mail: OutgoingMail) -> str:
        if mail.sent_at:
            return "Sent"
        if mail.failed_at:
            return "Given up"
        return "To be tried again" if mail.attempts else "Waiting"

    @admin.action(description="Try again now", permissions=["act"])
    def send_again(self, request: HttpRequest, mails: QuerySet[OutgoingMail]) -> None:
        woken = sum(outbox.try_again(mail) for mail in mails)
        self.message_user(request, f"The worker sends {woken} now.", messages.SUCCESS)
