"""Events: signed webhooks, tried again until they arrive, and the list to look them up."""

import json
import time
from collections.abc import Iterator

import pytest
import stripe

from sandbox.tests.stripe_shop import WEBHOOK_SECRET, Shop, open_shop, refused, wait_for


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("stripe"), webhooks=True) as opened:
        yield opened


def verified(headers: dict[str, str], body: bytes) -> stripe.Event:
    """The event in a webhook, checked as the shop checks it."""
    event: stripe.Event = stripe.Webhook.construct_event(
        body, headers["Stripe-Signature"], WEBHOOK_SECRET
    )
    return event


def test_every_event_arrives_signed(shop: Shop) -> None:
    intent = shop.hold()
    shop.client.v1.payment_intents.capture(intent.id)
    expected = [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
    ]
    wait_for(lambda: len(shop.receiver.of(intent.id)) == len(expected))
    arrived = [verified(*request) for request in shop.receiver.of(intent.id)]
    events = {event.type: event for event in arrived}
    # Stripe promises no order, and the sandbox keeps none.
    assert sorted(events) == sorted(expected)
    assert {event.api_version for event in arrived} == {stripe.api_version}
    assert events["charge.captured"].data.object["object"] == "charge"
    # The event shows the object as it was then, whatever has become of it.
    held = events["payment_intent.amount_capturable_updated"].data.object
    assert (held["id"], held["status"]) == (intent.id, "requires_capture")
    assert events["payment_intent.succeeded"].data.object["status"] == "succeeded"


def test_an_event_tells_the_request_that_made_it(shop: Shop) -> None:
    customer = shop.client.v1.customers.create({"name": "Alice"}, {"idempotency_key": "alice-1"})
    wait_for(lambda: shop.receiver.of(customer.id))
    event = verified(*shop.receiver.of(customer.id)[0])
    assert event.request is not None
    assert (event.request.idempotency_key, event.livemode) == ("alice-1", False)
    assert str(event.request.id).startswith("req_")


def test_a_forged_body_does_not_verify(shop: Shop) -> None:
    customer = shop.client.v1.customers.create()
    wait_for(lambda: shop.receiver.of(customer.id))
    headers, body = shop.receiver.of(customer.id)[0]
    with pytest.raises(stripe.SignatureVerificationError):
        verified(headers, body.replace(b"customer.created", b"customer.deleted"))
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, headers["Stripe-Signature"], "whsec_other")


def test_an_event_is_tried_again_until_it_arrives(shop: Shop) -> None:
    wait_for(lambda: all_delivered(shop))
    shop.receiver.answers.extend([500, 404])
    customer = shop.client.v1.customers.create()
    wait_for(lambda: len(shop.receiver.of(customer.id)) == 1)
    shop.control("clock", advance=10)
    wait_for(lambda: len(shop.receiver.of(customer.id)) == 2)
    shop.control("clock", advance=10)
    wait_for(lambda: all_delivered(shop))
    tries = [verified(*request) for request in shop.receiver.of(customer.id)]
    assert len(tries) == 3
    assert len({event.id for event in tries}) == 1


def all_delivered(shop: Shop) -> bool:
    """Whether nothing waits to be sent."""
    webhooks = shop.http.get("/_sandbox/state").json()["webhooks"]
    return all(webhook["status"] == "delivered" for webhook in webhooks)


def test_a_moved_clock_spoils_no_signature(shop: Shop) -> None:
    shop.control("clock", advance=40 * 24 * 3600)
    customer = shop.client.v1.customers.create()
    wait_for(lambda: shop.receiver.of(customer.id))
    event = verified(*shop.receiver.of(customer.id)[0])
    assert event.created > time.time() + 39 * 24 * 3600


def test_what_was_refused_makes_no_event(shop: Shop) -> None:
    events = shop.client.v1.events
    before = events.list().data[0].id
    refused(lambda: shop.client.v1.payment_intents.capture("pi_none"))
    refused(
        lambda: shop.client.v1.customers.create({"payment_method": "pm_card_chargeDeclined"}),
        stripe.CardError,
    )
    assert events.list().data[0].id == before


def test_events_are_listed_by_type_and_found(shop: Shop) -> None:
    intent = shop.pay()
    events = shop.client.v1.events
    newest = events.list({"type": "payment_intent.succeeded"}).data[0]
    assert newest.data.object["id"] == intent.id
    assert events.retrieve(newest.id).type == "payment_intent.succeeded"
    group = events.list({"type": "payment_intent.*", "limit": 2}).data
    assert [event.type for event in group] == ["payment_intent.succeeded", "payment_intent.created"]
    two = events.list({"types": ["charge.succeeded", "customer.created"], "limit": 2}).data
    assert [event.type for event in two] == ["charge.succeeded", "customer.created"]
    assert refused(lambda: events.retrieve("evt_none")).http_status == 404


def test_no_event_shows_what_the_sandbox_notes_for_itself(shop: Shop) -> None:
    shop.hold()
    for event in shop.client.v1.events.list({"limit": 10}):
        assert '"_' not in json.dumps(event.to_dict())
