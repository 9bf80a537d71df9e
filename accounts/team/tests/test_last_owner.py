"""There is always an owner, also when two act at one moment. With a control without the lock."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from accounts.models import Membership, Organization, User
from accounts.team import locking, members
from accounts.team.locking import Team
from accounts.tests.factories import UserFactory
from didshop.errors import ShopError
from didshop.tests.threads import all_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 25

Act = Callable[[Organization, User, UUID], Any]


def leaves(organization: Organization, actor: User, other: UUID) -> None:
    members.leave(organization=organization, actor=actor)


def demotes(organization: Organization, actor: User, other: UUID) -> None:
    members.change_role(organization=organization, member_id=other, role="VIEWER", actor=actor)


def removes(organization: Organization, actor: User, other: UUID) -> None:
    members.remove_member(organization=organization, member_id=other, actor=actor)


def hands_over(organization: Organization, actor: User, other: UUID) -> None:
    members.hand_over(organization=organization, member_id=other, actor=actor)


@pytest.fixture
def pair(db: None) -> list[User]:
    """Who own an organisation together."""
    return [UserFactory(), UserFactory()]


def owners_after(pair: list[User], first: Act, second: Act) -> int:
    """Two owners act at one moment; how many owners there are then."""
    organization = Organization.objects.create(name="Acme")
    places = [
        Membership.objects.create(user=user, organization=organization, role="OWNER")
        for user in pair
    ]

    def attempt(act: Act, mine: Membership, other: Membership) -> str:
        try:
            act(organization, mine.user, other.pk)
        except ShopError as refusal:
            return refusal.code
        return "done"

    all_at_once(
        lambda: attempt(first, places[0], places[1]),
        lambda: attempt(second, places[1], places[0]),
    )
    return Membership.objects.filter(organization=organization, role="OWNER").count()


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (leaves, leaves),
        (demotes, demotes),
        (removes, removes),
        (demotes, leaves),
        (hands_over, leaves),
    ],
)
def test_one_owner_stays_whatever_two_do_at_once(pair: list[User], first: Act, second: Act) -> None:
    left = [owners_after(pair, first, second) for _ in range(ROUNDS)]
    assert min(left) >= 1


@pytest.fixture
def _without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read the team before one of them changes it."""
    met = threading.Barrier(2)

    def read(organization: Organization) -> Team:
        places = Membership.objects.select_related("user", "organization")
        team = Team(organization, list(places.filter(organization=organization)))
        met.wait(10)
        return team

    monkeypatch.setattr(members, "lock", read)


@pytest.mark.usefixtures("_without_the_lock")
@pytest.mark.parametrize("act", [leaves, demotes, removes])
def test_without_the_lock_nobody_is_left(pair: list[User], act: Act) -> None:
    assert owners_after(pair, act, act) == 0
    assert locking.lock is not members.lock


@pytest.mark.timeout(180)
def test_who_loses_two_places_at_once_gets_one_of_their_own() -> None:
    user = UserFactory()
    for _ in range(ROUNDS):
        Membership.objects.filter(user=user).delete()
        places = [
            Membership.objects.create(
                user=user, organization=Organization.objects.create(name=name), role="VIEWER"
            )
            for name in ("One", "Two")
        ]
        all_at_once(
            *(
                lambda it=place: members.leave(organization=it.organization, actor=it.user)
                for place in places
            )
        )
        assert [it.role for it in Membership.objects.filter(user=user)] == ["OWNER"]
