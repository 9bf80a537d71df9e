"""Invitations: a place in an organisation, offered to an e-mail address for seven days.

The link in the mail carries a token that nobody else has seen; the database has its hash alone.
The place is for who has confirmed the invited address, not for whoever holds the link.
"""

import re
import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.audit import Act
from accounts.models import Invitation, Membership, Organization, User
from accounts.rights import Right, demand
from accounts.team.locking import Team, lock, must_reach
from accounts.team.names import for_mail
from accounts.team.roles import EXPLAINED
from didshop import outbox
from didshop.addresses import public_url
from didshop.errors import Conflict, Forbidden, Invalid, NotFound, ShopError, TooManyRequests
from didshop.throttling import count_request

LIFETIME = timedelta(days=7)
_TOKEN = re.compile(r"inv_[0-9a-f]{48}")


def invite(*, organization: Organization, email: str, role: str, actor: User) -> Invitation:
    """Offer `role` to who has the address, by mail. Invited already, they get a new link.

    `email` is well formed. The answer does not tell whether the address has an account.

    Raises Forbidden ROLE_NOT_ALLOWED, OWNERS_ONLY, EMAIL_NOT_CONFIRMED; Conflict
    ALREADY_MEMBER; TooManyRequests.
    """
    address = email.strip().lower()
    with transaction.atomic():
        team = _team_that_invites(organization, actor)
        must_reach(team.place_of(actor), role)
        if _is_member(team, address):
            raise Conflict(f"{address} is a member already.", code="ALREADY_MEMBER")
        _count(organization)
        known = _open_ones(organization).select_for_update().filter(email__iexact=address).first()
        invitation = known or Invitation(organization=organization, email=address)
        invitation.role = role
        _offer(team, invitation, actor)
    return invitation


def resend_invitation(
    *, organization: Organization, invitation_id: UUID, actor: User
) -> Invitation:
    """Send the mail once more, with a new link for seven days; the old link ends.

    Raises NotFound INVITATION_NOT_FOUND, and what `invite` raises.
    """
    with transaction.atomic():
        team = _team_that_invites(organization, actor)
        invitation = _open_invitation(organization, invitation_id)
        must_reach(team.place_of(actor), invitation.role)
        _count(organization)
        _offer(team, invitation, actor)
    return invitation


def revoke_invitation(*, organization: Organization, invitation_id: UUID, actor: User) -> None:
    """Withdraw it: its link ends.

    Raises NotFound INVITATION_NOT_FOUND, also for one that is taken or withdrawn; Forbidden
    ROLE_NOT_ALLOWED, OWNERS_ONLY.
    """
    with transaction.atomic():
        mine = lock(organization).place_of(actor)
        demand(mine, Right.TEAM_WRITE)
        invitation = _open_invitation(organization, invitation_id)
        must_reach(mine, invitation.role)
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        audit.record(
            Act.INVITATION_REVOKED, actor=actor, organization=organization, target=invitation
        )


def accept_invitation(*, token: str, actor: User) -> Membership:
    """Take the place that is offered; `actor`'s place from now on.

    Raises what `read_invitation` raises; Forbidden INVITATION_FOREIGN, EMAIL_NOT_CONFIRMED;
    Conflict ALREADY_MEMBER.
    """
    invitation = read_invitation(token)
    must_be_for(invitation, actor)
    now = timezone.now()
    try:
        with transaction.atomic():
            # Of two at once only one finds it open.
            taken = Invitation.objects.filter(
                pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now
            ).update(accepted_at=now, accepted_by=actor)
            if not taken:
                raise _closed(Invitation.objects.get(pk=invitation.pk))
            place = Membership.objects.create(
                user=actor, organization=invitation.organization, role=invitation.role
            )
            audit.record(
                Act.INVITATION_ACCEPTED,
                actor=actor,
                organization=invitation.organization,
                target=place,
                role=place.role,
                invitation=str(invitation.pk),
            )
    except IntegrityError as error:
        raise Conflict(
            f"You are a member of {invitation.organization} already.", code="ALREADY_MEMBER"
        ) from error
    return place


def read_invitation(token: str) -> Invitation:
    """The open invitation that the link of a mail is of, with its organisation and inviter.

    Raises Invalid INVITATION_MALFORMED, NotFound INVITATION_UNKNOWN; Conflict INVITATION_USED,
    INVITATION_WITHDRAWN, INVITATION_EXPIRED.
    """
    if not _TOKEN.fullmatch(token):
        raise Invalid(
            "This is not a whole invitation link. Copy all of it from the mail, or press the "
            "button there.",
            code="INVITATION_MALFORMED",
        )
    invitation = (
        Invitation.objects.select_related("organization", "invited_by")
        .filter(token_hash=_hash(token))
        .first()
    )
    if invitation is None:
        raise NotFound(
            "This invitation link is not known. If you have been sent a newer mail, use the "
            "link in that one.",
            code="INVITATION_UNKNOWN",
        )
    if invitation.accepted_at or invitation.revoked_at or invitation.expires_at <= timezone.now():
        raise _closed(invitation)
    return invitation


def must_be_for(invitation: Invitation, user: User) -> None:
    """Raise Forbidden unless the invited address is one that `user` has confirmed.

    INVITATION_FOREIGN for another address, EMAIL_NOT_CONFIRMED for one's own.
    """
    own = EmailAddress.objects.filter(user=user, email__iexact=invitation.email)
    if own.filter(verified=True).exists():
        return
    if own.exists():
        raise _not_confirmed("Confirm your e-mail address first, then accept the invitation.")
    raise Forbidden(
        f"This invitation was sent to another address than {user.email}, with which you are "
        "signed in. Sign in with the address that got the mail.",
        code="INVITATION_FOREIGN",
    )


def open_invitations(organization: Organization) -> QuerySet[Invitation]:
    """Those that nobody has taken or withdrawn, the expired included: they can be sent again."""
    return _open_ones(organization).select_related("invited_by")


def _open_ones(organization: Organization) -> QuerySet[Invitation]:
    return Invitation.objects.filter(organization=organization, accepted_at=None, revoked_at=None)


def _open_invitation(organization: Organization, invitation_id: UUID) -> Invitation:
    """Locked, so that it is not taken meanwhile."""
    found = _open_ones(organization).select_for_update().filter(pk=invitation_id).first()
    if found is None:
        raise NotFound(
            "There is no such open invitation in this organisation.", code="INVITATION_NOT_FOUND"
        )
    return found


def _team_that_invites(organization: Organization, actor: User) -> Team:
    """The locked team, if `actor` may invite to it."""
    team = lock(organization)
    mine = team.place_of(actor)
    demand(mine, Right.TEAM_WRITE)
    if not mine.user.is_email_verified:
        raise _not_confirmed("Confirm your own e-mail address before you invite others.")
    return team


def _is_member(team: Team, address: str) -> bool:
    by_address = Q(email__iexact=address) | Q(emailaddress__email__iexact=address)
    has_it = User.objects.filter(by_address).values("pk")
    return Membership.objects.filter(organization=team.organization, user__in=has_it).exists()


def _count(organization: Organization) -> None:
    """Count one mail to a stranger. Raises TooManyRequests above the organisation's limit."""
    allowance = count_request("invitations", f"organization:{organization.pk}")
    if allowance.is_exceeded:
        minutes = -(-allowance.reset // 60)
        raise TooManyRequests(
            f"An organisation sends {allowance.limit} invitations an hour at most. Try again in "
            f"{minutes} minute{'s' if minutes > 1 else ''}.",
            retry_after=allowance.reset,
        )


def _offer(team: Team, invitation: Invitation, actor: User) -> None:
    """Save the invitation with a new link, and mail that."""
    is_renewed = bool(invitation.token_hash)
    token = f"inv_{secrets.token_hex(24)}"
    invitation.token_hash = _hash(token)
    invitation.expires_at = timezone.now() + LIFETIME
    invitation.invited_by = actor
    invitation.save()
    audit.record(
        Act.MEMBER_INVITED,
        actor=actor,
        organization=team.organization,
        target=invitation,
        role=invitation.role,
        renewed=is_renewed,
    )
    outbox.post(
        to=invitation.email,
        template="emails/invitation",
        context={
            "organization_name": for_mail(team.place_of(actor).organization.name),
            "inviter_name": for_mail(actor.get_full_name() or actor.email),
            "role": Membership.Role(invitation.role).label,
            "explanation": EXPLAINED[Membership.Role(invitation.role)],
            "url": public_url(reverse("team:invitation", args=[token])),
            "expires_at": invitation.expires_at,
        },
    )


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _closed(invitation: Invitation) -> ShopError:
    """Why its link does not work any more."""
    if invitation.accepted_at:
        return Conflict("This invitation has been used already.", code="INVITATION_USED")
    if invitation.revoked_at:
        return Conflict(
            "This invitation has been withdrawn. Ask whoever invited you if that was meant.",
            code="INVITATION_WITHDRAWN",
        )
    return Conflict(
        f"This invitation expired on {invitation.expires_at:%A %-d %B %Y}. Ask for a new one.",
        code="INVITATION_EXPIRED",
    )


def _not_confirmed(sentence: str) -> Forbidden:
    return Forbidden(sentence, code="EMAIL_NOT_CONFIRMED")
