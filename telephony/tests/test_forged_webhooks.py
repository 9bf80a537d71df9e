"""A webhook that the carrier did not sign is refused, and nothing is written."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db.transaction import atomic, set_rollback
from django.http import QueryDict
from django.test import Client, override_settings
from twilio.request_validator import RequestValidator

from didshop.models import Transition, WebhookEvent
from telephony.models import CallLog
from telephony.tests.carrier import (
    DIAL,
    FORM,
    LEG_SID,
    STATUS,
    VOICE,
    a_call,
    post,
    send,
    signature,
)
from telephony.tests.factories import NumberFactory

pytestmark = pytest.mark.django_db

PATHS = (VOICE, STATUS, DIAL)
OURS = "+14155550100"


@pytest.fixture(autouse=True)
def _nothing_written() -> Iterator[None]:
    NumberFactory(phone_number=OURS, forward_to="+442079460123")
    yield
    assert CallLog.objects.count() == 0
    assert WebhookEvent.objects.count() == 0
    assert Transition.objects.count() == 0


@pytest.fixture(autouse=True, scope="module")
def _the_genuine_one_is_taken(django_db_setup: None, django_db_blocker: Any) -> None:
    """The control: what all these forgeries are made from would have got in."""
    with django_db_blocker.unblock(), atomic():
        NumberFactory(phone_number=OURS)
        for path in PATHS:
            assert send(path, everything()).status_code in {200, 204}
        assert CallLog.objects.count() == 1
        assert WebhookEvent.objects.count() == 1
        set_rollback(True)


def everything() -> dict[str, str]:
    """A webhook with every parameter that the shop reads."""
    return a_call(
        OURS,
        CallDuration="12",
        DialCallDuration="10",
        DialCallSid=LEG_SID,
        DialCallStatus="completed",
        ParentCallSid="",
        SequenceNumber="0",
        Timestamp="Tue, 21 Jan 2025 17:39:21 +0000",
    )


@pytest.mark.parametrize("path", PATHS)
def test_a_changed_field_is_refused(path: str) -> None:
    signed = everything()
    mark = signature(path, signed)
    for name, value in signed.items():
        others = {key: kept for key, kept in signed.items() if key != name}
        for forged in (
            others,
            {**others, f"{name}1": value},
            {**others, f"x{name}": value},
            {**signed, name: f"{value}1"},
            {**signed, name: value[:-1] or "x"},
            {**signed, name: f" {value}"},
        ):
            answer = post(path, forged, **{"X-Twilio-Signature": mark})
            assert answer.status_code == 403, (name, forged)
    for name in ("CallerNumber", "Extra"):
        forged = {**signed, name: "1"}
        assert post(path, forged, **{"X-Twilio-Signature": mark}).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_a_wrong_signature_is_refused(path: str) -> None:
    for given in ("", "x", "é", "A" * 28, "=" * 5000):
        assert post(path, everything(), **{"X-Twilio-Signature": given}).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_a_missing_signature_is_refused(path: str) -> None:
    assert post(path, everything()).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_a_signature_for_another_path_is_refused(path: str) -> None:
    other = signature(f"{path}?state=x", everything())
    assert post(path, everything(), **{"X-Twilio-Signature": other}).status_code == 403
    here = signature(path, everything())
    at = f"{path}?state=x"
    assert post(at, everything(), **{"X-Twilio-Signature": here}).status_code == 403


def test_the_host_header_does_not_count() -> None:
    signed = everything()
    form = QueryDict(urlencode(signed))
    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    mark = validator.compute_signature(f"http://localhost{VOICE}", form)
    headers = {"X-Twilio-Signature": mark, "Host": "localhost"}
    assert post(VOICE, signed, **headers).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_a_doubled_parameter_is_refused(path: str) -> None:
    doubled = {**everything(), "To": [OURS, OURS]}
    assert send(path, doubled).status_code == 403


def test_a_name_that_the_carrier_would_not_send_is_refused() -> None:
    for name in ("CallDuration1", "CallSi", "Digits1", "ToX", "a b", "x" * 65, "", "é"):
        assert send(STATUS, {**everything(), name: "2"}).status_code == 403, name


def test_letters_moved_between_name_and_value_are_refused() -> None:
    signed = everything()
    moved = {**signed, "CallDuration1": "2"}
    del moved["CallDuration"]
    mark = signature(STATUS, signed)
    assert mark == signature(STATUS, moved)
    assert post(STATUS, moved, **{"X-Twilio-Signature": mark}).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_a_signed_webhook_without_what_it_is_about_is_refused(path: str) -> None:
    for name in ("AccountSid", "CallSid", "CallStatus", "To"):
        without = {key: value for key, value in everything().items() if key != name}
        assert send(path, without).status_code == 403
        assert send(path, {**without, name: "\x00"}).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_another_account_of_the_carrier_is_refused(path: str) -> None:
    assert send(path, {**everything(), "AccountSid": "AC" + "0" * 32}).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_a_call_sid_that_is_none_is_refused(path: str) -> None:
    for sid in ("CA1", "CA" + "x" * 32, "SM" + "a" * 32, "CA" + "1" * 33):
        assert send(path, {**everything(), "CallSid": sid}).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_json_is_refused(client: Client, path: str) -> None:
    body = json.dumps(everything())
    digest = sha256(body.encode()).hexdigest()
    for at in (path, f"{path}?bodySHA256=00", f"{path}?bodySHA256={digest}"):
        headers = {"X-Twilio-Signature": signature(at, {})}
        answer = client.post(at, body, content_type="application/json", headers=headers)
        assert answer.status_code == 403


RUBBISH = [
    (FORM, b"\xff=\xfe&%zz=%"),
    (f"{FORM}; charset=nonsense", b"To=1"),
    (FORM, b"&".join(b"a%d=1" % n for n in range(2000))),
    (FORM, b"a=" + b"1" * 1_000_001),
    ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    ("multipart/form-data", b""),
    ("application/json", b"\xff"),
    ("", b""),
]


@pytest.mark.parametrize("path", PATHS)
def test_rubbish_is_refused(client: Client, path: str) -> None:
    headers = {"X-Twilio-Signature": signature(path, {})}
    for kind, body in RUBBISH:
        answer = client.generic("POST", path, body, content_type=kind, headers=headers)
        assert answer.status_code == 403, (kind, body[:40])


def test_an_odd_algorithm_is_no_way_in() -> None:
    for odd in ("algorithm=HMAC_MD5", "algorithm=", ",,=,"):
        headers = {
            "X-Twilio-Signature": "A" * 28,
            "X-Twilio-Webhooks-Signature-Settings": odd,
        }
        assert post(VOICE, everything(), **headers).status_code == 403


@override_settings(TWILIO_AUTH_TOKEN="")
def test_a_shop_without_a_token_lets_nobody_in() -> None:
    assert send(VOICE, everything()).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_only_post_is_taken(client: Client, path: str) -> None:
    for method in ("get", "put", "delete", "patch"):
        assert getattr(client, method)(path).status_code == 405
