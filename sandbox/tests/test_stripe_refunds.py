"""Refunds: never more than was captured, and what the bank makes of them."""

from collections.abc import Iterator
from functools import partial

import pytest
import stripe

from sandbox.tests.stripe_shop import Shop, open_shop, refused


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("stripe")) as opened:
        yield opened


def types_of(shop: Shop, refund: stripe.Refund) -> list[str]:
    """The events of one refund, oldest first."""
    events = shop.client.v1.events.list({"types": ["refund.*"], "limit": 100}).data[::-1]
    return [event.type for event in events if refund.id in str(event.data.object)]


def test_a_refund_in_parts_ends_at_what_was_captured(shop: Shop) -> None:
    intents, refunds = shop.client.v1.payment_intents, shop.client.v1.refunds
    intent = intents.capture(shop.hold(1000).id, {"amount_to_capture": 700})
    first = refunds.create(
        {
            "payment_intent": intent.id,
            "amount": 200,
            "reason": "requested_by_customer",
            "metadata": {"order": "1"},
        }
    )
    assert (first.status, first.amount, first.charge) == ("succeeded", 200, intent.latest_charge)
    error = refused(lambda: refunds.create({"payment_intent": intent.id, "amount": 501}))
    assert (error.http_status, error.param) == (400, "amount")
    assert "$5.01" in error.user_message
    assert "$5.00" in error.user_message
    rest = refunds.create({"charge": str(intent.latest_charge)})
    assert rest.amount == 500
    error = refused(lambda: refunds.create({"payment_intent": intent.id}))
    assert error.code == "charge_already_refunded"
    charge = shop.client.v1.charges.retrieve(str(intent.latest_charge))
    assert (charge.refunded, charge.amount_refunded, charge.amount_captured) == (True, 1000, 700)
    assert types_of(shop, first) == ["refund.created"]
    event = shop.client.v1.events.list({"type": "charge.refunded"}).data[0]
    assert event.data.object["id"] == charge.id


def test_a_hold_let_go_stands_among_the_refunds(shop: Shop) -> None:
    intents, refunds = shop.client.v1.payment_intents, shop.client.v1.refunds
    intent = intents.capture(shop.hold(1000).id, {"amount_to_capture": 700})
    [released] = refunds.list({"payment_intent": intent.id}).data
    assert (released.amount, released.status) == (300, "succeeded")
    asked = refunds.create({"payment_intent": intent.id, "amount": 100})
    listed = refunds.list({"charge": str(intent.latest_charge)}).data
    assert [one.id for one in listed] == [asked.id, released.id]


def test_nothing_is_refunded_that_was_not_captured(shop: Shop) -> None:
    intents, refunds = shop.client.v1.payment_intents, shop.client.v1.refunds
    held = shop.hold()
    cancelled = intents.cancel(shop.hold().id)
    fresh = intents.create({"amount": 500, "currency": "usd"})
    for intent in (held, cancelled, fresh):
        error = refused(partial(refunds.create, {"payment_intent": intent.id}))
        assert error.http_status == 400
        assert "does not have a successful charge" in error.user_message
    assert intents.retrieve(held.id).amount_capturable == 1000


def test_a_refund_needs_one_payment_and_a_true_amount(shop: Shop) -> None:
    refunds = shop.client.v1.refunds
    paid = shop.pay()
    assert refused(lambda: refunds.create({})).code == "parameter_missing"
    error = refused(lambda: refunds.create({"payment_intent": paid.id, "amount": 0}))
    assert error.code == "parameter_invalid_integer"
    error = refused(lambda: refunds.create({"payment_intent": "pi_none"}))
    assert (error.http_status, error.code) == (400, "resource_missing")
    error = refused(lambda: refunds.create({"payment_intent": paid.id, "reason": "bored"}))
    assert error.param == "reason"


def test_a_refund_is_found_and_tagged(shop: Shop) -> None:
    refunds = shop.client.v1.refunds
    refund = refunds.create({"payment_intent": shop.pay().id})
    refunds.update(refund.id, {"metadata": {"ticket": "5"}})
    found = refunds.retrieve(refund.id)
    assert found.metadata is not None
    assert found.metadata.to_dict() == {"ticket": "5"}
    assert types_of(shop, refund) == ["refund.created", "refund.updated"]
    assert refused(lambda: refunds.retrieve("re_none")).http_status == 404


def test_a_refund_may_arrive_late(shop: Shop) -> None:
    paid = shop.pay(card="pm_card_pendingRefund")
    refund = shop.client.v1.refunds.create({"payment_intent": paid.id})
    assert refund.status == "pending"
    assert shop.client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert types_of(shop, refund) == ["refund.created", "refund.updated"]


def test_a_refund_may_fail_after_it_looked_good(shop: Shop) -> None:
    paid = shop.pay(card="pm_card_refundFail")
    refund = shop.client.v1.refunds.create({"payment_intent": paid.id})
    assert refund.status == "succeeded"
    after = shop.client.v1.refunds.retrieve(refund.id)
    assert (after.status, after.failure_reason) == ("failed", "expired_or_canceled_card")
    charge = shop.client.v1.charges.retrieve(str(paid.latest_charge))
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    assert types_of(shop, refund)[-1] == "refund.failed"
