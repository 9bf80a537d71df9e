"""The organisation's numbers over the API."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from dids.models import Number
from dids.tests.test_lifecycle import bought
from didshop.tests.sandboxes import Sandbox
from telephony.tests.factories import CallFactory, NumberFactory

pytestmark = pytest.mark.django_db
NUMBERS = "/api/v1/numbers"
PHONE = "+442079460123"


@pytest.fixture
def number(alice: Any) -> Number:
    return NumberFactory(
        purchased_by=alice,
        phone_number="+14155450100",
        friendly_name="Front desk",
        region="CA",
        locality="San Francisco",
        area_code="415",
        capabilities=["voice", "sms"],
        configured_version=1,
    )


def found(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["phoneNumber"] for row in answer.json()["results"]]


def stamp(time: Any) -> str:
    return str(time.isoformat().replace("+00:00", "Z"))


# ---------------------------------------------------------------- reading
def test_a_number_as_the_api_shows_it(alice_api: APIClient, number: Number) -> None:
    call = CallFactory(number=number)
    CallFactory(number=number, parent=call)
    CallFactory()
    answer = alice_api.get(f"{NUMBERS}/{number.pk}")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(number.pk),
        "phoneNumber": "+14155450100",
        "friendlyName": "Front desk",
        "countryCode": "US",
        "region": "CA",
        "locality": "San Francisco",
        "areaCode": "415",
        "numberType": "LOCAL",
        "capabilities": ["voice", "sms"],
        "status": "ACTIVE",
        "setupPrice": "0.00",
        "monthlyPrice": "1.50",
        "currency": "USD",
        "forwardTo": "",
        "voiceUrl": "",
        "voiceMethod": "POST",
        "voiceFallbackUrl": "",
        "statusCallback": "",
        "isConfigured": True,
        "paidThrough": None,
        "releaseAt": None,
        "purchasedAt": stamp(number.purchased_at),
        "callCount": 1,
        "order": None,
        "createdAt": stamp(number.created_at),
        "updatedAt": stamp(number.updated_at),
    }
    assert alice_api.get(NUMBERS).json()["results"] == [answer.json()]


@pytest.mark.parametrize("count", [1, 5, 20])
def test_a_list_costs_a_constant_number_of_queries(
    alice: Any, alice_api: APIClient, django_assert_num_queries: Any, count: int
) -> None:
    for number in NumberFactory.create_batch(count, purchased_by=alice):
        CallFactory.create_batch(2, number=number)
    # The session with its user, the membership with its organisation, the page.
    with django_assert_num_queries(3):
        answer = alice_api.get(NUMBERS)
    assert len(answer.json()["results"]) == count
    assert {row["callCount"] for row in answer.json()["results"]} == {2}


def test_the_newest_comes_first_page_by_page(alice: Any, alice_api: APIClient) -> None:
    made = [one.phone_number for one in NumberFactory.create_batch(5, purchased_by=alice)]
    first = alice_api.get(NUMBERS, {"limit": 3})
    second = alice_api.get(first.json()["next"])
    assert found(first) + found(second) == made[::-1]
    assert second.json()["next"] is None


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"status": "SUSPENDED"}, {"+442071838750"}),
        ({"numberType": "TOLL_FREE"}, {"+18005550199"}),
        ({"numberType": "tollFree"}, {"+18005550199"}),
        ({"numberType": "local"}, {"+14155450100", "+442071838750"}),
        ({"search": "front"}, {"+14155450100"}),
        ({"search": "415-545"}, {"+14155450100"}),
        ({"search": "+1 415"}, {"+14155450100"}),
        ({"search": "london"}, {"+442071838750"}),
        ({"search": "no such thing"}, set()),
        ({"search": "%"}, set()),
        ({"search": "front", "status": "SUSPENDED"}, set()),
        ({}, {"+14155450100", "+442071838750", "+18005550199"}),
    ],
)
def test_filters(
    alice: Any, alice_api: APIClient, number: Number, query: dict[str, str], wanted: set[str]
) -> None:
    NumberFactory(
        purchased_by=alice, phone_number="+442071838750", status="SUSPENDED", locality="London"
    )
    NumberFactory(purchased_by=alice, phone_number="+18005550199", number_type="TOLL_FREE")
    NumberFactory(phone_number="+14155450999", friendly_name="Front door")
    assert set(found(alice_api.get(NUMBERS, query))) == wanted


@pytest.mark.parametrize("query", [{"status": "LOST"}, {"numberType": "premium"}, {"limit": 101}])
def test_filters_that_make_no_sense(alice_api: APIClient, query: dict[str, str]) -> None:
    answer = alice_api.get(NUMBERS, query)
    assert answer.status_code == 400
    assert [detail["field"] for detail in answer.json()["details"]] == list(query)


# ---------------------------------------------------------------- whose it is
def test_a_colleague_sees_it_too(bob_api: APIClient, number: Number) -> None:
    assert found(bob_api.get(NUMBERS)) == [number.phone_number]
    assert bob_api.put(f"{NUMBERS}/{number.pk}", {"friendlyName": "Bob's"}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("put", ""),
        ("delete", ""),
        ("delete", "?immediate=true"),
        ("post", "/configure"),
        ("post", "/restore"),
    ],
)
def test_an_outsider_finds_nothing_and_changes_nothing(
    charlie_api: APIClient, api: APIClient, number: Number, method: str, path: str
) -> None:
    before = Number.objects.filter(pk=number.pk).values().get()
    url, body = f"{NUMBERS}/{number.pk}{path}", {"friendlyName": "Mine", "forwardTo": PHONE}
    answer = getattr(charlie_api, method)(url, body)
    assert (answer.status_code, answer.json()["code"]) == (404, "NUMBER_NOT_FOUND")
    unknown = getattr(charlie_api, method)(f"{NUMBERS}/{uuid4()}{path}", body)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "NUMBER_NOT_FOUND")
    assert getattr(api, method)(url, body).status_code == 401
    assert Number.objects.filter(pk=number.pk).values().get() == before
    assert list(number.transitions) == []


def test_an_outsiders_list_is_empty(charlie_api: APIClient, api: APIClient, number: Number) -> None:
    assert found(charlie_api.get(NUMBERS)) == []
    assert api.get(NUMBERS).status_code == 401


# ---------------------------------------------------------------- changing
@pytest.mark.parametrize(("method", "path"), [("put", ""), ("post", "/configure")])
def test_changing_what_is_named_and_nothing_else(
    alice_api: APIClient, number: Number, method: str, path: str
) -> None:
    send = getattr(alice_api, method)
    url = f"{NUMBERS}/{number.pk}{path}"
    changed = send(url, {"forwardTo": "+44 20 7946 0123"})
    assert changed.status_code == 200
    assert (changed.json()["forwardTo"], changed.json()["friendlyName"]) == (PHONE, "Front desk")
    own = {
        "friendlyName": "Sales",
        "voiceUrl": "https://alice.example/voice",
        "voiceMethod": "GET",
        "voiceFallbackUrl": "https://alice.example/fallback",
        "statusCallback": "https://alice.example/status",
    }
    answer = send(url, own).json()
    assert {name: answer[name] for name in own} == own
    assert (answer["forwardTo"], answer["isConfigured"]) == ("", False)
    cleared = send(url, {"voiceUrl": None, "statusCallback": ""}).json()
    assert (cleared["voiceUrl"], cleared["statusCallback"]) == ("", "")
    assert cleared["voiceFallbackUrl"] == "https://alice.example/fallback"
    assert send(url, {}).json()["friendlyName"] == "Sales"


def test_what_cannot_be_set_is_not_set(alice_api: APIClient, number: Number, charlie: Any) -> None:
    before = Number.objects.filter(pk=number.pk).values().get()
    alice_api.put(
        f"{NUMBERS}/{number.pk}",
        {
            "status": "RELEASED",
            "monthlyPrice": "0.00",
            "carrierMonthly": "0.00",
            "phoneNumber": "+14155450999",
            "twilioSid": "PN" + "9" * 32,
            "organization": str(charlie.pk),
            "paidThrough": "2099-01-01",
            "configuredVersion": 9,
        },
    )
    after = Number.objects.filter(pk=number.pk).values().get()
    assert {**before, "updated_at": None} == {**after, "updated_at": None}


def test_errors_name_the_fields_as_the_caller_does(alice_api: APIClient, number: Number) -> None:
    body = {"forwardTo": "+19005551234", "voiceFallbackUrl": "x", "friendlyName": "a\nb"}
    answer = alice_api.post(f"{NUMBERS}/{number.pk}/configure", body)
    assert answer.status_code == 400
    assert answer.json()["error"] == "Validation error"
    assert answer.json()["code"] == "VALIDATION_ERROR"
    fields = {detail["field"] for detail in answer.json()["details"]}
    assert fields == {"forwardTo", "voiceFallbackUrl", "friendlyName"}


@pytest.mark.parametrize("body", [[], "text", {"friendlyName": {}}, {"voiceMethod": "PUT"}])
def test_a_body_that_makes_no_sense(alice_api: APIClient, number: Number, body: Any) -> None:
    assert alice_api.put(f"{NUMBERS}/{number.pk}", body, format="json").status_code == 400


def test_a_released_number_cannot_be_configured(alice: Any, alice_api: APIClient) -> None:
    number = NumberFactory(purchased_by=alice, status="RELEASED")
    answer = alice_api.put(f"{NUMBERS}/{number.pk}", {"forwardTo": PHONE})
    assert (answer.status_code, answer.json()["code"]) == (409, "NUMBER_NOT_CONFIGURABLE")


# ---------------------------------------------------------------- releasing
def test_releasing_and_restoring(alice_api: APIClient, number: Number) -> None:
    released = alice_api.delete(f"{NUMBERS}/{number.pk}")
    assert released.status_code == 200
    assert released.json()["status"] == "RELEASING"
    assert released.json()["releaseAt"] > stamp(timezone.now())
    restored = alice_api.post(f"{NUMBERS}/{number.pk}/restore")
    assert restored.status_code == 200
    assert (restored.json()["status"], restored.json()["releaseAt"]) == ("ACTIVE", None)
    again = alice_api.post(f"{NUMBERS}/{number.pk}/restore")
    assert (again.status_code, again.json()["code"]) == (409, "NUMBER_NOT_RELEASING")


@pytest.mark.django_db(transaction=True)
def test_releasing_at_once(
    alice: Any, alice_api: APIClient, sandbox: Sandbox, run_tasks: Callable[[], list[str]]
) -> None:
    number = bought(alice)
    answer = alice_api.delete(f"{NUMBERS}/{number.pk}?immediate=true")
    assert (answer.status_code, answer.json()["status"]) == (200, "RELEASED")
    assert sandbox.state()["numbers"] == []
    run_tasks()
    again = alice_api.delete(f"{NUMBERS}/{number.pk}?immediate=true")
    assert (again.status_code, again.json()["code"]) == (409, "NUMBER_RELEASED")


@pytest.mark.django_db(transaction=True)
def test_releasing_at_once_while_the_carrier_is_in_trouble(
    alice: Any, alice_api: APIClient, sandbox: Sandbox, run_tasks: Callable[[], list[str]]
) -> None:
    number = bought(alice)
    sandbox.fault(service="twilio", method="DELETE", kind="500")
    answer = alice_api.delete(f"{NUMBERS}/{number.pk}?immediate=true")
    assert (answer.status_code, answer.json()["status"]) == (200, "RELEASING")
    late = alice_api.post(f"{NUMBERS}/{number.pk}/restore")
    assert (late.status_code, late.json()["code"]) == (409, "RELEASE_DUE")
    assert run_tasks() == ["dids.tasks.finish_release"]
    assert alice_api.get(f"{NUMBERS}/{number.pk}").json()["status"] == "RELEASED"


def test_what_is_final_is_not_guessed(alice_api: APIClient, number: Number) -> None:
    answer = alice_api.delete(f"{NUMBERS}/{number.pk}?immediate=perhaps")
    assert (answer.status_code, answer.json()["details"][0]["field"]) == (400, "immediate")
    number.refresh_from_db()
    assert number.status == "ACTIVE"
