"""POST auth/forgot-password and auth/reset-password: a new password by mail."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from accounts import sessions
from accounts.entrance.mail_tokens import ResetTokens
from accounts.models import Session, User
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

FORGOT, RESET = "/api/v1/auth/forgot-password", "/api/v1/auth/reset-password"
LOGIN, ME = "/api/v1/auth/login", "/api/v1/auth/me"
NEW = "seven green umbrellas sing"

RunTasks = Callable[[], list[str]]


@pytest.fixture
def alice() -> User:
    return UserFactory(email="alice@example.com")


@pytest.fixture
def ask(django_capture_on_commit_callbacks: Any, run_tasks: RunTasks) -> Callable[..., Any]:
    """Asks for a mail and has it sent."""

    def asks(email: str = "alice@example.com") -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            answer = APIClient().post(FORGOT, {"email": email})
        run_tasks()
        return answer

    return asks


def mailed_token() -> str:
    (found,) = re.findall(r"/password/reset/key/([^/\s]+)/", str(mail.outbox[-1].body))
    return str(found)


def token_of(user: User) -> str:
    return f"{user.pk.hex}-{ResetTokens().make_token(user)}"


def reset(token: str, password: str = NEW) -> Any:
    return APIClient().post(RESET, {"token": token, "password": password})


def refusal(answer: Any) -> tuple[int, str]:
    (detail,) = answer.json()["details"]
    assert (detail["field"], detail["message"]) == ("token", answer.json()["error"])
    return answer.status_code, answer.json()["code"]


# ---------------------------------------------------------------- asking
@pytest.mark.parametrize("email", ["alice@example.com", "Alice@Example.com"])
def test_the_mail_holds_a_token_that_sets_a_new_password(
    alice: User, ask: Callable[..., Any], email: str
) -> None:
    answer = ask(email)
    assert answer.status_code == 202
    assert reset(mailed_token()).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_known_and_unknown_addresses_get_the_same_answer(
    alice: User, ask: Callable[..., Any]
) -> None:
    known, unknown = ask(), ask("nobody@example.com")
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert set(known.headers) == set(unknown.headers)
    told = {message.to[0]: str(message.body) for message in mail.outbox}
    assert "/password/reset/key/" in told["alice@example.com"]
    assert "/password/reset/key/" not in told["nobody@example.com"]


def test_a_deactivated_account_gets_no_token(alice: User, ask: Callable[..., Any]) -> None:
    User.objects.update(is_active=False)
    assert ask().status_code == 202
    assert "/password/reset/key/" not in str(mail.outbox[-1].body)


@pytest.mark.parametrize("body", [{}, {"email": ""}, {"email": "nobody"}, {"email": ["a@b.co"]}])
def test_what_is_no_address(body: Any) -> None:
    answer = APIClient().post(FORGOT, body)
    assert answer.status_code == 400
    assert [detail["field"] for detail in answer.json()["details"]] == ["email"]
    assert not mail.outbox


def test_the_answer_sets_no_cookie(alice: User, ask: Callable[..., Any]) -> None:
    assert not ask().cookies
    assert not reset(token_of(alice)).cookies


# ---------------------------------------------------------------- resetting
def test_all_sessions_end(alice: User) -> None:
    tokens = sessions.start(alice)
    browser = Client()
    browser.force_login(alice)
    other = sessions.start(UserFactory())

    assert reset(token_of(alice)).status_code == 200

    assert all(Session.objects.filter(user=alice).values_list("is_revoked", flat=True))
    bearer = {"authorization": f"Bearer {tokens.access_token}"}
    assert APIClient().get(ME, headers=bearer).status_code == 401
    assert browser.get("/numbers/").status_code == 302
    refresh = APIClient().post("/api/v1/auth/refresh", {"refreshToken": other.refresh_token})
    assert refresh.status_code == 200


def test_second_factors_stay(alice: User) -> None:
    TOTP.activate(alice, "JBSWY3DPEHPK3PXP")
    reset(token_of(alice))
    answer = APIClient().post(LOGIN, {"email": alice.email, "password": NEW})
    assert (answer.status_code, answer.json()["code"]) == (401, "OTP_REQUIRED")
    assert Authenticator.objects.count() == 1


def test_who_has_failed_too_often_may_sign_in_at_once(alice: User) -> None:
    for _ in range(6):
        APIClient().post(LOGIN, {"email": alice.email, "password": "wrong"})
    assert reset(token_of(alice)).status_code == 200
    answer = APIClient().post(LOGIN, {"email": alice.email, "password": NEW})
    assert answer.status_code == 200


def test_the_owner_is_told(
    alice: User, django_capture_on_commit_callbacks: Any, run_tasks: RunTasks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        reset(token_of(alice))
    run_tasks()
    assert [message.to for message in mail.outbox] == [["alice@example.com"]]


def test_the_page_takes_the_same_token(alice: User) -> None:
    browser = Client()
    page = browser.get(f"/accounts/password/reset/key/{token_of(alice)}/", follow=True)
    action = page.redirect_chain[-1][0]
    browser.post(action, {"password1": NEW, "password2": NEW})
    alice.refresh_from_db()
    assert alice.check_password(NEW)


# ---------------------------------------------------------------- refusing
@pytest.mark.parametrize("token", ["x", "x-y", "-", f"{'g' * 32}-abc"])
def test_a_malformed_token(alice: User, token: str) -> None:
    assert refusal(reset(token)) == (400, "TOKEN_MALFORMED")


def test_a_used_token(alice: User) -> None:
    token = token_of(alice)
    reset(token)
    assert refusal(reset(token, "nine purple bicycles hum")) == (400, "TOKEN_USED")
    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_a_changed_address_uses_the_token_up(alice: User) -> None:
    token = token_of(alice)
    User.objects.filter(pk=alice.pk).update(email="alice@new.example")
    assert refusal(reset(token)) == (400, "TOKEN_USED")


def test_an_expired_token(alice: User, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    token = token_of(alice)
    late = datetime.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60)  # noqa: DTZ005 - as Django's
    monkeypatch.setattr(ResetTokens, "_now", lambda self: late)
    assert refusal(reset(token)) == (400, "TOKEN_EXPIRED")


def test_a_token_of_somebody_else(alice: User) -> None:
    charlie = UserFactory()
    foreign = f"{alice.pk.hex}-{ResetTokens().make_token(charlie)}"
    assert refusal(reset(foreign)) == (400, "TOKEN_INVALID")
    assert alice.check_password(PASSWORD)


def test_a_token_with_another_signature(alice: User) -> None:
    assert refusal(reset(token_of(alice)[:-1] + "!")) == (400, "TOKEN_INVALID")


def test_of_who_is_unknown_nothing_is_told(alice: User) -> None:
    """A token that nobody has signed tells the same whether or not there is such a user."""
    known, unknown = reset(f"{alice.pk.hex}-d1-0.0"), reset(f"{'0' * 32}-d1-0.0")
    assert refusal(known) == refusal(unknown) == (400, "TOKEN_INVALID")
    assert known.json()["error"] == unknown.json()["error"]


def test_a_weak_password_does_not_use_the_token_up(alice: User) -> None:
    token = token_of(alice)
    answer = reset(token, "password1")
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
    assert {detail["field"] for detail in answer.json()["details"]} == {"password"}
    assert reset(token).status_code == 200


@pytest.mark.parametrize("missing", ["token", "password"])
def test_what_is_required(alice: User, missing: str) -> None:
    body = {"token": token_of(alice), "password": NEW}
    del body[missing]
    answer = APIClient().post(RESET, body)
    assert answer.status_code == 400
    assert [detail["field"] for detail in answer.json()["details"]] == [missing]
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_a_reset_confirms_nothing(alice: User) -> None:
    EmailAddress.objects.update(verified=False)
    reset(token_of(alice))
    assert not alice.is_email_verified


# ---------------------------------------------------------------- limits
def test_mails_to_one_address_are_limited(alice: User, ask: Callable[..., Any]) -> None:
    answers = [ask() for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert 3500 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert len(mail.outbox) == 5
    assert ask("nobody@example.com").status_code == 202


def test_the_page_counts_together_with_the_api(alice: User, ask: Callable[..., Any]) -> None:
    for _ in range(5):
        ask()
    page = Client().post("/accounts/password/reset/", {"email": "alice@example.com"})
    assert page.status_code == 429
    assert 3500 < int(page.headers["Retry-After"]) <= 3600
    assert len(mail.outbox) == 5
    cache.clear()
    page = Client().post("/accounts/password/reset/", {"email": "alice@example.com"})
    assert page.status_code == 302
