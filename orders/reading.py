"""Orders as people and programs read them: statuses in plain words, timelines, sums."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Case, Count, F, Prefetch, Q, When
from django.utils import timezone

from accounts.models import Organization
from billing.models import Payment
from didshop.errors import NotFound
from didshop.models import Transition
from orders.models import Order, OrderLine, OrderQuerySet

# Within this, the same numbers once more are a second click, not a second wish.
SECOND_CLICK = timedelta(minutes=10)
# What the plan calls a payment's state, from ours.
PAYMENT_STATUS = {
    Payment.Status.CREATED: "PENDING",
    Payment.Status.UNKNOWN: "PENDING",
    Payment.Status.REQUIRES_ACTION: "PENDING",
    Payment.Status.AUTHORIZED: "PENDING",
    Payment.Status.CAPTURED: "SUCCEEDED",
    Payment.Status.FAILED: "FAILED",
    Payment.Status.CANCELLED: "CANCELLED",
}


def with_lines(orders: OrderQuerySet) -> OrderQuerySet:
    """The orders with all that shows them, in a constant number of queries."""
    lines = OrderLine.objects.order_by("position")
    return orders.select_related("payment__payment_method").prefetch_related(
        Prefetch("lines", queryset=lines)
    )


def own_order(organization: Organization, order_id: UUID) -> Order:
    """The organisation's order, with its lines. NotFound if it is not there, or another's."""
    order = with_lines(Order.objects.of(organization)).filter(pk=order_id).first()
    if order is None:
        raise NotFound("There is no such order.", code="ORDER_NOT_FOUND")
    return order


def with_counts(orders: OrderQuerySet) -> OrderQuerySet:
    """The orders as lists show them: `line_count`, `delivered_count` and `charged`."""
    is_delivered = Q(lines__status=OrderLine.Status.ACTIVE)
    is_charged = Q(payment__status__in=Payment.ENDED)
    return orders.annotate(
        line_count=Count("lines"),
        delivered_count=Count("lines", filter=is_delivered),
        charged=Case(When(is_charged, then=F("payment__captured_amount"))),
    )


def just_placed(organization: Organization, phone_numbers: Sequence[str]) -> Order | None:
    """The order of the last minutes that is for just these numbers: a second click on Buy."""
    since = timezone.now() - SECOND_CLICK
    stands = (*Order.OPEN, Order.Status.COMPLETED, Order.Status.PARTIAL)
    recent = Order.objects.of(organization).filter(created_at__gte=since, status__in=stands)
    for order in recent.prefetch_related("lines").order_by("-id")[:10]:
        if {line.phone_number for line in order.lines.all()} == set(phone_numbers):
            return order
    return None


def timelines(order: Order) -> dict[UUID, list[Transition]]:
    """Every change of the order, its payment and its lines, by whose it is, oldest first."""
    subjects = [order.pk, order.payment_id, *(line.pk for line in order.lines.all())]
    kinds = (Order.KIND, Payment.KIND, OrderLine.KIND)
    rows = Transition.objects.filter(subject_kind__in=kinds, subject_id__in=subjects)
    found: dict[UUID, list[Transition]] = defaultdict(list)
    for row in rows.order_by("id"):
        found[row.subject_id].append(row)
    return found


def count(lines: Iterable[OrderLine], *statuses: str) -> int:
    """How many of the lines stand at one of the statuses."""
    return sum(line.status in statuses for line in lines)


def what_now(order: Order) -> str:
    """What happens next, for the customer: one or two sentences."""
    lines = list(order.lines.all())
    delivered = count(lines, OrderLine.Status.ACTIVE)
    in_review = count(lines, OrderLine.Status.NEEDS_REVIEW)
    sentence = _SENTENCES.get(Order.Status(order.status)) or _while_buying(order.payment)
    sentence = sentence.format(
        delivered=delivered, all=len(lines), error=order.payment.error or _NOTHING_SOLD
    )
    if in_review:
        sentence += (
            " One number is being looked at by a person; it is not charged."
            if in_review == 1
            else f" {in_review} numbers are being looked at by a person; they are not charged."
        )
    return sentence


def _while_buying(payment: Payment) -> str:
    return _WHILE_BUYING.get(
        Payment.Status(payment.status), "We are buying your numbers. This takes seconds."
    )


_NOTHING_SOLD = "None of the numbers could be bought."
_SENTENCES = {
    Order.Status.COMPLETED: "All numbers are yours and live. Set where their calls go.",
    Order.Status.PARTIAL: (
        "{delivered} of {all} numbers are yours and live. You were charged for those only; "
        "the rest of the amount held was given back."
    ),
    Order.Status.FAILED: "{error} Nothing was charged. Choose again whenever you like.",
    Order.Status.CANCELLED: "The order was cancelled. Nothing was bought and nothing was charged.",
}
_WHILE_BUYING = {
    Payment.Status.CREATED: "We are asking your bank to hold the amount. This takes seconds.",
    Payment.Status.UNKNOWN: "We are asking your bank to hold the amount. This takes seconds.",
    Payment.Status.REQUIRES_ACTION: (
        "Your bank asks you to confirm the payment. Nothing is bought before that."
    ),
    Payment.Status.FAILED: "The payment was declined. Nothing was bought.",
    Payment.Status.CANCELLED: "The payment was not made. Nothing was bought.",
    Payment.Status.CAPTURED: "The charge is made; the order is being closed.",
}
