"""`manage.py demo`: a customer with a card on file and a staff user, for trying the shop."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand

from accounts.models import User
from billing.cards import add_card
from billing.models import PaymentMethod
from didshop.errors import ShopError

START_SECONDS = 30


@dataclass(frozen=True)
class Login:
    """Whom to sign in as. Only ever made with DEBUG."""

    email: str
    password: str
    first_name: str
    last_name: str


CUSTOMER = Login("demo@example.com", "demo-horse-battery", "Dana", "Demo")
STAFF = Login("staff@example.com", "staff-horse-battery", "Sam", "Staff")


class Command(BaseCommand):
    help = "Add the demo customer, their card and the staff user; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Demo logins are public; they are only made with DEBUG=true.")
        customer, staff = _user(CUSTOMER), _user(STAFF)
        User.objects.filter(pk=staff.pk).update(role=User.Role.SUPER_ADMIN)
        organization = customer.organizations.get()
        if settings.STRIPE_API_BASE and not PaymentMethod.objects.of(organization).exists():
            with _sandbox():
                try:
                    add_card(organization, "pm_card_visa", actor=customer)
                except ShopError as error:
                    raise CommandError(f"The demo card was not added: {error.message}") from error
        self.stdout.write(f"  customer  {CUSTOMER.email}  {CUSTOMER.password}")
        self.stdout.write(f"  staff     {STAFF.email}  {STAFF.password}\n")


def _user(login: Login) -> User:
    known = User.objects.filter(email=login.email).first()
    return known or User.objects.create_user(
        login.email,
        login.password,
        first_name=login.first_name,
        last_name=login.last_name,
        company="Demo company" if login is CUSTOMER else "",
    )


@contextmanager
def _sandbox() -> Iterator[None]:
    """The sandbox, started for as long as it is needed unless it runs already."""
    if _is_up():
        yield
        return
    process = subprocess.Popen([sys.executable, "manage.py", "sandbox"], cwd=settings.BASE_DIR)
    try:
        end = time.monotonic() + START_SECONDS
        while not _is_up():
            if process.poll() is not None or time.monotonic() > end:
                raise CommandError("The sandbox did not start.")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def _is_up() -> bool:
    try:
        answer = requests.get(f"{settings.SANDBOX_URL}/_sandbox/health", timeout=1)
    except requests.RequestException:
        return False
    return answer.ok
