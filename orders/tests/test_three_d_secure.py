"""3-D Secure: the order waits for the customer's bank, and lapses if nobody confirms."""

import pytest
import requests

from billing.models import Payment
from orders.models import Order
from orders.provisioning import advance

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(shopper, numbers):
    shopper.gives_card("pm_card_threeDSecure2Required")
    order = shopper.buys(numbers[0])
    assert order.payment.status == Payment.Status.REQUIRES_ACTION
    return order


def at_the_bank(order: Order, answer: str) -> None:
    """Press one of the two buttons of the bank's page."""
    requests.post(
        order.action_url, data={"answer": answer}, allow_redirects=False, timeout=5
    ).raise_for_status()


def test_nothing_is_bought_before_the_customer_confirms(waiting, sandbox):
    assert waiting.is_open
    assert waiting.action_url
    assert sandbox.state()["numbers"] == []


def test_a_confirmed_payment_goes_on(waiting, sandbox):
    at_the_bank(waiting, "confirm")

    order = advance(waiting.pk)

    assert order.status == Order.Status.COMPLETED
    assert len(sandbox.state()["numbers"]) == 1


def test_a_refused_payment_ends_the_order(waiting, sandbox):
    at_the_bank(waiting, "refuse")

    order = advance(waiting.pk)

    assert order.status == Order.Status.FAILED
    assert "not confirmed" in order.payment.error
    assert sandbox.state()["numbers"] == []


def test_a_payment_that_nobody_confirms_lapses(waiting, sandbox, settings):
    settings.PAYMENT_ACTION_SECONDS = 0

    order = advance(waiting.pk)

    assert order.status == Order.Status.FAILED
    assert order.payment.status == Payment.Status.CANCELLED
    assert sandbox.state()["payments"][0]["status"] == "canceled"
