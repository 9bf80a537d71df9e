"""What the worker does for privacy. Tasks take ids and call one verb."""

from uuid import UUID

from celery import shared_task

from accounts.privacy import exporting, retention


@shared_task
def make_export(export_id: str) -> None:
    exporting.make(UUID(export_id))


@shared_task
def sweep_exports() -> None:
    exporting.sweep()


@shared_task
def forget_what_is_over() -> None:
    retention.forget_what_is_over()
