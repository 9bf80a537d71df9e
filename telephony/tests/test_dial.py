"""What happens when a forwarding has ended: the leg is logged, the caller is told."""

from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from telephony import answering
from telephony.models import CallLog
from telephony.tests.carrier import (
    CALL_SID,
    CALLER,
    DIAL,
    LEG_SID,
    PHONE,
    VOICE,
    a_call,
    send,
)
from telephony.tests.factories import NumberFactory

pytestmark = pytest.mark.django_db

OURS = "+14155550100"


def action_of(answer: Any) -> str:
    """Where the carrier goes on once the forwarding has ended, as a path with its query."""
    url = urlsplit(ET.fromstring(answer.content)[0].attrib["action"])
    return f"{url.path}?{url.query}"


@pytest.fixture
def action() -> str:
    """A call has been forwarded; where its Dial reports to."""
    NumberFactory(phone_number=OURS, forward_to=PHONE)
    return action_of(send(VOICE, a_call(OURS)))


def ended(action: str, how: str, **changes: str) -> ET.Element:
    """The TwiML after a Dial that ended so."""
    parameters = a_call(
        OURS,
        CallStatus="in-progress",
        DialBridged="true",
        DialCallDuration="42" if how == "completed" else "0",
        DialCallSid=LEG_SID,
        DialCallStatus=how,
        **changes,
    )
    answer = send(action, parameters)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml")
    return ET.fromstring(answer.content)


def test_a_call_that_was_put_through_is_hung_up(action: str) -> None:
    assert [verb.tag for verb in ended(action, "completed")] == ["Hangup"]
    leg = CallLog.objects.get(twilio_call_sid=LEG_SID)
    call = CallLog.objects.get(twilio_call_sid=CALL_SID)
    assert (leg.parent, leg.number, leg.organization) == (call, call.number, call.organization)
    assert (leg.from_number, leg.to_number, leg.direction) == (CALLER, PHONE, "OUTBOUND")
    assert (leg.status, leg.duration) == ("COMPLETED", 42)
    # When it rang and ended, its own status callbacks tell.
    assert (leg.start_time, leg.end_time) == (None, None)
    assert (call.status, call.end_time) == ("ANSWERED", None)


@pytest.mark.parametrize(
    ("how", "status"), [("busy", "BUSY"), ("no-answer", "NO_ANSWER"), ("failed", "FAILED")]
)
def test_a_caller_who_reached_nobody_is_told(action: str, how: str, status: str) -> None:
    said, hangup = ended(action, how)
    assert (said.tag, said.text, hangup.tag) == ("Say", answering.NOBODY_REACHED, "Hangup")
    leg = CallLog.objects.get(twilio_call_sid=LEG_SID)
    assert (leg.status, leg.duration) == (status, 0)


def test_a_caller_who_hung_up_is_told_nothing(action: str) -> None:
    assert [verb.tag for verb in ended(action, "canceled")] == ["Hangup"]
    assert CallLog.objects.get(twilio_call_sid=LEG_SID).status == "CANCELLED"


def test_a_word_that_we_do_not_know_hangs_up(action: str) -> None:
    assert [verb.tag for verb in ended(action, "teleported")] == ["Hangup"]
    assert CallLog.objects.get(twilio_call_sid=LEG_SID).status == "INITIATED"


def test_a_dial_that_is_told_twice_is_logged_once(action: str) -> None:
    ended(action, "completed")
    ended(action, "completed")
    assert CallLog.objects.count() == 2
    assert CallLog.objects.get(twilio_call_sid=LEG_SID).transitions.count() == 1


def test_a_phone_that_could_not_even_be_rung_leaves_no_leg(action: str) -> None:
    said, _ = ended(action, "failed")
    assert said.tag == "Say"
    CallLog.objects.filter(twilio_call_sid=LEG_SID).delete()
    parameters = a_call(OURS, CallStatus="in-progress", DialCallStatus="failed")
    assert send(action, parameters).status_code == 200
    assert CallLog.objects.count() == 1


def test_a_call_whose_beginning_was_not_logged_is_logged_now(action: str) -> None:
    CallLog.objects.all().delete()
    ended(action, "completed")
    call = CallLog.objects.get(parent=None)
    assert (call.twilio_call_sid, call.status) == (CALL_SID, "ANSWERED")
    assert call.legs.get().twilio_call_sid == LEG_SID


@pytest.mark.parametrize("state", ["", "?state=", "?state=x", "?state=e30.x", "?other=1"])
def test_a_dial_that_is_not_ours_is_not_logged(action: str, state: str) -> None:
    """Customers' own TwiML runs in the same account, so the carrier would sign theirs too."""
    assert [verb.tag for verb in ended(DIAL + state, "completed")] == ["Hangup"]
    assert CallLog.objects.get().status == "RINGING"


def test_the_state_of_one_call_does_not_serve_another(action: str) -> None:
    other = a_call(OURS, CallSid="CA" + "4" * 32, DialCallSid=LEG_SID, DialCallStatus="completed")
    assert send(action, other).status_code == 200
    assert CallLog.objects.count() == 1


def test_the_leg_goes_to_the_phone_that_was_rung_then(action: str) -> None:
    number = CallLog.objects.get().number
    type(number).objects.update(forward_to="+12025550177")
    ended(action, "completed")
    assert CallLog.objects.get(twilio_call_sid=LEG_SID).to_number == PHONE
