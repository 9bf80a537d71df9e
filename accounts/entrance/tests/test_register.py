"""POST auth/register."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from kombu.exceptions import OperationalError
from rest_framework.test import APIClient

from accounts.entrance.registration import register
from accounts.models import Membership, Organization, Session, User
from accounts.tests.factories import UserFactory
from didshop import outbox
from didshop import settings as shop_settings
from didshop.errors import Conflict

RunTasks = Callable[[], list[str]]

pytestmark = pytest.mark.django_db

URL = "/api/v1/auth/register"
# The plan's own example, section 9.2.
BODY = {
    "email": "test@example.com",
    "password": "Test123!",
    "firstName": "Test",
    "lastName": "User",
}


def post(body: Any, **changes: Any) -> Any:
    return APIClient().post(URL, {**body, **changes})


def details(answer: Any) -> dict[str, str]:
    return {detail["field"]: detail["message"] for detail in answer.json()["details"]}


def test_the_plans_example_registers_and_signs_in() -> None:
    answer = post(BODY)
    assert answer.status_code == 201
    user = dict(answer.json()["user"])
    UUID(user.pop("id"))
    assert user.pop("createdAt").endswith("Z")
    assert user == {
        "email": "test@example.com",
        "firstName": "Test",
        "lastName": "User",
        "company": "",
        "phone": "",
        "role": "USER",
        "emailVerified": False,
    }
    assert set(answer.json()["tokens"]) == {"accessToken", "refreshToken"}
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['tokens']['accessToken']}")
    me = client.get("/api/v1/auth/me").json()
    for name in ("organization", "rights", "apiKey"):
        del me[name]
    assert me == answer.json()["user"]


def test_everyone_gets_an_organisation_of_their_own() -> None:
    post(BODY, company="Acme")
    user = User.objects.get()
    membership = Membership.objects.get(user=user)
    assert membership.role == Membership.Role.OWNER
    assert membership.organization.name == "Acme"


def test_without_a_company_the_organisation_bears_the_persons_name() -> None:
    post(BODY)
    assert Organization.objects.get().name == "Test User"


def test_the_password_is_hashed_with_argon2(settings: Any) -> None:
    settings.PASSWORD_HASHERS = shop_settings.PASSWORD_HASHERS
    post(BODY)
    user = User.objects.get()
    assert user.password.startswith("argon2$argon2id$")
    assert user.check_password("Test123!")


@pytest.mark.parametrize("email", ["test@example.com", "TEST@Example.com"])
def test_an_address_that_is_taken_in_whatever_case(email: str) -> None:
    post(BODY)
    answer = post(BODY, email=email)
    assert answer.status_code == 409
    assert answer.json()["code"] == "USER_EXISTS"
    assert User.objects.count() == Organization.objects.count() == Session.objects.count() == 1


def test_an_address_that_somebody_takes_at_the_same_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The look before finds nothing; the constraint has the last word."""
    UserFactory(email="test@example.com")
    monkeypatch.setattr("accounts.entrance.registration.filter_users_by_email", lambda email: [])
    with pytest.raises(Conflict) as refusal:
        register(email="Test@example.com", password="Test123!", first_name="Test")
    assert refusal.value.code == "USER_EXISTS"
    assert User.objects.count() == Organization.objects.count() == 1


@pytest.mark.parametrize("name", ["email", "password", "firstName", "lastName"])
def test_what_is_required(name: str) -> None:
    answer = post({key: value for key, value in BODY.items() if key != name})
    assert answer.status_code == 400
    assert answer.json()["error"] == "Validation error"
    assert set(details(answer)) == {name}
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", "a\x00@example.com"),
        ("email", "a" * 250 + "@example.com"),
        ("password", "short1!"),
        ("password", "12345678"),
        ("password", "password1"),
        ("password", "test@example.com"),
        ("password", "x" * 201),
        ("firstName", ""),
        ("firstName", "x" * 101),
        ("lastName", None),
        ("company", ["Acme"]),
        ("phone", "call me"),
    ],
)
def test_what_is_refused(field: str, value: Any) -> None:
    answer = post(BODY, **{field: value})
    assert answer.status_code == 400
    assert answer.json()["code"] == "VALIDATION_ERROR"
    assert set(details(answer)) == {field}
    assert not User.objects.exists()


@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_a_body_that_is_no_object(body: Any) -> None:
    answer = APIClient().post(URL, body)
    assert answer.status_code == 400
    assert not User.objects.exists()


def test_nobody_makes_themselves_staff() -> None:
    answer = post(
        BODY,
        role="SUPER_ADMIN",
        isStaff=True,
        isSuperuser=True,
        isActive=False,
        emailVerified=True,
        id="018f0000-0000-7000-8000-000000000000",
        userPermissions=[1],
    )
    assert answer.status_code == 201
    user = User.objects.get()
    assert (user.role, user.is_staff, user.is_superuser, user.is_active) == (
        "USER",
        False,
        False,
        True,
    )
    assert not user.is_email_verified
    assert str(user.id) != "018f0000-0000-7000-8000-000000000000"


def test_the_confirmation_is_sent_after_the_commit_by_a_task(
    django_capture_on_commit_callbacks: Any, run_tasks: RunTasks, settings: Any
) -> None:
    settings.PUBLIC_BASE_URL = "https://shop.example"
    with django_capture_on_commit_callbacks(execute=True):
        APIClient().post(URL, BODY, headers={"host": "localhost"})
        assert run_tasks() == []
    assert mail.outbox == []
    assert run_tasks() == ["didshop.tasks.send_mail"]
    (message,) = mail.outbox
    assert message.to == ["test@example.com"]
    assert "https://shop.example/accounts/confirm-email/" in message.body
    assert "localhost" not in message.body


def test_the_link_in_the_mail_confirms_the_address(
    client: Any, django_capture_on_commit_callbacks: Any, run_tasks: RunTasks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        post(BODY)
    run_tasks()
    (link,) = [word for word in str(mail.outbox[0].body).split() if "/confirm-email/" in word]
    client.post("/" + link.split("/", 3)[3])
    assert EmailAddress.objects.get().verified
    assert User.objects.get().is_email_verified


def test_a_broker_that_is_down_delays_the_mail_and_nothing_else(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch, run_tasks: RunTasks
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("no broker")

    with monkeypatch.context() as patched, django_capture_on_commit_callbacks(execute=True):
        patched.setattr("celery.canvas.Signature.apply_async", refuse)
        assert post(BODY).status_code == 201
    assert User.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        outbox.sweep()
    run_tasks()
    assert [message.to for message in mail.outbox] == [["test@example.com"]]


@pytest.mark.parametrize("at", ["erased.invalid", "Erased.INVALID"])
def test_nobody_takes_the_address_of_somebody_deleted(alice: User, at: str) -> None:
    email = f"erased-{alice.pk}@{at}"
    answer = post(BODY, email=email)
    assert (answer.status_code, set(details(answer))) == (400, {"email"})
    page = Client().post(
        "/accounts/signup/",
        {"email": email, "password1": "lamp-orbit-cactus-77", "first_name": "Eve"},
    )
    assert page.context["form"].errors["email"]
    assert list(User.objects.all()) == [alice]
