"""A team held still: who is in it with which role, while a verb changes that."""

from dataclasses import dataclass
from uuid import UUID

from accounts.models import Membership, Organization, User
from accounts.organizations import no_part_in_it
from accounts.team.roles import is_within_reach
from didshop.errors import Conflict, Forbidden, NotFound


@dataclass(frozen=True)
class Team:
    """The members of an organisation as they are, until the transaction ends."""

    organization: Organization
    places: list[Membership]

    def place_of(self, user: User) -> Membership:
        """Raises NotFound ORGANIZATION_NOT_FOUND for who is no member (any more)."""
        for place in self.places:
            if place.user_id == user.pk:
                return place
        raise no_part_in_it()

    def member(self, member_id: UUID) -> Membership:
        """Raises NotFound MEMBER_NOT_FOUND."""
        for place in self.places:
            if place.pk == member_id:
                return place
        raise NotFound("There is no such member in this organisation.", code="MEMBER_NOT_FOUND")

    def must_keep_an_owner(self, *, without: Membership) -> None:
        """Raise Conflict LAST_OWNER if `without` is the only owner."""
        if any(it.role == Membership.Role.OWNER and it != without for it in self.places):
            return
        raise Conflict(
            "An organisation needs an owner, and there is no other. Hand it over to somebody, "
            "or make another member an owner, first.",
            code="LAST_OWNER",
        )


def lock(organization: Organization) -> Team:
    """The team, with every place in it locked: call it in a transaction, before anything else.

    Two owners who leave at the same moment do so one after the other, and the second stays.
    """
    places = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("user", "organization")
        .filter(organization=organization)
        .order_by("id")
    )
    return Team(organization, list(places))


def must_reach(place: Membership, role: str) -> None:
    """Raise Forbidden OWNERS_ONLY unless the role may do no more than the member themselves."""
    if is_within_reach(place, role):
        return
    raise Forbidden(
        "Only an owner makes owners, changes their role, or removes them.", code="OWNERS_ONLY"
    )
