"""POST auth/login of an account with a second factor."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from rest_framework.test import APIClient

from accounts.models import Session, User
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/auth/login"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def alice() -> User:
    """Alice, whose account asks for a code of her authenticator app."""
    user = UserFactory(email="alice@example.com")
    TOTP.activate(user, SECRET)
    return user


def code_now() -> str:
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))


def wrong_code() -> str:
    return format_hotp_value((int(code_now()) + 1) % 1_000_000)


def log_in(password: str = PASSWORD, **otp: Any) -> Any:
    return APIClient().post(URL, {"email": "alice@example.com", "password": password, **otp})


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_password_and_code_sign_in(alice: User) -> None:
    answer = log_in(otp=code_now())
    assert answer.status_code == 200
    assert Session.objects.get().user == alice
    assert not answer.cookies
    assert Authenticator.objects.get().last_used_at is not None


@pytest.mark.parametrize("otp", [{}, {"otp": ""}, {"otp": "  "}])
def test_without_a_code(alice: User, otp: dict[str, str]) -> None:
    answer = log_in(**otp)
    assert refusal(answer) == (401, "OTP_REQUIRED")
    assert "authenticator app" in answer.json()["error"]
    assert not Session.objects.exists()


def test_a_wrong_code(alice: User) -> None:
    assert refusal(log_in(otp=wrong_code())) == (401, "INVALID_OTP")
    assert not Session.objects.exists()


@pytest.mark.parametrize("otp", [{}, {"otp": "123456"}])
def test_only_who_knows_the_password_learns_of_it(alice: User, otp: dict[str, str]) -> None:
    assert refusal(log_in("wrong", **otp)) == (401, "INVALID_CREDENTIALS")


def test_a_code_is_good_once(alice: User) -> None:
    code = code_now()
    assert log_in(otp=code).status_code == 200
    assert refusal(log_in(otp=code)) == (401, "INVALID_OTP")
    assert Session.objects.count() == 1


def test_a_recovery_code_is_good_once(alice: User) -> None:
    code = RecoveryCodes.activate(alice).get_unused_codes()[0]
    assert log_in(otp=code).status_code == 200
    assert refusal(log_in(otp=code)) == (401, "INVALID_OTP")
    assert Session.objects.count() == 1


def test_codes_are_not_guessed(alice: User) -> None:
    answers = [log_in(otp=wrong_code()) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert 290 <= int(answers[-1].headers["Retry-After"]) <= 300
    assert log_in(otp=code_now()).status_code == 429
    assert not Session.objects.exists()


def test_who_has_only_a_passkey_is_told_what_to_do() -> None:
    user = UserFactory(email="alice@example.com")
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={})
    for otp in ({}, {"otp": ""}):
        answer = log_in(**otp)
        assert refusal(answer) == (401, "OTP_REQUIRED")
        assert "API key" in answer.json()["error"]
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    assert log_in(otp=code).status_code == 200


def test_recovery_codes_alone_ask_for_nothing() -> None:
    RecoveryCodes.activate(UserFactory(email="alice@example.com"))
    assert log_in().status_code == 200


def test_an_account_without_a_second_factor_needs_no_code() -> None:
    UserFactory(email="alice@example.com")
    assert log_in(otp="123456").status_code == 200


@pytest.mark.parametrize("otp", ["1" * 21, None, ["1"], 1.5])
def test_what_is_no_code(alice: User, otp: Any) -> None:
    answer = log_in(otp=otp)
    assert refusal(answer) in {(400, "VALIDATION_ERROR"), (401, "INVALID_OTP")}
    assert not Session.objects.exists()


def test_a_deactivated_account_is_not_asked_for_a_code(alice: User) -> None:
    User.objects.update(is_active=False)
    assert refusal(log_in()) == (403, "ACCOUNT_DEACTIVATED")
    assert refusal(log_in("wrong")) == (401, "INVALID_CREDENTIALS")
