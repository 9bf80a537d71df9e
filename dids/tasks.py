"""What the worker does for numbers. Tasks take ids and call one verb."""

from uuid import UUID

from celery import shared_task

from dids import configuration, lifecycle, prices, standing_still


@shared_task
def finish_release(number_id: str) -> None:
    lifecycle.finish_release(UUID(number_id))


@shared_task
def push_configuration(number_id: str) -> None:
    configuration.push(UUID(number_id))


@shared_task
def sweep() -> None:
    """Wake whatever stands still: lost tasks and dead workers cost a delay only."""
    standing_still.wake_all()


@shared_task
def refresh_prices() -> None:
    prices.refresh_all()
