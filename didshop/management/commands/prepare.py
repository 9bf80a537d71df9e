"""`manage.py prepare`: what must be there before the processes start; safe to repeat."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Make the folders of the embedded default, and migrate."

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in ("broker", "broker-control", "mail"):
            (settings.DIDSHOP_VAR / folder).mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0)
