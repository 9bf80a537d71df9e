"""Orders that are refused: in words, with the field at fault, and with nothing written."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.models import User
from billing.cards import add_card
from billing.models import PaymentMethod
from dids.criteria import Criteria
from dids.search import search
from didshop.models import Transition
from didshop.tests.sandboxes import Sandbox
from orders.tests.test_purchase_api import BOTH, ORDERS, PURCHASE, named, written
from telephony import carrier

pytestmark = pytest.mark.django_db
SEARCHES = {"service": "twilio", "method": "GET", "path": "AvailablePhoneNumbers"}


@pytest.fixture(autouse=True)
def _nothing_is_written(sandbox: Sandbox, db: None) -> Iterator[None]:
    """Whatever is refused leaves nothing, neither here nor outside."""
    yield
    assert written() == (0, 0, 0, 0)
    assert not Transition.objects.exists()
    state = sandbox.state()
    assert (state["numbers"], state["payments"]) == ([], [])


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The body of the refusal."""
    assert answer.status_code == status, answer.content
    body: dict[str, Any] = answer.json()
    assert body["code"] == code
    assert body["requestId"]
    return body


def faults(answer: Any) -> dict[str, str]:
    """Each field at fault with what is said about it."""
    body = refused(answer, 400, "VALIDATION_ERROR")
    assert body["error"] == "Validation error"
    return {detail["field"]: detail["message"] for detail in body["details"]}


# ---------------------------------------------------------------- the body
@BOTH
@pytest.mark.parametrize(
    ("items", "field"),
    [
        (None, ""),
        ([], ""),
        ("+14155550100", ""),
        (["+14155550100"], ".0"),
        ([{}], ".0.phoneNumber"),
        ([{"phoneNumber": None}], ".0.phoneNumber"),
        ([{"phoneNumber": "4155550100"}], ".0.phoneNumber"),
        ([{"phoneNumber": "+1415555010\u0660"}], ".0.phoneNumber"),
        ([{"phoneNumber": "+14155550100\n1"}], ".0.phoneNumber"),
        ([{"phoneNumber": "+14155550100", "friendlyName": "x" * 101}], ".0.friendlyName"),
        ([{"phoneNumber": "+14155550100", "friendlyName": "a\u202eb"}], ".0.friendlyName"),
        ([{"phoneNumber": "+14155550100", "config": "x"}], ".0.config"),
        (
            [{"phoneNumber": "+14155550100", "config": {"voiceUrl": "javascript:1"}}],
            ".0.config.voiceUrl",
        ),
        (
            [{"phoneNumber": "+14155550100", "config": {"voiceUrl": "ftp://example.com/x"}}],
            ".0.config.voiceUrl",
        ),
        (
            [{"phoneNumber": "+14155550100", "config": {"statusCallback": "https://a:b@c.com/"}}],
            ".0.config.statusCallback",
        ),
        (
            [{"phoneNumber": "+14155550100", "config": {"voiceMethod": "PUT"}}],
            ".0.config.voiceMethod",
        ),
        ([{"phoneNumber": "+14155550100"}, {"phoneNumber": "+1"}], ".1.phoneNumber"),
        ([{"phoneNumber": "+14155550100"}] * 2, ".1.phoneNumber"),
        (named(*(f"+141555501{n:02}" for n in range(11))), ""),
    ],
)
@pytest.mark.usefixtures("card")
def test_the_field_at_fault_is_named(
    alice_api: APIClient, path: str, name: str, items: Any, field: str
) -> None:
    body = {} if items is None else {name: items}
    found = faults(alice_api.post(path, body))
    assert list(found) == [f"{name}{field}"]
    assert all(found.values())


def test_every_field_at_fault_is_named(alice_api: APIClient, card: PaymentMethod) -> None:
    bad = {"phoneNumber": "1", "friendlyName": "x" * 101, "config": {"voiceMethod": "PUT"}}
    found = faults(alice_api.post(PURCHASE, {"phoneNumbers": [bad, {}], "strategy": "x"}))
    assert set(found) == {
        "phoneNumbers.0.phoneNumber",
        "phoneNumbers.0.friendlyName",
        "phoneNumbers.0.config.voiceMethod",
        "phoneNumbers.1.phoneNumber",
        "strategy",
    }


@pytest.mark.parametrize("body", ["[]", '"x"', "7", "null"])
def test_a_body_that_is_no_object(alice_api: APIClient, card: PaymentMethod, body: str) -> None:
    answer = alice_api.post(PURCHASE, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["code"] in {"VALIDATION_ERROR", "MALFORMED_REQUEST"}


@BOTH
def test_all_or_nothing_is_refused_in_words(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str], path: str, name: str
) -> None:
    body = {name: named(numbers[0]), "strategy": "allOrNothing"}
    found = faults(alice_api.post(path, body))
    assert list(found) == ["strategy"]
    assert "bestEffort" in found["strategy"]


@pytest.mark.parametrize("also", [{}, {"paymentMethodId": "pm_1"}])
def test_paying_from_a_balance_is_refused_in_words(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str], also: dict[str, str]
) -> None:
    """Not silently charged to the card instead."""
    body = {"phoneNumbers": named(numbers[0]), "billingInfo": {"useBalance": True, **also}}
    found = faults(alice_api.post(PURCHASE, body))
    assert list(found) == ["billingInfo.useBalance"]
    assert "card" in found["billingInfo.useBalance"]


# ---------------------------------------------------------------- the numbers
@pytest.mark.parametrize("number", ["+14155550", "+999123456", "+818012345678"])
def test_a_number_that_is_none_or_not_sold_here(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str], number: str
) -> None:
    answer = alice_api.post(PURCHASE, {"phoneNumbers": named(numbers[0], number)})
    body = refused(answer, 400, "NUMBER_INVALID")
    assert [detail["field"] for detail in body["details"]] == [number]


def test_a_number_that_is_gone(alice_api: APIClient, card: PaymentMethod, sandbox: Sandbox) -> None:
    sandbox.sold_elsewhere("+14155551234")
    answer = alice_api.post(PURCHASE, {"phoneNumbers": named("+14155551234")})
    assert "not available" in refused(answer, 409, "NUMBER_NOT_AVAILABLE")["error"]


def test_twilios_number_that_is_always_gone(alice_api: APIClient, card: PaymentMethod) -> None:
    answer = alice_api.post(ORDERS, {"items": named("+15005550000")})
    refused(answer, 409, "NUMBER_NOT_AVAILABLE")


def test_all_numbers_gone_are_named(
    alice_api: APIClient, card: PaymentMethod, sandbox: Sandbox
) -> None:
    gone = ["+14155551234", "+14155551235"]
    for number in gone:
        sandbox.sold_elsewhere(number)
    body = refused(alice_api.post(ORDERS, {"items": named(*gone)}), 409, "NUMBER_NOT_AVAILABLE")
    assert [detail["field"] for detail in body["details"]] == gone


@BOTH
def test_a_number_that_needs_an_address(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str], path: str, name: str
) -> None:
    german = search(Criteria(country_code="DE", number_type="LOCAL", limit=20)).offers
    needy = next(offer.phone_number for offer in german if offer.needs_address)

    answer = alice_api.post(path, {name: named(numbers[0], needy)})

    body = refused(answer, 422, "ADDRESS_REQUIRED")
    assert "address" in body["error"]
    assert [detail["field"] for detail in body["details"]] == [needy]


# ---------------------------------------------------------------- the money
@BOTH
def test_without_a_card(alice_api: APIClient, numbers: list[str], path: str, name: str) -> None:
    answer = alice_api.post(path, {name: named(numbers[0])})
    body = refused(answer, 402, "PAYMENT_METHOD_REQUIRED")
    assert body["error"] == "There is no payment method on file. Add a card first."


@pytest.mark.parametrize("named_by", ["pk", "stripe_id"])
def test_somebody_elses_card_does_not_pay(
    alice_api: APIClient,
    card: PaymentMethod,
    charlie: User,
    numbers: list[str],
    named_by: str,
) -> None:
    theirs = add_card(charlie.organizations.get(), "pm_card_visa", actor=charlie)
    info = {"paymentMethodId": str(getattr(theirs, named_by))}
    answer = alice_api.post(PURCHASE, {"phoneNumbers": named(numbers[0]), "billingInfo": info})
    refused(answer, 404, "PAYMENT_METHOD_NOT_FOUND")


@pytest.mark.parametrize("wanted", ["pm_unknown", "019b0000-0000-7000-8000-000000000000", "x y"])
def test_a_card_that_nobody_has(
    alice_api: APIClient, card: PaymentMethod, numbers: list[str], wanted: str
) -> None:
    body = {"phoneNumbers": named(numbers[0]), "billingInfo": {"paymentMethodId": wanted}}
    refused(alice_api.post(PURCHASE, body), 404, "PAYMENT_METHOD_NOT_FOUND")


# ---------------------------------------------------------------- the carrier
@pytest.mark.parametrize(
    ("kind", "status"), [("500", 502), ("garbage", 502), ("reset", 502), ("timeout", 504)]
)
@pytest.mark.usefixtures("card")
def test_a_carrier_that_is_down_sells_nothing(
    alice_api: APIClient, sandbox: Sandbox, settings: Any, kind: str, status: int
) -> None:
    settings.TWILIO_TIMEOUT_SECONDS = 0.3
    cache.clear()
    sandbox.fault(**SEARCHES, side="before", kind=kind, count=20, seconds=1)

    answer = alice_api.post(PURCHASE, {"phoneNumbers": named("+14155551234", "+14155551235")})

    assert answer.status_code == status
    assert answer.json()["error"] == "Telephony service error"
    assert answer.json()["reason"]


def test_a_carrier_that_cannot_be_reached_sells_nothing(
    alice_api: APIClient, card: PaymentMethod, settings: Any
) -> None:
    settings.TWILIO_API_BASE = "http://127.0.0.1:9"
    carrier.reset()

    answer = alice_api.post(PURCHASE, {"phoneNumbers": named("+14155551234")})

    refused(answer, 503, "CARRIER_UNAVAILABLE")
    assert answer["Retry-After"]


# ---------------------------------------------------------------- who asks
@BOTH
def test_strangers_are_asked_who_they_are(
    api: APIClient, numbers: list[str], path: str, name: str
) -> None:
    assert api.post(path, {name: named(numbers[0])}).status_code == 401


def test_an_organisation_that_is_not_theirs(
    alice_api: APIClient, card: PaymentMethod, charlie: User, numbers: list[str]
) -> None:
    theirs = str(charlie.organizations.get().pk)
    answer = alice_api.post(
        PURCHASE, {"phoneNumbers": named(numbers[0])}, headers={"X-Organization": theirs}
    )
    refused(answer, 404, "ORGANIZATION_NOT_FOUND")
