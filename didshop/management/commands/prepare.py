"""`manage.py prepare`: what must be there before the processes start; safe to repeat."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from didshop.celery import app


class Command(BaseCommand):
    help = "Make the folders of the embedded default, migrate, and declare Celery's queue."

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in ("broker", "broker-control", "mail"):
            (settings.DIDSHOP_VAR / folder).mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0)
        # The filesystem broker keeps the queue in a file, which several processes that start at
        # the same time must not make at the same time.
        with app.connection_for_write() as connection:
            app.amqp.queues[app.conf.task_default_queue](connection.default_channel).declare()
