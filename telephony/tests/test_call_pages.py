"""The call log as pages."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from telephony.tests.factories import CallFactory, NumberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def number(alice: Any) -> Any:
    return NumberFactory(purchased_by=alice, phone_number="+14155550100")


@pytest.fixture
def alice_pages(client: Client, alice: Any) -> Client:
    client.force_login(alice)
    return client


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_list_shows_each_call(alice_pages: Client, number: Any) -> None:
    call = CallFactory(number=number, duration=65)
    page = alice_pages.get("/calls/")
    assert f'href="/calls/{call.pk}/"' in text(page)
    for words in ("+1 202-555-0123", "+1 415-555-0100", "Completed", "1 min 05 s"):
        assert words in text(page), words
    assert list(page.context["calls"]) == [call]
    assert (page.context["page"].next, page.context["page"].previous) == (None, None)


def test_a_list_without_calls_says_what_comes(alice_pages: Client, number: Any) -> None:
    assert "No call yet" in text(alice_pages.get("/calls/"))


def test_the_list_is_narrowed_and_says_so(alice_pages: Client, number: Any) -> None:
    call = CallFactory(number=number, status="BUSY")
    CallFactory(number=number)
    page = alice_pages.get("/calls/?status=BUSY&number=&from=&to=&direction=")
    assert list(page.context["calls"]) == [call]
    none = alice_pages.get("/calls/?status=FAILED")
    assert "No call fits this filter" in text(none)
    assert '<option value="FAILED" selected>' in text(none)


def test_a_filter_that_means_nothing_is_said_beside_the_field(
    alice_pages: Client, number: Any
) -> None:
    CallFactory(number=number)
    page = alice_pages.get("/calls/?number=abc")
    assert "Give the number as +14155550100, or its id." in text(page)


def test_the_list_goes_on_page_by_page(alice_pages: Client, number: Any) -> None:
    calls = [CallFactory(number=number) for _ in range(21)]
    first = alice_pages.get("/calls/")
    assert list(first.context["calls"]) == calls[:0:-1]
    second = alice_pages.get(first.context["page"].next)
    assert list(second.context["calls"]) == calls[:1]
    assert alice_pages.get("/calls/?cursor=x").status_code == 404


def test_a_call_tells_its_story(alice_pages: Client, number: Any) -> None:
    call = CallFactory(number=number)
    CallFactory(number=number, parent=call, to_number="+442079460123", status="NO_ANSWER")
    page = alice_pages.get(f"/calls/{call.pk}/")
    for words in ("+44 20 7946 0123", "No answer", call.twilio_call_sid, "1 min 00 s"):
        assert words in text(page), words
    assert page.context["number"] == number


def test_what_a_caller_calls_themselves_is_only_text(alice_pages: Client, number: Any) -> None:
    call = CallFactory(number=number, from_number="<script>alert(1)</script>")
    for path in ("/calls/", f"/calls/{call.pk}/"):
        assert "<script>alert(1)" not in text(alice_pages.get(path))


def test_pages_take_the_same_queries_however_long(
    alice_pages: Client, alice: Any, number: Any
) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            text(alice_pages.get(path))
        return len(captured)

    call = CallFactory(number=number)
    CallFactory(number=number, parent=call)
    few = queries("/calls/"), queries(f"/calls/{call.pk}/")
    for _ in range(15):
        CallFactory(number=NumberFactory(purchased_by=alice))
        CallFactory(number=number, parent=call)
    assert (queries("/calls/"), queries(f"/calls/{call.pk}/")) == few


def test_colleagues_see_the_organisations_calls(client: Client, bob: Any, number: Any) -> None:
    call = CallFactory(number=number)
    client.force_login(bob)
    assert list(client.get("/calls/").context["calls"]) == [call]
    assert client.get(f"/calls/{call.pk}/").status_code == 200


def test_outsiders_see_none_of_it(client: Client, charlie: Any, number: Any) -> None:
    call = CallFactory(number=number)
    client.force_login(charlie)
    assert list(client.get("/calls/").context["calls"]) == []
    assert client.get(f"/calls/{call.pk}/").status_code == 404
    assert client.get(f"/calls/{uuid4()}/").status_code == 404


def test_strangers_are_asked_who_they_are(client: Client, number: Any) -> None:
    call = CallFactory(number=number)
    for path in ("/calls/", f"/calls/{call.pk}/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (
            302,
            "/accounts/login/",
        )
