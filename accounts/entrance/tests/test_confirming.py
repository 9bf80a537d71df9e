"""GET auth/verify-email and POST auth/resend-verification."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import mail, signing
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory, api_client

pytestmark = pytest.mark.django_db

VERIFY, RESEND = "/api/v1/auth/verify-email", "/api/v1/auth/resend-verification"
Resend = Callable[..., Any]


@pytest.fixture
def alice() -> User:
    user = UserFactory(email="alice@example.com")
    EmailAddress.objects.filter(user=user).update(verified=False)
    return user


@pytest.fixture
def resend(django_capture_on_commit_callbacks: Any, run_tasks: Callable[[], list[str]]) -> Resend:
    """Asks for the mail again and has it sent."""

    def resends(body: Any, client: APIClient | None = None) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            answer = (client or APIClient()).post(RESEND, body)
        run_tasks()
        return answer

    return resends


def token_of(user: User) -> str:
    return str(EmailConfirmationHMAC(EmailAddress.objects.get(user=user)).key)


def verify(token: str) -> Any:
    return APIClient().get(f"{VERIFY}?token={quote(token)}")


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_token_of_the_mail_confirms(alice: User, resend: Resend) -> None:
    resend({"email": "alice@example.com"})
    (token,) = re.findall(r"/confirm-email/([^/\s]+)/", str(mail.outbox[0].body))
    answer = verify(token)
    assert (answer.status_code, answer.json()) == (200, {"emailVerified": True})
    assert alice.is_email_verified
    assert not answer.cookies


def test_a_used_token(alice: User) -> None:
    token = token_of(alice)
    verify(token)
    assert refusal(verify(token)) == (400, "TOKEN_USED")


def test_a_token_of_an_address_that_was_changed_since(alice: User) -> None:
    token = token_of(alice)
    EmailAddress.objects.all().delete()
    assert refusal(verify(token)) == (400, "TOKEN_USED")


def test_an_expired_token(alice: User, settings: Any) -> None:
    token = token_of(alice)
    settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = -1
    assert refusal(verify(token)) == (400, "TOKEN_EXPIRED")
    assert not alice.is_email_verified


def test_a_foreign_token(alice: User) -> None:
    address = EmailAddress.objects.get(user=alice)
    assert refusal(verify(signing.dumps(address.pk, salt="something else"))) == (
        400,
        "TOKEN_INVALID",
    )
    assert refusal(verify(token_of(alice) + "x")) == (400, "TOKEN_INVALID")
    assert not alice.is_email_verified


@pytest.mark.parametrize("token", ["x", "a:b", "a:b:c:d", "é", "/"])
def test_a_malformed_token(alice: User, token: str) -> None:
    assert refusal(verify(token)) == (400, "TOKEN_MALFORMED")


@pytest.mark.parametrize("query", ["", "?token=", "?token=" + "x" * 201])
def test_no_token(query: str) -> None:
    answer = APIClient().get(VERIFY + query)
    assert refusal(answer) == (400, "VALIDATION_ERROR")
    assert [detail["field"] for detail in answer.json()["details"]] == ["token"]


def test_an_address_that_somebody_else_has_confirmed(alice: User) -> None:
    token = token_of(alice)
    EmailAddress.objects.create(user=UserFactory(), email="alice@example.com", verified=True)
    assert refusal(verify(token)) == (409, "EMAIL_TAKEN")


def test_three_kinds_of_addresses_get_the_same_answer(alice: User, resend: Resend) -> None:
    UserFactory(email="bob@example.com")
    emails = ["alice@example.com", "bob@example.com", "nobody@example.com"]
    answers = [resend({"email": email}) for email in emails]
    assert [answer.status_code for answer in answers] == [202] * 3
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert [message.to for message in mail.outbox] == [[email] for email in emails]
    assert ["/confirm-email/" in str(message.body) for message in mail.outbox] == [
        True,
        False,
        False,
    ]


def test_one_mail_in_three_minutes_and_the_answer_stays_the_same(
    alice: User, resend: Resend
) -> None:
    for email in ("alice@example.com", "nobody@example.com"):
        first, second = resend({"email": email}), resend({"email": email})
        assert first.status_code == second.status_code == 202
        assert first.json() == second.json()
    assert len(mail.outbox) == 2


def test_who_is_signed_in_need_not_name_the_address(alice: User, resend: Resend) -> None:
    assert resend({}, api_client(alice)).status_code == 202
    assert [message.to for message in mail.outbox] == [["alice@example.com"]]


def test_a_stranger_has_to(resend: Resend) -> None:
    answer = resend({})
    assert refusal(answer) == (400, "VALIDATION_ERROR")
    assert [detail["field"] for detail in answer.json()["details"]] == ["email"]
    assert not mail.outbox


def test_resending_is_limited_by_caller(resend: Resend) -> None:
    answers = [resend({"email": f"{number}@example.com"}) for number in range(11)]
    assert [answer.status_code for answer in answers] == [202] * 10 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    cache.clear()
