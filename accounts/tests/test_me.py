"""GET auth/me, and the organisation that a request acts for."""

from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from accounts import context, organizations
from accounts.models import Membership, Organization, User
from accounts.rights import Right
from accounts.tests.factories import UserFactory, api_client, organization_of
from didshop.errors import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return UserFactory(email="alice@example.com")


def api_request(user: User, **headers: str) -> Request:
    http_request = APIRequestFactory().get("/", headers=headers)
    force_authenticate(http_request, user)
    return APIView().initialize_request(http_request)


def page_request(user: User | AnonymousUser, organization: str = "") -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = user
    request.session = {"organization": organization} if organization else {}  # type: ignore[assignment]
    return request


def test_who_am_i(alice: User) -> None:
    answer = api_client(alice).get("/api/v1/auth/me")
    assert answer.status_code == 200
    assert answer.json()["email"] == "alice@example.com"
    assert answer.json()["emailVerified"] is True
    assert answer.json()["organization"] == {
        "id": str(organization_of(alice).id),
        "name": "Alice Ames",
        "role": "OWNER",
    }
    assert "password" not in answer.json()


def test_for_an_organisation_that_is_not_theirs(alice: User) -> None:
    theirs = organization_of(UserFactory())
    answer = api_client(alice).get("/api/v1/auth/me", headers={"x-organization": str(theirs.id)})
    assert (answer.status_code, answer.json()["code"]) == (404, "ORGANIZATION_NOT_FOUND")


def test_only_get_patch_and_delete(alice: User) -> None:
    for method in ("post", "put"):
        assert getattr(api_client(alice), method)("/api/v1/auth/me").status_code == 405
    assert APIClient().get("/api/v1/auth/me").status_code == 401


def test_without_a_choice_it_is_the_first(alice: User) -> None:
    own = organization_of(alice)
    Membership.objects.create(user=alice, organization=Organization.objects.create(name="Later"))
    assert organizations.current(api_request(alice)) == own
    assert organizations.current(page_request(alice)) == own


def test_the_header_chooses_in_the_api(alice: User) -> None:
    later = Organization.objects.create(name="Later")
    Membership.objects.create(user=alice, organization=later)
    request = api_request(alice, **{"x-organization": str(later.id)})
    assert organizations.current(request) == later


def test_the_session_chooses_on_pages(alice: User) -> None:
    later = Organization.objects.create(name="Later")
    Membership.objects.create(user=alice, organization=later)
    assert organizations.current(page_request(alice, str(later.id))) == later


@pytest.mark.parametrize("named", [str(UUID(int=7)), "charlie's", ""])
def test_an_organisation_that_is_none(alice: User, named: str) -> None:
    with pytest.raises(NotFound) as refusal:
        organizations.current(api_request(alice, **{"x-organization": named}))
    assert refusal.value.code == "ORGANIZATION_NOT_FOUND"


def test_somebody_elses_organisation_is_not_there(alice: User) -> None:
    theirs = organization_of(UserFactory())
    with pytest.raises(NotFound):
        organizations.current(api_request(alice, **{"x-organization": str(theirs.id)}))
    # On pages it is a choice from before they left: they fall back to their own.
    assert organizations.current(page_request(alice, str(theirs.id))) == organization_of(alice)


def test_it_is_read_once_a_request(alice: User, django_assert_num_queries: object) -> None:
    request = api_request(alice)
    with django_assert_num_queries(1):  # type: ignore[operator]
        organizations.current(request)
        organizations.membership(request)


def test_templates_know_the_organisation(alice: User) -> None:
    known = context.organization(page_request(alice))
    assert known["organization"] == organization_of(alice)
    assert known["rights"] == frozenset(Right)
    assert context.organization(page_request(AnonymousUser())) == {}
    assert context.organization(HttpRequest()) == {}


def test_templates_of_who_is_in_no_organisation(alice: User) -> None:
    alice.memberships.all().delete()
    assert not context.organization(page_request(alice))["organization"]
