"""The end of an account: what is about the person goes, what the law wants kept stays.

The row of the user stays too, under another name, for orders, numbers and the audit log lead to
it. An organisation of which they are the only member ends with the account.
"""

from collections.abc import Iterable

import structlog
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from auditlog.context import disable_auditlog
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.audit import Act, record
from accounts.models import (
    ApiKey,
    DataExport,
    Invitation,
    Membership,
    Organization,
    Session,
    User,
)
from accounts.privacy import changes, registry
from accounts.privacy.closing import ERASED_ORGANIZATION, erased_address
from accounts.privacy.own_sections import addresses_of, invitations_to, mail_to
from accounts.privacy.registry import Hindrance
from didshop import outbox
from didshop.errors import Conflict
from didshop.models import IdempotencyKey

log = structlog.get_logger(__name__)


def ending_with(user: User) -> QuerySet[Organization]:
    """The organisations that end with the account: the user is their only member."""
    own = Organization.objects.filter(memberships__user=user).values("pk")
    counted = Organization.objects.filter(pk__in=own).annotate(people=Count("memberships"))
    return counted.filter(people=1).order_by("id")


def hindrances(user: User) -> list[Hindrance]:
    """What stands in the way of deleting the account, each with what to do first."""
    found = [*_staff(user), *_left_without_owner(user)]
    for organization in ending_with(user):
        found += registry.hindrances(organization)
    return found


def _staff(user: User) -> Iterable[Hindrance]:
    if user.is_staff:
        yield Hindrance(
            "STAFF",
            "You are among the shop's staff. Have a superuser make you a customer first.",
        )


def _left_without_owner(user: User) -> Iterable[Hindrance]:
    owner = Membership.Role.OWNER
    for place in user.memberships.filter(role=owner).select_related("organization"):
        others = place.organization.memberships.exclude(user=user)
        if others and not any(other.role == owner for other in others):
            yield Hindrance(
                "LAST_OWNER",
                f"You are the last owner of {place.organization}, and others are in it. "
                "Hand it over to one of them, or remove them.",
            )


def erase(user: User) -> None:
    """Delete the user's account, at their own wish. Nobody can undo it.

    All of it or nothing. Raises Conflict ACCOUNT_IN_USE, with `hindrances`, while something
    stands in the way.
    """
    # Deletions must not be written down with what they deleted.
    with transaction.atomic(), disable_auditlog():
        user = User.objects.select_for_update().get(pk=user.pk)
        _hold_still(user)
        _check(user)
        ending = list(ending_with(user))
        addresses = addresses_of(user)
        _write_down(user, ending)
        _leave_organizations(user, ending)
        _forget_ways_in(user)
        _forget_traces(user, addresses)
        _say_farewell(user)
        _pseudonymise(user)
    log.info("account_erased", user=str(user.pk), organizations=len(ending))


def _hold_still(user: User) -> None:
    """Nobody joins, leaves or changes roles in the user's organisations until this is over.

    The rows are locked in the order in which accepting an invitation takes them.
    """
    own = Organization.objects.filter(memberships__user=user).values("pk")
    for kind in (Invitation, Membership):
        rows = kind._default_manager.filter(organization__in=own)  # noqa: SLF001 - Django's name
        list(rows.select_for_update().order_by("organization_id", "id").values("pk"))
    list(Organization.objects.select_for_update().filter(pk__in=own).order_by("id"))


def _check(user: User) -> None:
    found = hindrances(user)
    if found:
        raise Conflict(
            "The account cannot be deleted yet.",
            code="ACCOUNT_IN_USE",
            hindrances=[{"code": one.code, "message": one.message} for one in found],
        )


def _write_down(user: User, ending: list[Organization]) -> None:
    record(Act.ACCOUNT_ERASED, actor=user, target=user)
    for membership in user.memberships.select_related("organization"):
        organization = membership.organization
        act = Act.ORGANIZATION_CLOSED if organization in ending else Act.MEMBER_LEFT
        record(act, actor=user, organization=organization, target=membership)


def _leave_organizations(user: User, ending: list[Organization]) -> None:
    for organization in ending:
        registry.erase(organization)
        changes.forget(organization.invitations.all())
        changes.forget(organization.keys.all())
        organization.invitations.all().delete()
        organization.keys.update(name="", last_used_ip=None)
    changes.forget(ending)
    changes.forget(user.memberships.all())
    Organization.objects.filter(pk__in=[it.pk for it in ending]).update(name=ERASED_ORGANIZATION)
    user.memberships.all().delete()


def _forget_ways_in(user: User) -> None:
    """Nobody comes in as the user any more: no session, key, second factor or invitation."""
    keys = ApiKey.objects.filter(created_by=user)
    keys.filter(revoked_at=None).update(revoked_at=timezone.now())
    keys.update(last_used_ip=None)
    for session in UserSession.objects.filter(user=user):
        session.end()
    Session.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    invitations_to(user).delete()
    EmailAddress.objects.filter(user=user).delete()


def _forget_traces(user: User, addresses: set[str]) -> None:
    """Whatever else holds a name or an address, or an answer that does."""
    changes.forget([user])
    changes.forget_mentions(addresses)
    DataExport.objects.filter(user=user).delete()
    IdempotencyKey.objects.filter(scope=f"user:{user.pk}").delete()
    mail_to(user).delete()
    user.groups.clear()
    user.user_permissions.clear()


def _say_farewell(user: User) -> None:
    """The last mail; the outbox forgets it like any other some days after it was sent."""
    outbox.post(to=user.email, template="emails/account_erased", context={"user": user})


def _pseudonymise(user: User) -> None:
    user.set_unusable_password()
    User.objects.filter(pk=user.pk).update(
        email=erased_address(user),
        first_name="",
        last_name="",
        company="",
        phone="",
        password=user.password,
        is_active=False,
        last_login=None,
        updated_at=timezone.now(),
    )
