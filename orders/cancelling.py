"""Cancelling what has not been bought yet."""

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from didshop.errors import Conflict
from orders.buying import end_undelivered
from orders.models import Order, OrderLine
from orders.provisioning import wake_for

log = structlog.get_logger(__name__)


def cancel(order: Order, *, actor: User) -> Order:
    """Cancel the lines that nobody has begun to buy; the worker then settles the rest.

    What is bought already, or being bought, stays and is charged. Conflict if the order has
    ended, or if nothing of it is left to cancel.
    """
    if not order.is_open:
        raise Conflict(f"Order {order} has ended; there is nothing left to cancel.")
    with transaction.atomic():
        waiting = order.lines.filter(status=OrderLine.Status.PENDING).select_related("number")
        cancelled = [line for line in waiting if _cancel_line(line, actor)]
        if not cancelled:
            raise Conflict("Every number of this order is bought, or being bought, already.")
        Order.objects.filter(pk=order.pk).update(cancel_requested_at=timezone.now())
        wake_for(order.pk)
    log.info("order_cancelled", order=str(order.pk), lines=len(cancelled))
    order.refresh_from_db()
    return order


def _cancel_line(line: OrderLine, actor: User) -> bool:
    return end_undelivered(
        line,
        OrderLine.Status.CANCELLED,
        error="Cancelled before it was bought. It was not charged.",
        code="CANCELLED",
        actor=actor,
    )
