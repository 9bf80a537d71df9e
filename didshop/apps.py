import sys
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from didshop import checks, sentry


class DidshopConfig(AppConfig):
    name = "didshop"
    verbose_name = "Shop"

    def ready(self) -> None:
        """Servers and workers do not start unsafely; `manage.py` runs the checks by itself."""
        if Path(sys.argv[0]).name != "manage.py":
            checks.refuse_unsafe_start()
        if settings.SENTRY_DSN:
            sentry.start(settings.SENTRY_DSN)
