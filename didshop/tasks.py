"""What the worker does for the plumbing. Tasks take ids and call one verb."""

from uuid import UUID

from celery import shared_task
from celery.signals import worker_ready

from didshop import health, idempotency, inbox, outbox


@shared_task
def process_event(event_id: str) -> None:
    inbox.process(UUID(event_id))


@shared_task
def sweep_inbox() -> None:
    inbox.sweep()


@shared_task
def send_mail(mail_id: str) -> None:
    outbox.send(UUID(mail_id))


@shared_task
def sweep_outbox() -> None:
    outbox.sweep()


@shared_task
def beat() -> None:
    """Show that the worker takes tasks and reaches the database."""
    health.beat("worker")


@shared_task
def forget_old_keys() -> None:
    idempotency.forget_old_keys()


@worker_ready.connect
def beat_at_start(**kwargs: object) -> None:
    """Show it at once, not only when the schedule comes round."""
    health.beat("worker")
