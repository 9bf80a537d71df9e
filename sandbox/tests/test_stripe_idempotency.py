"""Idempotency keys: the first answer again, never a second effect."""

import socket
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import cast
from urllib.parse import urlsplit

import httpx
import pytest
import stripe
from stripe.params import PaymentIntentCreateParams

from sandbox.tests.stripe_shop import SECRET_KEY, Shop, open_shop, refused

HOUR = 3600


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("stripe")) as opened:
        yield opened


@pytest.fixture
def key() -> str:
    return f"order-{uuid.uuid4()}-auth-1"


def authorise(
    shop: Shop, key: str, card: str = "pm_card_visa", amount: int = 500
) -> httpx.Response:
    """The shop's first call for an order, with the answer's headers to look at."""
    form = {
        "amount": str(amount),
        "currency": "usd",
        "payment_method": card,
        "confirm": "true",
        "off_session": "true",
        "capture_method": "manual",
        "metadata[key]": key,
    }
    return shop.raw("POST", "/v1/payment_intents", data=form, headers={"Idempotency-Key": key})


def intents_with(shop: Shop, key: str) -> list[stripe.PaymentIntent]:
    """What the calls with the key have left behind."""
    found = shop.client.v1.payment_intents.list({"limit": 100})
    return [intent for intent in found if intent.metadata.to_dict().get("key") == key]


def test_the_same_key_replays_the_first_answer(shop: Shop, key: str) -> None:
    first, second = authorise(shop, key), authorise(shop, key)
    assert first.json() == second.json()
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"]
    assert second.headers["Request-Id"] != first.headers["Request-Id"]
    assert second.headers["Idempotency-Key"] == key
    assert len(intents_with(shop, key)) == 1


def test_the_replay_does_not_follow_later_changes(shop: Shop, key: str) -> None:
    intent_id = authorise(shop, key).json()["id"]
    shop.client.v1.payment_intents.capture(intent_id)
    assert authorise(shop, key).json()["status"] == "requires_capture"
    assert shop.client.v1.payment_intents.retrieve(intent_id).status == "succeeded"


def test_declines_are_replayed_too(shop: Shop, key: str) -> None:
    first = authorise(shop, key, "pm_card_chargeDeclined")
    second = authorise(shop, key, "pm_card_chargeDeclined")
    assert (first.status_code, second.status_code) == (402, 402)
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(intents_with(shop, key)) == 1


def test_refusals_for_a_state_are_replayed_too(shop: Shop, key: str) -> None:
    intents = shop.client.v1.payment_intents
    intent = intents.create({"amount": 500, "currency": "usd"})
    options: stripe.RequestOptions = {"idempotency_key": key}
    refused(lambda: intents.capture(intent.id, options=options))
    intents.confirm(
        intent.id,
        {"payment_method": "pm_card_visa", "capture_method": "manual", "off_session": True},
    )
    error = refused(lambda: intents.capture(intent.id, options=options))
    assert "requires_payment_method" in error.user_message
    assert intents.capture(intent.id).status == "succeeded"


def test_an_inner_failure_is_replayed_and_leaves_nothing(
    shop: Shop, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("sandbox.stripe.paying.new_charge", None)
        assert authorise(shop, key).status_code == 500
    again = authorise(shop, key)
    assert (again.status_code, again.json()["error"]["type"]) == (500, "api_error")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert intents_with(shop, key) == []


def test_what_was_refused_before_it_began_is_not_kept(shop: Shop, key: str) -> None:
    form = {"amount": "500", "currency": "usd", "amuont": "500"}
    headers = {"Idempotency-Key": key}
    assert shop.raw("POST", "/v1/payment_intents", data=form, headers=headers).status_code == 400
    assert authorise(shop, key).status_code == 200


@pytest.mark.parametrize("other", ["amount", "operation"])
def test_another_request_under_the_same_key_is_refused(shop: Shop, key: str, other: str) -> None:
    first = authorise(shop, key)
    if other == "amount":
        second = authorise(shop, key, amount=501)
    else:
        path = f"/v1/payment_intents/{first.json()['id']}/capture"
        second = shop.raw("POST", path, headers={"Idempotency-Key": key})
    assert second.status_code == 400
    assert second.json()["error"]["type"] == "idempotency_error"
    [kept] = intents_with(shop, key)
    assert (kept.amount, kept.status) == (500, "requires_capture")


def test_the_sdk_knows_the_error(shop: Shop, key: str) -> None:
    customers = shop.client.v1.customers
    customers.create({"name": "Alice"}, {"idempotency_key": key})
    error = refused(
        lambda: customers.create({"name": "Bob"}, {"idempotency_key": key}),
        stripe.IdempotencyError,
    )
    assert error.http_status == 400


def test_a_key_in_flight_is_refused(shop: Shop, key: str) -> None:
    body = "name=Alice"
    address = urlsplit(shop.base_url)
    with socket.create_connection((str(address.hostname), address.port or 0)) as line:
        line.sendall(
            f"POST /v1/customers HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: Bearer {SECRET_KEY}\r\nIdempotency-Key: {key}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        # The sandbox asks for the body once it has the key in hand.
        assert b" 100 Continue" in line.recv(1024)
        refusal = probe(shop, key)
        assert refusal.status_code == 409
        assert refusal.json()["error"]["code"] == "idempotency_key_in_use"
        line.sendall(body.encode())
        assert b" 200 OK" in line.recv(1024)
    replayed = probe(shop, key, name="Alice")
    assert (replayed.status_code, replayed.headers["Idempotent-Replayed"]) == (200, "true")


def probe(shop: Shop, key: str, **form: str) -> httpx.Response:
    """A request with the key that can do no harm: by itself it is refused before it begins."""
    form = form or {"unknown": "1"}
    return shop.raw("POST", "/v1/customers", data=form, headers={"Idempotency-Key": key})


def test_twenty_at_once_make_one_payment(shop: Shop, key: str) -> None:
    barrier = threading.Barrier(20)

    def post(_: int) -> httpx.Response:
        barrier.wait()
        return authorise(shop, key)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(post, range(20)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 1
    assert len(intents_with(shop, key)) == 1


def test_keys_are_forgotten_after_a_day(shop: Shop, key: str) -> None:
    first = authorise(shop, key)
    shop.control("clock", advance=23 * HOUR)
    assert authorise(shop, key).json()["id"] == first.json()["id"]
    shop.control("clock", advance=HOUR)
    assert authorise(shop, key).json()["id"] != first.json()["id"]
    assert len(intents_with(shop, key)) == 2


def test_a_get_looks_at_no_key(shop: Shop, key: str) -> None:
    for path in ("/v1/balance", "/v1/customers"):
        response = shop.raw("GET", path, headers={"Idempotency-Key": key})
        assert response.status_code == 200
        assert "Idempotent-Replayed" not in response.headers


def test_a_key_has_a_longest_length(shop: Shop) -> None:
    assert authorise(shop, "k" * 256).status_code == 400
    assert authorise(shop, "k" * 255).status_code == 200


def test_keys_end_with_a_reset(shop: Shop, key: str) -> None:
    first = authorise(shop, key)
    shop.control("reset")
    assert authorise(shop, key).json()["id"] != first.json()["id"]


@pytest.mark.parametrize("kind", ["reset", "garbage", "500", "429"])
def test_an_answer_lost_after_the_call_is_there_for_the_retry(
    shop: Shop, key: str, kind: str
) -> None:
    fault = {"service": "stripe", "method": "POST", "path": "/v1/payment_intents", "side": "after"}
    shop.control("faults", **fault, kind=kind, count=1)
    try:
        assert authorise(shop, key).text.startswith(("<<<", "{"))
    except httpx.TransportError:
        assert kind == "reset"
    [intent] = intents_with(shop, key)
    again = authorise(shop, key)
    assert (again.json()["id"], again.headers["Idempotent-Replayed"]) == (intent.id, "true")


@pytest.mark.parametrize("kind", ["reset", "garbage", "500", "429"])
def test_a_call_that_was_lost_on_its_way_did_nothing(shop: Shop, key: str, kind: str) -> None:
    shop.control("faults", service="stripe", method="POST", side="before", kind=kind, count=1)
    try:
        authorise(shop, key)
    except httpx.TransportError:
        assert kind == "reset"
    assert intents_with(shop, key) == []
    assert "Idempotent-Replayed" not in authorise(shop, key).headers


def test_the_sdk_retries_a_lost_answer_by_itself(shop: Shop) -> None:
    client = stripe.StripeClient(
        SECRET_KEY, base_addresses={"api": shop.base_url}, max_network_retries=2
    )
    fault = {"service": "stripe", "method": "POST", "path": "/v1/payment_intents", "side": "after"}
    shop.control("faults", **fault, kind="reset", count=1)
    params = {
        "amount": 500,
        "currency": "usd",
        "payment_method": "pm_card_visa",
        "confirm": True,
        "off_session": True,
        "metadata": {"key": "sdk"},
    }
    intent = client.v1.payment_intents.create(cast(PaymentIntentCreateParams, params))
    assert [one.id for one in intents_with(shop, "sdk")] == [intent.id]
