"""What the worker does for orders. Tasks take ids and call one verb."""

from uuid import UUID

import structlog
from celery import shared_task

from orders import provisioning

log = structlog.get_logger(__name__)


def wake(order_id: UUID) -> None:
    """Have a worker advance the order now. If that fails, the sweeper does it later."""
    advance.delay(str(order_id))


@shared_task
def advance(order_id: str) -> None:
    provisioning.advance(UUID(order_id))


@shared_task
def sweep() -> None:
    """Wake every order that stands still: lost tasks and dead workers cost a delay only."""
    for order_id in provisioning.standing_still():
        wake(order_id)
