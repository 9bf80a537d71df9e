"""The inbox: what Twilio and Stripe send is kept first, answered at once, and acted on later.

An event is kept once, however often it is sent. The worker hands it to the room that has
registered for its provider. A handler must bear being called twice, also at the same time: a
worker may die after it has acted and before that is written down.
"""

import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from didshop.logs import mask
from didshop.models import WebhookEvent
from didshop.waking import wake

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 5
_TASK = "didshop.tasks.process_event"
# Something that was not there yet, such as a row that is about to be committed, is soon.
_FIRST_RETRY_SECONDS = 2.0
_SWEPT_AT_ONCE = 500

_handlers: dict[str, Callable[[WebhookEvent], None]] = {}


def register(provider: str, handler: Callable[[WebhookEvent], None]) -> None:
    """Have `handler` act on the events of a WebhookEvent.Provider. Call it at start."""
    _handlers[provider] = handler


def receive(provider: str, provider_id: str, kind: str, payload: Any) -> bool:
    """Keep an event whose signature has been checked, and wake a worker for it.

    `provider_id` is what makes it one event at its provider, `payload` anything that JSON can
    hold. False if it has been kept before.
    """
    try:
        with transaction.atomic():
            event = WebhookEvent.objects.create(
                provider=provider,
                provider_id=provider_id,
                kind=kind[:80],
                payload=_without_nul(payload),
            )
    except IntegrityError:
        return False
    wake(_TASK, str(event.pk))
    return True


def process(event_id: UUID) -> None:
    """Act on the event, unless that has been done or somebody else is at it.

    The try is counted before it is made, so that an event that kills its worker is given up
    too, after MOST_ATTEMPTS.
    """
    event = WebhookEvent.objects.filter(pk=event_id, status=WebhookEvent.Status.RECEIVED).first()
    if event is None or not _is_free(event):
        return
    if event.attempts >= MOST_ATTEMPTS:
        event.error = "Each worker that acted on it has died."
        _end(event, WebhookEvent.Status.FAILED)
        return
    unclaimed = WebhookEvent.objects.filter(
        pk=event.pk, status=event.status, attempts=event.attempts
    )
    if unclaimed.update(attempts=event.attempts + 1, error=""):
        event.attempts += 1
        _attempt(event)


def _is_free(event: WebhookEvent) -> bool:
    """Whether nobody is at it: it is new, the last try has failed, or that was long ago."""
    is_due = event.created_at + _patience(event.attempts) < timezone.now()
    return event.attempts == 0 or event.error != "" or is_due


def _patience(attempts: int) -> timedelta:
    """How long after it came in an event with so many tries is looked at again by itself."""
    return timedelta(seconds=settings.LEASE_SECONDS * 2**attempts)


def standing_still(now: datetime) -> list[UUID]:
    """Events whose next try is due: the n-th, LEASE_SECONDS x 2^n after they came in.

    By the growing distance a try that is under way is left alone, and a provider that is down
    for ten minutes is outlasted.
    """
    due = Q()
    for attempts in range(MOST_ATTEMPTS + 1):
        due |= Q(attempts=attempts, created_at__lt=now - _patience(attempts))
    waiting = WebhookEvent.objects.filter(due, status=WebhookEvent.Status.RECEIVED)
    return list(waiting.order_by("id").values_list("pk", flat=True)[:_SWEPT_AT_ONCE])


def sweep() -> None:
    """Wake a worker for every event that stands still."""
    for event_id in standing_still(timezone.now()):
        wake(_TASK, str(event_id))


def replay(event: WebhookEvent) -> None:
    """Act on the event once more, from the start, whatever became of it."""
    WebhookEvent.objects.filter(pk=event.pk).update(
        status=WebhookEvent.Status.RECEIVED, attempts=0, error="", processed_at=None
    )
    wake(_TASK, str(event.pk))


def _attempt(event: WebhookEvent) -> None:
    with structlog.contextvars.bound_contextvars(event_id=str(event.pk), event_kind=event.kind):
        try:
            _handlers[event.provider](event)
        except Exception as error:
            log.exception("event_failed", attempts=event.attempts)
            _note_failure(event, error)
        else:
            _end(event, WebhookEvent.Status.PROCESSED)


def _note_failure(event: WebhookEvent, error: Exception) -> None:
    event.error = mask("".join(traceback.format_exception_only(error)).strip())[:2000]
    if event.attempts >= MOST_ATTEMPTS:
        _end(event, WebhookEvent.Status.FAILED)
        return
    WebhookEvent.objects.filter(pk=event.pk).update(error=event.error)
    if event.attempts == 1:
        wake(_TASK, str(event.pk), seconds=_FIRST_RETRY_SECONDS)


def _end(event: WebhookEvent, status: WebhookEvent.Status) -> None:
    """Write down how it ended, unless it was ended by somebody else meanwhile."""
    is_processed = status == WebhookEvent.Status.PROCESSED
    WebhookEvent.objects.filter(pk=event.pk, status=WebhookEvent.Status.RECEIVED).update(
        status=status,
        error="" if is_processed else event.error,
        processed_at=timezone.now() if is_processed else None,
    )


def _without_nul(value: Any) -> Any:
    """The payload without NUL characters, which PostgreSQL's JSON cannot hold."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    return value
