"""Ten numbers in one order, with a carrier that takes 400 ms for each call."""

import statistics
import time
from collections.abc import Iterator

from e2e.client import Customer
from e2e.stack import Stack

CARRIER_SECONDS = 0.4
ROUNDS = 5
AREA_CODES = ("415", "212", "312", "206", "305")


def measure(stack: Stack) -> Iterator[str]:
    """How long the POST takes, and how long until all ten are live, over several orders."""
    customer = Customer(stack.url)
    customer.adds_card()
    found = [customer.finds(areaCode=area_code)[:10] for area_code in AREA_CODES]
    stack.sandbox(
        "faults",
        service="twilio",
        path="/",
        kind="delay",
        side="before",
        seconds=CARRIER_SECONDS,
        count=0,
    )
    posted, live = zip(*(_order(customer, numbers) for numbers in found), strict=True)
    stack.clear_faults()
    yield f"Ten numbers in one order; the carrier takes {CARRIER_SECONDS * 1000:.0f} ms a call"
    yield _line("POST answers", posted)
    yield _line("all ten are live after", live)


def _order(customer: Customer, numbers: list[str]) -> tuple[float, float]:
    """Seconds until the answer, and until the order has ended, both from the POST's start."""
    begun = time.perf_counter()
    order = customer.buys(*numbers, wait=0)
    answered = time.perf_counter() - begun
    while customer.get(f"orders/{order['orderId']}").json()["status"] in ("PENDING", "PROCESSING"):
        time.sleep(0.02)
    ended = time.perf_counter() - begun
    status = customer.get(f"orders/{order['orderId']}").json()["status"]
    assert status == "COMPLETED", status
    return answered, ended


def _line(what: str, seconds: tuple[float, ...]) -> str:
    middle, worst = statistics.median(seconds) * 1000, max(seconds) * 1000
    return f"  {what:<26} median {middle:7.0f} ms   worst of {len(seconds)} {worst:7.0f} ms"
