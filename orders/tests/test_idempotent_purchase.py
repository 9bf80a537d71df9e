"""`Idempotency-Key` on orders: sent again, answered as the first time; never bought twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from billing.models import PaymentMethod
from didshop.idempotency import IN_FLIGHT
from didshop.models import IdempotencyKey
from orders.models import Order
from orders.tests.conftest import Shopper
from orders.tests.test_purchase_api import BOTH, PURCHASE, named, written

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "one"}


@BOTH
def test_the_same_again_is_answered_the_same(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str], path: str, name: str
) -> None:
    first = alice_api.post(path, {name: named(numbers[0])}, headers=KEY)
    again = alice_api.post(path, {name: named(numbers[0])}, headers=KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert written() == (1, 1, 1, 1)


def test_another_body_is_refused(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str]
) -> None:
    alice_api.post(PURCHASE, {"phoneNumbers": named(numbers[0])}, headers=KEY)
    other = alice_api.post(PURCHASE, {"phoneNumbers": named(numbers[1])}, headers=KEY)

    assert other.status_code == 422
    assert other.json()["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert written() == (1, 1, 1, 1)


def test_two_customers_may_choose_the_same_key(
    alice_api: APIClient, charlie_api: APIClient, charlie: Any, card: PaymentMethod, numbers: Any
) -> None:
    Shopper(charlie).gives_card()
    alice_api.post(PURCHASE, {"phoneNumbers": named(numbers[0])}, headers=KEY)
    theirs = charlie_api.post(PURCHASE, {"phoneNumbers": named(numbers[1])}, headers=KEY)

    assert theirs.status_code == 201
    assert "Idempotent-Replayed" not in theirs
    assert written() == (2, 2, 2, 2)


def test_a_refusal_leaves_the_key_free(
    alice_api: APIClient, shopper: Shopper, numbers: list[str]
) -> None:
    body = {"phoneNumbers": named(numbers[0])}
    assert alice_api.post(PURCHASE, body, headers=KEY).status_code == 402
    assert not IdempotencyKey.objects.exists()
    shopper.gives_card()

    assert alice_api.post(PURCHASE, body, headers=KEY).status_code == 201


def test_while_the_first_is_under_way_the_second_is_told_so(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str]
) -> None:
    """Seen from inside of the first: its order is written, its answer is not."""
    body, seen = {"phoneNumbers": named(numbers[0])}, []

    def asks_again(*args: Any) -> None:
        seen.append(alice_api.post(PURCHASE, body, headers=KEY))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orders.placing.wake_for", asks_again)
        alice_api.post(PURCHASE, body, headers=KEY)

    [second] = seen
    assert second.status_code == 409
    assert second.json()["code"] == "IDEMPOTENCY_KEY_IN_FLIGHT"
    assert second["Retry-After"]
    assert written() == (1, 1, 1, 1)


def test_a_process_that_dies_before_its_answer_has_made_one_order(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str]
) -> None:
    body = {"phoneNumbers": named(numbers[0])}

    def dies(*args: Any) -> None:
        raise SystemExit("killed")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orders.api._created", dies)
        with pytest.raises(SystemExit):
            alice_api.post(PURCHASE, body, headers=KEY)
    order = Order.objects.get()
    key = IdempotencyKey.objects.get()
    assert (key.status_code, key.body) == (None, str(order.pk))
    assert alice_api.post(PURCHASE, body, headers=KEY).status_code == 409

    later = timezone.now() - IN_FLIGHT - timedelta(seconds=1)
    IdempotencyKey.objects.update(created_at=later)
    again = alice_api.post(PURCHASE, body, headers=KEY)

    assert again.status_code == 201
    assert again.json()["orderId"] == str(order.pk)
    assert written() == (1, 1, 1, 1)


def test_the_order_and_what_its_key_knows_of_it_are_written_together(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str]
) -> None:
    """Whatever breaks before the commit takes both with it."""

    def dies(*args: Any) -> None:
        raise SystemExit("killed")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orders.placing.wake_for", dies)
        with pytest.raises(SystemExit):
            alice_api.post(PURCHASE, {"phoneNumbers": named(numbers[0])}, headers=KEY)

    assert written() == (0, 0, 0, 0)
    assert IdempotencyKey.objects.get().body is None


@pytest.mark.django_db(transaction=True)
def test_who_waited_is_answered_the_end_again(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str], worker: Any
) -> None:
    body, headers = {"phoneNumbers": named(numbers[0])}, {**KEY, "Prefer": "wait=10"}
    first = alice_api.post(PURCHASE, body, headers=headers)
    again = alice_api.post(PURCHASE, body, headers=KEY)

    assert first.json()["status"] == again.json()["status"] == "COMPLETED"
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
