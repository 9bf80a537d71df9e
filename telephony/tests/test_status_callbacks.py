"""Status callbacks: kept, answered at once, and the same story in whatever order they come."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import permutations
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.transaction import atomic, set_rollback
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from dids.models import Number
from didshop.models import Transition, WebhookEvent
from telephony.models import CallLog
from telephony.tests.carrier import (
    CALL_SID,
    CALLER,
    LEG_SID,
    PHONE,
    STATUS,
    a_call,
    send,
    work_off_inbox,
)
from telephony.tests.factories import CallFactory, NumberFactory

pytestmark = pytest.mark.django_db

OURS = "+14155550100"
# Ahead of the run, so that the numbers are there by then.
BEGAN = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)


def told(status: str, second: int, **changes: str) -> dict[str, str]:
    """A status callback of a call to OURS, so many seconds after it began."""
    at = format_datetime(BEGAN + timedelta(seconds=second))
    return a_call(
        OURS, CallStatus=status, Timestamp=at, CallbackSource="call-progress-events", **changes
    )


def told_of_leg(status: str, second: int, **changes: str) -> dict[str, str]:
    """A status callback of the phone that the call was forwarded to."""
    leg = {
        "CallSid": LEG_SID,
        "ParentCallSid": CALL_SID,
        "Direction": "outbound-dial",
        "To": PHONE,
        "Called": PHONE,
    }
    return told(status, second, **{**leg, **changes})


def answered_call() -> list[dict[str, str]]:
    """Everything that the carrier may say of a call that was talked through."""
    return [
        told("ringing", 0, SequenceNumber="0"),
        told("in-progress", 5, SequenceNumber="1"),
        told("completed", 65, SequenceNumber="2", CallDuration="60", Duration="1"),
    ]


def forwarded_call() -> list[dict[str, str]]:
    return [
        told_of_leg("ringing", 1, SequenceNumber="0"),
        told_of_leg("in-progress", 5, SequenceNumber="1"),
        told_of_leg("completed", 65, SequenceNumber="2", CallDuration="60"),
        told("completed", 66, SequenceNumber="0", CallDuration="61"),
    ]


def facts(sid: str) -> tuple[Any, ...]:
    """All that the log says of a call, its times in seconds after it began."""
    call = CallLog.objects.get(twilio_call_sid=sid)
    times = (call.start_time, call.end_time)
    seconds = [time and (time - BEGAN).total_seconds() for time in times]
    parties = (call.from_number, call.to_number, call.direction)
    return (*parties, call.status, call.duration, *seconds)


def test_a_callback_is_kept_and_answered_at_once() -> None:
    NumberFactory(phone_number=OURS)
    parameters = told("completed", 65, CallDuration="60", SequenceNumber="2")
    answer = send(STATUS, parameters)
    assert (answer.status_code, answer.content) == (204, b"")
    event = WebhookEvent.objects.get()
    assert (event.provider, event.provider_id, event.kind, event.status) == (
        "TWILIO",
        f"{CALL_SID}:completed:2",
        "call.status",
        "RECEIVED",
    )
    assert event.payload == parameters
    assert CallLog.objects.count() == 0


def test_a_callback_that_is_sent_twice_is_kept_once() -> None:
    NumberFactory(phone_number=OURS)
    for _ in range(2):
        assert send(STATUS, told("completed", 65, SequenceNumber="2")).status_code == 204
    assert WebhookEvent.objects.count() == 1


def test_a_call_that_was_not_seen_yet_is_logged() -> None:
    number = NumberFactory(phone_number=OURS)
    send(STATUS, told("completed", 65, CallDuration="60"))
    work_off_inbox()
    assert facts(CALL_SID) == (CALLER, OURS, "INBOUND", "COMPLETED", 60, 5, 65)
    call = CallLog.objects.get()
    assert (call.number, call.organization) == (number, number.organization)
    assert [(each.old, each.new) for each in call.transitions] == [("", "COMPLETED")]
    assert WebhookEvent.objects.get().status == "PROCESSED"


def test_an_event_that_is_worked_off_twice_changes_nothing_more() -> None:
    NumberFactory(phone_number=OURS)
    send(STATUS, told("completed", 65, CallDuration="60"))
    work_off_inbox()
    before = list(CallLog.objects.values())
    WebhookEvent.objects.update(status="RECEIVED", attempts=0)
    work_off_inbox()
    assert list(CallLog.objects.values()) == before
    assert Transition.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("busy", "BUSY"),
        ("failed", "FAILED"),
        ("no-answer", "NO_ANSWER"),
        ("canceled", "CANCELLED"),
        ("completed", "COMPLETED"),
    ],
)
def test_each_end_is_told_apart(said: str, status: str) -> None:
    NumberFactory(phone_number=OURS)
    send(STATUS, told("ringing", 0))
    send(STATUS, told(said, 9, CallDuration="0"))
    work_off_inbox()
    assert facts(CALL_SID) == (CALLER, OURS, "INBOUND", status, 0, 0, 9)


def test_every_order_of_a_calls_callbacks_ends_the_same() -> None:
    NumberFactory(phone_number=OURS)
    for order in permutations([*answered_call(), answered_call()[1]]):
        with atomic():
            for parameters in order:
                assert send(STATUS, parameters).status_code == 204
                work_off_inbox()
            assert facts(CALL_SID) == (CALLER, OURS, "INBOUND", "COMPLETED", 60, 0, 65)
            set_rollback(True)


def test_every_order_of_a_forwarded_calls_callbacks_ends_the_same() -> None:
    number = NumberFactory(phone_number=OURS)
    for order in permutations(forwarded_call()):
        with atomic():
            CallFactory(
                number=number,
                twilio_call_sid=CALL_SID,
                status="RINGING",
                duration=None,
                start_time=BEGAN,
                end_time=None,
            )
            for parameters in order:
                send(STATUS, parameters)
                work_off_inbox()
            assert facts(CALL_SID) == (CALLER, OURS, "INBOUND", "COMPLETED", 61, 0, 66)
            status, *rest = facts(LEG_SID)[3:]
            assert (status, rest) == ("COMPLETED", [60, 1, 65])
            set_rollback(True)


class Disorder(TestCase):
    """Shuffled, doubled, with whatever missing but the end: the same end."""

    @given(st.lists(st.sampled_from(answered_call()[:2]), max_size=4), st.data())
    @hypothesis_settings(max_examples=30, deadline=None)
    def test_any_disorder_ends_the_same(self, some: list[dict[str, str]], data: Any) -> None:
        NumberFactory(phone_number=OURS)
        last = answered_call()[-1]
        for parameters in data.draw(st.permutations([*some, last, last])):
            send(STATUS, parameters)
            work_off_inbox()
        call = CallLog.objects.get()
        assert (call.status, call.duration) == ("COMPLETED", 60)
        assert call.end_time == BEGAN + timedelta(seconds=65)
        steps = [(each.old, each.new) for each in call.transitions]
        assert [old for old, _ in steps[1:]] == [new for _, new in steps[:-1]]


def test_while_they_talk_the_call_is_answered() -> None:
    CallFactory(
        number=NumberFactory(phone_number=OURS),
        twilio_call_sid=CALL_SID,
        status="RINGING",
        end_time=None,
    )
    send(STATUS, told_of_leg("in-progress", 5))
    work_off_inbox()
    assert CallLog.objects.get(twilio_call_sid=CALL_SID).status == "ANSWERED"
    assert CallLog.objects.get(twilio_call_sid=LEG_SID).status == "ANSWERED"


def test_a_leg_without_a_call_is_not_logged() -> None:
    NumberFactory(phone_number=PHONE)
    send(STATUS, told_of_leg("completed", 65))
    work_off_inbox()
    assert CallLog.objects.count() == 0
    assert WebhookEvent.objects.get().status == "PROCESSED"


def test_a_call_that_did_not_come_in_is_not_logged_under_the_number_it_reached() -> None:
    """Another customer's own TwiML may call a number of ours; that is their call."""
    NumberFactory(phone_number=OURS)
    for direction in ("outbound-api", "outbound-dial"):
        send(STATUS, told("completed", 65, Direction=direction, SequenceNumber=direction))
    work_off_inbox()
    assert CallLog.objects.count() == 0


def test_a_call_to_a_number_that_is_nobodys_is_not_logged() -> None:
    NumberFactory(phone_number=OURS, status=Number.Status.PENDING)
    send(STATUS, told("completed", 65))
    work_off_inbox()
    assert CallLog.objects.count() == 0


def test_a_late_callback_belongs_to_whoever_had_the_number_then() -> None:
    old = NumberFactory(phone_number=OURS, status=Number.Status.RELEASED)
    new = NumberFactory(phone_number=OURS)
    Number.objects.filter(pk=old.pk).update(created_at=BEGAN - timedelta(days=30))
    Number.objects.filter(pk=new.pk).update(created_at=BEGAN + timedelta(seconds=30))
    send(STATUS, told("completed", 65, CallDuration="60"))
    work_off_inbox()
    assert CallLog.objects.get().number == old


@pytest.mark.parametrize("timestamp", ["", "yesterday", "Tue, 99 Foo 2025", "9" * 400])
def test_without_a_readable_time_that_of_its_arrival_counts(timestamp: str) -> None:
    NumberFactory(phone_number=OURS)
    send(STATUS, told("completed", 65, CallDuration="x") | {"Timestamp": timestamp})
    work_off_inbox()
    call = CallLog.objects.get()
    assert (call.status, call.duration) == ("COMPLETED", None)
    assert call.end_time == WebhookEvent.objects.get().created_at


def test_a_status_that_we_do_not_know_changes_nothing() -> None:
    NumberFactory(phone_number=OURS)
    for parameters in (told("ringing", 0), told("teleported", 3)):
        send(STATUS, parameters)
    work_off_inbox()
    assert facts(CALL_SID) == (CALLER, OURS, "INBOUND", "RINGING", None, 0, None)


def test_control_characters_and_length_do_no_harm() -> None:
    NumberFactory(phone_number=OURS)
    odd = told("completed" + "x" * 300, 65, CallerName="a\x00b\x07", SequenceNumber="9" * 300)
    assert send(STATUS, odd).status_code == 204
    assert WebhookEvent.objects.get().payload["CallerName"] == "ab"
    work_off_inbox()
    assert WebhookEvent.objects.get().status == "PROCESSED"


def test_without_a_database_the_carrier_is_told_so() -> None:
    def fail(*args: Any) -> Any:
        raise OperationalError("the database is gone")

    with connection.execute_wrapper(fail):
        assert send(STATUS, told("completed", 65)).status_code == 503
