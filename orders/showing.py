"""An order as its page shows it: lines with their plates, steps, and where the money is."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from billing.models import Payment
from dids.offers import Offer
from dids.presentation import international
from didshop.models import Transition
from orders.models import Order, OrderLine
from orders.reading import count, timelines, what_now

HELD = (Payment.Status.AUTHORIZED, Payment.Status.CAPTURED)


@dataclass(frozen=True)
class Charge:
    """Where the money of an order is; None where that is not known yet."""

    held: Decimal | None
    charged: Decimal | None
    released: Decimal | None


def order_context(order: Order) -> dict[str, Any]:
    """What templates/orders/_order.html reads. The order comes from `with_lines`."""
    found = timelines(order)
    return {
        "order": order,
        "what_now": what_now(order),
        "steps": steps(order),
        "lines": [_shown(line, found[line.pk]) for line in order.lines.all()],
        "charge": charge_of(order),
    }


def charge_of(order: Order) -> Charge:
    """What is held, charged and let go."""
    payment = order.payment
    match order.payment_state:
        case Payment.Status.AUTHORIZED:
            return Charge(held=payment.amount, charged=None, released=None)
        case Payment.Status.CAPTURED:
            released = payment.amount - payment.captured_amount
            return Charge(None, payment.captured_amount, released or None)
        case Payment.Status.CANCELLED:
            released = payment.amount if payment.intent_id else None
            return Charge(None, Decimal(0), released)
        case Payment.Status.FAILED:
            return Charge(None, Decimal(0), None)
    return Charge(None, None, None)


def steps(order: Order) -> list[dict[str, str]]:
    """The three steps of an order, each with its state: done, current, todo or failed."""
    lines = list(order.lines.all())
    delivered = count(lines, OrderLine.Status.ACTIVE)
    is_held = order.payment_state in HELD
    is_bought = is_held and delivered > 0 and all(line.status in OrderLine.ENDED for line in lines)
    is_charged = order.payment_state == Payment.Status.CAPTURED
    # The first step that is not done is where the order is, or where it failed.
    at_work = "current" if order.is_open else "failed"
    states = ["done" if is_done else at_work for is_done in (is_held, is_bought, is_charged)]
    for later in range(1, len(states)):
        if states[later - 1] in (at_work, "todo"):
            states[later] = "todo"
    details = ("", f"{delivered} of {len(lines)}" if is_held else "", "")
    labels = ("Payment authorised", "Buying numbers", "Charged")
    return [
        {"label": label, "state": state, "detail": detail}
        for label, state, detail in zip(labels, states, details, strict=True)
    ]


def _shown(line: OrderLine, rows: list[Transition]) -> dict[str, Any]:
    """A line with its number's plate, as it was offered."""
    is_delivered = line.status == OrderLine.Status.ACTIVE and line.number_id
    return {
        **_plate(line),
        "status": line.status,
        "get_status_display": line.get_status_display(),
        "error": line.error,
        "ended_without_it": line.status in OrderLine.ENDED and not is_delivered,
        "price": {"first_charge": line.first_charge, "monthly": line.monthly_price},
        "number_url": reverse("numbers:detail", args=[line.number_id]) if is_delivered else "",
        "timeline": [
            {
                "at": row.created_at,
                "label": OrderLine.Status(row.new).label,
                "detail": row.reason,
            }
            for row in rows
        ],
    }


def _plate(line: OrderLine) -> dict[str, Any]:
    """What components/plate.html reads: the offer, or the digits alone where there was none."""
    if not line.offer:
        return {
            "phone_number": line.phone_number,
            "international": international(line.phone_number),
        }
    offer = Offer.from_dict(line.offer)
    return {name: getattr(offer, name) for name in _PLATE}


_PLATE = (
    "phone_number",
    "international",
    "country_code",
    "country_name",
    "locality",
    "region",
    "number_type_label",
    "capabilities",
)
