"""What Stripe's events do for orders: they have `advance` ask Stripe itself."""

from typing import Any
from uuid import UUID

from didshop.models import WebhookEvent
from orders.models import Order
from orders.provisioning import advance


def handle(event: WebhookEvent) -> None:
    """Advance the order whose payment the event is about. Others' events are nobody's business."""
    payment_id = _payment_id(event.payload)
    if payment_id is None:
        return
    order = Order.objects.open().filter(payment__pk=payment_id).first()
    if order is not None:
        advance(order.pk)


def _payment_id(payload: Any) -> UUID | None:
    """Our payment's id in the metadata of what Stripe tells about."""
    try:
        return UUID(payload["data"]["object"]["metadata"]["payment"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
