"""What the worker does for billing. Tasks call one verb."""

from celery import shared_task

from billing import privacy


@shared_task
def forget_customers() -> None:
    privacy.forget_customers()
