"""Cancelling: what nobody has begun to buy goes, the rest stays and is charged."""

import pytest

from billing.models import Payment
from dids.models import Number
from didshop.errors import Conflict
from didshop.transitions import move
from orders.cancelling import cancel
from orders.models import Order, OrderLine
from orders.provisioning import advance

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_order_that_nobody_has_begun_is_cancelled_whole(shopper, numbers, sandbox):
    order = shopper.places(*numbers[:2])

    cancel(order, actor=shopper.user)
    order = advance(order.pk)

    assert order.status == Order.Status.CANCELLED
    assert order.payment.status == Payment.Status.CANCELLED
    assert sandbox.state()["payments"] == []
    assert not Number.objects.exists()


def test_what_is_being_bought_stays(shopper, numbers, sandbox):
    order = shopper.places(*numbers[:2])
    first = order.lines.get(position=0)
    move(first, OrderLine.Status.BUYING, attempts=1)
    move(first, OrderLine.Status.UNKNOWN)

    cancel(order, actor=shopper.user)
    order = advance(order.pk)

    assert order.status == Order.Status.PARTIAL
    assert [line.status for line in order.lines.order_by("position")] == ["ACTIVE", "CANCELLED"]
    first.refresh_from_db()
    assert order.payment.captured_amount == first.first_charge


def test_an_order_that_has_ended_cannot_be_cancelled(shopper, numbers):
    order = shopper.buys(numbers[0])

    with pytest.raises(Conflict):
        cancel(order, actor=shopper.user)

    order.refresh_from_db()
    assert order.status == Order.Status.COMPLETED
    assert order.cancel_requested_at is None


def test_an_order_whose_authorisation_is_in_the_air_gives_the_hold_back(shopper, numbers, sandbox):
    shopper.gives_card()
    order = shopper.places(numbers[0])
    sandbox.fault(
        service="stripe",
        method="POST",
        path="/v1/payment_intents",
        side="after",
        kind="reset",
        count=3,
    )
    order = advance(order.pk)
    assert order.payment.status == Payment.Status.UNKNOWN

    cancel(order, actor=shopper.user)
    order = advance(order.pk)

    assert order.status == Order.Status.CANCELLED
    [payment] = sandbox.state()["payments"]
    assert payment["status"] == "canceled"
