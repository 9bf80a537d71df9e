"""Processes that die before or after they have asked somebody outside."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import pytest
from django.utils.module_loading import import_string

from orders.models import Order
from orders.provisioning import advance
from orders.tests.conftest import expire_leases

# Every call of `advance` that changes something outside, or looks whether it was changed.
CALLS = {
    "authorise": "billing.gateway.authorise",
    "buy": "telephony.carrier.buy",
    "find_owned": "telephony.carrier.find_owned",
    "capture": "billing.gateway.capture",
    "cancel": "billing.gateway.cancel",
}
MOST_ROUNDS = 25


def called(call: str) -> Callable[..., Any]:
    """What makes the call."""
    works: Callable[..., Any] = import_string(CALLS[call])
    return works


class Killed(BaseException):
    """As by kill -9: nothing catches it, so nothing is tidied up."""


@contextmanager
def dying_at(call: str, side: str, times: int = 1) -> Iterator[list[str]]:
    """The first `times` calls die, before or after they were made; the list fills with them."""
    deaths: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        die_at(patch, call, side, times, deaths)
        yield deaths


def die_at(patch: pytest.MonkeyPatch, call: str, side: str, times: int, deaths: list[str]) -> None:
    """Have the first `times` of these calls die."""
    works, left = called(call), [f"{side} {call}"] * times

    def dies(*args: Any, **kwargs: Any) -> Any:
        if not left:
            return works(*args, **kwargs)
        death = left.pop()
        deaths.append(death)
        if side == "after":
            # Nobody hears the answer, a refusal included.
            with suppress(Exception):
                works(*args, **kwargs)
        raise Killed(death)

    patch.setattr(CALLS[call], dies)


def advance_until_quiet(order_id: UUID) -> Order:
    """As workers and sweeper do, one after the other, until the order has ended."""
    for _ in range(MOST_ROUNDS):
        try:
            order = advance(order_id)
        except Killed:
            expire_leases()
            continue
        if not order.is_open:
            break
        expire_leases()
    return Order.objects.get(pk=order_id)
