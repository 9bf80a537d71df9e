"""POST auth/login, and what an access token is good for."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from accounts import sessions
from accounts.models import Session, User
from accounts.tests.factories import PASSWORD, UserFactory, api_client

pytestmark = pytest.mark.django_db

URL = "/api/v1/auth/login"
ME = "/api/v1/auth/me"


@pytest.fixture
def alice() -> User:
    return UserFactory(email="alice@example.com")


def log_in(email: str = "alice@example.com", password: str = PASSWORD, **headers: str) -> Any:
    return APIClient().post(URL, {"email": email, "password": password}, headers=headers)


def me(token: str) -> Any:
    return APIClient().get(ME, headers={"authorization": f"Bearer {token}"})


@pytest.mark.parametrize("email", ["alice@example.com", "Alice@Example.COM"])
def test_the_right_password_starts_a_session(alice: User, email: str) -> None:
    answer = log_in(email, **{"user-agent": "Firefox on Linux"})
    assert answer.status_code == 200
    assert answer.json()["user"]["id"] == str(alice.id)
    assert set(answer.json()["tokens"]) == {"accessToken", "refreshToken"}
    session = Session.objects.get()
    assert (session.user, session.device, session.ip_address) == (
        alice,
        "Firefox on Linux",
        "127.0.0.1",
    )


def test_how_long_the_tokens_are_good(alice: User) -> None:
    tokens = log_in().json()["tokens"]
    access, refresh = AccessToken(tokens["accessToken"]), RefreshToken(tokens["refreshToken"])
    assert access["exp"] - access["iat"] == 15 * 60
    assert refresh["exp"] - refresh["iat"] == 7 * 24 * 3600
    assert access["iss"] == "didshop"
    assert access["aud"] == "didshop-api"
    assert access["sid"] == refresh["sid"] == str(Session.objects.get().id)


@pytest.mark.parametrize(
    ("email", "password"),
    [("alice@example.com", "wrong"), ("nobody@example.com", PASSWORD)],
)
def test_wrong_password_and_unknown_address_look_the_same(
    alice: User, email: str, password: str
) -> None:
    answer = log_in(email, password)
    assert answer.status_code == 401
    assert answer.json()["code"] == "INVALID_CREDENTIALS"
    assert answer.json()["error"] == "The e-mail address or the password is not right."
    assert not Session.objects.exists()


def test_a_deactivated_account_is_told_so_only_with_its_password(alice: User) -> None:
    User.objects.update(is_active=False)
    right, wrong = log_in(), log_in(password="wrong")
    assert (right.status_code, right.json()["code"]) == (403, "ACCOUNT_DEACTIVATED")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "INVALID_CREDENTIALS")
    assert not Session.objects.exists()


def test_a_stale_access_token_is_not_in_the_way(alice: User) -> None:
    assert log_in(authorization="Bearer stale").status_code == 200


def test_passwords_are_not_guessed(alice: User) -> None:
    answers = [log_in(password=f"guess {number}") for number in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert 290 <= int(answers[-1].headers["Retry-After"]) <= 300
    assert log_in().status_code == 429


@pytest.mark.parametrize("field", ["email", "password"])
def test_what_is_required(field: str) -> None:
    body = {"email": "alice@example.com", "password": PASSWORD}
    del body[field]
    answer = APIClient().post(URL, body)
    assert answer.status_code == 400
    assert [detail["field"] for detail in answer.json()["details"]] == [field]


def test_no_token_no_answer() -> None:
    answer = APIClient().get(ME)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "dsk_123", "a b"])
def test_malformed_tokens(token: str) -> None:
    assert me(token).status_code == 401


def test_an_expired_access_token(alice: User) -> None:
    token = RefreshToken.for_user(alice).access_token
    token.set_exp(from_time=timezone.now() - timedelta(hours=1))
    answer = me(str(token))
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_EXPIRED")


def test_a_refresh_token_is_no_access_token(alice: User) -> None:
    answer = me(sessions.start(alice).refresh_token)
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")


def test_a_token_of_no_session(alice: User) -> None:
    answer = me(str(RefreshToken.for_user(alice).access_token))
    assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_ENDED")


def test_deactivation_voids_the_access_token(alice: User) -> None:
    client = api_client(alice)
    assert client.get(ME).status_code == 200
    User.objects.update(is_active=False)
    answer = client.get(ME)
    assert (answer.status_code, answer.json()["code"]) == (401, "ACCOUNT_DEACTIVATED")


def test_a_new_password_voids_the_access_token(alice: User) -> None:
    client = api_client(alice)
    alice.set_password("another password")
    alice.save()
    answer = client.get(ME)
    assert (answer.status_code, answer.json()["code"]) == (401, "PASSWORD_CHANGED")


def test_checking_a_token_takes_one_query(alice: User, django_assert_num_queries: Any) -> None:
    client = api_client(alice)
    # The session with its user; the organisation; is the address confirmed?
    with django_assert_num_queries(3):
        client.get(ME)
