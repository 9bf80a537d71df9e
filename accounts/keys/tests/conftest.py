"""Keys for the tests, and clients that send them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.keys import making
from accounts.keys.making import NewKey
from accounts.models import Membership, User
from accounts.tests.factories import organization_of
from didshop.tests.conftest import written  # noqa: F401 - a fixture

MakeKey = Callable[..., NewKey]


@pytest.fixture
def make_key(alice: User) -> MakeKey:
    """Makes a key in Alice's organisation: hers, to read numbers, without an end."""

    def make(
        maker: User | None = None,
        *,
        name: str = "Dashboard",
        scopes: tuple[str, ...] = ("numbers:read",),
        expires_at: datetime | None = None,
    ) -> NewKey:
        return making.create(
            place=place_of(maker or alice, alice), name=name, scopes=scopes, expires_at=expires_at
        )

    return make


def place_of(user: User, owner: User) -> Membership:
    """The user's membership in the owner's organisation."""
    return Membership.objects.get(user=user, organization=organization_of(owner))


def key_client(secret: str) -> APIClient:
    """A program that calls the API with a key."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def refusal(answer: Any) -> tuple[int, str]:
    """Status and code of a refused request."""
    return answer.status_code, answer.json()["code"]
