"""The shop as real processes: the plan's own examples, and a worker killed while it buys."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from e2e.client import Customer
from e2e.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def stack():
    with Stack() as running:
        yield running


@pytest.fixture(scope="module")
def planner(stack):
    """The customer of the plan's section 9.2, once a payment method is on file."""
    customer = Customer(stack.url, "test@example.com")
    customer.adds_card()
    return customer


def test_the_plan_should_search_available_numbers(planner):
    answer = planner.get("numbers/search", countryCode="US", areaCode="415")

    assert answer.status_code == 200
    assert isinstance(answer.json()["numbers"], list)
    assert answer.json()["numbers"]
    assert "total" in answer.json()


def test_the_plan_should_validate_search_parameters(planner):
    answer = planner.get("numbers/search", countryCode="INVALID")

    assert answer.status_code == 400
    assert answer.json()["error"] == "Validation error"
    assert answer.json()["details"][0]["field"] == "countryCode"


def test_the_plan_should_purchase_a_number_successfully(planner):
    answer = planner.post(
        "numbers/purchase",
        {"phoneNumbers": [{"phoneNumber": "+14155551234", "friendlyName": "Test Number"}]},
        Prefer="wait=10",
    )

    assert answer.status_code == 201, answer.text
    assert "orderId" in answer.json()
    assert answer.json()["results"][0]["status"] == "SUCCESS"
    assert answer.headers["Preference-Applied"] == "wait=10"


def test_a_worker_killed_while_it_buys_costs_a_delay_only(stack):
    """kill -9 with the number sold and its answer still on the way; another worker mends it."""
    customer = Customer(stack.url)
    customer.adds_card()
    numbers = customer.finds()[:3]
    stack.sandbox(
        "faults",
        service="twilio",
        method="POST",
        path="IncomingPhoneNumbers",
        side="after",
        kind="delay",
        seconds=30,
        count=3,
    )
    order_id = customer.buys(*numbers, wait=0)["orderId"]
    stack.until(lambda: len(owned(stack, numbers)) == 3, "all three sold at the carrier")

    stack.kill("worker")
    stack.clear_faults()
    assert customer.get(f"orders/{order_id}").json()["status"] == "PROCESSING"
    stack.start_process("worker")

    order = stack.until(lambda: ended(customer, order_id), "the order's end", seconds=60)
    assert order["status"] == "COMPLETED", order
    assert sorted(owned(stack, numbers)) == sorted(numbers)
    [payment] = payments_of(stack, order)
    assert payment["captured"] == round(float(order["totalAmount"]) * 100)


def test_twenty_posts_with_one_key_make_one_order(stack):
    customer = Customer(stack.url)
    customer.adds_card()
    body = {"phoneNumbers": [{"phoneNumber": customer.finds()[0]}]}

    def post(_: int):
        answer = customer.post("numbers/purchase", body, Idempotency_Key="the-same")
        while answer.status_code == 409 and answer.json()["code"] == "IDEMPOTENCY_KEY_IN_FLIGHT":
            time.sleep(0.05)
            answer = customer.post("numbers/purchase", body, Idempotency_Key="the-same")
        return answer

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(post, range(20)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["orderId"] for answer in answers}) == 1
    assert len(customer.get("orders").json()["results"]) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1


def owned(stack, numbers):
    at_carrier = {number["phone_number"] for number in stack.sandbox("state")["numbers"]}
    return [number for number in numbers if number in at_carrier]


def ended(customer, order_id):
    order = customer.get(f"orders/{order_id}").json()
    return order if order["status"] not in ("PENDING", "PROCESSING") else None


def payments_of(stack, order):
    code = (
        "from orders.models import Order; "
        f"print(Order.objects.get(pk='{order['id']}').payment.intent_id)"
    )
    intent = stack.shell(code).strip()
    return [payment for payment in stack.sandbox("state")["payments"] if payment["id"] == intent]
