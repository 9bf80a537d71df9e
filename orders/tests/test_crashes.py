"""A worker that dies before or after any call outside: whatever is left, the next one mends it.

What must hold in the end stands in invariants.py, and is checked after each of these tests.
"""

import itertools
from typing import Any

import pytest
from django.db import connection

from didshop.tests.sandboxes import Sandbox
from orders.tests.conftest import Shopper
from orders.tests.crashes import CALLS, advance_until_quiet, called, die_at, dying_at
from orders.tests.invariants import check_ended

GOOD_CARD, BAD_CARD = "pm_card_visa", "pm_card_chargeCustomerFail"
# The calls that an order makes, by whether its number is still there and its card is good.
MADE = {
    ("there", GOOD_CARD): ("authorise", "buy", "find_owned", "capture"),
    ("sold", GOOD_CARD): ("authorise", "buy", "find_owned", "cancel"),
    ("there", BAD_CARD): ("authorise",),
    ("sold", BAD_CARD): ("authorise",),
}
ENDINGS = {
    ("there", GOOD_CARD): ("COMPLETED", "ACTIVE", "CAPTURED"),
    ("sold", GOOD_CARD): ("FAILED", "FAILED", "CANCELLED"),
    ("there", BAD_CARD): ("FAILED", "CANCELLED", "FAILED"),
    ("sold", BAD_CARD): ("FAILED", "CANCELLED", "FAILED"),
}
EVERY_CALL = [
    (stock, card, call, side)
    for (stock, card), calls in MADE.items()
    for call, side in itertools.product(calls, ("before", "after"))
]


@pytest.mark.django_db
@pytest.mark.parametrize("case", EVERY_CALL, ids="-".join)
def test_one_death(
    shopper: Shopper, numbers: list[str], sandbox: Sandbox, case: tuple[str, str, str, str]
) -> None:
    stock, card, call, side = case
    shopper.gives_card(card)
    order = shopper.places(numbers[0])
    prepare(sandbox, numbers[0], stock, call)

    with dying_at(call, side) as deaths:
        order = advance_until_quiet(order.pk)

    assert deaths == [f"{side} {call}"]
    check_ended(order)
    line = order.lines.get()
    assert (order.status, line.status, order.payment.status) == ENDINGS[stock, card]


def prepare(sandbox: Sandbox, number: str, stock: str, call: str) -> None:
    if stock == "sold":
        sandbox.sold_elsewhere(number)
    if call == "find_owned":
        # Nothing is looked up before an answer is lost.
        sandbox.fault(
            service="twilio",
            method="POST",
            path="IncomingPhoneNumbers",
            side="after",
            kind="reset",
            count=1,
        )


@pytest.mark.django_db
@pytest.mark.parametrize("sides", list(itertools.product(("before", "after"), repeat=2)))
@pytest.mark.parametrize("stock", ["there", "sold"])
def test_two_deaths_at_the_same_call(
    shopper: Shopper, numbers: list[str], sandbox: Sandbox, stock: str, sides: tuple[str, str]
) -> None:
    """Each call in turn is met by two deaths in a row; a person may have to look at the line."""
    orders = []
    for number, call in zip(numbers, MADE[stock, GOOD_CARD], strict=False):
        order = shopper.places(number)
        prepare(sandbox, number, stock, call)
        with dying_at(call, sides[0]) as first, dying_at(call, sides[1]) as second:
            order = advance_until_quiet(order.pk)
        # The outer one of the two dies first, and the inner one of what the outer let through.
        assert len(first) + len(second) == 2, call
        check_ended(order)
        orders.append(order)
    statuses = [order.lines.get().status for order in orders]
    assert set(statuses) <= {ENDINGS[stock, GOOD_CARD][1], "NEEDS_REVIEW"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("sold", [0, 1, 3])
def test_every_call_dies_once(
    shopper: Shopper, numbers: list[str], sandbox: Sandbox, side: str, sold: int
) -> None:
    """Three lines at the same time, and a death at each kind of call that is made."""
    order = shopper.places(*numbers[:3])
    for number in numbers[:sold]:
        sandbox.sold_elsewhere(number)
    deaths: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for call in CALLS:
            die_at(patch, call, side, 1, deaths)
        order = advance_until_quiet(order.pk)

    check_ended(order)
    last = "cancel" if sold == 3 else "capture"
    assert {"authorise", "buy", "find_owned", last} == {death.split()[1] for death in deaths}
    expected = {0: "COMPLETED", 1: "PARTIAL", 3: "FAILED"}
    assert order.status == expected[sold]


@pytest.mark.django_db
def test_a_carrier_that_kills_every_worker_is_given_up(
    shopper: Shopper, numbers: list[str], sandbox: Sandbox
) -> None:
    """Two tries are made, then a person looks, and the money goes back."""
    order = shopper.places(numbers[0])
    with dying_at("buy", "before", times=9) as deaths:
        order = advance_until_quiet(order.pk)

    assert deaths == ["before buy"] * 2
    assert order.lines.get().status == "NEEDS_REVIEW"
    assert (order.status, order.payment.status) == ("FAILED", "CANCELLED")


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_somebody_outside_is_asked(
    shopper: Shopper, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def watched(call: str, works: Any) -> Any:
        def watch(*args: Any, **kwargs: Any) -> Any:
            assert not connection.in_atomic_block, call
            asked.append(call)
            return works(*args, **kwargs)

        return watch

    for call, path in CALLS.items():
        monkeypatch.setattr(path, watched(call, called(call)))
    shopper.buys(*numbers[:2])

    assert sorted(asked) == ["authorise", "buy", "buy", "capture"]
