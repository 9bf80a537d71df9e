"""Many at once: one buyer a number, one purchase a line, one charge an order."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.tests.factories import UserFactory, api_client
from dids.models import Number
from didshop.errors import Conflict
from didshop.tests.sandboxes import Sandbox
from didshop.tests.threads import all_at_once
from didshop.transitions import move
from orders import buying, provisioning
from orders.cancelling import cancel
from orders.models import Order, OrderLine
from orders.provisioning import advance
from orders.quotes import quote_items
from orders.tests.conftest import Shopper, expire_leases
from orders.tests.crashes import called
from orders.tests.invariants import check_ended
from orders.tests.test_purchase_api import PURCHASE, named

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS, ROUNDS = 20, 5
LIVE = ("PENDING", "BUYING", "UNKNOWN", "ACTIVE")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every purchase and every capture that is sent out, in their order."""
    sent: list[str] = []

    def counting(call: str, works: Callable[..., Any]) -> Callable[..., Any]:
        def count(*args: Any, **kwargs: Any) -> Any:
            sent.append(f"{call} {args[0]}")
            return works(*args, **kwargs)

        return count

    monkeypatch.setattr("telephony.carrier.buy", counting("buy", called("buy")))
    monkeypatch.setattr("billing.gateway.capture", counting("capture", called("capture")))
    return sent


@pytest.fixture
def met(monkeypatch: pytest.MonkeyPatch) -> None:
    """All buyers have their quotes before one of them lays a claim: the tightest race."""
    meeting = threading.Barrier(BUYERS)

    def quoting(items: Any) -> Any:
        quote = quote_items(items)
        meeting.wait(10)
        return quote

    monkeypatch.setattr("orders.placing.quote_items", quoting)


@pytest.fixture
def buyers(sandbox: Sandbox, met: None) -> list[Callable[[str], Any]]:
    """Twenty customers with a card each, who buy a number over the API."""

    def buyer() -> Callable[[str], Any]:
        user = UserFactory()
        Shopper(user).gives_card()
        client = api_client(user)
        return lambda number: client.post(PURCHASE, {"phoneNumbers": named(number)})

    return [buyer() for _ in range(BUYERS)]


def all_buy(buyers: list[Callable[[str], Any]], number: str) -> list[int]:
    """The statuses that they are answered, sorted."""
    actions = [lambda buy=buy: buy(number).status_code for buy in buyers]
    return sorted(all_at_once(*actions))


@pytest.mark.postgres
def test_twenty_customers_buy_one_number(
    buyers: list[Callable[[str], Any]],
    numbers: list[str],
    sandbox: Sandbox,
    run_tasks: Callable[[], list[str]],
) -> None:
    for number in numbers[:ROUNDS]:
        assert all_buy(buyers, number) == [201] + [409] * (BUYERS - 1)
        assert OrderLine.objects.filter(phone_number=number, status__in=LIVE).count() == 1
    run_tasks()

    assert {order.status for order in Order.objects.all()} == {"COMPLETED"}
    owned = [number["phone_number"] for number in sandbox.state()["numbers"]]
    assert sorted(owned) == sorted(numbers[:ROUNDS])


@pytest.mark.postgres
def test_a_control_without_the_constraint_sells_twice(
    buyers: list[Callable[[str], Any]], numbers: list[str]
) -> None:
    """What stops the others is the constraint: without it the same race has many winners."""
    [constraint] = [one for one in Number._meta.constraints if one.name == "one_live_number_each"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Number, constraint)
    try:
        assert all_buy(buyers, numbers[0]).count(201) > 1
    finally:
        OrderLine.objects.all().delete()
        Order.objects.all().delete()
        Number.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Number, constraint)


@pytest.mark.postgres
def test_the_same_numbers_in_any_order_never_lock_each_other_out(
    sandbox: Sandbox, numbers: list[str]
) -> None:
    """Each number goes to one of them, and whoever gets none is told so."""
    shoppers = [Shopper(UserFactory()) for _ in range(6)]

    def purchase(shopper: Shopper, wanted: list[str]) -> Callable[[], int]:
        shopper.gives_card()
        client = api_client(shopper.user)
        return lambda: client.post(PURCHASE, {"phoneNumbers": named(*wanted)}).status_code

    turned = (numbers, numbers[::-1])
    statuses = all_at_once(
        *[purchase(shopper, turned[turn % 2]) for turn, shopper in enumerate(shoppers)]
    )

    assert sorted(statuses) == [201, 409, 409, 409, 409, 409]
    live = OrderLine.objects.filter(status="PENDING").values_list("phone_number", flat=True)
    assert sorted(live) == sorted(numbers)


@pytest.mark.parametrize("count", [1, 4])
def test_five_workers_advance_one_order(
    shopper: Shopper, numbers: list[str], sandbox: Sandbox, asked: list[str], count: int
) -> None:
    order = shopper.places(*numbers[:count])

    all_at_once(*[lambda: advance(order.pk)] * 5)
    advance(order.pk)

    check_ended(order)
    assert Order.objects.get().status == "COMPLETED"
    bought = [call for call in asked if call.startswith("buy")]
    assert sorted(bought) == sorted(f"buy {number}" for number in numbers[:count])
    [payment] = sandbox.state()["payments"]
    assert (payment["captured"], payment["held"]) == (150 * count, 0)


def test_a_worker_that_read_the_order_before_another_ended_it_leaves_it_alone(
    shopper: Shopper, numbers: list[str], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shopper.places(numbers[0])
    start = provisioning._start

    def late(read: Order) -> bool:
        # The other one goes all the way between our reading and our first step.
        monkeypatch.setattr(provisioning, "_start", start)
        advance(order.pk)
        return start(read)

    monkeypatch.setattr(provisioning, "_start", late)
    assert advance(order.pk).status == "COMPLETED"
    check_ended(order)
    assert [call for call in asked if call.startswith("buy")] == [f"buy {numbers[0]}"]


def test_a_worker_that_read_a_line_before_another_claimed_it_leaves_it_alone(
    shopper: Shopper, numbers: list[str], asked: list[str]
) -> None:
    order = shopper.places(numbers[0])
    line = order.lines.get()
    until = timezone.now() + timedelta(minutes=1)
    assert move(line, OrderLine.Status.BUYING, attempts=1, claimed_until=until)

    # As for a worker whose list of lines to buy was made just before that.
    buying._buy(line.pk)

    line.refresh_from_db()
    assert (line.status, line.claimed_until, asked) == ("BUYING", until, [])


def test_a_worker_that_comes_back_late_cannot_fail_what_another_buys(
    shopper: Shopper, numbers: list[str]
) -> None:
    """Its lease ran out while the carrier kept it waiting; the line is another's by then."""
    order = shopper.places(numbers[0])
    line = order.lines.get()
    until = timezone.now() + timedelta(minutes=1)
    move(line, OrderLine.Status.BUYING, attempts=1, claimed_until=until)
    late = OrderLine.objects.get()
    move(line, OrderLine.Status.UNKNOWN)
    move(line, OrderLine.Status.BUYING, attempts=2, claimed_until=until)

    assert not buying.end_undelivered(late, OrderLine.Status.FAILED, error="Gone.")
    assert not buying._lost(late, "No clear answer.")

    line.refresh_from_db()
    assert (line.status, line.number) == ("BUYING", Number.objects.get())
    expire_leases()
    advance(order.pk)
    check_ended(order)


def test_five_workers_resolve_what_is_unknown(
    shopper: Shopper, numbers: list[str], sandbox: Sandbox
) -> None:
    """The sale was made and its answer lost: all five find it, one delivers it."""
    order = shopper.places(numbers[0])
    sandbox.fault(
        service="twilio",
        method="POST",
        path="IncomingPhoneNumbers",
        side="after",
        kind="reset",
        count=1,
    )
    sandbox.fault(
        service="twilio",
        method="GET",
        path="IncomingPhoneNumbers",
        side="before",
        kind="500",
        count=1,
    )
    advance(order.pk)
    assert order.lines.get().status == "UNKNOWN"

    all_at_once(*[lambda: advance(order.pk)] * 5)
    advance(order.pk)

    check_ended(order)
    assert order.lines.get().status == "ACTIVE"
    assert order.lines.get().attempts == 1


@pytest.mark.parametrize("round_number", range(4))
def test_cancelling_races_buying(shopper: Shopper, numbers: list[str], round_number: int) -> None:
    """Whoever wins each line: what is bought is charged, what is cancelled is not."""
    order = shopper.places(*numbers[:3])

    def cancel_soon() -> None:
        time.sleep(0.01 * 3**round_number)
        # It may come too late.
        with suppress(Conflict):
            cancel(Order.objects.get(pk=order.pk), actor=shopper.user)

    all_at_once(lambda: advance(order.pk), cancel_soon)
    advance(order.pk)

    check_ended(order)
    statuses = {line.status for line in order.lines.all()}
    assert statuses <= {"ACTIVE", "CANCELLED"}


@pytest.mark.parametrize("side", ["before", "after"])
def test_cancelled_while_the_card_is_asked(
    shopper: Shopper, numbers: list[str], sandbox: Sandbox, side: str
) -> None:
    """The order ends as cancelled, though its worker had read it before that was asked."""
    order = shopper.places(*numbers[:2])
    works = called("authorise")

    def cancelled(**kwargs: Any) -> Any:
        if side == "before":
            cancel(Order.objects.get(pk=order.pk), actor=shopper.user)
        intent = works(**kwargs)
        if side == "after":
            cancel(Order.objects.get(pk=order.pk), actor=shopper.user)
        return intent

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("billing.gateway.authorise", cancelled)
        advance(order.pk)
    advance(order.pk)

    check_ended(order)
    assert Order.objects.get().status == "CANCELLED"
    [payment] = sandbox.state()["payments"]
    assert (payment["status"], payment["captured"]) == ("canceled", 0)


def test_cancelled_while_the_first_line_is_bought(
    shopper: Shopper, numbers: list[str], settings: Any
) -> None:
    """What is being bought stays and is charged; the line that waits for it goes."""
    settings.CARRIER_CONCURRENCY = 1
    order = shopper.places(*numbers[:2])
    works = called("buy")

    def cancelled(*args: Any, **kwargs: Any) -> Any:
        cancel(Order.objects.get(pk=order.pk), actor=shopper.user)
        return works(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("telephony.carrier.buy", cancelled)
        order = advance(order.pk)

    assert order.status == "PARTIAL"
    assert sorted(line.status for line in order.lines.all()) == ["ACTIVE", "CANCELLED"]
