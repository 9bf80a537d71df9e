"""Which tokens open the API: those that this shop has signed, for it, for this long."""

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as shop_settings
from django.test import Client
from rest_framework.test import APIClient

from accounts import sessions
from accounts.models import Session, User
from accounts.tests.codes import code_of
from accounts.tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

ME, REFRESH = "/api/v1/auth/me", "/api/v1/auth/refresh"
KEY = shop_settings.SIMPLE_JWT["SIGNING_KEY"]
NEW = "seven green umbrellas sing"


@pytest.fixture
def claims(alice: User) -> dict[str, Any]:
    """What a good access token of Alice's says."""
    token = sessions.start(alice).access_token
    told: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return told


def me(token: str) -> Any:
    return APIClient().get(ME, headers={"authorization": f"Bearer {token}"})


def signed(claims: dict[str, Any], key: Any = KEY, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key, algorithm=algorithm)


def test_the_control_is_taken(claims: dict[str, Any]) -> None:
    assert me(signed(claims)).status_code == 200


def unsigned(claims: dict[str, Any]) -> str:
    return signed(claims, None, "none")


def by_another_key(claims: dict[str, Any]) -> str:
    return signed(claims, "another key, which is long enough for it")


def by_another_algorithm(claims: dict[str, Any]) -> str:
    return signed(claims, KEY, "HS512")


def by_a_key_pair(claims: dict[str, Any]) -> str:
    return signed(claims, rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256")


def by_the_secret_of_the_shop(claims: dict[str, Any]) -> str:
    return signed(claims, shop_settings.SECRET_KEY)


def with_its_end_cut_off(claims: dict[str, Any]) -> str:
    return signed(claims).rpartition(".")[0] + "."


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        by_another_key,
        by_another_algorithm,
        by_a_key_pair,
        by_the_secret_of_the_shop,
        with_its_end_cut_off,
    ],
)
def test_what_others_sign_is_refused(
    claims: dict[str, Any], forge: Callable[[dict[str, Any]], str]
) -> None:
    answer = me(forge(claims))
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "another shop"},
        {"iss": None},
        {"aud": "another-api"},
        {"aud": None},
        {"exp": None},
        {"token_type": "refresh"},
        {"token_type": None},
        {"jti": None},
    ],
)
def test_what_is_not_for_this_is_refused(claims: dict[str, Any], change: dict[str, Any]) -> None:
    wrong = {name: value for name, value in (claims | change).items() if value is not None}
    answer = me(signed(wrong))
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")


def test_an_expired_one_is_told_so(claims: dict[str, Any]) -> None:
    answer = me(signed(claims | {"exp": int(time.time()) - 1}))
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_EXPIRED")


def test_a_refresh_token_is_no_access_token(alice: User) -> None:
    answer = me(sessions.start(alice).refresh_token)
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")


@pytest.mark.parametrize("sid", [None, "018f0000-0000-7000-8000-000000000000"])
def test_a_token_of_no_session_is_refused(claims: dict[str, Any], sid: str | None) -> None:
    wrong = {name: value for name, value in (claims | {"sid": sid}).items() if value is not None}
    answer = me(signed(wrong))
    assert answer.status_code == 401


# ---------------------------------------------------------------- what voids them
def refused(tokens: sessions.Tokens) -> list[int]:
    refresh = APIClient().post(REFRESH, {"refreshToken": tokens.refresh_token})
    return [me(tokens.access_token).status_code, refresh.status_code]


def test_a_password_changed_on_the_page_voids_them(alice: User, client: Client) -> None:
    tokens = sessions.start(alice)
    client.force_login(alice)
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post("/accounts/password/change/", form)
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert refused(tokens) == [401, 401]


def test_deactivation_voids_them(alice: User) -> None:
    tokens = sessions.start(alice)
    User.objects.update(is_active=False)
    assert refused(tokens) == [401, 403]


def test_a_session_that_was_ended_voids_them(alice: User) -> None:
    tokens = sessions.start(alice)
    Session.objects.update(is_revoked=True)
    assert refused(tokens) == [401, 401]


def test_a_changed_second_factor_voids_them(
    alice: User, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    tokens = sessions.start(alice)
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    code = code_of(page.context["form"].secret)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert Authenticator.objects.filter(user=alice, type=Authenticator.Type.TOTP).exists()
    assert refused(tokens) == [401, 401]
