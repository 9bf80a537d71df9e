"""Signing up, in and out on pages."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import Membership, Organization, User
from accounts.tests.factories import PASSWORD, UserFactory

RunTasks = Callable[[], list[str]]

pytestmark = pytest.mark.django_db

FORM = {
    "first_name": "Alice",
    "last_name": "Ames",
    "company": "Acme",
    "email": "Alice@example.com",
    "password1": PASSWORD,
}


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_signing_up_opens_the_same_account_as_the_api(client: Client) -> None:
    answer = client.post("/accounts/signup/", FORM)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/confirm-email/")
    assert not is_signed_in(client)
    user = User.objects.get()
    assert (user.email, user.first_name, user.last_name, user.company, user.role) == (
        "alice@example.com",
        "Alice",
        "Ames",
        "Acme",
        "USER",
    )
    membership = Membership.objects.get()
    assert (membership.user, membership.organization.name, membership.role) == (
        user,
        "Acme",
        "OWNER",
    )
    address = EmailAddress.objects.get()
    assert (address.user, address.email, address.verified) == (user, "alice@example.com", False)


def test_signing_up_sends_one_mail_after_the_commit(
    client: Client, django_capture_on_commit_callbacks: Any, run_tasks: RunTasks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/signup/", FORM)
        assert run_tasks() == []
    run_tasks()
    assert [message.to for message in mail.outbox] == [["alice@example.com"]]


def test_nobody_signs_up_as_staff(client: Client) -> None:
    client.post("/accounts/signup/", {**FORM, "role": "SUPER_ADMIN", "is_active": ""})
    user = User.objects.get()
    assert (user.role, user.is_active) == ("USER", True)


@pytest.mark.parametrize(
    ("field", "value"),
    [("first_name", ""), ("email", "nobody"), ("password1", "12345678"), ("password1", "")],
)
def test_an_error_stands_beside_its_field(client: Client, field: str, value: str) -> None:
    answer = client.post("/accounts/signup/", {**FORM, field: value})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.exists()
    assert not Organization.objects.exists()


def test_an_address_that_is_taken(client: Client) -> None:
    UserFactory(email="alice@example.com")
    answer = client.post("/accounts/signup/", FORM)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/confirm-email/")
    assert User.objects.count() == Organization.objects.count() == 1
    assert not is_signed_in(client)


def test_an_address_that_somebody_takes_at_the_same_moment(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    UserFactory(email="alice@example.com")
    monkeypatch.setattr(
        "allauth.account.internal.flows.manage_email.assess_unique_email",
        lambda email, user=None: True,
    )
    answer = client.post("/accounts/signup/", FORM)
    # The same as for an address that is new: nobody learns of the account by being quick.
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/confirm-email/")
    assert User.objects.count() == Organization.objects.count() == 1
    assert not is_signed_in(client)


def test_logging_in_and_out(client: Client) -> None:
    UserFactory(email="alice@example.com")
    answer = client.post("/accounts/login/", {"login": "ALICE@example.com", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert is_signed_in(client)
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    assert client.post("/accounts/logout/").status_code == 302
    assert not is_signed_in(client)


def test_a_wrong_password(client: Client) -> None:
    UserFactory(email="alice@example.com")
    answer = client.post("/accounts/login/", {"login": "alice@example.com", "password": "no"})
    assert answer.status_code == 200
    assert not is_signed_in(client)


def test_a_deactivated_account(client: Client) -> None:
    UserFactory(email="alice@example.com", is_active=False)
    client.post("/accounts/login/", {"login": "alice@example.com", "password": PASSWORD})
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("onward", "goes_to"),
    [
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        # A host that probes come to, in ALLOWED_HOSTS: whose machine it is depends.
        ("http://127.0.0.1/numbers/", "/"),
        ("/numbers/", "/numbers/"),
    ],
)
def test_no_open_redirect(client: Client, onward: str, goes_to: str) -> None:
    UserFactory(email="alice@example.com")
    answer = client.post(
        f"/accounts/login/?{urlencode({'next': onward})}",
        {"login": "alice@example.com", "password": PASSWORD, "next": onward},
    )
    assert answer.headers["Location"] == goes_to


@pytest.mark.parametrize("path", ["login", "signup", "password/reset"])
def test_pages_answer_strangers(client: Client, path: str) -> None:
    assert client.get(f"/accounts/{path}/").status_code == 200
