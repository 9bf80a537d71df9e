"""The call log: what the carrier reports, in whatever order, becomes one story of each call.

Reports may be doubled, late and out of order. A status only moves forward, a start only gets
earlier, and a duration only longer, so every order of the same reports ends in the same row.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction

from dids.models import Number
from didshop.models import WebhookEvent
from didshop.transitions import move, record_start
from telephony import reports
from telephony.models import CallLog
from telephony.reports import Report

log = structlog.get_logger(__name__)

# The carrier stamps whole seconds, by its own clock.
CLOCK_SKEW = timedelta(seconds=5)
INBOUND, OUTBOUND = CallLog.Direction.INBOUND, CallLog.Direction.OUTBOUND


def begin(
    report: Report, *, number: Number, parent: CallLog | None = None, reason: str = ""
) -> CallLog | None:
    """Log a call, or a leg of `parent`; one that is logged already is brought up to date.

    `reason` says for its timeline what the shop did with it. None if the number went meanwhile.
    """
    try:
        with transaction.atomic():
            call = CallLog.objects.create(
                organization_id=number.organization_id,
                number=number,
                parent=parent,
                twilio_call_sid=report.call_sid,
                from_number=report.from_number,
                to_number=report.to_number,
                direction=INBOUND if report.is_inbound else OUTBOUND,
                status=report.status or CallLog.Status.INITIATED,
                duration=report.duration,
                start_time=report.start_time,
                end_time=report.end_time,
            )
            record_start(call, reason=reason)
            return call
    except IntegrityError:
        return advance(report, reason=reason)


def advance(report: Report, *, reason: str = "") -> CallLog | None:
    """Bring a call that is logged up to date. None if it is not logged."""
    with transaction.atomic():
        calls = CallLog.objects.select_for_update().filter(twilio_call_sid=report.call_sid)
        call = calls.first()
        if call is not None:
            _move_on(call, report.status, reason, **_merged(call, report))
        return call


def record(report: Report) -> CallLog | None:
    """Log what a callback says, the first word of a call included. None if it is not ours.

    A call that came in belongs to the number that was called; a leg goes under its call. Any
    other call is none of the shop's, whatever its numbers are.
    """
    call = advance(report)
    if call is None:
        call = _record_inbound(report) if report.is_inbound else _record_leg(report)
    if call and call.parent_id and report.status == CallLog.Status.ANSWERED:
        # Nothing else tells that the caller has been put through while they still talk.
        parent = CallLog.objects.select_for_update().filter(pk=call.parent_id)
        with transaction.atomic():
            _move_on(parent.get(), CallLog.Status.ANSWERED)
    return call


def handle(event: WebhookEvent) -> None:
    """Act on an event of the carrier's that the inbox has kept."""
    report = reports.of_call(event.payload, received_at=event.created_at)
    if record(report) is None:
        log.info("call_is_not_ours", call_sid=report.call_sid)


def number_called(phone_number: str, began: datetime) -> Number | None:
    """The number of ours that a call which began then had reached; None if it was nobody's.

    A number may have changed hands since: its newest row from before the call is the one. While
    that is still being bought it has no calls.
    """
    rows = Number.objects.filter(phone_number=phone_number, created_at__lte=began + CLOCK_SKEW)
    number = rows.order_by("-id").first()
    return None if number is None or number.status == Number.Status.PENDING else number


def _record_inbound(report: Report) -> CallLog | None:
    number = number_called(report.to_number, report.began)
    return begin(report, number=number) if number else None


def _record_leg(report: Report) -> CallLog | None:
    calls = CallLog.objects.select_related("number")
    parent = calls.filter(twilio_call_sid=report.parent_sid, parent=None).first()
    return begin(report, number=parent.number, parent=parent) if parent else None


def _move_on(call: CallLog, status: CallLog.Status | None, reason: str = "", **facts: Any) -> None:
    """Move a locked call forward, or only add the facts if it is there or further already."""
    if status in CallLog.TRANSITIONS.get(call.status, frozenset()):
        move(call, status, reason=reason, **facts)
    elif any(getattr(call, name) != value for name, value in facts.items()):
        CallLog.objects.filter(pk=call.pk).update(**facts)


def _merged(call: CallLog, report: Report) -> dict[str, Any]:
    """The call's facts with the report's, the same in whatever order reports come."""
    return {
        "start_time": _first(min, call.start_time, report.start_time),
        "end_time": _first(min, call.end_time, report.end_time),
        "duration": _first(max, call.duration, report.duration),
    }


def _first(choose: Callable[[Any, Any], Any], old: Any, new: Any) -> Any:
    return new if old is None else old if new is None else choose(old, new)
