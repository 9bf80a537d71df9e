"""The home page: the shop window for strangers, the dashboard for customers.

It is the one piece of the frame that reads from every room.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import Organization
from accounts.organizations import current
from accounts.rights import Right, rights_of
from billing.models import Payment, PaymentMethod
from dids.models import Number, NumberType
from dids.presentation import country_name, flag
from dids.prices import known
from didshop.money import quantise
from orders.models import Order, OrderLine
from orders.reading import with_counts
from telephony.models import CallLog

RECENT = 5


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What the shop is, or what is going on for a customer."""
    if not request.user.is_authenticated:
        return render(request, "home.html", {"prices": _price_board()})
    organization = current(request)
    return render(
        request,
        "home.html",
        {
            "stats": _stats(organization),
            "attention": list(_attention(organization, rights_of(request))),
            "recent_calls": _recent_calls(organization),
            "recent_orders": with_counts(Order.objects.of(organization)).order_by("-id")[:RECENT],
        },
    )


def _price_board() -> list[dict[str, Any]]:
    """What a number costs a month, by country and type."""
    return [
        {
            "country_code": code,
            "country_name": country_name(code),
            "flag": flag(code),
            "number_type": NumberType(listed.number_type).label,
            "monthly": listed.price.monthly,
            "currency": listed.price.currency,
        }
        for code, listed in known()
    ]


def _stats(organization: Organization) -> dict[str, Any]:
    owned = Number.objects.of(organization).live().exclude(status=Number.Status.PENDING)
    monthly = owned.aggregate(sum=Sum("monthly_price"))["sum"] or Decimal(0)
    week_ago = timezone.now() - timedelta(days=7)
    return {
        "numbers": owned.count(),
        "calls_week": CallLog.objects.of(organization).filter(created_at__gte=week_ago).count(),
        "monthly": quantise(monthly),
    }


def _recent_calls(organization: Organization) -> Any:
    return CallLog.objects.of(organization).select_related("number").order_by("-id")[:RECENT]


def _attention(organization: Organization, rights: frozenset[Right]) -> Iterator[dict[str, str]]:
    """What needs the reader, by what they may do: what it is, why, and where to act."""
    if Right.BILLING_WRITE in rights and not PaymentMethod.objects.of(organization).exists():
        yield _item(
            "No card on file",
            "Add one, and you can buy numbers.",
            reverse("billing:methods"),
            "Add a card",
        )
    if Right.ORDERS_WRITE in rights:
        yield from _unconfirmed(organization)
    if Right.ORDERS_READ in rights:
        yield from _reviewed(organization)
    if Right.NUMBERS_WRITE in rights:
        yield from _unrouted(organization)


def _unconfirmed(organization: Organization) -> Iterator[dict[str, str]]:
    orders = Order.objects.of(organization).open()
    for order in orders.filter(payment__status=Payment.Status.REQUIRES_ACTION)[:RECENT]:
        yield _item(
            f"Order {order.order_number} waits for you",
            "Your bank asks you to confirm the payment. Nothing is bought before that.",
            reverse("orders:detail", args=[order.pk]),
            "Confirm",
        )


def _reviewed(organization: Organization) -> Iterator[dict[str, str]]:
    orders = Order.objects.of(organization)
    reviewed = orders.filter(lines__status=OrderLine.Status.NEEDS_REVIEW).distinct()
    for order in reviewed[:RECENT]:
        yield _item(
            f"A number of order {order.order_number} is being looked at",
            "The carrier gave no clear answer. It is not charged; a person of ours looks at it.",
            reverse("orders:detail", args=[order.pk]),
            "See the order",
        )


def _unrouted(organization: Organization) -> Iterator[dict[str, str]]:
    unrouted = Number.objects.of(organization).filter(
        status=Number.Status.ACTIVE, forward_to="", voice_url=""
    )
    for number in unrouted.order_by("-id")[:RECENT]:
        yield _item(
            f"{number.friendly_name or number.international} goes nowhere yet",
            "Callers hear that the number is not set up. Say where its calls go.",
            reverse("numbers:detail", args=[number.pk]),
            "Set it up",
        )


def _item(title: str, text: str, url: str, action: str) -> dict[str, str]:
    return {"title": title, "text": text, "url": url, "action": action}
