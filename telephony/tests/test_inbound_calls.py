"""Calls from the sandbox over HTTP: webhook, TwiML, forwarding, callbacks, worker, call log."""

from collections.abc import Callable
from typing import Any

import pytest

from dids.configuration import settings_for
from dids.models import Number
from didshop.models import WebhookEvent
from didshop.tests.sandboxes import Sandbox
from telephony import answering, carrier
from telephony.models import CallLog
from telephony.tests.carrier import CALLER, PHONE
from telephony.tests.factories import NumberFactory

RunTasks = Callable[[], list[str]]


@pytest.fixture
def number(live_shop: str, alice: Any) -> Number:
    """A number of Alice's that the sandbox has sold, and whose calls it sends to the shop."""
    found = carrier.search(country_code="US", number_type="LOCAL", area_code="415", limit=1)
    number = NumberFactory(purchased_by=alice, phone_number=found[0].phone_number)
    owned = carrier.buy(number.phone_number, reference="line-1", settings=settings_for(number))
    number.twilio_sid = owned.sid
    number.save()
    return number


def said(call: dict[str, Any]) -> str:
    """What happened, in the sandbox's words."""
    return "\n".join(step["text"] for step in call["transcript"])


def forward(number: Number) -> None:
    number.forward_to = PHONE
    number.save()


def test_a_forwarded_call_is_put_through_and_logged(
    number: Number, sandbox: Sandbox, run_tasks: RunTasks
) -> None:
    forward(number)
    call = sandbox.calls(to=number.phone_number)
    assert (call["status"], call["legs"][0]["to"]) == ("completed", PHONE)
    run_tasks()
    log = CallLog.objects.get(parent=None)
    assert (log.twilio_call_sid, log.number, log.from_number) == (call["sid"], number, CALLER)
    assert (log.status, log.duration) == ("COMPLETED", call["duration"])
    leg = log.legs.get()
    assert (leg.twilio_call_sid, leg.to_number) == (call["legs"][0]["sid"], PHONE)
    assert (leg.status, leg.duration) == ("COMPLETED", call["legs"][0]["duration"])
    assert log.start_time is not None
    assert leg.start_time is not None
    assert leg.end_time is not None
    assert log.end_time is not None
    assert leg.start_time < leg.end_time <= log.end_time
    assert not WebhookEvent.objects.exclude(status="PROCESSED").exists()


@pytest.mark.parametrize(
    ("answer", "status"), [("busy", "BUSY"), ("no-answer", "NO_ANSWER"), ("failed", "FAILED")]
)
def test_a_caller_who_reaches_nobody_hears_so(
    number: Number, sandbox: Sandbox, run_tasks: RunTasks, answer: str, status: str
) -> None:
    forward(number)
    call = sandbox.calls(to=number.phone_number, answers={PHONE: answer})
    assert answering.NOBODY_REACHED in said(call)
    run_tasks()
    log = CallLog.objects.get(parent=None)
    assert (log.status, log.legs.get().status) == ("COMPLETED", status)


def test_a_call_to_a_number_without_a_route_hears_so(
    number: Number, sandbox: Sandbox, run_tasks: RunTasks
) -> None:
    call = sandbox.calls(to=number.phone_number)
    assert answering.NO_ROUTE in said(call)
    run_tasks()
    assert CallLog.objects.get().status == "COMPLETED"


def test_forwarding_takes_effect_with_the_next_call(
    number: Number, sandbox: Sandbox, run_tasks: RunTasks
) -> None:
    assert sandbox.calls(to=number.phone_number)["legs"] == []
    forward(number)
    assert sandbox.calls(to=number.phone_number)["legs"][0]["to"] == PHONE
    run_tasks()
    assert CallLog.objects.filter(parent=None).count() == 2


def test_callbacks_that_nobody_works_off_wait_for_a_worker(
    number: Number, sandbox: Sandbox, run_tasks: RunTasks
) -> None:
    forward(number)
    sandbox.calls(to=number.phone_number)
    # The voice webhook and the Dial action have told this much without a worker.
    log = CallLog.objects.get(parent=None)
    assert (log.status, log.end_time) == ("ANSWERED", None)
    assert log.legs.get().status == "COMPLETED"
    run_tasks()
    log.refresh_from_db()
    assert log.status == "COMPLETED"
