"""The control API and the page: clear answers to good and to bad input."""

import re

import pytest

from sandbox.tests.conftest import Shop, TwilioSandbox

NUMBER = "+14155551234"
CALLER = "+12125550123"


def test_health(twilio: TwilioSandbox) -> None:
    answer = twilio.http.get("/_sandbox/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_reset_forgets_everything(twilio: TwilioSandbox) -> None:
    twilio.client().incoming_phone_numbers.create(phone_number=NUMBER)
    twilio.control("clock", advance=60)
    twilio.control("faults", service="stripe", kind="500")
    twilio.control("reset")
    state = twilio.state()
    assert state.pop("clock")["offset"] == 0
    assert state == {"numbers": [], "payments": [], "webhooks": [], "calls": [], "faults": []}


def test_clock_moves_forward(twilio: TwilioSandbox) -> None:
    assert twilio.control("clock", advance=86400)["offset"] == 86400
    assert twilio.control("clock", advance=0.5)["offset"] == 86400.5
    for body in ({}, {"advance": -1}, {"advance": "1"}, {"advance": True}, {"advance": 1e12}):
        answer = twilio.http.post("/_sandbox/clock", json=body)
        assert (answer.status_code, "advance" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"{}",
        b'{"from": "+12125550123", "to": "4155551234"}',
        b'{"from": "+12125550123", "to": "+14155551234", "answers": {"+1": "maybe"}}',
        b'{"from": "+12125550123", "to": "+14155551234", "answers": ["busy"]}',
        b'{"from": "+12125550123", "to": "+14155551234", "digits": "1"}',
        b'{"from": "+12125550123", "to": "+14155551234", "digits": ["a"]}',
        b'{"from": "+12125550123", "to": "+14155551234", "talk_seconds": -1}',
        b'{"from": "+12125550123", "to": "+14155551234", "loud": true}',
    ],
)
def test_call_that_makes_no_sense_is_refused(twilio: TwilioSandbox, body: bytes) -> None:
    answer = twilio.http.post("/_sandbox/calls", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_call_to_nobody(twilio: TwilioSandbox) -> None:
    answer = twilio.http.post("/_sandbox/calls", json={"from": CALLER, "to": NUMBER})
    assert (answer.status_code, answer.json()) == (
        404,
        {"error": f"Nobody owns {NUMBER} in the sandbox."},
    )


def test_page_places_a_call_and_shows_it(twilio: TwilioSandbox, shop: Shop) -> None:
    assert "No number is owned yet" in twilio.http.get("/").text
    shop.pages["/voice"] = (
        "<Response><Say>Hello &lt;you&gt;</Say><Dial>+14155550111</Dial></Response>"
    )
    twilio.client().incoming_phone_numbers.create(
        phone_number=NUMBER, voice_url=f"{shop.url}/voice"
    )
    form = {
        "from": CALLER,
        "to": NUMBER,
        "digits": "",
        "talk_seconds": "7",
        "forward1": "+14155550111",
        "answer1": "busy",
    }
    answer = twilio.http.post("/page/call", data=form, follow_redirects=True)
    assert answer.status_code == 200
    assert "Says: “Hello &lt;you&gt;”" in answer.text
    assert "+14155550111: busy." in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_page_sets_faults_moves_the_clock_and_resets(twilio: TwilioSandbox) -> None:
    def post(path: str, **form: str) -> str:
        answer = twilio.http.post(f"/page/{path}", data=form, follow_redirects=True)
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", answer.text)

    fault = {"service": "stripe", "kind": "delay", "side": "before", "count": "", "seconds": "0.5"}
    assert "The fault is set" in post("fault", **fault)
    assert twilio.state()["faults"][0]["seconds"] == 0.5
    assert "kind must be one of" in post("fault", service="stripe", kind="x")
    assert "All faults are gone" in post("clear-faults")
    assert "The clock has moved" in post("clock", days="1", hours="0.5")
    assert twilio.state()["clock"]["offset"] == 88200
    assert "must be numbers" in post("clock", days="x")
    assert "must be a phone number" in post("call", **{"from": "1", "to": NUMBER})
    assert "The sandbox is empty again" in post("reset")
    assert twilio.state()["clock"]["offset"] == 0
