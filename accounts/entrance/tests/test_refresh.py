"""POST auth/refresh: each refresh token is good once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from accounts import sessions
from accounts.models import Session, User
from accounts.tests.factories import UserFactory
from didshop.errors import Unauthenticated

URL = "/api/v1/auth/refresh"
ROUNDS = 50


def refresh(token: str) -> Any:
    return APIClient().post(URL, {"refreshToken": token})


def may_read(access_token: str) -> bool:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token}")
    return bool(client.get("/api/v1/auth/me").status_code == 200)


@pytest.fixture
def alice(db: None) -> User:
    return UserFactory()


def test_a_refresh_token_gets_its_successor(alice: User) -> None:
    first = sessions.start(alice)
    answer = refresh(first.refresh_token)
    assert answer.status_code == 200
    assert set(answer.json()) == {"accessToken", "refreshToken"}
    assert answer.json()["refreshToken"] != first.refresh_token
    assert may_read(answer.json()["accessToken"])
    assert refresh(answer.json()["refreshToken"]).status_code == 200
    assert Session.objects.count() == 1


def test_refreshing_makes_the_session_last(alice: User) -> None:
    tokens = sessions.start(alice)
    Session.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    refresh(tokens.refresh_token)
    assert Session.objects.get().expires_at > timezone.now() + timedelta(days=6)


def test_a_token_used_twice_ends_the_family(alice: User) -> None:
    stolen = sessions.start(alice)
    successor = refresh(stolen.refresh_token).json()
    other = sessions.start(alice)

    again = refresh(stolen.refresh_token)
    assert (again.status_code, again.json()["code"]) == (401, "TOKEN_REUSED")

    assert not may_read(successor["accessToken"])
    answer = refresh(successor["refreshToken"])
    assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_ENDED")
    # Another device of hers is another family.
    assert may_read(other.access_token)


def test_a_deactivated_account(alice: User) -> None:
    tokens = sessions.start(alice)
    User.objects.update(is_active=False)
    answer = refresh(tokens.refresh_token)
    assert (answer.status_code, answer.json()["code"]) == (403, "ACCOUNT_DEACTIVATED")


def test_a_new_password_voids_refresh_tokens(alice: User) -> None:
    tokens = sessions.start(alice)
    alice.set_password("another password")
    alice.save()
    answer = refresh(tokens.refresh_token)
    assert (answer.status_code, answer.json()["code"]) == (401, "PASSWORD_CHANGED")


def test_an_expired_token(alice: User) -> None:
    token = RefreshToken(sessions.start(alice).refresh_token)
    token.set_exp(from_time=timezone.now() - timedelta(days=8))
    answer = refresh(str(token))
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_EXPIRED")


def test_an_access_token_is_no_refresh_token(alice: User) -> None:
    answer = refresh(sessions.start(alice).access_token)
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")


@pytest.mark.parametrize("token", ["x", "a.b.c", "é"])
def test_malformed_tokens(db: None, token: str) -> None:
    answer = refresh(token)
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")


@pytest.mark.parametrize("body", [{}, {"refreshToken": ""}, {"refreshToken": {"a": 1}}])
def test_without_a_token(db: None, body: Any) -> None:
    answer = APIClient().post(URL, body)
    assert answer.status_code == 400
    assert [detail["field"] for detail in answer.json()["details"]] == ["refreshToken"]


def rotate(token: str, meet: Barrier) -> sessions.Tokens:
    meet.wait()
    return sessions.rotate(token)


def rotate_carelessly(token: str, meet: Barrier) -> sessions.Tokens:
    """The control: looks first and writes later, as `sessions.rotate` must not."""
    old = RefreshToken(token)
    session = sessions.live_session(old)
    if session.current_jti != old["jti"]:
        raise Unauthenticated("Used before.", code="TOKEN_REUSED")
    meet.wait()
    new = RefreshToken.for_user(session.user)
    Session.objects.filter(id=session.id).update(current_jti=new["jti"])
    return sessions.Tokens(str(new.access_token), str(new))


Rotate = Callable[[str, Barrier], sessions.Tokens]


def race(rotate: Rotate, token: str, meet: Barrier) -> sessions.Tokens | str:
    """Rotate at the same moment as the other; the refusal's code where it is refused."""
    try:
        return rotate(token, meet)
    except Unauthenticated as refusal:
        return refusal.code
    finally:
        connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_time_one_wins_and_the_family_ends() -> None:
    user = UserFactory()
    for _ in range(ROUNDS):
        assert refusals_of_two(rotate, user) == ["TOKEN_REUSED"]
        assert Session.objects.latest("id").is_revoked


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_control_lets_both_win() -> None:
    assert refusals_of_two(rotate_carelessly, UserFactory()) == []


def refusals_of_two(rotate: Rotate, user: User) -> list[str]:
    """Send one refresh token twice at the same time; the codes of those that are refused."""
    token, meet = sessions.start(user).refresh_token, Barrier(2, timeout=10)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: race(rotate, token, meet), range(2)))
    return [answer for answer in answers if isinstance(answer, str)]
