"""What the worker does for numbers. Tasks take ids and call one verb."""

from uuid import UUID

from celery import shared_task
from celery.signals import worker_ready

from dids import configuration, lifecycle, prices, standing_still

# The sandbox may be starting at the same time.
START_SECONDS = 5


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
    """Fetch the price lists that are a day old, or that nobody has fetched yet."""
    prices.refresh_old()


@worker_ready.connect
def refresh_prices_at_start(**kwargs: object) -> None:
    """A new shop has prices to show at once, not only when the schedule comes round."""
    refresh_prices.apply_async(countdown=START_SECONDS)
