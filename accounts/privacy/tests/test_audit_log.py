"""Who may read an organisation's audit log, and what they read there."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.audit import Act, record
from accounts.models import ApiKey, AuditEntry, Invitation, Membership, User
from accounts.privacy import reading
from accounts.privacy.tests.conftest import Visit
from accounts.tests.factories import UserFactory, organization_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/audit"


def made(alice: User, act: Act = Act.ROLE_CHANGED, **facts: Any) -> AuditEntry:
    """An entry about Alice's organisation, by her unless another `actor` is named."""
    return record(act, **{"actor": alice, "organization": organization_of(alice), **facts})


def test_the_newest_stands_first(alice: User, alice_api: APIClient) -> None:
    made(alice, Act.KEY_CREATED)
    made(alice, Act.KEY_REVOKED)
    results = alice_api.get(URL).json()["results"]
    assert [it["act"] for it in results] == ["KEY_REVOKED", "KEY_CREATED"]
    assert [it["text"] for it in results] == ["Revoked an API key", "Made an API key"]


def test_an_entry_tells_who_what_when_and_whence(alice: User, bob: User, alice_api: Any) -> None:
    membership = Membership.objects.get(user=bob)
    entry = made(alice, target=membership, old="MEMBER", new="ADMIN")
    [told] = alice_api.get(URL).json()["results"]
    assert told == {
        "id": str(entry.pk),
        "at": entry.created_at.isoformat().replace("+00:00", "Z"),
        "act": "ROLE_CHANGED",
        "text": "Changed a member's role",
        "actor": {"id": str(alice.pk), "name": "Alice Ames"},
        "apiKey": None,
        "byStaff": False,
        "target": {"kind": "membership", "id": str(membership.pk), "text": "Bob Burns"},
        "details": {"old": "MEMBER", "new": "ADMIN"},
        "ipAddress": None,
        "device": "",
        "userAgent": "",
    }


def test_a_device_is_told_in_words(alice: User, visit: Visit) -> None:
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"
    AuditEntry.objects.create(
        act="KEY_CREATED", actor=alice, organization=organization_of(alice), user_agent=chrome
    )
    [line] = visit(alice).get("/audit/").context["lines"]
    assert line.device == "Chrome on Linux"


def test_others_have_logs_of_their_own(alice: User, charlie_api: APIClient) -> None:
    made(alice)
    assert charlie_api.get(URL).json()["results"] == []
    named = charlie_api.get(URL, HTTP_X_ORGANIZATION=str(organization_of(alice).pk))
    assert named.status_code == 404


def test_a_member_does_not_read_it(
    alice: User, bob_api: APIClient, visit: Visit, bob: User
) -> None:
    made(alice)
    assert bob_api.get(URL).status_code == 403
    pages = visit(bob)
    assert pages.get("/audit/").status_code == 403
    assert pages.get("/audit/csv/").status_code == 403


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    assert client.get("/audit/").headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("act=KEY_CREATED", 1),
        ("act=SIGNED_OUT", 0),
        ("from=2020-01-01", 2),
        ("to=2020-01-01", 0),
        ("from=2020-01-01&to=9999-12-31", 2),
    ],
)
def test_filters(alice: User, alice_api: APIClient, query: str, count: int) -> None:
    made(alice, Act.KEY_CREATED)
    made(alice)
    assert len(alice_api.get(f"{URL}?{query}").json()["results"]) == count


def test_filter_by_person(alice: User, bob: User, alice_api: APIClient) -> None:
    made(alice)
    made(alice, actor=bob)
    [told] = alice_api.get(f"{URL}?person={bob.pk}").json()["results"]
    assert told["actor"]["name"] == "Bob Burns"


@pytest.mark.parametrize("query", ["act=NONSENSE", "person=bob", "from=yesterday"])
def test_bad_filters(alice: User, alice_api: APIClient, visit: Visit, query: str) -> None:
    answer = alice_api.get(f"{URL}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
    assert answer.json()["details"][0]["field"] == query.partition("=")[0]
    page = visit(alice).get(f"/audit/?{query}")
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [query.partition("=")[0]]


# ---------------------------------------------------------------- in words
def test_who_did_it_in_words(alice: User) -> None:
    staff = UserFactory(email="staff@example.com", role=User.Role.ADMIN)
    organization = organization_of(alice)
    key = ApiKey.objects.create(
        organization=organization, created_by=alice, name="Backup", prefix="dsk_1", key_hash="1"
    )
    gone = UserFactory(email="erased-1@erased.invalid", first_name="", last_name="")
    rows = [
        AuditEntry(organization=organization, actor=alice, act="KEY_CREATED"),
        AuditEntry(organization=organization, actor=alice, impersonator=staff, act="KEY_CREATED"),
        AuditEntry(organization=organization, actor=alice, api_key=key, act="KEY_CREATED"),
        AuditEntry(organization=organization, actor=gone, act="KEY_CREATED"),
        AuditEntry(organization=organization, act="KEY_CREATED"),
        AuditEntry(organization=organization, act="OF_LATER_DAYS", ip_address="192.0.2.7"),
    ]
    AuditEntry.objects.bulk_create(rows)
    told = reading.lines(reading.entries_of(organization).order_by("id"))
    assert [line.actor for line in told] == [
        "Alice Ames",
        "didshop staff in place of Alice Ames",
        "Alice Ames, by API key Backup",
        "Erased user",
        "didshop itself",
        "Nobody known",
    ]
    assert told[-1].act == "OF_LATER_DAYS"


def test_what_it_was_done_to_in_words(alice: User, bob: User, visit: Visit) -> None:
    organization = organization_of(alice)
    membership = Membership.objects.get(user=bob)
    invitation = Invitation.objects.create(
        organization=organization,
        email="dora@example.com",
        role="MEMBER",
        invited_by=alice,
        token_hash="1",
        expires_at=timezone.now(),
    )
    for target in (membership, invitation, organization, bob):
        made(alice, target=target)
    made(alice, target=invitation)
    invitation.delete()
    page = visit(alice).get("/audit/")
    assert [line.target.label for line in page.context["lines"]] == [
        "An invitation",
        "Bob Burns",
        "Alice Ames",
        "An invitation",
        "Bob Burns",
    ]
    assert page.context["lines"][-1].target.url == "/team/"


def test_an_id_that_is_none_does_no_harm(alice: User, alice_api: APIClient) -> None:
    entry = AuditEntry(
        organization=organization_of(alice), act="KEY_REVOKED", target_kind="apikey", target_id="7"
    )
    entry.save()
    assert alice_api.get(URL).json()["results"][0]["target"]["text"] == "An API key"


# ---------------------------------------------------------------- CSV
def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode())))


def test_csv_on_the_page_and_in_the_api(alice: User, alice_api: APIClient, visit: Visit) -> None:
    made(alice, Act.KEY_CREATED)
    made(alice)
    told = alice_api.get(f"{URL}?act=KEY_CREATED", HTTP_ACCEPT="text/csv")
    assert told.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert told.headers["Content-Disposition"].startswith("attachment; ")
    header, row = rows_of(told.content)
    assert header == ["when", "act", "who", "what it was done to", "address", "device"]
    assert row[1:3] == ["Made an API key", "Alice Ames"]
    assert visit(alice).get("/audit/csv/?act=KEY_CREATED").content == told.content


def test_csv_runs_nothing_that_somebody_wrote(alice: User, visit: Visit) -> None:
    User.objects.filter(pk=alice.pk).update(first_name="=HYPERLINK(1)", last_name="")
    made(alice)
    rows = rows_of(visit(alice).get("/audit/csv/").content)
    assert rows[1][2] == "'=HYPERLINK(1)"


def test_a_refusal_is_json_whatever_was_asked_for(
    alice: User, alice_api: Any, bob_api: Any
) -> None:
    for answer, status in (
        (alice_api.get(f"{URL}?act=NONSENSE", HTTP_ACCEPT="text/csv"), 400),
        (bob_api.get(URL, HTTP_ACCEPT="text/csv"), 403),
    ):
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
        assert answer.json()["code"]


# ---------------------------------------------------------------- what it costs
@pytest.mark.parametrize("count", [1, 15])
def test_a_list_costs_the_same_however_long(
    alice: User, bob: User, alice_api: APIClient, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        person = UserFactory()
        place = Membership.objects.create(user=person, organization=organization_of(alice))
        made(alice, actor=person, target=place)
        made(alice, target=person)
    # Session with its user, membership, entries, members, users.
    with django_assert_num_queries(5):
        results = alice_api.get(f"{URL}?limit=100").json()["results"]
    assert len(results) == 2 * count
