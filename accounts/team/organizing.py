"""Opening an organisation and naming it."""

from django.db import transaction

from accounts import audit
from accounts.audit import Act
from accounts.models import Membership, Organization, User
from accounts.rights import Right, demand
from accounts.team.locking import lock
from accounts.team.names import clean_name
from didshop.errors import Conflict

# More than anybody runs, and not a number that fills the database.
MOST_OWNED = 50


def create_organization(*, name: str, actor: User) -> Membership:
    """Open an organisation that `actor` owns; their place in it.

    Raises Invalid for a name that cannot be, Conflict TOO_MANY_ORGANIZATIONS.
    """
    cleaned = clean_name(name)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        owned = Membership.objects.filter(user=actor, role=Membership.Role.OWNER).count()
        if owned >= MOST_OWNED:
            raise Conflict(
                f"You own {owned} organisations, which is the most there can be.",
                code="TOO_MANY_ORGANIZATIONS",
            )
        return _open(cleaned, owner=actor)


def open_own_organization(user: User) -> Membership:
    """An organisation of their own for somebody who has none left. Call it in a transaction."""
    return _open(user.get_full_name() or user.email, owner=user)


def rename_organization(*, organization: Organization, name: str, actor: User) -> Organization:
    """Call it otherwise. Raises Invalid for a name that cannot be, Forbidden ROLE_NOT_ALLOWED."""
    cleaned = clean_name(name)
    with transaction.atomic():
        place = lock(organization).place_of(actor)
        demand(place, Right.ORGANIZATION_WRITE)
        give_name(place.organization, cleaned, actor=actor)
    return place.organization


def give_name(organization: Organization, name: str, *, actor: User) -> None:
    """Call it by a clean name, whoever may do so: see `rename_organization`."""
    if organization.name == name:
        return
    organization.name = name
    organization.save(update_fields=["name"])
    audit.record(
        Act.ORGANIZATION_RENAMED, actor=actor, organization=organization, target=organization
    )


def _open(name: str, *, owner: User) -> Membership:
    organization = Organization.objects.create(name=name)
    place = Membership.objects.create(
        user=owner, organization=organization, role=Membership.Role.OWNER
    )
    audit.record(
        Act.ORGANIZATION_CREATED, actor=owner, organization=organization, target=organization
    )
    return place
