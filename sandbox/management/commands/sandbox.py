"""`manage.py sandbox`: run Twilio's and Stripe's stand-in."""

import socket
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sandbox.config import Config
from sandbox.server import build_server

STRIPE_WEBHOOK_PATH = "/api/v1/webhooks/stripe/payment"


class Command(BaseCommand):
    """Runs until it is interrupted."""

    help = "Run the sandbox: Twilio and Stripe as far as didshop uses them."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen and where to remember."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.SANDBOX_PORT)
        parser.add_argument(
            "--database", type=Path, default=Path(settings.DIDSHOP_VAR) / "sandbox.sqlite3"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve. Raises CommandError with one line when the port is taken."""
        host, port = options["host"], options["port"]
        refuse_taken_port(host, port)
        server = build_server(read_config(host, port, options["database"]), host=host, port=port)
        self.stdout.write(f"Sandbox: http://{host}:{port}/ (Twilio and Stripe for development)")
        server.run()


def read_config(host: str, port: int, database: Path) -> Config:
    """The sandbox's configuration from the shop's settings, so that both agree on the keys."""
    return Config(
        twilio_account_sid=settings.TWILIO_ACCOUNT_SID,
        twilio_auth_token=settings.TWILIO_AUTH_TOKEN,
        stripe_secret_key=settings.STRIPE_SECRET_KEY,
        stripe_webhook_secret=settings.STRIPE_WEBHOOK_SECRET,
        stripe_webhook_url=settings.PUBLIC_BASE_URL.rstrip("/") + STRIPE_WEBHOOK_PATH,
        database=database,
        base_url=f"http://{host}:{port}",
    )


def refuse_taken_port(host: str, port: int) -> None:
    """Say in one line that something else listens there. Raises CommandError."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"The sandbox cannot listen on {host}:{port}: {error.strerror}. "
                "Set SANDBOX_PORT to another port."
            ) from error
