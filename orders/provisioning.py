"""Moving an order to its end. `advance` is the one function that does it.

The worker, the webhooks and the sweeper all call it; it can be called at any time, twice, or by
two at once. Each step is claimed by comparing and setting a status, intent is committed before
each outside call, and no transaction is open during one.
"""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import structlog
from django.conf import settings
from django.utils import timezone

from billing import payments
from billing.models import Payment
from didshop.money import quantise
from didshop.transitions import move
from didshop.waking import wake
from orders import buying
from orders.models import Order, OrderLine

log = structlog.get_logger(__name__)


def advance(order_id: UUID) -> Order:
    """Take the order as far as it goes now, and answer how it stands.

    It stops early where something else must happen first: the customer's bank, a carrier or a
    payment service that does not answer, another worker at the same line. Calling again is
    always right.
    """
    order = Order.objects.select_related("payment__payment_method").get(pk=order_id)
    if not order.is_open:
        return order
    with structlog.contextvars.bound_contextvars(order=str(order.pk)):
        if _start(order):
            if _authorise(order):
                buying.buy_lines(order)
            _settle(order)
    return order


def standing_still() -> list[UUID]:
    """Orders that nobody has touched for a moment and that are not ended."""
    moment_ago = timezone.now() - timedelta(seconds=settings.SWEEP_SECONDS / 2)
    return list(Order.objects.open().filter(updated_at__lt=moment_ago).values_list("pk", flat=True))


def wake_for(order_id: UUID) -> None:
    """Have a worker advance the order once this transaction commits."""
    wake("orders.tasks.advance", str(order_id))


def _start(order: Order) -> bool:
    """Whether there is something to do. Another worker may have ended the order meanwhile."""
    if order.status == Order.Status.PENDING and not move(order, Order.Status.PROCESSING):
        order.refresh_from_db()
    return order.is_open


def _authorise(order: Order) -> bool:
    """Hold the amount. False while, or because, nothing may be bought on it."""
    payment = order.payment
    if order.cancel_requested_at and not _buying_has_begun(order):
        payments.cancel(payment, reason="The order was cancelled before anything was bought.")
    else:
        payments.authorise(payment)
    if payment.status == Payment.Status.REQUIRES_ACTION and _has_lapsed(payment):
        payments.cancel(payment, reason="The payment was not confirmed in time.")
    if payment.status in (Payment.Status.FAILED, Payment.Status.CANCELLED):
        reason = payment.error or "The payment was not made."
        buying.give_up_waiting(order, reason=reason, code="PAYMENT_FAILED")
    return payment.status == Payment.Status.AUTHORIZED


def _has_lapsed(payment: Payment) -> bool:
    age = timezone.now() - payment.created_at
    return age > timedelta(seconds=settings.PAYMENT_ACTION_SECONDS)


def _buying_has_begun(order: Order) -> bool:
    waiting = (OrderLine.Status.PENDING, OrderLine.Status.CANCELLED, OrderLine.Status.FAILED)
    return order.lines.exclude(status__in=waiting).exists()


def _settle(order: Order) -> None:
    """When every line has ended: charge what was delivered, and end the order."""
    lines = list(order.lines.all())
    if any(line.status not in OrderLine.ENDED for line in lines):
        return
    delivered = [line for line in lines if line.status == OrderLine.Status.ACTIVE]
    amount = quantise(sum((line.first_charge for line in delivered), Decimal(0)))
    if amount:
        payment = payments.capture(order.payment, amount)
    else:
        payment = payments.cancel(order.payment, reason="Nothing was delivered.")
    if payment.status not in Payment.ENDED:
        return
    if delivered and payment.status != Payment.Status.CAPTURED:
        log.error("delivered_but_not_paid", payment=str(payment.pk), amount=str(amount))
        return
    _end(order, lines, delivered)


def _end(order: Order, lines: list[OrderLine], delivered: list[OrderLine]) -> None:
    # It may have been asked for since we began.
    order.refresh_from_db(fields=["cancel_requested_at"])
    to, reason = _ending(order, lines, delivered)
    if move(order, to, reason=reason, completed_at=timezone.now()):
        log.info("order_ended", status=to, delivered=len(delivered), lines=len(lines))
    else:
        order.refresh_from_db()


def _ending(
    order: Order, lines: list[OrderLine], delivered: list[OrderLine]
) -> tuple[Order.Status, str]:
    if len(delivered) == len(lines):
        return Order.Status.COMPLETED, "All numbers are live."
    if delivered:
        return Order.Status.PARTIAL, f"{len(delivered)} of {len(lines)} numbers are live."
    if order.cancel_requested_at:
        return Order.Status.CANCELLED, "Nothing was bought and nothing was charged."
    return Order.Status.FAILED, order.payment.error or "None of the numbers could be bought."
