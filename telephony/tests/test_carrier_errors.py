"""What the carrier's answers, and their absence, mean for the shop."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from didshop.tests.sandboxes import Sandbox, free_port
from telephony import carrier
from telephony.carrier import NumberSettings
from telephony.carrier.client import shared
from telephony.tests.carriers import Heard, Says, carrier_that

NUMBER = "+14155551234"
SETTINGS = NumberSettings(voice_url="https://shop.example/voice")
OWNED = {"sid": "PN" + "1a" * 16, "phone_number": NUMBER, "friendly_name": "line-1"}


def buy(number: str = NUMBER) -> carrier.OwnedNumber:
    return carrier.buy(number, reference="line-1", settings=SETTINGS)


CALLS: dict[str, Callable[[], Any]] = {
    "buy": buy,
    "find_owned": lambda: carrier.find_owned(NUMBER),
    "configure": lambda: carrier.configure("PN" + "1a" * 16, SETTINGS),
    "release": lambda: carrier.release("PN" + "1a" * 16),
    "search": lambda: carrier.search(country_code="US", number_type="LOCAL"),
    "countries": carrier.countries,
    "number_prices": lambda: carrier.number_prices("US"),
    "voice_prices": lambda: carrier.voice_prices("US"),
}
every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


def twilio_error(status: int, code: int, **headers: str) -> Says:
    body = {"code": code, "message": "No.", "more_info": "", "status": status}
    return Says(status, body, headers)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (twilio_error(400, 21422), carrier.NumberUnavailable, 21422),
        (twilio_error(400, 21452), carrier.NumberUnavailable, 21452),
        (twilio_error(400, 21421), carrier.InvalidNumber, 21421),
        (twilio_error(400, 21451), carrier.InvalidNumber, 21451),
        *(
            (twilio_error(400, code), carrier.RequirementUnmet, code)
            for code in (21631, 21613, 21615, 21628, 21649, 21650, 21651)
        ),
        (twilio_error(403, 10001), carrier.CarrierMisconfigured, 10001),
        (twilio_error(401, 20003), carrier.CarrierMisconfigured, 20003),
        (twilio_error(401, 12345), carrier.CarrierMisconfigured, 12345),
        (twilio_error(404, 20404), carrier.NotThere, 20404),
        (twilio_error(404, 12345), carrier.NotThere, 12345),
        (twilio_error(429, 20429), carrier.CarrierBusy, 20429),
        (Says(429, "<html>slow down</html>"), carrier.CarrierBusy, 0),
        (twilio_error(500, 20500), carrier.OutcomeUnknown, 20500),
        (twilio_error(400, 20500), carrier.OutcomeUnknown, 20500),
        (twilio_error(503, 21422), carrier.OutcomeUnknown, 21422),
        (twilio_error(408, 0), carrier.OutcomeUnknown, 0),
        (Says(502, "<html>bad gateway</html>"), carrier.OutcomeUnknown, 0),
        (Says(403, "<html>a proxy's own page</html>"), carrier.OutcomeUnknown, 0),
        (Says(301, "", {"Location": "https://elsewhere.example/"}), carrier.OutcomeUnknown, 0),
        (Says(200, "<<< garbage >>>"), carrier.OutcomeUnknown, 0),
        (Says(200, []), carrier.OutcomeUnknown, 0),
        (Says(200, "null"), carrier.OutcomeUnknown, 0),
        (twilio_error(400, 99999), carrier.CarrierRefused, 99999),
        (Says(400, {"code": None, "message": "No."}), carrier.CarrierRefused, 0),
        (
            Says(400, {"type": "about:blank", "title": "No", "status": 400, "code": 21422}),
            carrier.NumberUnavailable,
            21422,
        ),
    ],
)
@pytest.mark.parametrize("call", [CALLS["buy"], CALLS["find_owned"]], ids=["create", "list"])
def test_each_answer_has_one_meaning(
    call: Callable[[], Any], answer: Says, kind: type[Exception], code: int, settings: Any
) -> None:
    with carrier_that(lambda _: answer, settings) as heard, pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert len(heard) == 1


@pytest.mark.parametrize("name", sorted(CALLS.keys() - {"release"}))
@pytest.mark.parametrize("body", [{}, {"unknown": 1}, {"sid": None}, {"numbers": [1], "x": 2}])
def test_an_answer_of_another_shape_is_an_unknown_outcome(
    name: str, body: Any, settings: Any
) -> None:
    with (
        carrier_that(lambda _: Says(200, body), settings),
        pytest.raises(carrier.OutcomeUnknown),
    ):
        CALLS[name]()


@pytest.mark.parametrize(
    "body",
    [{}, {**OWNED, "sid": ""}, {**OWNED, "phone_number": "+14155550000"}],
    ids=["empty", "no sid", "another number"],
)
def test_a_purchase_that_does_not_name_the_number_is_not_believed(body: Any, settings: Any) -> None:
    with (
        carrier_that(lambda _: Says(201, body), settings) as heard,
        pytest.raises(carrier.OutcomeUnknown),
    ):
        buy()
    assert [request.method for request in heard] == ["POST"]


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("soon", None), ("-1", 0.0)])
def test_a_busy_carrier_says_how_long(header: str, seconds: float | None, settings: Any) -> None:
    answer = twilio_error(429, 20429, **{"Retry-After": header})
    with carrier_that(lambda _: answer, settings), pytest.raises(carrier.CarrierBusy) as caught:
        buy()
    assert caught.value.retry_after == seconds


@every_call
def test_no_connection_means_never_processed(call: Callable[[], Any], settings: Any) -> None:
    settings.TWILIO_API_BASE = f"http://127.0.0.1:{free_port()}"
    carrier.reset()
    with pytest.raises(carrier.CarrierUnreachable) as caught:
        call()
    assert isinstance(caught.value, carrier.CarrierBusy)
    carrier.reset()


def test_a_silent_carrier_is_left_in_time(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.TWILIO_API_BASE = f"http://127.0.0.1:{server.getsockname()[1]}"
        settings.TWILIO_TIMEOUT_SECONDS = 0.2
        carrier.reset()
        started = time.monotonic()
        with pytest.raises(carrier.CarrierTimeout):
            buy()
        assert time.monotonic() - started < 2
        assert not carrier.is_up()
        carrier.reset()


@pytest.mark.parametrize("when", [("POST", "before"), ("POST", "after"), ("GET", "before")])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("timeout", carrier.CarrierTimeout),
        ("reset", carrier.OutcomeUnknown),
        ("429", carrier.CarrierBusy),
        ("500", carrier.OutcomeUnknown),
        ("garbage", carrier.OutcomeUnknown),
    ],
)
def test_faults_of_the_sandbox(
    sandbox: Sandbox, settings: Any, kind: str, error: type[Exception], when: tuple[str, str]
) -> None:
    """A purchase is sent once; afterwards `find_owned` tells whether it was made."""
    method, side = when
    settings.TWILIO_TIMEOUT_SECONDS = 0.5
    carrier.reset()
    number = carrier.search(country_code="US", number_type="LOCAL", limit=1)[0].phone_number
    sandbox.fault(
        service="twilio", method=method, path="IncomingPhoneNumbers", side=side, kind=kind
    )
    with pytest.raises(error):
        buy(number) if method == "POST" else carrier.find_owned(number)
    sandbox.clear_faults()
    owned = carrier.find_owned(number)
    assert (owned is not None) == (method == "POST" and side == "after")
    assert len(sandbox.state()["numbers"]) == (1 if owned else 0)


def test_a_slow_answer_is_an_answer(sandbox: Sandbox) -> None:
    sandbox.fault(service="twilio", path="AvailablePhoneNumbers", kind="delay", seconds=0.3)
    assert carrier.search(country_code="US", number_type="LOCAL", limit=1)


def test_an_address_that_is_not_twilios_is_never_called(settings: Any) -> None:
    """Credentials follow the next page's URI: it must not lead astray."""
    trap = socket.create_server(("127.0.0.1", 0))
    trap.settimeout(0.2)
    away = f"http://127.0.0.1:{trap.getsockname()[1]}/2010-04-01/IncomingPhoneNumbers.json"

    def answer(heard: Heard) -> Says:
        return Says(200, {"meta": {"key": "incoming", "next_page_url": away}, "incoming": []})

    with trap, carrier_that(answer, settings) as heard:
        with pytest.raises(carrier.CarrierRefused):
            carrier.find_owned(NUMBER)
        with pytest.raises(TimeoutError):
            trap.accept()
    assert len(heard) == 1


@pytest.mark.parametrize(
    "uri",
    [
        "http://api.twilio.com/x",
        "https://api.twilio.com.evil.example/x",
        "https://evil.example/api.twilio.com",
        "https://user@api.twilio.com/x",
        "https://api.twilio.com:444/x",
        "https://twilio.com/x",
        "file:///etc/passwd",
    ],
)
@pytest.mark.parametrize("base", ["", "http://127.0.0.1:9"])
def test_only_twilios_own_hosts_are_called(uri: str, base: str, settings: Any) -> None:
    settings.TWILIO_API_BASE = base
    carrier.reset()
    with pytest.raises(carrier.CarrierRefused):
        shared().http_client.request("GET", uri)
    carrier.reset()


def test_redirects_are_not_followed(settings: Any) -> None:
    def answer(heard: Heard) -> Says:
        return Says(307, "", {"Location": "/elsewhere"})

    with carrier_that(answer, settings) as heard, pytest.raises(carrier.OutcomeUnknown):
        buy()
    assert [request.path.endswith("IncomingPhoneNumbers.json") for request in heard] == [True]


def test_threads_never_get_each_others_answers(settings: Any) -> None:
    def answer(heard: Heard) -> Says:
        time.sleep(0.001 * (int(heard.params["PhoneNumber"][-1]) % 4))
        number = heard.params["PhoneNumber"]
        return Says(201, {**OWNED, "sid": f"PN{number[1:]:0>32}", "phone_number": number})

    numbers = [f"+1415555{number:04}" for number in range(200)]
    results: dict[str, carrier.OwnedNumber] = {}

    def work(mine: list[str]) -> None:
        for number in mine:
            results[number] = buy(number)

    with carrier_that(answer, settings):
        threads = [threading.Thread(target=work, args=(numbers[n::20],)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {number: owned.phone_number for number, owned in results.items()} == {
        number: number for number in numbers
    }


def test_purchases_at_once_are_capped(settings: Any) -> None:
    settings.CARRIER_CONCURRENCY = 3
    lock, inside, most = threading.Lock(), 0, 0

    def answer(heard: Heard) -> Says:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.03)
        with lock:
            inside -= 1
        return Says(201, {**OWNED, "phone_number": heard.params["PhoneNumber"]})

    with carrier_that(answer, settings) as heard:
        threads = [threading.Thread(target=buy, args=(f"+1415555{n:04}",)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(heard), most) == (12, 3)


def test_a_purchase_gives_up_waiting_for_a_place(settings: Any) -> None:
    settings.CARRIER_CONCURRENCY = 1
    release = threading.Event()

    def answer(heard: Heard) -> Says:
        release.wait(5)
        return Says(201, OWNED)

    with carrier_that(answer, settings) as heard:
        first = threading.Thread(target=buy)
        first.start()
        while not heard:
            time.sleep(0.005)
        settings.TWILIO_TIMEOUT_SECONDS = 0.05
        with pytest.raises(carrier.CarrierBusy):
            buy("+14155559999")
        release.set()
        first.join()
    assert len(heard) == 1
