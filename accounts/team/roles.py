"""The roles in words, and the one table of rights as people read it."""

from dataclasses import dataclass

from accounts.models import Membership
from accounts.rights import RIGHTS, SCOPES, Right

EXPLAINED: dict[Membership.Role, str] = {
    Membership.Role.OWNER: "May do everything, also make owners and hand the organisation over.",
    Membership.Role.ADMIN: "May do everything but decide who owns the organisation.",
    Membership.Role.MEMBER: "Buys and runs numbers, sees costs, makes API keys of their own.",
    Membership.Role.BILLING: "Looks after cards and billing; sees numbers, orders and calls.",
    Membership.Role.VIEWER: "Sees numbers, orders, calls and the team; changes nothing.",
}


@dataclass(frozen=True)
class Row:
    """A right, and whether each role has it, in the order of `Membership.Role`."""

    right: Right
    has_it: list[tuple[str, bool]]
    is_scope: bool


def table() -> list[Row]:
    """Every right with the roles that have it: accounts.rights.RIGHTS, to be shown."""
    return [
        Row(
            right,
            [(role.label, right in RIGHTS[role]) for role in Membership.Role],
            right in SCOPES,
        )
        for right in Right
    ]


def may_give(place: Membership) -> list[Membership.Role]:
    """The roles that this member may give, and change: none that may do more than their own."""
    if Right.TEAM_WRITE not in RIGHTS[Membership.Role(place.role)]:
        return []
    return [role for role in Membership.Role if is_within_reach(place, role)]


def is_within_reach(place: Membership, role: str) -> bool:
    """Whether the role may do no more than the member themselves."""
    return RIGHTS[Membership.Role(role)] <= RIGHTS[Membership.Role(place.role)]
