"""Calls in the admin: staff look at them, nobody writes them."""

from typing import Any

import pytest
from django.test import Client

from accounts.tests.factories import UserFactory
from telephony.models import CallLog
from telephony.tests.factories import CallFactory

pytestmark = pytest.mark.django_db

CALLS = "/admin/telephony/calllog/"


@pytest.mark.parametrize("role", ["ADMIN", "SUPER_ADMIN"])
def test_staff_look_at_calls(client: Client, role: str) -> None:
    call = CallFactory()
    CallFactory(number=call.number, parent=call, to_number="+442079460123")
    client.force_login(UserFactory(role=role))
    for query in ("", f"?q={call.twilio_call_sid}", "?q=2025550123", "?status__exact=COMPLETED"):
        answer = client.get(CALLS + query)
        assert answer.status_code == 200
        assert "+12025550123" in answer.content.decode()
    page = client.get(f"{CALLS}{call.pk}/change/")
    assert page.status_code == 200
    assert "+442079460123" in page.content.decode()


def test_not_even_a_superuser_writes_them(client: Client) -> None:
    call = CallFactory()
    client.force_login(UserFactory(role="SUPER_ADMIN"))
    assert client.get(f"{CALLS}add/").status_code == 403
    assert client.post(f"{CALLS}{call.pk}/change/", {"status": "BUSY"}).status_code == 403
    assert client.post(f"{CALLS}{call.pk}/delete/", {"post": "yes"}).status_code == 403
    assert CallLog.objects.get().status == "COMPLETED"


def test_the_list_takes_the_same_queries_however_long(
    client: Client, django_assert_num_queries: Any
) -> None:
    client.force_login(UserFactory(role="SUPER_ADMIN"))
    for _ in range(2):
        CallFactory()
    client.get(CALLS)
    with django_assert_num_queries(4):
        client.get(CALLS)
    for _ in range(8):
        CallFactory()
    with django_assert_num_queries(4):
        client.get(CALLS)


def test_customers_do_not_get_in(client: Client, alice: Any) -> None:
    client.force_login(alice)
    assert client.get(CALLS).status_code in {302, 403}
