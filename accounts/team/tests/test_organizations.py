"""Organisations: opening, naming, and which one a browser acts for."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import Membership, Organization, User
from accounts.team import organizing
from accounts.team.tests.conftest import (
    ORGANIZATIONS,
    Join,
    PagesOf,
    acts,
    refusal,
    role_of,
)
from accounts.tests.factories import api_client

pytestmark = pytest.mark.django_db

BAD_NAMES = [
    ("", "name"),
    ("   ", "name"),
    ("x" * 101, "name"),
    ("Two\nlines", "name"),
    ("Null\x00", "name"),
    ("Bell\x07", "name"),
    ("Right\u202eto left", "name"),
    ("Zero\u200bwidth", "name"),
    ("Line\u2028break", "name"),
    ("https://evil.example", "name"),
]


def test_opening_one(alice: User, alice_api: APIClient, acme: Organization) -> None:
    answer = alice_api.post(ORGANIZATIONS, {"name": "  Second   Street  "})
    assert answer.status_code == 201
    told = answer.json()
    assert set(told) == {"id", "name", "role", "createdAt"}
    assert (told["name"], told["role"]) == ("Second Street", "OWNER")
    assert role_of(alice, Organization.objects.get(pk=told["id"])) == "OWNER"
    assert acts() == ["ORGANIZATION_CREATED"]
    listed = alice_api.get(ORGANIZATIONS).json()["results"]
    assert [it["id"] for it in listed] == [told["id"], str(acme.pk)]
    # The first one still counts where none is named.
    assert alice_api.get(f"{ORGANIZATIONS}/current").json()["id"] == str(acme.pk)
    named = alice_api.get(f"{ORGANIZATIONS}/current", HTTP_X_ORGANIZATION=told["id"])
    assert named.json()["id"] == told["id"]


@pytest.mark.parametrize(("name", "field"), BAD_NAMES)
def test_a_bad_name_is_told_beside_it(
    alice: User, alice_api: APIClient, pages_of: PagesOf, name: str, field: str
) -> None:
    for method, path in (("post", ORGANIZATIONS), ("patch", f"{ORGANIZATIONS}/current")):
        answer = getattr(alice_api, method)(path, {"name": name})
        assert answer.status_code == 400
        assert [detail["field"] for detail in answer.json()["details"]] == [field]
    for path in ("/team/new/", "/team/settings/"):
        page = pages_of(alice).post(path, {"name": name})
        assert page.status_code == 200
        assert list(page.context["form"].errors) == [field]
    assert Organization.objects.get().name == "Alice Ames"
    assert acts() == []


@pytest.mark.parametrize(
    "name", ["Müller & Söhne", "株式会社", "Booking.com", "O'Neill <Ltd>", "👩\u200d🔧"]
)
def test_a_name_can_be_in_any_script(alice_api: APIClient, name: str) -> None:
    answer = alice_api.patch(f"{ORGANIZATIONS}/current", {"name": name})
    assert (answer.status_code, answer.json()["name"]) == (200, name)
    assert acts() == ["ORGANIZATION_RENAMED"]


def test_naming_it_as_it_is_called_is_no_act(alice_api: APIClient) -> None:
    assert alice_api.patch(f"{ORGANIZATIONS}/current", {"name": "Alice Ames"}).status_code == 200
    assert acts() == []


@pytest.mark.parametrize("role", ["MEMBER", "BILLING", "VIEWER"])
def test_most_do_not_rename(join: Join, acme: Organization, pages_of: PagesOf, role: str) -> None:
    place = join(role)
    named = {"HTTP_X_ORGANIZATION": str(acme.pk)}
    client = api_client(place.user)
    answer = client.patch(f"{ORGANIZATIONS}/current", {"name": "Mine"}, **named)
    assert refusal(answer) == (403, "ROLE_NOT_ALLOWED")
    page = pages_of(place.user)
    page.post("/team/switch/", {"organization": acme.pk})
    assert page.post("/team/settings/", {"name": "Mine"}).status_code == 403
    assert (
        "Owners and administrators can rename it." in page.get("/team/settings/").content.decode()
    )
    acme.refresh_from_db()
    assert acme.name == "Alice Ames"


def test_nobody_owns_without_end(
    alice: User, alice_api: APIClient, monkeypatch: pytest.MonkeyPatch, pages_of: PagesOf
) -> None:
    monkeypatch.setattr(organizing, "MOST_OWNED", 1)
    answer = alice_api.post(ORGANIZATIONS, {"name": "Second"})
    assert refusal(answer) == (409, "TOO_MANY_ORGANIZATIONS")
    page = pages_of(alice).post("/team/new/", {"name": "Second"})
    assert "which is the most there can be" in page.content.decode()
    assert Organization.objects.count() == 1


def test_a_browser_switches(alice: User, acme: Organization, pages_of: PagesOf) -> None:
    client = pages_of(alice)
    page = client.post("/team/new/", {"name": "Second Street"}, follow=True)
    assert page.context["organization"].name == "Second Street"
    page = client.post("/team/switch/", {"organization": acme.pk}, follow=True)
    assert "You act for Alice Ames now." in page.content.decode()
    assert client.get("/team/").context["organization"].pk == acme.pk
    # Another browser of hers is where it was.
    assert pages_of(alice).get("/team/").context["organization"].pk == acme.pk


@pytest.mark.parametrize("named", ["charlies", "unknown", "nonsense", ""])
def test_nobody_switches_to_what_is_not_theirs(
    alice: User, charlie: User, pages_of: PagesOf, named: str, acme: Organization
) -> None:
    theirs = Membership.objects.get(user=charlie).organization_id
    wanted = {"charlies": str(theirs), "unknown": str(uuid4()), "nonsense": "1 OR 1"}
    client = pages_of(alice)
    answer = client.post("/team/switch/", {"organization": wanted.get(named, "")})
    assert answer.status_code == 404
    assert client.get("/team/").context["organization"].pk == acme.pk


@pytest.mark.parametrize("path", ["/team/new/", "/team/switch/", "/team/leave/"])
def test_strangers_are_asked_to_sign_in(client: Client, path: str) -> None:
    answer = client.post(path, {"name": "Mine"})
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/accounts/login/?next={path}",
    )
    assert not Organization.objects.exists()


def test_the_switch_stands_where_there_is_more_than_one(alice: User, pages_of: PagesOf) -> None:
    client = pages_of(alice)
    page = client.get("/team/").content.decode()
    assert "Act for" not in page
    assert "New organisation" in page
    client.post("/team/new/", {"name": "Second Street"})
    assert "Act for" in client.get("/team/").content.decode()


def test_the_switch_costs_no_query(
    alice: User, pages_of: PagesOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = pages_of(alice)
    client.get("/team/roles/")
    # The session, its user, and all of one's places at once.
    with django_assert_num_queries(3):
        client.get("/team/roles/")
    for name in ("Second", "Third"):
        organizing.create_organization(name=name, actor=alice)
    with django_assert_num_queries(3):
        client.get("/team/roles/")


def test_the_list_is_one_query(
    alice: User, alice_api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        organizing.create_organization(name=f"Number {number}", actor=alice)
    # The session and the list.
    with django_assert_num_queries(2):
        answer: Any = alice_api.get(ORGANIZATIONS)
    assert len(answer.json()["results"]) == 6
