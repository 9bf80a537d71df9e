import sys
from pathlib import Path

from django.apps import AppConfig

from didshop import checks


class DidshopConfig(AppConfig):
    name = "didshop"
    verbose_name = "Shop"

    def ready(self) -> None:
        """Servers and workers do not start unsafely; `manage.py` runs the checks by itself."""
        if Path(sys.argv[0]).name != "manage.py":
            checks.refuse_unsafe_start()
