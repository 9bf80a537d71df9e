"""What there is to read about a team."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db.models import DateTimeField, OuterRef, QuerySet, Subquery

from accounts.models import Membership, Organization, Session, User


def members_of(organization: Organization) -> QuerySet[Membership]:
    """The places in an organisation with whom they are of."""
    return Membership.objects.filter(organization=organization).select_related("user")


def with_last_seen(members: QuerySet[Membership]) -> QuerySet[Membership]:
    """Each with the last use of their pages and of their API sessions, for `last_seen`."""
    return members.annotate(
        seen_on_pages=_latest(UserSession, "last_seen_at"),
        seen_in_api=_latest(Session, "last_used_at"),
    )


def last_seen(member: Membership) -> datetime | None:
    """When a member of `with_last_seen` was here last. Sessions that ended may be forgotten."""
    times = (member.user.last_login, member.seen_on_pages, member.seen_in_api)  # type: ignore[attr-defined]  # annotated
    return max((time for time in times if time is not None), default=None)


def places_of(user: User) -> QuerySet[Membership]:
    """Somebody's places, with the organisations that they are in."""
    return Membership.objects.filter(user=user).select_related("organization")


def _latest(model: type[UserSession] | type[Session], field: str) -> Subquery:
    of_the_user = model.objects.filter(user=OuterRef("user")).order_by(f"-{field}")
    return Subquery(of_the_user.values(field)[:1], output_field=DateTimeField())
