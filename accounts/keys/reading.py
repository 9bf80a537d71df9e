"""Which keys somebody may see, and all that is to be known of them in one query."""

from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import ApiKey, ApiKeyQuerySet, Membership
from accounts.rights import RIGHTS, Right
from didshop.errors import NotFound


def with_maker(keys: ApiKeyQuerySet) -> QuerySet[ApiKey]:
    """The keys with their makers, their organisations, and `maker_role`: see `states`.

    Whoever has left and been taken in again begins afresh: only a membership that is as old as
    the key counts, so that no forgotten key of theirs comes back to life.
    """
    place = Membership.objects.filter(
        user=OuterRef("created_by"),
        organization=OuterRef("organization"),
        created_at__lte=OuterRef("created_at"),
    )
    return keys.select_related("created_by", "organization").annotate(
        maker_role=Subquery(place.values("role")[:1])
    )


def seen_by(place: Membership) -> QuerySet[ApiKey]:
    """The organisation's keys that the member may see and revoke: their own, or everybody's."""
    keys = ApiKey.objects.of(place.organization)
    if Right.KEYS_MANAGE not in RIGHTS[Membership.Role(place.role)]:
        keys = keys.filter(created_by=place.user_id)
    return with_maker(keys)


def own_key(place: Membership, key_id: UUID) -> ApiKey:
    """One of the keys that the member may see. NotFound KEY_NOT_FOUND for every other."""
    key = seen_by(place).filter(pk=key_id).first()
    if key is None:
        raise NotFound("There is no such API key, or it is not yours.", code="KEY_NOT_FOUND")
    return key
