"""What a caller hears, and that the call is logged."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.db import OperationalError, connection
from django.test import override_settings

from dids.models import Number
from telephony import answering
from telephony.models import CallLog
from telephony.tests.carrier import CALL_SID, CALLER, PHONE, VOICE, a_call, send
from telephony.tests.factories import NumberFactory

pytestmark = pytest.mark.django_db

OURS = "+14155550100"


def document(answer: Any) -> ET.Element:
    """The TwiML of an answer."""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/xml"
    root = ET.fromstring(answer.content)
    assert root.tag == "Response"
    return root


def call(to: str = OURS, **changes: str) -> ET.Element:
    """The TwiML that answers a call to `to`."""
    return document(send(VOICE, a_call(to, **changes)))


def sentence(root: ET.Element) -> str | None:
    """What is said before the shop hangs up."""
    assert [verb.tag for verb in root] == ["Say", "Hangup"]
    return root[0].text


def test_a_number_that_is_forwarded_rings_the_phone() -> None:
    NumberFactory(phone_number=OURS, forward_to=PHONE)
    root = call()
    assert [verb.tag for verb in root] == ["Dial"]
    dial = root[0]
    action = dial.attrib.pop("action")
    assert action.startswith("http://127.0.0.1:8000/api/v1/webhooks/twilio/dial?state=")
    assert dial.attrib == {
        "answerOnBridge": "true",
        "method": "POST",
        "timeLimit": "14400",
        "timeout": "25",
    }
    assert [(noun.tag, noun.text) for noun in dial] == [("Number", PHONE)]
    assert dial[0].attrib == {
        "statusCallback": "http://127.0.0.1:8000/api/v1/webhooks/twilio/status",
        "statusCallbackEvent": "ringing answered completed",
        "statusCallbackMethod": "POST",
    }


@override_settings(FORWARD_TIME_LIMIT_SECONDS=600)
def test_a_forwarded_call_may_last_as_long_as_the_settings_say() -> None:
    NumberFactory(phone_number=OURS, forward_to=PHONE)
    assert call()[0].attrib["timeLimit"] == "600"


def test_the_call_is_logged() -> None:
    number = NumberFactory(phone_number=OURS, forward_to=PHONE)
    call()
    log = CallLog.objects.get()
    assert (log.twilio_call_sid, log.number, log.organization) == (
        CALL_SID,
        number,
        number.organization,
    )
    assert (log.from_number, log.to_number, log.direction) == (CALLER, OURS, "INBOUND")
    assert (log.status, log.duration, log.end_time, log.price) == ("RINGING", None, None, None)
    assert log.start_time is not None
    assert [(each.old, each.new, each.reason) for each in log.transitions] == [
        ("", "RINGING", "Forwarded to +44 20 7946 0123.")
    ]


def test_a_call_that_is_sent_twice_is_logged_once() -> None:
    NumberFactory(phone_number=OURS, forward_to=PHONE)
    first = CallLog.objects.get() if call() else None
    assert call()[0].tag == "Dial"
    again = CallLog.objects.get()
    assert first is not None
    assert (again.pk, again.start_time) == (first.pk, first.start_time)
    assert again.transitions.count() == 1


def test_a_number_without_a_route_says_so() -> None:
    NumberFactory(phone_number=OURS)
    assert sentence(call()) == answering.NO_ROUTE
    assert CallLog.objects.get().transitions[0].reason == (
        "The number has no route; the caller was told so."
    )


def test_a_number_that_is_forwarded_to_itself_is_not_rung() -> None:
    NumberFactory(phone_number=OURS, forward_to=OURS)
    assert sentence(call()) == answering.NO_ROUTE


def test_a_suspended_number_says_so() -> None:
    NumberFactory(phone_number=OURS, forward_to=PHONE, status=Number.Status.SUSPENDED)
    assert sentence(call()) == answering.SUSPENDED
    assert CallLog.objects.count() == 1


def test_a_number_on_its_way_out_still_rings() -> None:
    NumberFactory(phone_number=OURS, forward_to=PHONE, status=Number.Status.RELEASING)
    assert call()[0].tag == "Dial"


@pytest.mark.parametrize("status", [Number.Status.PENDING, Number.Status.RELEASED])
def test_a_number_that_is_nobodys_is_not_in_service(status: str) -> None:
    NumberFactory(phone_number=OURS, forward_to=PHONE, status=status)
    assert sentence(call()) == answering.NOT_IN_SERVICE
    assert CallLog.objects.count() == 0


def test_an_unknown_number_is_not_in_service() -> None:
    assert sentence(call("+19995550100")) == answering.NOT_IN_SERVICE
    assert CallLog.objects.count() == 0


def test_a_number_that_was_released_and_sold_again_belongs_to_its_new_owner() -> None:
    NumberFactory(phone_number=OURS, forward_to="+12025550199", status=Number.Status.RELEASED)
    new = NumberFactory(phone_number=OURS, forward_to=PHONE)
    assert call()[0][0].text == PHONE
    assert CallLog.objects.get().number == new


def test_a_number_with_its_own_voice_url_is_handed_over() -> None:
    url = "https://example.com/voice?a=1&b=<2>"
    NumberFactory(phone_number=OURS, voice_url=url, voice_method="GET", forward_to=PHONE)
    root = call()
    assert [(verb.tag, verb.text, verb.attrib) for verb in root] == [
        ("Redirect", url, {"method": "GET"})
    ]


def test_control_characters_never_reach_the_carrier() -> None:
    NumberFactory(phone_number=OURS, voice_url="https://example.com/\x0b\x1b\ufffe\x85a")
    assert call()[0].text == "https://example.com/a"


def test_a_withheld_caller_is_logged_as_the_carrier_names_them() -> None:
    NumberFactory(phone_number=OURS)
    call(From="+266696687", CallSid="CA" + "3" * 32)
    log = CallLog.objects.get()
    assert (log.from_number, log.from_text) == ("+266696687", "Anonymous")


def test_a_status_that_we_do_not_know_is_logged_as_begun() -> None:
    NumberFactory(phone_number=OURS)
    call(CallStatus="teleported")
    assert CallLog.objects.get().status == "INITIATED"


def test_an_overlong_caller_is_cut() -> None:
    NumberFactory(phone_number=OURS)
    call(From="sip:" + "x" * 300)
    assert len(CallLog.objects.get().from_number) == 100


@contextmanager
def broken_database(is_broken: Callable[[str], bool]) -> Iterator[None]:
    """A database that fails on the statements that `is_broken` picks."""

    def execute(run: Any, sql: str, *rest: Any) -> Any:
        if is_broken(sql):
            raise OperationalError("the database is gone")
        return run(sql, *rest)

    with connection.execute_wrapper(execute):
        yield


def test_without_a_database_the_caller_hears_a_sentence() -> None:
    NumberFactory(phone_number=OURS, forward_to=PHONE)
    with broken_database(lambda sql: True):
        assert sentence(call()) == answering.OUT_OF_ORDER
    assert CallLog.objects.count() == 0


def test_a_log_that_cannot_be_written_keeps_nobody_from_being_put_through() -> None:
    NumberFactory(phone_number=OURS, forward_to=PHONE)
    with broken_database(lambda sql: sql.startswith("INSERT")):
        assert call()[0].tag == "Dial"
    assert CallLog.objects.count() == 0


def test_the_answer_takes_one_look_up_and_the_log(django_assert_num_queries: Any) -> None:
    NumberFactory(phone_number=OURS, forward_to=PHONE)
    # The number; then a savepoint around the call and its first transition.
    with django_assert_num_queries(5):
        call()
