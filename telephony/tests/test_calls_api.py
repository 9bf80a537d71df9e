"""The call log over the API."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from telephony.models import CallLog
from telephony.tests.carrier import DIAL, LEG_SID, PHONE, VOICE, a_call, send
from telephony.tests.factories import CallFactory, NumberFactory
from telephony.tests.test_dial import action_of

CALLS = "/api/v1/calls"


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.fixture
def number(alice: Any) -> Any:
    return NumberFactory(purchased_by=alice, phone_number="+14155550100")


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [call["id"] for call in answer.json()["results"]]


def test_a_call_as_the_api_shows_it(alice_api: APIClient, number: Any) -> None:
    call = CallFactory(number=number, start_time=at(1), end_time=at(1, 13))
    answer = alice_api.get(CALLS).json()
    assert answer == {
        "next": None,
        "previous": None,
        "results": [
            {
                "id": str(call.pk),
                "twilioCallSid": call.twilio_call_sid,
                "numberId": str(number.pk),
                "phoneNumber": "+14155550100",
                "from": "+12025550123",
                "to": "+14155550100",
                "direction": "INBOUND",
                "status": "COMPLETED",
                "duration": 60,
                "price": None,
                "priceUnit": "",
                "startTime": "2026-03-01T12:00:00Z",
                "endTime": "2026-03-01T13:00:00Z",
                "createdAt": call.created_at.isoformat().replace("+00:00", "Z"),
            }
        ],
    }


def test_a_forwarded_call_with_its_legs_and_timeline(alice_api: APIClient, number: Any) -> None:
    type(number).objects.update(forward_to=PHONE)
    action = action_of(send(VOICE, a_call(number.phone_number)))
    ended = {"DialCallSid": LEG_SID, "DialCallStatus": "busy", "DialCallDuration": "0"}
    send(action, a_call(number.phone_number, CallStatus="in-progress", **ended))
    assert action.startswith(DIAL)

    (listed,) = ids(alice_api.get(CALLS))
    call = alice_api.get(f"{CALLS}/{listed}").json()
    assert (call["id"], call["status"]) == (listed, "ANSWERED")
    assert [(leg["to"], leg["status"], leg["direction"]) for leg in call["legs"]] == [
        (PHONE, "BUSY", "OUTBOUND")
    ]
    assert [(line["label"], line["detail"]) for line in call["timeline"]] == [
        ("Ringing", "Forwarded to +44 20 7946 0123."),
        ("Answered", ""),
        ("Busy", "Forwarded to +44 20 7946 0123."),
    ]
    assert all(line["at"].endswith("Z") for line in call["timeline"])


def test_calls_are_narrowed(alice_api: APIClient, alice: Any, number: Any) -> None:
    other = NumberFactory(purchased_by=alice)
    first = CallFactory(number=number, start_time=at(1, 0), status="BUSY")
    second = CallFactory(number=number, start_time=at(2, 23))
    third = CallFactory(number=other, start_time=at(3, 0), direction="OUTBOUND")
    every = [str(third.pk), str(second.pk), str(first.pk)]
    for query, expected in {
        "": every,
        f"?number={number.pk}": every[1:],
        "?number=%2B14155550100": every[1:],
        "?number=+14155550100": every[1:],
        "?number=1 (415) 555-0100": every[1:],
        f"?number={uuid4()}": [],
        "?number=%2B19999999999": [],
        "?direction=OUTBOUND": every[:1],
        "?status=BUSY": every[2:],
        "?status=COMPLETED&direction=INBOUND": every[1:2],
        "?from=2026-03-02": every[:2],
        "?to=2026-03-02": every[1:],
        "?from=2026-03-02&to=2026-03-02": every[1:2],
        "?from=0001-01-01&to=9999-12-31": every,
        "?from=2026-03-03&to=2026-03-01": [],
    }.items():
        assert ids(alice_api.get(CALLS + query)) == expected, query


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("number=abc", "number"),
        ("number=12345678901234567", "number"),
        ("direction=SIDEWAYS", "direction"),
        ("status=LOST", "status"),
        ("from=yesterday", "from"),
        ("to=2026-02-30", "to"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
    ],
)
def test_a_filter_that_means_nothing_is_said(
    alice_api: APIClient, number: Any, query: str, field: str
) -> None:
    answer = alice_api.get(f"{CALLS}?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "VALIDATION_ERROR"
    assert [detail["field"] for detail in answer.json()["details"]] == [field]


def test_the_list_goes_on_page_by_page(alice_api: APIClient, number: Any) -> None:
    calls = [str(CallFactory(number=number).pk) for _ in range(5)]
    first = alice_api.get(f"{CALLS}?limit=2")
    second = alice_api.get(first.json()["next"])
    third = alice_api.get(second.json()["next"])
    assert [*ids(first), *ids(second), *ids(third)] == calls[::-1]
    assert third.json()["next"] is None
    assert ids(alice_api.get(third.json()["previous"])) == ids(second)


def test_legs_are_not_listed_nor_found_by_themselves(alice_api: APIClient, number: Any) -> None:
    call = CallFactory(number=number)
    leg = CallFactory(number=number, parent=call)
    assert ids(alice_api.get(CALLS)) == [str(call.pk)]
    assert alice_api.get(f"{CALLS}/{leg.pk}").status_code == 404


def test_lists_take_the_same_queries_however_long(
    alice_api: APIClient, alice: Any, django_assert_num_queries: Any
) -> None:
    for _ in range(20):
        CallFactory(number=NumberFactory(purchased_by=alice))
    # The session with its user, the membership, the calls with their numbers.
    with django_assert_num_queries(3):
        assert len(ids(alice_api.get(f"{CALLS}?limit=2"))) == 2
    with django_assert_num_queries(3):
        assert len(ids(alice_api.get(CALLS))) == 20


def test_a_call_takes_the_same_queries_however_many_legs(
    alice_api: APIClient, number: Any, django_assert_num_queries: Any
) -> None:
    call = CallFactory(number=number)
    for _ in range(4):
        CallFactory(number=number, parent=call)
    # The session with its user, the membership, the call, its legs, their transitions.
    with django_assert_num_queries(5):
        assert len(alice_api.get(f"{CALLS}/{call.pk}").json()["legs"]) == 4


def test_colleagues_see_the_organisations_calls(bob_api: APIClient, number: Any) -> None:
    call = CallFactory(number=number)
    assert ids(bob_api.get(CALLS)) == [str(call.pk)]
    assert bob_api.get(f"{CALLS}/{call.pk}").status_code == 200


def test_outsiders_see_none_of_it(charlie_api: APIClient, number: Any) -> None:
    call = CallFactory(number=number)
    assert ids(charlie_api.get(CALLS)) == []
    assert ids(charlie_api.get(f"{CALLS}?number={number.pk}")) == []
    answer = charlie_api.get(f"{CALLS}/{call.pk}")
    assert (answer.status_code, answer.json()["code"]) == (404, "CALL_NOT_FOUND")
    as_alice = {"X-Organization": str(number.organization_id)}
    assert charlie_api.get(CALLS, headers=as_alice).status_code == 404


def test_strangers_see_none_of_it(api: APIClient, number: Any) -> None:
    call = CallFactory(number=number)
    for path in (CALLS, f"{CALLS}/{call.pk}"):
        assert api.get(path).status_code == 401


def test_calls_are_read_only(alice_api: APIClient, number: Any) -> None:
    call = CallFactory(number=number)
    for path in (CALLS, f"{CALLS}/{call.pk}"):
        for method in ("post", "put", "patch", "delete"):
            assert getattr(alice_api, method)(path, {"status": "BUSY"}).status_code == 405
    assert CallLog.objects.get().status == "COMPLETED"
