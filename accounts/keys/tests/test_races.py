"""The last place for a key goes to one of those who ask at the same time."""

from datetime import datetime
from threading import Barrier

import pytest
from django.utils import timezone

from accounts.keys import making
from accounts.keys.tests.conftest import place_of
from accounts.models import ApiKey, Membership, Organization, User
from accounts.tests.factories import UserFactory
from didshop.errors import Conflict
from didshop.tests.threads import all_at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AT_ONCE = 4


@pytest.fixture(autouse=True)
def _one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MOST_LIVE_KEYS", 1)


@pytest.fixture
def place() -> Membership:
    owner: User = UserFactory()
    return place_of(owner, owner)


def outcomes(place: Membership) -> list[str]:
    """What becomes of each of some who make a key at once."""

    def make() -> str:
        try:
            making.create(place=place, name="x", scopes=["numbers:read"])
        except Conflict as refusal:
            return refusal.code
        return "made"

    return sorted(all_at_once(*[make] * AT_ONCE))


def test_one_gets_the_last_place(place: Membership) -> None:
    assert outcomes(place) == ["TOO_MANY_KEYS"] * (AT_ONCE - 1) + ["made"]
    assert ApiKey.objects.live(timezone.now()).count() == 1


def test_the_control_gives_it_to_all(place: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    meet = Barrier(AT_ONCE, timeout=10)

    def count_carelessly(organization: Organization, now: datetime) -> None:
        count = ApiKey.objects.of(organization).live(now).count()
        meet.wait()
        if count >= making.MOST_LIVE_KEYS:
            raise Conflict("Too many.", code="TOO_MANY_KEYS")

    monkeypatch.setattr(making, "_hold_place", count_carelessly)
    assert outcomes(place) == ["made"] * AT_ONCE
