"""Which passwords are taken: on the sign-up page, over the API, at a reset."""

import time
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from rest_framework.test import APIClient

from accounts.entrance.passwords import GuessableValidator
from accounts.models import User
from e2e.visitor import PASSWORD as VISITORS
from orders.management.commands.demo import CUSTOMER, STAFF

IN_DEVELOPMENT, IN_PRODUCTION = GuessableValidator(30_000), GuessableValidator(10**8)


def is_taken(validator: GuessableValidator, password: str) -> bool:
    try:
        validator.validate(password)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    "password",
    [
        "password1",
        "Passw0rd!",
        "P@ssw0rd1",
        "letmein123",
        "iloveyou12",
        "qwertyuiop12",
        "1q2w3e4r5t",
        "aaaaaaaaaaaa",
        "abcdefghijkl",
        "trustno1trustno1",
        "20201224",
    ],
)
def test_breached_and_common_ones_are_refused_everywhere(password: str) -> None:
    assert not is_taken(IN_DEVELOPMENT, password)
    assert not is_taken(IN_PRODUCTION, password)


@pytest.mark.parametrize(
    "password", ["Test123!", "Admin123!", "Welcome2024!", "liverpool2023", "didshopdidshop"]
)
def test_their_disguises_are_refused_in_production(password: str) -> None:
    assert not is_taken(IN_PRODUCTION, password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "seven green umbrellas",
        "j4Kd-99-sdkf",
        "ø" * 3 + "kætur1 vøffel",
    ],
)
def test_good_ones_are_taken(password: str) -> None:
    assert is_taken(IN_PRODUCTION, password)


@pytest.mark.parametrize("password", ["Test123!", CUSTOMER.password, STAFF.password, VISITORS])
def test_the_examples_of_the_documents_pass_in_development(password: str) -> None:
    validate_password(password, User(email="test@example.com", first_name="Test"))


def test_it_says_what_is_weak_and_what_would_help() -> None:
    with pytest.raises(ValidationError) as refusal:
        IN_PRODUCTION.validate("password1")
    assert refusal.value.messages[0] == (
        "This password is easy to guess. This is a very common password. Add another word or "
        "two. Uncommon words are better."
    )


@pytest.mark.parametrize(
    "password", ["4@8({[<369!1|70$5+%2" * 10, "x" * 200, "ab" * 100, "1q2w3e4r5t6y" * 16, "é" * 200]
)
def test_long_ones_are_judged_in_bounded_time(password: str) -> None:
    started = time.process_time()
    is_taken(IN_PRODUCTION, password)
    # Seconds without the bound; a tenth of one with it.
    assert time.process_time() - started < 1


@pytest.mark.django_db
def test_the_sign_up_page_and_the_api_say_the_same() -> None:
    form = {"first_name": "Alice", "email": "a@example.com", "password1": "letmein123"}
    page = Client().post("/accounts/signup/", form)
    body = {"email": "a@example.com", "password": "letmein123", "firstName": "A", "lastName": "B"}
    api: Any = APIClient().post("/api/v1/auth/register", body)
    said = {detail["message"] for detail in api.json()["details"]}
    assert said == set(page.context["form"].errors["password1"])
    assert any(sentence.startswith("This password is easy to guess.") for sentence in said)
    assert not User.objects.exists()
