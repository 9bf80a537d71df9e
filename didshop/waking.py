"""Waking a worker. The database is the truth: a wake-up that is lost costs a delay, no more."""

from typing import Any

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError

from didshop.celery import app

log = structlog.get_logger(__name__)

# One more try for a connection that has died since it was used last; not a second longer than
# that while somebody waits for their page.
_RETRY = {"max_retries": 1, "interval_start": 0, "interval_step": 0}


def wake(task: str, *args: str, seconds: float = 0) -> None:
    """Have a worker run the task, such as "orders.tasks.advance", once this transaction commits.

    `args` are ids as strings; `seconds` is how long to wait first. If the broker is away, that
    is logged and the sweeper finds the work later.
    """
    transaction.on_commit(lambda: _send(task, args, seconds), robust=True)


def _send(task: str, args: tuple[str, ...], seconds: float) -> None:
    options: dict[str, Any] = {"countdown": seconds} if seconds else {}
    try:
        app.signature(task, args=args).apply_async(retry_policy=_RETRY, **options)
    except (OperationalError, OSError) as error:
        log.warning("wake_up_lost", task=task, error=str(error))
