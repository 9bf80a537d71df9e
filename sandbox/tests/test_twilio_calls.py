"""Inbound calls against a small shop: webhooks, TwiML, forwards, fallback, records."""

from urllib.parse import urlencode

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from sandbox.tests.conftest import ACCOUNT_SID, AUTH_TOKEN, Shop, TwilioSandbox

NUMBER = "+14155551234"
CALLER = "+12125550123"
ANNA, BEN = "+14155550111", "+14155550112"


def own(twilio: TwilioSandbox, shop: Shop, document: str, **kept: str) -> None:
    """Own a number whose voice URL answers with this TwiML."""
    shop.pages["/voice"] = document
    twilio.client().incoming_phone_numbers.create(
        **{
            "phone_number": NUMBER,
            "voice_url": f"{shop.url}/voice",
            "status_callback": f"{shop.url}/status",
            **kept,
        }
    )


def call(twilio: TwilioSandbox, **how):
    """Place a call; what it answers."""
    return twilio.control("calls", **{"from": CALLER, "to": NUMBER, **how})


def words(placed) -> str:
    """The transcript as one text."""
    return "\n".join(step["text"] for step in placed["transcript"])


def test_simple_call(twilio: TwilioSandbox, shop: Shop) -> None:
    own(twilio, shop, "<Response><Say>Hello there</Say><Pause length='3'/><Hangup/></Response>")
    placed = call(twilio)
    assert (placed["status"], placed["duration"]) == ("completed", 4)
    assert "Says: “Hello there”" in words(placed)
    assert shop.paths() == ["/status", "/voice", "/status", "/status"]
    assert [each["CallStatus"] for each in shop.params("/status")] == [
        "ringing",
        "in-progress",
        "completed",
    ]
    assert [each["SequenceNumber"] for each in shop.params("/status")] == ["0", "1", "2"]
    ended = shop.params("/status")[-1]
    assert (ended["CallDuration"], ended["Duration"]) == ("4", "1")
    assert ended["CallbackSource"] == "call-progress-events"
    assert ended["Timestamp"].endswith("+0000")


def test_voice_webhook_has_its_parameters_and_signature(twilio: TwilioSandbox, shop: Shop) -> None:
    own(twilio, shop, "<Response/>")
    placed = call(twilio)
    method, path, params, headers = next(each for each in shop.asked if each[1] == "/voice")
    assert method == "POST"
    assert params == {
        "CallSid": placed["sid"],
        "AccountSid": ACCOUNT_SID,
        "From": CALLER,
        "To": NUMBER,
        "Caller": CALLER,
        "Called": NUMBER,
        "CallStatus": "ringing",
        "ApiVersion": "2010-04-01",
        "Direction": "inbound",
        "FromCity": "NEW YORK",
        "FromState": "NY",
        "FromZip": params["FromZip"],
        "FromCountry": "US",
        "ToCity": "SAN FRANCISCO",
        "ToState": "CA",
        "ToZip": params["ToZip"],
        "ToCountry": "US",
    }
    validator = RequestValidator(AUTH_TOKEN)
    for _, path, sent, headers in shop.asked:
        assert validator.validate(shop.url + path, sent, headers["X-Twilio-Signature"])


def test_get_carries_the_parameters_in_the_signed_url(twilio: TwilioSandbox, shop: Shop) -> None:
    own(twilio, shop, "<Response/>", voice_method="GET", voice_url=f"{shop.url}/voice?line=7")
    call(twilio)
    method, path, params, headers = next(each for each in shop.asked if each[1] == "/voice")
    assert (method, params["line"], params["To"]) == ("GET", "7", NUMBER)
    url = f"{shop.url}{path}?{urlencode(params)}"
    assert RequestValidator(AUTH_TOKEN).validate(url, {}, headers["X-Twilio-Signature"])


def test_gather_takes_digits_or_falls_through(twilio: TwilioSandbox, shop: Shop) -> None:
    own(
        twilio,
        shop,
        "<Response><Gather numDigits='1' action='menu'><Say>Press one</Say></Gather>"
        "<Say>Nobody pressed</Say></Response>",
    )
    shop.pages["/menu"] = "<Response><Say>You pressed</Say></Response>"
    placed = call(twilio, digits=["12"])
    assert shop.params("/menu")[0]["Digits"] == "1"
    assert "You pressed" in words(placed)
    assert "Nobody pressed" not in words(placed)
    assert "Nobody pressed" in words(call(twilio))
    assert len(shop.params("/menu")) == 1


def test_gather_ends_with_a_key_and_without_an_action_asks_again(
    twilio: TwilioSandbox, shop: Shop
) -> None:
    own(twilio, shop, "<Response><Gather finishOnKey='*'/></Response>")
    call(twilio, digits=["42*7"])
    second = shop.params("/voice")[1]
    assert (second["Digits"], second["FinishedOnKey"]) == ("42", "*")


def test_forward_is_answered(twilio: TwilioSandbox, shop: Shop) -> None:
    own(
        twilio,
        shop,
        "<Response><Dial action='/after' timeLimit='15'>"
        "<Number statusCallback='/leg' statusCallbackEvent='initiated ringing answered completed'>"
        f"{ANNA}</Number></Dial></Response>",
    )
    placed = call(twilio)
    leg = placed["legs"][0]
    assert (leg["to"], leg["status"], leg["duration"]) == (ANNA, "completed", 15)
    assert [each["CallStatus"] for each in shop.params("/leg")] == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    assert {each["ParentCallSid"] for each in shop.params("/leg")} == {placed["sid"]}
    assert {each["Direction"] for each in shop.params("/leg")} == {"outbound-dial"}
    after = shop.params("/after")[0]
    assert after["DialCallStatus"] == "completed"
    assert (after["DialCallSid"], after["DialCallDuration"]) == (leg["sid"], "15")
    assert after["DialBridged"] == "true"


@pytest.mark.parametrize("answer", ["busy", "no-answer", "failed"])
def test_forward_that_nobody_takes(twilio: TwilioSandbox, shop: Shop, answer: str) -> None:
    own(
        twilio,
        shop,
        f"<Response><Dial action='/after' timeout='12'>{ANNA}</Dial></Response>",
    )
    placed = call(twilio, answers={ANNA: answer})
    after = shop.params("/after")[0]
    assert after["DialCallStatus"] == answer
    assert (after["DialBridged"], "DialCallDuration" in after) == ("false", False)
    assert placed["legs"][0]["status"] == answer
    assert placed["duration"] == (12 if answer == "no-answer" else 2)


def test_ring_group_together(twilio: TwilioSandbox, shop: Shop) -> None:
    own(
        twilio,
        shop,
        f"<Response><Dial><Number>{ANNA}</Number><Number>{BEN}</Number>"
        "<Client>carol</Client></Dial></Response>",
    )
    placed = call(twilio, answers={ANNA: "busy"})
    assert {leg["to"]: leg["status"] for leg in placed["legs"]} == {
        ANNA: "busy",
        BEN: "completed",
        "client:carol": "canceled",
    }


def test_ring_group_in_turn(twilio: TwilioSandbox, shop: Shop) -> None:
    own(
        twilio,
        shop,
        f"<Response><Dial sequential='true' timeout='10'><Number>{ANNA}</Number>"
        f"<Sip>sip:desk@example.com</Sip><Number>{BEN}</Number></Dial></Response>",
    )
    placed = call(twilio, answers={ANNA: "no-answer"}, talk_seconds=3)
    assert [(leg["to"], leg["status"]) for leg in placed["legs"]] == [
        (ANNA, "no-answer"),
        ("sip:desk@example.com", "completed"),
    ]


def test_answer_on_bridge_rings_on(twilio: TwilioSandbox, shop: Shop) -> None:
    own(
        twilio,
        shop,
        f"<Response><Dial answerOnBridge='true' action='/after'>{ANNA}</Dial></Response>",
    )
    shop.pages["/after"] = "<Response><Reject reason='busy'/></Response>"
    placed = call(twilio, answers={ANNA: "no-answer"})
    assert (placed["status"], placed["duration"]) == ("busy", 0)
    assert shop.params("/after")[0]["CallStatus"] == "ringing"
    assert [each["CallStatus"] for each in shop.params("/status")] == ["ringing", "busy"]


def test_whisper_may_refuse(twilio: TwilioSandbox, shop: Shop) -> None:
    own(
        twilio,
        shop,
        f"<Response><Dial><Number url='/screen'>{ANNA}</Number></Dial></Response>",
    )
    shop.pages["/screen"] = (
        "<Response><Gather numDigits='1' action='/accept'><Say>Press one to accept</Say></Gather>"
        "<Hangup/></Response>"
    )
    shop.pages["/accept"] = "<Response/>"
    assert "They talk" in words(call(twilio, digits=["1"]))
    assert shop.params("/screen")[0]["To"] == ANNA
    assert "They talk" not in words(call(twilio))


def test_caller_id_must_be_ours(twilio: TwilioSandbox, shop: Shop) -> None:
    own(twilio, shop, f"<Response><Dial callerId='+12025550199'>{ANNA}</Dial></Response>")
    placed = call(twilio)
    assert placed["legs"][0]["status"] == "failed"
    assert "13214" in words(placed)
    shop.pages["/voice"] = f"<Response><Dial callerId='{NUMBER}'>{ANNA}</Dial></Response>"
    assert call(twilio)["legs"][0]["status"] == "completed"


def test_record_and_redirect(twilio: TwilioSandbox, shop: Shop) -> None:
    own(twilio, shop, "<Response><Redirect method='GET'>/mailbox?box=7</Redirect></Response>")
    shop.pages["/mailbox"] = (
        "<Response>"
        "<Record maxLength='4' action='/kept' recordingStatusCallback='/done'/>"
        "</Response>"
    )
    shop.pages["/kept"] = "<Response><Hangup/></Response>"
    placed = call(twilio)
    kept = shop.params("/kept")[0]
    assert shop.params("/mailbox")[0]["box"] == "7"
    assert kept["RecordingDuration"] == "4"
    assert kept["RecordingUrl"].endswith(kept["RecordingSid"])
    assert shop.params("/done")[0]["RecordingStatus"] == "completed"
    assert placed["status"] == "completed"


@pytest.mark.parametrize(("reason", "status"), [("busy", "busy"), ("rejected", "no-answer")])
def test_reject(twilio: TwilioSandbox, shop: Shop, reason: str, status: str) -> None:
    own(twilio, shop, f"<Response><Reject reason='{reason}'/></Response>")
    placed = call(twilio)
    assert (placed["status"], placed["duration"]) == (status, 0)


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ((500, "text/html", "oops"), "11200"),
        ((302, "text/xml", ""), "11200"),
        ((200, "application/json", "{}"), "12300"),
        ("no xml", "12100"),
        ("<Reply/>", "12100"),
        ("<!DOCTYPE Response [<!ENTITY a 'b'>]><Response><Say>&a;</Say></Response>", "12100"),
        ("<Response><Fly/></Response>", "12200"),
        ("<Response><Pause length='long'/></Response>", "12200"),
        ("<Response><Dial/></Response>", "12200"),
        ("<Response><Dial>" + "<Number>+14155550111</Number>" * 11 + "</Dial></Response>", "12200"),
    ],
)
def test_bad_answer_turns_to_the_fallback(
    twilio: TwilioSandbox, shop: Shop, page: str | tuple[int, str, str], code: str
) -> None:
    own(twilio, shop, "", voice_fallback_url=f"{shop.url}/fallback")
    shop.pages["/voice"] = page
    shop.pages["/fallback"] = "<Response><Say>Please call later</Say></Response>"
    placed = call(twilio)
    told = shop.params("/fallback")[0]
    assert (told["ErrorCode"], told["ErrorUrl"]) == (code, f"{shop.url}/voice")
    assert "Please call later" in words(placed)
    assert placed["status"] == "completed"


def test_nobody_answers_at_all(twilio: TwilioSandbox, shop: Shop, closed_port_url: str) -> None:
    own(twilio, shop, "", voice_url=f"{closed_port_url}/voice")
    placed = call(twilio)
    assert placed["status"] == "failed"
    assert words(placed).count("no answer") == 2
    assert "An application error has occurred" in words(placed)
    assert [each["CallStatus"] for each in shop.params("/status")] == ["ringing", "failed"]


def test_number_without_voice_url(twilio: TwilioSandbox, shop: Shop) -> None:
    own(twilio, shop, "", voice_url="")
    assert call(twilio)["status"] == "failed"


def test_endless_twiml_ends(twilio: TwilioSandbox, shop: Shop) -> None:
    own(twilio, shop, "<Response><Redirect/></Response>")
    assert "40 documents" in words(call(twilio))
    shop.pages["/voice"] = "<Response>" + "<Say>again</Say>" * 300 + "</Response>"
    assert "200 verbs" in words(call(twilio))


def test_calls_resource_and_the_price_that_comes_later(twilio: TwilioSandbox, shop: Shop) -> None:
    own(twilio, shop, f"<Response><Dial>{ANNA}</Dial></Response>")
    placed = call(twilio, talk_seconds=61)
    client = twilio.client()
    fetched = client.calls(placed["sid"]).fetch()
    assert (fetched.status, fetched.direction, fetched.price) == ("completed", "inbound", None)
    assert (fetched.duration, fetched.price_unit) == ("65", "USD")
    twilio.control("clock", advance=6)
    assert client.calls(placed["sid"]).fetch().price == "-0.01700"
    child = client.calls.list(parent_call_sid=placed["sid"])[0]
    assert (child.direction, child.to, child.price) == ("outbound-dial", ANNA, "-0.02800")
    assert len(client.calls.list(to=NUMBER, status="completed")) == 1
    assert client.calls.list(status="busy") == []
    assert len(client.calls.list(start_time_after=fetched.start_time)) == 2
    assert client.calls.list(start_time_before=fetched.start_time.replace(year=2000)) == []
    assert len(client.calls.list(page_size=1)) == 2
    with pytest.raises(TwilioRestException) as caught:
        client.calls("CA" + "0" * 32).fetch()
    assert caught.value.code == 20404


def test_webhooks_are_on_record(twilio: TwilioSandbox, shop: Shop) -> None:
    own(twilio, shop, "<Response/>")
    call(twilio)
    sent = [(each["kind"], each["event"], each["status"]) for each in twilio.state()["webhooks"]]
    assert sent == [
        ("twilio.status", "ringing", "delivered"),
        ("twilio.voice", "ringing", "delivered"),
        ("twilio.status", "in-progress", "delivered"),
        ("twilio.status", "completed", "delivered"),
    ]
