"""Members of an organisation: their role, their going, and who owns it.

The rules: an organisation always has an owner. Only owners make owners or unmake them. Nobody
gives a role above their own, and nobody changes their own role but by handing over.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Act
from accounts.models import ApiKey, Invitation, Membership, Organization, User
from accounts.rights import Right, demand
from accounts.team.locking import Team, lock, must_reach
from accounts.team.organizing import open_own_organization
from accounts.team.roles import may_give
from didshop.errors import Conflict, Forbidden


def change_role(
    *, organization: Organization, member_id: UUID, role: str, actor: User
) -> Membership:
    """Give a member another role. It holds from their next request on, for their keys as well.

    Raises NotFound MEMBER_NOT_FOUND; Forbidden ROLE_NOT_ALLOWED, OWNERS_ONLY, OWN_ROLE.
    """
    with transaction.atomic():
        team = lock(organization)
        mine = team.place_of(actor)
        demand(mine, Right.TEAM_WRITE)
        member = team.member(member_id)
        if member == mine:
            raise Forbidden(
                "Nobody changes their own role. An owner can do it for you; an owner who wants "
                "to step back hands the organisation over.",
                code="OWN_ROLE",
            )
        must_reach(mine, member.role)
        must_reach(mine, role)
        if member.role != role:
            give_role(team, member, role, actor=actor)
    return member


def remove_member(*, organization: Organization, member_id: UUID, actor: User) -> None:
    """Take a member out, with the keys they made here and their open invitations. Oneself: leave.

    What they have bought stays.

    Raises NotFound MEMBER_NOT_FOUND; Forbidden ROLE_NOT_ALLOWED, OWNERS_ONLY; Conflict
    LAST_OWNER.
    """
    with transaction.atomic():
        team = lock(organization)
        mine = team.place_of(actor)
        demand(mine, Right.TEAM_WRITE)
        member = team.member(member_id)
        must_reach(mine, member.role)
        _end(team, member, Act.MEMBER_LEFT if member == mine else Act.MEMBER_REMOVED, actor)


def leave(*, organization: Organization, actor: User) -> None:
    """Go, whatever one's role. The keys that one made here are revoked.

    Raises Conflict LAST_OWNER for the only owner.
    """
    with transaction.atomic():
        team = lock(organization)
        _end(team, team.place_of(actor), Act.MEMBER_LEFT, actor)


def hand_over(*, organization: Organization, member_id: UUID, actor: User) -> Membership:
    """Make another member an owner in one's own place, and go on as an administrator.

    Raises NotFound MEMBER_NOT_FOUND, Forbidden ROLE_NOT_ALLOWED, Conflict OWNER_ALREADY.
    """
    with transaction.atomic():
        team = lock(organization)
        mine = team.place_of(actor)
        demand(mine, Right.OWNERSHIP)
        heir = team.member(member_id)
        if heir == mine:
            raise Conflict(
                "You own this organisation already. Hand it over to another member.",
                code="OWNER_ALREADY",
            )
        _save_role(heir, Membership.Role.OWNER)
        _save_role(mine, Membership.Role.ADMIN)
        audit.record(Act.OWNERSHIP_HANDED_OVER, actor=actor, organization=organization, target=heir)
    return heir


def give_role(team: Team, member: Membership, role: str, *, actor: User) -> None:
    """Give a member of the locked team another role, whoever may do so: see `change_role`.

    Raises Conflict LAST_OWNER.
    """
    old = member.role
    if old == Membership.Role.OWNER:
        team.must_keep_an_owner(without=member)
    _save_role(member, role)
    audit.record(
        Act.ROLE_CHANGED,
        actor=actor,
        organization=team.organization,
        target=member,
        old=old,
        new=role,
    )


def _save_role(member: Membership, role: str) -> None:
    member.role = role
    member.save(update_fields=["role"])
    _withdraw_invitations(member, still_given=may_give(member))


def _end(team: Team, member: Membership, act: Act, actor: User) -> None:
    """Take the place away, with the keys made from it. Nobody is left without an organisation."""
    if member.role == Membership.Role.OWNER:
        team.must_keep_an_owner(without=member)
    audit.record(
        act,
        actor=actor,
        organization=team.organization,
        target=member,
        user=str(member.user_id),
        role=member.role,
        keys_revoked=_revoke_keys(team.organization, member.user),
    )
    if act == Act.MEMBER_REMOVED:
        _withdraw_invitations(member, still_given=[])
    # Whoever loses two places at once must see the one loss in the other's transaction.
    user = User.objects.select_for_update(no_key=True).get(pk=member.user_id)
    member.delete()
    if not user.memberships.exists():
        open_own_organization(user)


def _withdraw_invitations(member: Membership, *, still_given: Collection[str]) -> None:
    """End what the member has offered and could not offer any more.

    Else they could leave a way back in for themselves, by another address of theirs.
    """
    Invitation.objects.filter(
        organization=member.organization_id,
        invited_by=member.user_id,
        accepted_at=None,
        revoked_at=None,
    ).exclude(role__in=still_given).update(revoked_at=timezone.now())


def _revoke_keys(organization: Organization, maker: User) -> list[str]:
    """Revoke what `maker` made for this organisation; the ids of the keys."""
    keys = ApiKey.objects.of(organization).filter(created_by=maker, revoked_at=None)
    ids = [str(pk) for pk in keys.values_list("pk", flat=True)]
    keys.update(revoked_at=timezone.now())
    return ids
