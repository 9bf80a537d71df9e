"""`POST numbers/purchase` and `POST orders`: what is asked, what is answered, what is written."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.models import Payment, PaymentMethod
from dids.models import Number
from didshop.tests.sandboxes import Sandbox
from orders.models import Order, OrderLine
from orders.tests.conftest import Shopper

pytestmark = pytest.mark.django_db
PURCHASE, ORDERS = "/api/v1/numbers/purchase", "/api/v1/orders"
BOTH = pytest.mark.parametrize(
    ("path", "name"), [(PURCHASE, "phoneNumbers"), (ORDERS, "items")], ids=["purchase", "orders"]
)


def named(*numbers: str) -> list[dict[str, str]]:
    """The numbers as a body names them."""
    return [{"phoneNumber": number} for number in numbers]


def written() -> tuple[int, int, int, int]:
    """How many orders, lines, payments and numbers there are."""
    models = (Order, OrderLine, Payment, Number)
    return tuple(model._default_manager.count() for model in models)  # type: ignore[return-value]


def test_a_purchase_as_the_api_answers_it(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str]
) -> None:
    answer = alice_api.post(PURCHASE, {"phoneNumbers": named(*numbers[:2])})

    assert answer.status_code == 201
    order = Order.objects.get()
    assert answer["Location"] == f"{ORDERS}/{order.pk}"
    assert answer.json() == {
        "orderId": str(order.pk),
        "orderNumber": order.order_number,
        "status": "PENDING",
        "results": [
            {"phoneNumber": numbers[0], "status": "PENDING"},
            {"phoneNumber": numbers[1], "status": "PENDING"},
        ],
        "totalPurchased": 0,
    }
    assert alice_api.get(answer["Location"]).status_code == 200


def test_an_order_as_the_api_answers_it(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str]
) -> None:
    answer = alice_api.post(ORDERS, {"items": named(numbers[0])})

    assert answer.status_code == 201
    order = Order.objects.get()
    line = order.lines.get()
    assert answer["Location"] == f"{ORDERS}/{order.pk}"
    assert answer.json() == {
        "id": str(order.pk),
        "orderNumber": order.order_number,
        "status": "PENDING",
        "paymentStatus": "PENDING",
        "paymentMethod": "Visa •••• 4242",
        "totalAmount": "1.50",
        "capturedAmount": "0.00",
        "currency": "USD",
        "actionUrl": None,
        "createdAt": order.created_at.isoformat().replace("+00:00", "Z"),
        "completedAt": None,
        "lines": [
            {
                "id": str(line.pk),
                "phoneNumber": numbers[0],
                "status": "PENDING",
                "setupPrice": "0.00",
                "monthlyPrice": "1.50",
                "numberId": str(line.number_id),
                "error": "",
                "code": "",
            }
        ],
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("card", "worker")
@BOTH
def test_who_waits_hears_the_end(
    alice_api: APIClient, numbers: list[str], path: str, name: str
) -> None:
    answer = alice_api.post(path, {name: named(*numbers[:2])}, headers={"Prefer": "wait=10"})

    assert answer.status_code == 201
    assert answer["Preference-Applied"] == "wait=10"
    order = Order.objects.get()
    assert answer["Location"] == f"{ORDERS}/{order.pk}"
    assert answer.json()["status"] == order.status == "COMPLETED"


@pytest.mark.django_db(transaction=True)
def test_one_line_of_three_fails(
    alice_api: APIClient,
    card: PaymentMethod,
    numbers: list[str],
    sandbox: Sandbox,
    run_tasks: Any,
) -> None:
    answer = alice_api.post(PURCHASE, {"phoneNumbers": named(*numbers[:3])})
    sandbox.sold_elsewhere(numbers[1])
    run_tasks()

    found = alice_api.get(answer["Location"]).json()
    assert (found["status"], found["paymentStatus"]) == ("PARTIAL", "SUCCEEDED")
    assert [line["status"] for line in found["lines"]] == ["ACTIVE", "FAILED", "ACTIVE"]
    assert [line["code"] for line in found["lines"]] == ["", "NUMBER_NOT_AVAILABLE", ""]
    assert (found["totalAmount"], found["capturedAmount"]) == ("4.50", "3.00")
    assert [line["numberId"] is None for line in found["lines"]] == [False, True, False]


@pytest.mark.django_db(transaction=True)
def test_results_of_what_waits_what_is_bought_and_what_failed(
    alice_api: APIClient,
    card: PaymentMethod,
    numbers: list[str],
    sandbox: Sandbox,
    worker: Any,
) -> None:
    first, gone = numbers[:2]
    sandbox.sold_elsewhere(gone)
    body = {"phoneNumbers": named(first, gone)}
    answer = alice_api.post(PURCHASE, body, headers={"Prefer": "wait=10"}).json()

    assert (answer["status"], answer["totalPurchased"]) == ("PARTIAL", 1)
    number = Number.objects.get()
    assert answer["results"] == [
        {"phoneNumber": first, "status": "SUCCESS", "numberId": str(number.pk)},
        {
            "phoneNumber": gone,
            "status": "FAILED",
            "error": "Somebody else bought this number first. It was not charged.",
            "code": "NUMBER_NOT_AVAILABLE",
        },
    ]


def test_name_and_routing_are_kept_on_the_number(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str]
) -> None:
    config = {
        "voiceUrl": "https://example.com/voice",
        "voiceMethod": "GET",
        "statusCallback": "https://example.com/status",
    }
    item = {"phoneNumber": numbers[0], "friendlyName": "Front desk", "config": config}
    assert alice_api.post(PURCHASE, {"phoneNumbers": [item]}).status_code == 201

    number = Number.objects.get()
    assert number.friendly_name == "Front desk"
    assert number.voice_url == "https://example.com/voice"
    assert number.voice_method == "GET"
    assert number.status_callback == "https://example.com/status"


@BOTH
def test_the_card_that_is_named_pays(
    alice_api: APIClient, shopper: Shopper, numbers: list[str], path: str, name: str
) -> None:
    default = shopper.gives_card()
    other = shopper.gives_card("pm_card_mastercard")
    assert default.is_default
    for number, wanted in zip(numbers, (str(other.pk), other.stripe_id), strict=False):
        body = {name: named(number), "billingInfo": {"paymentMethodId": wanted}}
        assert alice_api.post(path, body).status_code == 201

    assert [payment.payment_method for payment in Payment.objects.all()] == [other, other]


@pytest.mark.parametrize("info", [None, {}, {"useBalance": False}])
def test_without_a_word_the_default_card_pays(
    alice_api: APIClient, shopper: Shopper, numbers: list[str], info: Any
) -> None:
    default = shopper.gives_card()
    shopper.gives_card("pm_card_mastercard")
    body = {"phoneNumbers": named(numbers[0]), **({} if info is None else {"billingInfo": info})}

    assert alice_api.post(PURCHASE, body).status_code == 201
    assert Payment.objects.get().payment_method == default


def test_prices_and_states_are_ours_whatever_is_sent(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str]
) -> None:
    item = {"phoneNumber": numbers[0], "price": "0.01", "setupPrice": "0", "monthlyPrice": "0"}
    body = {
        "items": [{**item, "status": "ACTIVE", "numberId": "x"}],
        "status": "COMPLETED",
        "total": "0.01",
        "totalAmount": "0.01",
        "currency": "XXX",
        "organization": "somebody-else",
        "capturedAmount": "9.99",
        "strategy": "bestEffort",
    }
    answer = alice_api.post(ORDERS, body)

    assert answer.status_code == 201
    order = Order.objects.get()
    assert (order.status, order.currency) == ("PENDING", "USD")
    assert str(order.total_amount) == str(order.payment.amount) == "1.5000"
    assert order.payment.captured_amount == 0
    assert order.organization == card.organization
    assert str(Number.objects.get().monthly_price) == "1.5000"


def test_a_number_that_is_gone_fails_beside_others(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str], sandbox: Sandbox
) -> None:
    sandbox.sold_elsewhere("+14155551234")

    answer = alice_api.post(PURCHASE, {"phoneNumbers": named("+14155551234", numbers[0])})

    assert answer.status_code == 201
    gone, waiting = answer.json()["results"]
    assert (gone["status"], gone["code"]) == ("FAILED", "NUMBER_NOT_AVAILABLE")
    assert waiting == {"phoneNumber": numbers[0], "status": "PENDING"}
    assert str(Order.objects.get().total_amount) == "1.5000"
    assert [number.phone_number for number in Number.objects.all()] == [numbers[0]]


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize("count", [1, 4, 10])
def test_every_line_costs_the_same_few_queries(
    alice_api: APIClient, numbers: list[str], django_assert_num_queries: Any, count: int
) -> None:
    # A line: its claim on the number (with savepoints and its story) and its own story.
    for_all, for_each = 15, 7
    with django_assert_num_queries(for_all + for_each * count):
        answer = alice_api.post(PURCHASE, {"phoneNumbers": named(*numbers[:count])})
    assert answer.status_code == 201
