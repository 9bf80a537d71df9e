"""What the worker does for orders. Tasks take ids and call one verb."""

from uuid import UUID

from celery import shared_task

from orders import provisioning


@shared_task
def advance(order_id: str) -> None:
    provisioning.advance(UUID(order_id))


@shared_task
def sweep() -> None:
    """Wake every order that stands still: lost tasks and dead workers cost a delay only."""
    for order_id in provisioning.standing_still():
        provisioning.wake_for(order_id)
