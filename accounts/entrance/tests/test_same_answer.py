"""Whether an address has an account is not told: neither by an answer nor by how long it takes."""

import statistics
import time
import uuid
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from accounts.entrance.forms import SignupForm
from accounts.models import User
from accounts.tests.factories import UserFactory
from didshop import settings as production

pytestmark = pytest.mark.django_db

KNOWN, UNCONFIRMED = "alice@example.com", "newcomer@example.com"
PASSWORD = "seven green umbrellas sing"
# A hashing more or less makes the one at least twice as long as the other.
FURTHEST_APART = 1.6
ROUNDS, TRIES = 9, 3

Ask = Callable[[str], Any]


class CountingHasher(MD5PasswordHasher):
    """Counts what costs the time."""

    algorithm = "counting"
    hashings: ClassVar[int] = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.hashings += 1
        return super().encode(password, salt)


def sign_up(email: str) -> Any:
    form = {"first_name": "Alice", "email": email, "password1": PASSWORD}
    return Client().post("/accounts/signup/", form)


def sign_in_on_the_page(email: str) -> Any:
    return Client().post("/accounts/login/", {"login": email, "password": "wrong"})


def sign_in_over_the_api(email: str) -> Any:
    return APIClient().post("/api/v1/auth/login", {"email": email, "password": "wrong"})


def reset_on_the_page(email: str) -> Any:
    return Client().post("/accounts/password/reset/", {"email": email})


def reset_over_the_api(email: str) -> Any:
    return APIClient().post("/api/v1/auth/forgot-password", {"email": email})


def resend(email: str) -> Any:
    return APIClient().post("/api/v1/auth/resend-verification", {"email": email})


WAYS = [
    (sign_up, 1),
    (sign_in_on_the_page, 1),
    (sign_in_over_the_api, 1),
    (reset_on_the_page, 0),
    (reset_over_the_api, 0),
    (resend, 0),
]
EACH_WAY = pytest.mark.parametrize("ask", [way for way, _ in WAYS])


def people() -> None:
    UserFactory(email=KNOWN)
    newcomer = UserFactory(email=UNCONFIRMED)
    EmailAddress.objects.filter(user=newcomer).update(verified=False)


def told(answer: Any, email: str) -> tuple[int, str, str]:
    """All that a caller sees, without what is of this request alone."""
    text = answer.content.decode().replace(email, "")
    lines = [line for line in text.splitlines() if "csrf" not in line and "nonce" not in line]
    return answer.status_code, answer.headers.get("Location", ""), "\n".join(lines)


@EACH_WAY
def test_the_same_answer(ask: Ask) -> None:
    people()
    emails = (KNOWN, UNCONFIRMED, "nobody@example.com")
    answers = []
    for email in emails:
        cache.clear()
        status, location, text = told(ask(email), email)
        answers.append((status, location, text.split('"requestId"')[0]))
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(("ask", "hashings"), WAYS)
def test_the_same_number_of_hashings(settings: Any, ask: Ask, hashings: int) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.{CountingHasher.__name__}"]
    people()
    for email in (KNOWN, UNCONFIRMED, "nobody@example.com"):
        cache.clear()
        before = CountingHasher.hashings
        ask(email)
        assert CountingHasher.hashings - before == hashings


@pytest.mark.timeout(180)
@EACH_WAY
def test_the_same_time(settings: Any, ask: Ask) -> None:
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS
    people()
    # A difference of ours shows every time; one of a busy machine does not.
    assert any(1 / FURTHEST_APART < ratio(ask) < FURTHEST_APART for _ in range(TRIES))


@pytest.mark.timeout(180)
def test_the_control_takes_another_time(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """allauth's own form hashes the password of a new account only: that shows."""
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS
    monkeypatch.delattr(SignupForm, "try_save")
    people()
    assert all(ratio(sign_up) < 1 / FURTHEST_APART for _ in range(TRIES))


def ratio(ask: Ask) -> float:
    """How much longer it takes for a known address: medians of many, in turn."""
    ask("warming-up@example.com")
    known, unknown = [], []
    for _ in range(ROUNDS):
        known.append(seconds(ask, KNOWN))
        unknown.append(seconds(ask, f"{uuid.uuid4().hex}@example.com"))
    return statistics.median(known) / statistics.median(unknown)


def seconds(ask: Ask, email: str) -> float:
    cache.clear()
    started = time.perf_counter()
    ask(email)
    return time.perf_counter() - started


def test_a_weak_password_is_refused_for_both() -> None:
    people()
    for email in (KNOWN, "nobody@example.com"):
        form = {"first_name": "Alice", "email": email, "password1": "password1"}
        answer = Client().post("/accounts/signup/", form)
        assert list(answer.context["form"].errors) == ["password1"]
    assert User.objects.count() == 2
