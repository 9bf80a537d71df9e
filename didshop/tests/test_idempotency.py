"""`Idempotency-Key`: sent again, a request gets its first answer and does nothing twice."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from rest_framework.test import APIClient

from didshop import idempotency
from didshop.models import Heartbeat, IdempotencyKey
from didshop.tests.threads import all_at_once
from didshop.tests.urls import PurchaseView

pytestmark = [pytest.mark.django_db, pytest.mark.urls("didshop.tests.urls")]
URL = "/api/v1/purchase"
SignIn = Callable[[Any], APIClient]


def buy(api: APIClient, key: str | None = "key-1", body: Any = None, **headers: str) -> Any:
    """Post a purchase with a key."""
    if key is not None:
        headers["Idempotency-Key"] = key
    return api.post(URL, {} if body is None else body, headers=headers)


def bought() -> int:
    """How many purchases were made."""
    return Heartbeat.objects.count()


def test_without_a_key_every_request_buys(alice_api: APIClient) -> None:
    assert buy(alice_api, None).json() != buy(alice_api, None).json()
    assert (bought(), IdempotencyKey.objects.count()) == (2, 0)


def test_the_second_answer_is_the_first_byte_for_byte(alice_api: APIClient) -> None:
    first, second = buy(alice_api), buy(alice_api)
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    made = Heartbeat.objects.get().name
    assert first.json() == {"orderNumber": made, "orderStatus": "PENDING"}
    assert first["Location"] == second["Location"] == f"/api/v1/orders/{made}"
    assert first["Content-Type"] == second["Content-Type"]
    assert "Idempotent-Replayed" not in first.headers
    assert second["Idempotent-Replayed"] == "true"
    assert bought() == 1


def test_another_body_is_refused_and_buys_nothing(alice_api: APIClient) -> None:
    buy(alice_api)
    answer = buy(alice_api, body={"items": [1]})
    assert answer.status_code == 422
    assert answer.json()["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert bought() == 1


def test_the_order_of_names_makes_no_other_body(alice_api: APIClient) -> None:
    buy(alice_api, body={"items": [1], "voiceUrl": "x"})
    again = buy(alice_api, body={"voiceUrl": "x", "items": [1]})
    assert again["Idempotent-Replayed"] == "true"


def test_another_organisation_is_another_request(alice_api: APIClient) -> None:
    buy(alice_api)
    assert buy(alice_api, **{"X-Organization": "another"}).status_code == 422


def test_two_users_may_choose_the_same_key(alice_api: APIClient, charlie_api: APIClient) -> None:
    assert buy(alice_api).json() != buy(charlie_api).json()
    assert bought() == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\xe9\x7f"])
def test_a_key_that_is_none_is_refused(alice_api: APIClient, key: str) -> None:
    answer = buy(alice_api, key)
    assert answer.status_code == 400
    assert answer.json()["code"] == "IDEMPOTENCY_KEY_INVALID"
    assert bought() == 0


def test_the_longest_key(alice_api: APIClient) -> None:
    assert buy(alice_api, "x" * 255).content == buy(alice_api, "x" * 255).content


def test_a_stranger_claims_no_key(api: APIClient) -> None:
    assert buy(api).status_code == 401
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("refusal", ["unpaid", "conflict", "carrier", "drf", "gone", "denied"])
def test_a_refusal_frees_the_key(alice_api: APIClient, refusal: str) -> None:
    assert buy(alice_api, body={"refuse": refusal}).status_code >= 400
    assert not IdempotencyKey.objects.exists()
    assert buy(alice_api).status_code == 201


def test_after_a_defect_the_key_stays_taken_for_a_minute(alice_api: APIClient) -> None:
    with pytest.raises(ZeroDivisionError):
        buy(alice_api, body={"crash": True})
    answer = buy(alice_api, body={"crash": True})
    assert answer.status_code == 409
    assert answer.json()["code"] == "IDEMPOTENCY_KEY_IN_FLIGHT"
    assert answer["Retry-After"] == "1"


def test_who_takes_over_finds_what_was_made(alice_api: APIClient) -> None:
    """The process died after the purchase, before the answer."""
    made = buy(alice_api).json()["orderNumber"]
    row = IdempotencyKey.objects.get()
    long_ago = timezone.now() - timedelta(seconds=61)
    IdempotencyKey.objects.update(status_code=None, body=made, created_at=long_ago)
    answer = buy(alice_api)
    assert answer.json()["orderNumber"] == made
    assert bought() == 1
    assert IdempotencyKey.objects.get().pk == row.pk
    assert buy(alice_api)["Idempotent-Replayed"] == "true"


def test_one_that_was_overtaken_makes_nothing(alice_api: APIClient) -> None:
    claim = idempotency.take("user:1", "k", "f")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    taken_over = idempotency.take("user:1", "k", "f")
    assert isinstance(claim, idempotency.Claim)
    assert isinstance(taken_over, idempotency.Claim)
    with pytest.raises(idempotency.Conflict):
        claim.keep("an order")
    taken_over.keep("another order")
    claim.release()
    assert IdempotencyKey.objects.get().body == "another order"


def test_after_a_day_a_key_is_new_again(alice_api: APIClient) -> None:
    buy(alice_api)
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    answer = buy(alice_api, body={"items": [1]})
    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer.headers
    assert bought() == 2


def test_old_keys_are_deleted(alice_api: APIClient) -> None:
    buy(alice_api, "old")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    buy(alice_api, "new")
    idempotency.forget_old_keys()
    assert [row.key for row in IdempotencyKey.objects.all()] == ["new"]


@pytest.mark.django_db(transaction=True)
def test_the_answer_that_was_waited_for_is_the_one_to_keep(alice_api: APIClient) -> None:
    ending = threading.Thread(target=_end_the_purchase)
    ending.start()
    waited = buy(alice_api, Prefer="wait=10")
    ending.join()
    assert waited.json()["orderStatus"] == "COMPLETED"
    assert waited["Preference-Applied"] == "wait=10"
    assert buy(alice_api).content == waited.content


def _end_the_purchase() -> None:
    while not Heartbeat.objects.update(note="COMPLETED"):
        time.sleep(0.05)
    connections.close_all()


@pytest.fixture
def slow() -> Iterator[type[PurchaseView]]:
    """The view with which a slow request is under way until it may go on."""
    PurchaseView.entered.clear()
    PurchaseView.may_go_on.clear()
    yield PurchaseView
    PurchaseView.may_go_on.set()


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_under_way_the_second_is_told_so(
    alice_api: APIClient, slow: type[PurchaseView]
) -> None:
    body = {"slow": True}
    answers: list[Any] = []
    first = threading.Thread(
        target=lambda: answers.extend(all_at_once(lambda: buy(alice_api, body=body)))
    )
    first.start()
    assert slow.entered.wait(10)
    second = buy(alice_api, body=body)
    other_body = buy(alice_api, body={})
    slow.may_go_on.set()
    first.join()
    assert (second.status_code, second.json()["code"]) == (409, "IDEMPOTENCY_KEY_IN_FLIGHT")
    assert (other_body.status_code, other_body.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert answers[0].status_code == 201
    assert buy(alice_api, body=body).content == answers[0].content
    assert bought() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(5))
def test_twenty_at_once_buy_one(alice: Any, sign_in: SignIn, settings: Any, round_: int) -> None:
    settings.RATE_LIMIT_SCALE = 10
    clients = [sign_in(alice) for _ in range(20)]
    answers = all_at_once(*[lambda api=api: buy(api) for api in clients])
    made = [
        it for it in answers if it.status_code == 201 and "Idempotent-Replayed" not in it.headers
    ]
    assert len(made) == 1
    for answer in answers:
        assert answer.status_code == 409 or answer.content == made[0].content
    assert bought() == 1


@pytest.mark.django_db(transaction=True)
def test_without_keys_twenty_at_once_buy_twenty(alice: Any, sign_in: SignIn, settings: Any) -> None:
    """The control: what the test above would see if keys did nothing."""
    settings.RATE_LIMIT_SCALE = 10
    clients = [sign_in(alice) for _ in range(20)]
    answers = all_at_once(
        *[lambda api=api, key=f"key-{number}": buy(api, key) for number, api in enumerate(clients)]
    )
    assert [answer.status_code for answer in answers] == [201] * 20


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_take_over_one_dead_request() -> None:
    idempotency.take("user:1", "k", "f")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(seconds=61))

    def take() -> bool:
        try:
            return isinstance(idempotency.take("user:1", "k", "f"), idempotency.Claim)
        except idempotency.Conflict:
            return False

    assert sorted(all_at_once(*[take] * 10)) == [False] * 9 + [True]
