"""Stripe's webhook: what is signed is kept once, what is forged writes nothing."""

import json
import time
from typing import Any

import pytest
from django.test import Client

from billing.tests.events import WEBHOOK, deliver, event, intent_event, send, signature
from didshop.models import Transition, WebhookEvent

pytestmark = pytest.mark.django_db
UNKNOWN = "019b0000-0000-7000-8000-000000000000"
EVENT = intent_event("evt_1", "succeeded", UNKNOWN)
PAYLOAD = json.dumps(EVENT).encode()


def test_an_event_is_kept_and_answered_at_once() -> None:
    assert deliver(EVENT).status_code == 200
    kept = WebhookEvent.objects.get()
    assert (kept.provider, kept.provider_id) == ("STRIPE", "evt_1")
    assert (kept.kind, kept.status) == ("payment_intent.succeeded", "RECEIVED")
    assert kept.payload == EVENT


def test_it_is_kept_once_however_often_it_comes() -> None:
    assert [deliver(EVENT).status_code for _ in range(3)] == [200, 200, 200]
    assert WebhookEvent.objects.count() == 1


def test_any_of_several_signatures_may_be_the_right_one() -> None:
    """While the secret is rolled over, Stripe signs with both."""
    right, wrong = signature(PAYLOAD), signature(PAYLOAD, secret="whsec_old")
    assert send(PAYLOAD, f"{wrong},{right.split(',')[1]}").status_code == 200
    assert WebhookEvent.objects.count() == 1


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "x",
        "t=,v1=",
        "t=x,v1=x",
        "v1=abc",
        "t=1",
        "t=" + "9" * 400 + ",v1=abc",
        "\u00e9",
    ],
)
def test_a_forged_signature_writes_nothing(header: str | None) -> None:
    assert send(PAYLOAD, header).status_code == 400
    assert nothing_is_written()


def test_a_signature_that_is_not_stripes_or_not_fresh_writes_nothing() -> None:
    for header in (
        signature(PAYLOAD, secret="whsec_other"),
        signature(PAYLOAD).replace("v1=", "v0="),
        signature(PAYLOAD, at=time.time() - 3600),
        signature(PAYLOAD + b" "),
    ):
        assert send(PAYLOAD, header).status_code == 400
    assert nothing_is_written()


def test_a_changed_body_writes_nothing() -> None:
    header = signature(PAYLOAD)
    for position in range(0, len(PAYLOAD), 7):
        changed = bytearray(PAYLOAD)
        changed[position] ^= 1
        assert send(bytes(changed), header).status_code == 400
    assert send(PAYLOAD[:-1], header).status_code == 400
    assert nothing_is_written()


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"x",
        b"[]",
        b"7",
        b"null",
        b'"evt_1"',
        b"{}",
        b'{"id": 7, "object": "event", "type": "x"}',
        b'{"object": "event", "type": "x"}',
        b'{"id": null, "object": "event"}',
        b"{" * 2000,
        b"[" * 100_000,
    ],
)
def test_garbage_that_is_signed_writes_nothing(payload: bytes) -> None:
    assert send(payload, signature(payload)).status_code == 400
    assert nothing_is_written()


def test_bytes_that_are_no_text_write_nothing() -> None:
    assert send(b"\xff\xfe\x00", signature(b"x")).status_code == 400
    assert nothing_is_written()


def test_only_posts_are_taken() -> None:
    assert Client().get(WEBHOOK).status_code == 405
    assert Client().put(WEBHOOK, PAYLOAD, content_type="application/json").status_code == 405
    assert nothing_is_written()


def nothing_is_written() -> bool:
    return not WebhookEvent.objects.exists() and not Transition.objects.exists()


# ---------------------------------------------------------------- nobody's business
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "body",
    [
        intent_event("evt_1", "succeeded", UNKNOWN),
        intent_event("evt_1", "succeeded", "no-id"),
        intent_event("evt_1", "succeeded", "x", metadata=None),
        intent_event("evt_1", "succeeded", "x", metadata={}),
        intent_event("evt_1", "succeeded", "x", metadata=["payment"]),
        event("evt_1", "payout.paid", {"id": "po_1", "object": "payout"}),
        event("evt_1", "customer.created", {"id": "cus_1", "object": "customer"}),
        {**EVENT, "data": {}},
        {**EVENT, "data": {"object": {"id": "x\x00y", "object": "x"}}},
    ],
)
def test_events_about_what_we_do_not_know_do_no_harm(body: dict[str, Any], run_tasks: Any) -> None:
    assert deliver(body).status_code == 200
    run_tasks()
    kept = WebhookEvent.objects.get()
    assert (kept.status, kept.error) == ("PROCESSED", "")
    assert not Transition.objects.exists()
