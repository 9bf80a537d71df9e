"""Teams of the cast: people in each other's organisations, and the mails that invite them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Membership, Organization, User
from accounts.tests.factories import UserFactory, organization_of
from didshop.models import OutgoingMail

Join = Callable[..., Membership]
Invite = Callable[..., str]
PagesOf = Callable[[User], Client]

INVITATIONS = "/api/v1/invitations"
MEMBERS = "/api/v1/members"
ORGANIZATIONS = "/api/v1/organizations"


def role_of(user: User, organization: Organization) -> str | None:
    """What they are there; None if they are not in it."""
    place = Membership.objects.filter(user=user, organization=organization).first()
    return place.role if place else None


def place_of(user: User, organization: Organization) -> Membership:
    return Membership.objects.get(user=user, organization=organization)


def refusal(answer: Any) -> tuple[int, str]:
    """Status and code of a refused request."""
    return answer.status_code, answer.json()["code"]


def acts() -> list[str]:
    """What the audit log tells, oldest first, but for how the test signed somebody in."""
    written = AuditEntry.objects.order_by("id").values_list("act", flat=True)
    return [act for act in written if not act.startswith("SIGN")]


@pytest.fixture
def acme(alice: User) -> Organization:
    """Alice's organisation."""
    return organization_of(alice)


@pytest.fixture
def join(acme: Organization) -> Join:
    """Brings a new user into Alice's organisation: `join("ADMIN")`."""

    def enter(role: str, **fields: Any) -> Membership:
        user = UserFactory(**fields)
        return Membership.objects.create(user=user, organization=acme, role=role)

    return enter


@pytest.fixture
def pages_of() -> PagesOf:
    """A browser in which the user is signed in."""

    def enter(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return enter


def mailed() -> list[OutgoingMail]:
    """The invitations that were posted, oldest first."""
    return list(OutgoingMail.objects.filter(subject__contains=" invites you ").order_by("id"))


def token_in(mail: OutgoingMail) -> str:
    """What stands in the link of the mail."""
    (token,) = re.findall(r"/invitations/(\w+)/", mail.text)
    return str(token)


@pytest.fixture
def invite(alice_api: APIClient) -> Invite:
    """Has Alice invite somebody; the token of the mail: `invite("dora@example.com")`."""

    def send(email: str, role: str = "MEMBER") -> str:
        answer = alice_api.post(INVITATIONS, {"email": email, "role": role})
        assert answer.status_code == 201, answer.json()
        return token_in(mailed()[-1])

    return send
