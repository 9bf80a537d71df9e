"""`manage.py run`: the whole shop in one terminal, on the embedded default or on services."""

import os
import shlex
import sys
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from honcho.manager import Manager
from honcho.printer import Printer

from didshop.preflight import database_obstacle, obstacles
from didshop.processes import commands, environment

BANNER = """
  didshop runs at          {shop}
  API documentation        {shop}/api/docs/
  admin                    {shop}/admin/
  mails it sends           {mail}
  sandbox (Twilio, Stripe) {sandbox}

  State is kept in {var}. Ctrl-C ends it all.
"""


class Command(BaseCommand):
    help = "Migrate, add demo data, then run web, worker, beat and sandbox together."

    def handle(self, *args: Any, **options: Any) -> None:
        in_the_way = list(obstacles())
        if in_the_way:
            raise CommandError("\n".join(in_the_way))
        problem = database_obstacle()
        if problem:
            raise CommandError(problem)
        call_command("prepare")
        shown = f"{settings.PUBLIC_BASE_URL}/dev/mail/"
        mail = shown if settings.DEBUG else f"by {settings.EMAIL_HOST}"
        self.stdout.write(
            BANNER.format(
                shop=settings.PUBLIC_BASE_URL,
                mail=mail,
                sandbox=settings.SANDBOX_URL,
                var=settings.DIDSHOP_VAR,
            )
        )
        if settings.DEBUG:
            call_command("demo")
        self.stdout.flush()
        sys.exit(_run_processes())


def _run_processes() -> int:
    """Run until one ends or Ctrl-C; then end them all."""
    colour = {"FORCE_COLOR": "1"} if sys.stdout.isatty() else {}
    env = {**os.environ, **environment(), **colour}
    manager = Manager(Printer(sys.stdout))
    for name, command in commands().items():
        manager.add_process(name, shlex.join(command), env=env, cwd=str(settings.BASE_DIR))
    manager.loop()
    # 128 + SIGINT is how a run is meant to end.
    return 0 if manager.returncode in (None, 130, 143) else int(manager.returncode)
