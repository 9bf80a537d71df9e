"""Reports of one call that are worked off at the same moment leave one row and one story."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from didshop import inbox
from didshop.models import WebhookEvent
from telephony.models import CallLog
from telephony.tests.carrier import CALL_SID, LEG_SID, PHONE, STATUS, VOICE, a_call, send
from telephony.tests.factories import NumberFactory
from telephony.tests.test_status_callbacks import (
    OURS,
    answered_call,
    facts,
    forwarded_call,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(jobs: list[Callable[[], Any]]) -> None:
    """Do all of them at the same moment, each on a connection of its own."""
    start = Barrier(len(jobs))

    def do(job: Callable[[], Any]) -> None:
        try:
            start.wait()
            job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as threads:
        for done in [threads.submit(do, job) for job in jobs]:
            done.result()


def work_off_at_once() -> None:
    """Have each event worked off by a worker of its own, all at once."""
    waiting = WebhookEvent.objects.filter(status="RECEIVED").values_list("pk", flat=True)
    at_once([lambda pk=pk: inbox.process(pk) for pk in waiting])
    assert not WebhookEvent.objects.exclude(status="PROCESSED").exists()


def story(sid: str) -> list[tuple[str, str]]:
    call = CallLog.objects.get(twilio_call_sid=sid)
    return [(each.old, each.new) for each in call.transitions]


def assert_unbroken(steps: list[tuple[str, str]]) -> None:
    """Each step goes on from where the one before it led; the last is the end."""
    assert steps[0][0] == ""
    assert [old for old, _ in steps[1:]] == [new for _, new in steps[:-1]]
    assert steps[-1][1] == "COMPLETED"


@pytest.mark.parametrize("_round", range(5))
def test_callbacks_worked_off_at_once(_round: int) -> None:
    NumberFactory(phone_number=OURS)
    for parameters in answered_call():
        send(STATUS, parameters)
    work_off_at_once()
    assert facts(CALL_SID)[3:] == ("COMPLETED", 60, 0, 65)
    assert_unbroken(story(CALL_SID))


@pytest.mark.parametrize("_round", range(5))
def test_callbacks_of_a_call_and_its_leg_worked_off_at_once(_round: int) -> None:
    NumberFactory(phone_number=OURS, forward_to=PHONE)
    send(VOICE, a_call(OURS))
    for parameters in forwarded_call():
        send(STATUS, parameters)
    work_off_at_once()
    assert facts(CALL_SID)[3:5] == ("COMPLETED", 61)
    assert facts(LEG_SID)[3:] == ("COMPLETED", 60, 1, 65)
    assert_unbroken(story(CALL_SID))
    assert_unbroken(story(LEG_SID))


def test_a_call_that_is_sent_by_several_at_once_is_logged_once() -> None:
    NumberFactory(phone_number=OURS, forward_to=PHONE)
    at_once([lambda: send(VOICE, a_call(OURS))] * 5)
    assert story(CALL_SID) == [("", "RINGING")]
