"""Each kind of fault on each side, as the SDK meets it, and what the service remembers."""

import time

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from sandbox.tests.conftest import TwilioSandbox

NUMBER = "+14155551234"
PURCHASE = {"service": "twilio", "method": "POST", "path": "IncomingPhoneNumbers"}


def buy(twilio: TwilioSandbox, timeout: float = 10.0):
    """Try to buy the number."""
    return twilio.client(timeout=timeout).incoming_phone_numbers.create(phone_number=NUMBER)


def owned(twilio: TwilioSandbox) -> list[str]:
    """The numbers that Twilio has sold."""
    return [each["phone_number"] for each in twilio.state()["numbers"]]


@pytest.mark.parametrize(("side", "sold"), [("before", []), ("after", [NUMBER])])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset", requests.exceptions.ConnectionError),
        ("429", TwilioRestException),
        ("500", TwilioRestException),
        ("garbage", ValueError),
    ],
)
def test_answer_is_lost_or_bad(
    twilio: TwilioSandbox, kind: str, error: type[Exception], side: str, sold: list[str]
) -> None:
    twilio.control("faults", **PURCHASE, kind=kind, side=side)
    with pytest.raises(error) as caught:
        buy(twilio)
    for client in twilio.clients:  # garbage is not what the specification knows
        client.exchanges.clear()
    assert owned(twilio) == sold
    if kind in ("429", "500"):
        assert caught.value.status == int(kind)
        assert caught.value.code == {"429": 20429, "500": 20500}[kind]
    assert twilio.state()["faults"] == []
    assert buy(twilio).phone_number == NUMBER


@pytest.mark.parametrize(("side", "sold"), [("before", []), ("after", [NUMBER])])
def test_time_out(twilio: TwilioSandbox, side: str, sold: list[str]) -> None:
    twilio.control("faults", **PURCHASE, kind="timeout", side=side)
    with pytest.raises(requests.exceptions.ReadTimeout):
        buy(twilio, timeout=0.3)
    assert owned(twilio) == sold
    twilio.control("faults", **PURCHASE, kind="timeout", side=side, seconds=0.1)
    with pytest.raises(requests.exceptions.ConnectionError):
        buy(twilio)


@pytest.mark.parametrize("side", ["before", "after"])
def test_delay_lasts_until_it_is_deleted(twilio: TwilioSandbox, side: str) -> None:
    twilio.control("faults", **PURCHASE, kind="delay", side=side, seconds=0.2)
    for _ in range(2):
        began = time.monotonic()
        buy(twilio)
        assert time.monotonic() - began >= 0.2
    assert twilio.http.delete("/_sandbox/faults").json() == {"deleted": 1}
    assert twilio.state()["faults"] == []


def test_too_many_requests_say_when_to_come_back(twilio: TwilioSandbox) -> None:
    twilio.control("faults", service="twilio", kind="429")
    answer = twilio.api("GET", "/Balance.json")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")


def test_fault_strikes_what_it_names_and_as_often(twilio: TwilioSandbox) -> None:
    twilio.control(
        "faults", service="twilio", method="get", path="*/Balance.json", kind="500", count=2
    )
    twilio.control("faults", service="stripe", kind="500")
    client = twilio.client()
    assert client.incoming_phone_numbers.list() == []
    for _ in range(2):
        with pytest.raises(TwilioException):
            client.balance.fetch()
    assert client.balance.fetch().currency == "USD"
    answer = twilio.http.get("/v1/customers")
    assert (answer.status_code, answer.json()["error"]["type"]) == (500, "api_error")


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"service": "twilio"},
        {"service": "paypal", "kind": "500"},
        {"service": "twilio", "kind": "flood"},
        {"service": "twilio", "kind": "500", "side": "during"},
        {"service": "twilio", "kind": "500", "count": -1},
        {"service": "twilio", "kind": "500", "count": "2"},
        {"service": "twilio", "kind": "delay", "seconds": "long"},
        {"service": "twilio", "kind": "delay", "seconds": 10**6},
        {"service": "twilio", "kind": "500", "path": 7},
        {"service": "twilio", "kind": "500", "colour": "red"},
    ],
)
def test_fault_that_makes_no_sense_is_refused(twilio: TwilioSandbox, fault: dict) -> None:
    answer = twilio.http.post("/_sandbox/faults", json=fault)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert twilio.state()["faults"] == []
