"""The organisation's orders over the API: list, detail, status, cancel; and nobody else's."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from billing.models import PaymentMethod
from didshop.models import Transition
from didshop.tests.sandboxes import Sandbox
from orders.models import Order
from orders.provisioning import advance
from orders.tests.conftest import Shopper

pytestmark = pytest.mark.django_db
ORDERS = "/api/v1/orders"


def stamp(time: Any) -> str:
    return str(time.isoformat().replace("+00:00", "Z"))


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


# ---------------------------------------------------------------- reading
@pytest.mark.django_db(transaction=True)
def test_an_order_that_has_ended(
    alice_api: APIClient, shopper: Shopper, numbers: list[str]
) -> None:
    order = shopper.buys(*numbers[:2])
    answer = alice_api.get(f"{ORDERS}/{order.pk}")

    assert answer.status_code == 200
    found = answer.json()
    assert found == {
        "id": str(order.pk),
        "orderNumber": order.order_number,
        "status": "COMPLETED",
        "paymentStatus": "SUCCEEDED",
        "paymentMethod": "Visa •••• 4242",
        "totalAmount": "3.00",
        "capturedAmount": "3.00",
        "currency": "USD",
        "actionUrl": None,
        "createdAt": stamp(order.created_at),
        "completedAt": stamp(order.completed_at),
        "lines": [
            {
                "id": str(line.pk),
                "phoneNumber": number,
                "status": "ACTIVE",
                "setupPrice": "0.00",
                "monthlyPrice": "1.50",
                "numberId": str(line.number_id),
                "error": "",
                "code": "",
            }
            for number, line in zip(numbers[:2], order.lines.order_by("position"), strict=True)
        ],
    }
    assert alice_api.get(ORDERS).json()["results"] == [found]


@pytest.mark.django_db(transaction=True)
def test_how_an_order_went_line_by_line(
    alice_api: APIClient, shopper: Shopper, numbers: list[str], sandbox: Sandbox
) -> None:
    order = shopper.places(*numbers[:2])
    sandbox.sold_elsewhere(numbers[1])
    advance(order.pk)
    rows = {
        (row.subject_id, row.new): row for row in Transition.objects.filter(subject_kind="line")
    }
    live, gone = order.lines.order_by("position")

    def told(line: Any, status: str, reason: str) -> dict[str, str]:
        at = stamp(rows[line.pk, status].created_at)
        return {"at": at, "status": status, "reason": reason}

    taken = "Somebody else bought this number first. It was not charged."
    assert alice_api.get(f"{ORDERS}/{order.pk}/status").json() == {
        "status": "PARTIAL",
        "paymentStatus": "SUCCEEDED",
        "lines": [
            {
                "phoneNumber": numbers[0],
                "status": "ACTIVE",
                "timeline": [
                    told(live, "PENDING", ""),
                    told(live, "BUYING", ""),
                    told(live, "ACTIVE", "The number is live."),
                ],
            },
            {
                "phoneNumber": numbers[1],
                "status": "FAILED",
                "error": taken,
                "timeline": [
                    told(gone, "PENDING", ""),
                    told(gone, "BUYING", ""),
                    told(gone, "FAILED", taken),
                ],
            },
        ],
    }


def test_where_to_confirm_with_the_bank(
    alice_api: APIClient, shopper: Shopper, numbers: list[str]
) -> None:
    shopper.gives_card("pm_card_threeDSecure2Required")
    order = shopper.buys(numbers[0])
    found = alice_api.get(f"{ORDERS}/{order.pk}").json()

    assert (found["status"], found["paymentStatus"]) == ("PROCESSING", "PENDING")
    assert found["actionUrl"] == order.payment.action_url != ""


def test_a_declined_card_is_told(
    alice_api: APIClient, shopper: Shopper, numbers: list[str]
) -> None:
    shopper.gives_card("pm_card_chargeCustomerFail")
    order = shopper.buys(numbers[0])
    found = alice_api.get(f"{ORDERS}/{order.pk}").json()

    assert (found["status"], found["paymentStatus"]) == ("FAILED", "FAILED")
    [line] = found["lines"]
    assert (line["status"], line["numberId"]) == ("CANCELLED", None)
    assert "declined" in line["error"]


def test_the_newest_comes_first_page_by_page(
    alice_api: APIClient, shopper: Shopper, numbers: list[str]
) -> None:
    placed = [str(shopper.places(number).pk) for number in numbers[:5]]
    first = alice_api.get(ORDERS, {"limit": 3})
    second = alice_api.get(first.json()["next"])

    assert ids(first) + ids(second) == placed[::-1]
    assert second.json()["next"] is None
    assert ids(alice_api.get(second.json()["previous"])) == ids(first)


def test_filter_by_status(alice_api: APIClient, shopper: Shopper, numbers: list[str]) -> None:
    ended = shopper.buys(numbers[0])
    waiting = shopper.places(numbers[1])

    assert ids(alice_api.get(ORDERS, {"status": "COMPLETED"})) == [str(ended.pk)]
    assert ids(alice_api.get(ORDERS, {"status": "PENDING"})) == [str(waiting.pk)]
    assert ids(alice_api.get(ORDERS, {"status": "CANCELLED"})) == []


@pytest.mark.parametrize(
    "query", [{"status": "LOST"}, {"limit": 101}, {"limit": 0}, {"cursor": "x"}]
)
def test_filters_that_make_no_sense(alice_api: APIClient, query: dict[str, str]) -> None:
    answer = alice_api.get(ORDERS, query)
    assert answer.status_code == 400
    assert [detail["field"] for detail in answer.json()["details"]] == list(query)


# The session with its user, the membership with its organisation, the orders, their lines.
@pytest.mark.parametrize("count", [1, 3, 9])
def test_a_list_costs_a_constant_number_of_queries(
    alice_api: APIClient,
    shopper: Shopper,
    numbers: list[str],
    django_assert_num_queries: Any,
    count: int,
) -> None:
    for number in numbers[:count]:
        shopper.places(number)
    with django_assert_num_queries(4):
        assert len(ids(alice_api.get(ORDERS))) == count


@pytest.mark.parametrize("count", [1, 10])
def test_one_order_costs_a_constant_number_of_queries(
    alice_api: APIClient,
    shopper: Shopper,
    numbers: list[str],
    django_assert_num_queries: Any,
    count: int,
) -> None:
    order = shopper.places(*numbers[:count])
    for path, queries in (("", 4), ("/status", 5)):
        with django_assert_num_queries(queries):
            answer = alice_api.get(f"{ORDERS}/{order.pk}{path}")
        assert len(answer.json()["lines"]) == count


# ---------------------------------------------------------------- cancelling
@pytest.mark.django_db(transaction=True)
def test_an_order_is_cancelled(
    alice_api: APIClient,
    shopper: Shopper,
    numbers: list[str],
    sandbox: Sandbox,
    run_tasks: Callable[[], list[str]],
) -> None:
    order = shopper.places(*numbers[:2])

    answer = alice_api.put(f"{ORDERS}/{order.pk}/cancel")
    assert answer.status_code == 200
    assert {line["status"] for line in answer.json()["lines"]} == {"CANCELLED"}
    run_tasks()

    found = alice_api.get(f"{ORDERS}/{order.pk}").json()
    assert (found["status"], found["paymentStatus"]) == ("CANCELLED", "CANCELLED")
    assert sandbox.state()["payments"] == []
    assert [row.actor for row in order.lines.first().transitions] == [shopper.user, shopper.user]


def test_an_order_that_has_ended_is_not_cancelled(
    alice_api: APIClient, shopper: Shopper, numbers: list[str]
) -> None:
    order = shopper.buys(numbers[0])
    before = Transition.objects.count()

    answer = alice_api.put(f"{ORDERS}/{order.pk}/cancel")

    assert answer.status_code == 409
    assert answer.json()["error"] == (
        f"Order {order.order_number} has ended; there is nothing left to cancel."
    )
    assert Transition.objects.count() == before


def test_an_order_is_cancelled_once(
    alice_api: APIClient, shopper: Shopper, numbers: list[str]
) -> None:
    order = shopper.places(numbers[0])
    assert alice_api.put(f"{ORDERS}/{order.pk}/cancel").status_code == 200
    assert alice_api.put(f"{ORDERS}/{order.pk}/cancel").status_code == 409


# ---------------------------------------------------------------- whose it is
def test_a_colleague_sees_it_too(bob_api: APIClient, shopper: Shopper, numbers: list[str]) -> None:
    order = shopper.places(numbers[0])
    assert ids(bob_api.get(ORDERS)) == [str(order.pk)]
    assert bob_api.get(f"{ORDERS}/{order.pk}").status_code == 200
    assert bob_api.put(f"{ORDERS}/{order.pk}/cancel").status_code == 200


EACH = pytest.mark.parametrize(
    ("method", "path"), [("get", ""), ("get", "/status"), ("put", "/cancel")]
)


@EACH
def test_an_outsider_gets_nowhere(
    charlie_api: APIClient, shopper: Shopper, numbers: list[str], method: str, path: str
) -> None:
    order = shopper.places(numbers[0])
    before = Transition.objects.count()

    answer = getattr(charlie_api, method)(f"{ORDERS}/{order.pk}{path}")
    nowhere = getattr(charlie_api, method)(f"{ORDERS}/{uuid4()}{path}")

    assert answer.status_code == nowhere.status_code == 404
    assert answer.json()["code"] == "ORDER_NOT_FOUND"
    assert {**answer.json(), "requestId": ""} == {**nowhere.json(), "requestId": ""}
    assert Transition.objects.count() == before
    order.refresh_from_db()
    assert (order.status, order.cancel_requested_at) == ("PENDING", None)
    assert ids(charlie_api.get(ORDERS)) == []


@EACH
def test_strangers_are_asked_who_they_are(
    api: APIClient, shopper: Shopper, numbers: list[str], method: str, path: str
) -> None:
    order = shopper.places(numbers[0])
    assert getattr(api, method)(f"{ORDERS}/{order.pk}{path}").status_code == 401
    assert api.get(ORDERS).status_code == 401
    order.refresh_from_db()
    assert order.cancel_requested_at is None


def test_another_organisation_has_its_own_orders(
    alice_api: APIClient, shopper: Shopper, card: PaymentMethod, charlie: User, numbers: list[str]
) -> None:
    """Who works for two sees the orders of the one that they name."""
    order = shopper.places(numbers[0])
    theirs = charlie.organizations.get()
    theirs.memberships.create(user=shopper.user, role="MEMBER")
    headers = {"X-Organization": str(theirs.pk)}

    assert ids(alice_api.get(ORDERS)) == [str(order.pk)]
    assert ids(alice_api.get(ORDERS, headers=headers)) == []
    assert alice_api.get(f"{ORDERS}/{order.pk}", headers=headers).status_code == 404
    assert Order.objects.count() == 1
