"""Where the shop asks for it, an address is confirmed before anything is bought."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from billing.models import PaymentMethod
from orders.models import Order
from orders.tests.test_purchase_api import written

pytestmark = pytest.mark.django_db

PURCHASE = "/api/v1/numbers/purchase"


@pytest.fixture(autouse=True)
def _unconfirmed(alice: User, settings: Any) -> None:
    settings.BUYING_NEEDS_CONFIRMED_EMAIL = True
    EmailAddress.objects.filter(user=alice).update(verified=False)


def body(numbers: list[str]) -> dict[str, Any]:
    return {"phoneNumbers": [{"phoneNumber": numbers[0]}]}


@pytest.fixture
def alices(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def test_the_api_refuses(alice_api: APIClient, card: PaymentMethod, numbers: list[str]) -> None:
    answer = alice_api.post(PURCHASE, body(numbers))
    assert (answer.status_code, answer.json()["code"]) == (403, "EMAIL_NOT_CONFIRMED")
    assert "Confirm your e-mail address first" in answer.json()["error"]
    assert written() == (0, 0, 0, 0)


def test_once_it_is_confirmed_the_api_sells(
    alice: User, alice_api: APIClient, card: PaymentMethod, numbers: list[str]
) -> None:
    EmailAddress.objects.filter(user=alice).update(verified=True)
    assert alice_api.post(PURCHASE, body(numbers)).status_code == 201
    assert Order.objects.count() == 1


def test_where_the_shop_does_not_ask_it_sells(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str], settings: Any
) -> None:
    settings.BUYING_NEEDS_CONFIRMED_EMAIL = False
    assert alice_api.post(PURCHASE, body(numbers)).status_code == 201


def test_the_page_refuses_and_says_how_to_go_on(
    alices: Client, card: PaymentMethod, numbers: list[str]
) -> None:
    answer = alices.post("/checkout/", {"number": numbers[:1], "payment_method": str(card.pk)})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Nothing was ordered or charged." in text
    assert "Send the mail again" in text
    assert written() == (0, 0, 0, 0)


def test_the_page_says_so_before(alices: Client, card: PaymentMethod, numbers: list[str]) -> None:
    text = alices.get("/checkout/", {"number": numbers[:1]}).content.decode()
    assert "Confirm your e-mail address first" in text


def test_the_mail_can_be_had_again(
    alice: User,
    alices: Client,
    run_tasks: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        alices.post("/accounts/email/", {"email": alice.email, "action_send": ""})
    run_tasks()
    assert [message.to for message in mail.outbox] == [[alice.email]]
    assert "/confirm-email/" in mail.outbox[0].body


def test_a_confirmed_customer_sees_nothing_of_it(
    alice: User, alices: Client, card: PaymentMethod, numbers: list[str]
) -> None:
    EmailAddress.objects.filter(user=alice).update(verified=True)
    text = alices.get("/checkout/", {"number": numbers[:1]}).content.decode()
    assert "Confirm your e-mail address first" not in text
