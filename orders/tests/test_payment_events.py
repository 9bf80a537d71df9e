"""Stripe's events trigger and do not decide: whatever comes, and how often, the end is the same."""

import itertools
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from billing.tests.events import deliver, intent_event
from didshop import inbox
from didshop.models import WebhookEvent
from didshop.tests.sandboxes import Sandbox
from orders.models import Order
from orders.tests.conftest import Shopper
from orders.tests.crashes import called
from orders.tests.invariants import check_ended

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("amount_capturable_updated", "canceled", "succeeded", "payment_failed")


def told(order: Order, *kinds: str) -> list[dict[str, Any]]:
    """Events about the order's payment."""
    return [
        intent_event(f"evt_{number}_{kind}", kind, order.payment_id)
        for number, kind in enumerate(kinds)
    ]


@pytest.mark.parametrize("kinds", list(itertools.permutations(KINDS[:3])), ids="-".join)
def test_any_events_in_any_order_end_the_same(
    shopper: Shopper,
    numbers: list[str],
    run_tasks: Callable[[], list[str]],
    kinds: tuple[str, ...],
) -> None:
    """They come before the worker has done anything; what they say is not believed."""
    order = shopper.places(numbers[0])
    for body in told(order, *kinds):
        assert deliver(body).status_code == 200
        assert deliver(body).status_code == 200
    run_tasks()

    check_ended(order)
    assert Order.objects.get().status == "COMPLETED"
    assert {event.status for event in WebhookEvent.objects.all()} == {"PROCESSED"}


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_after_the_end_changes_nothing(
    shopper: Shopper, numbers: list[str], run_tasks: Callable[[], list[str]], kind: str
) -> None:
    order = shopper.buys(numbers[0])
    before = [*order.transitions, *order.payment.transitions]
    for body in told(order, kind):
        deliver(body)
    run_tasks()

    assert [*order.transitions, *order.payment.transitions] == before


def test_an_event_wakes_an_order_whose_task_was_lost(
    shopper: Shopper, numbers: list[str], sandbox: Sandbox
) -> None:
    """As when the customer has confirmed with their bank: nobody else tells us."""
    shopper.gives_card("pm_card_threeDSecure2Required")
    order = shopper.buys(numbers[0])
    requests.post(
        order.action_url, data={"answer": "confirm"}, allow_redirects=False, timeout=5
    ).raise_for_status()
    [body] = told(order, "amount_capturable_updated")

    deliver(body)
    inbox.process(WebhookEvent.objects.get().pk)

    check_ended(order)
    assert Order.objects.get().status == "COMPLETED"


def test_the_sandboxs_own_webhooks_carry_an_order_to_its_end(
    live_shop: str, shopper: Shopper, numbers: list[str], worker: Any, sandbox: Sandbox
) -> None:
    """Nobody runs the order but Stripe's own events, over HTTP, for the customer who confirms."""
    shopper.gives_card("pm_card_threeDSecure2Required")
    order = shopper.buys(numbers[0])
    assert order.payment.status == "REQUIRES_ACTION"
    requests.post(
        order.action_url, data={"answer": "confirm"}, allow_redirects=False, timeout=5
    ).raise_for_status()

    until(lambda: not Order.objects.get().is_open)

    assert Order.objects.get().status == "COMPLETED"
    kinds = {row["event"] for row in sandbox.state()["webhooks"]}
    assert "payment_intent.amount_capturable_updated" in kinds


def until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def test_an_event_whose_order_another_worker_is_at_does_no_harm(
    shopper: Shopper, numbers: list[str], run_tasks: Callable[[], list[str]]
) -> None:
    """The event comes while the first line is being bought."""
    order = shopper.places(*numbers[:2])
    works = called("buy")

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        for body in told(order, "amount_capturable_updated"):
            deliver(body)
        return works(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("telephony.carrier.buy", meanwhile)
        run_tasks()

    check_ended(order)
    assert {line.attempts for line in order.lines.all()} == {1}
