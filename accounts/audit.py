"""The audit log: who did what, to what, from where. Verbs write it; nobody changes it.

An entry is written in the transaction of the act that it tells about. Names, addresses and
secrets do not belong in `details`: ids do, so that the log can outlive the people in it.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest

from accounts.models import ApiKey, AuditEntry, Organization, User


class Act(models.TextChoices):
    """Everything that is written down, as people read it."""

    SIGNED_UP = "SIGNED_UP", "Signed up"
    SIGNED_IN = "SIGNED_IN", "Signed in"
    SIGN_IN_FAILED = "SIGN_IN_FAILED", "Failed to sign in"
    SIGNED_OUT = "SIGNED_OUT", "Signed out"
    SESSION_ENDED = "SESSION_ENDED", "Ended a session"
    TOKEN_REUSED = "TOKEN_REUSED", "Used a refresh token twice; the session was ended"
    PASSWORD_CHANGED = "PASSWORD_CHANGED", "Changed the password"
    PASSWORD_RESET = "PASSWORD_RESET", "Reset the password"
    EMAIL_CONFIRMED = "EMAIL_CONFIRMED", "Confirmed an e-mail address"
    EMAIL_CHANGED = "EMAIL_CHANGED", "Changed the e-mail address"
    PROFILE_CHANGED = "PROFILE_CHANGED", "Changed the profile"
    MFA_ADDED = "MFA_ADDED", "Added a second factor"
    MFA_REMOVED = "MFA_REMOVED", "Removed a second factor"
    RECOVERY_CODES_MADE = "RECOVERY_CODES_MADE", "Made recovery codes"
    RECOVERY_CODE_USED = "RECOVERY_CODE_USED", "Used a recovery code"
    ORGANIZATION_CREATED = "ORGANIZATION_CREATED", "Created the organisation"
    ORGANIZATION_RENAMED = "ORGANIZATION_RENAMED", "Renamed the organisation"
    ORGANIZATION_CLOSED = "ORGANIZATION_CLOSED", "Closed the organisation with their account"
    MEMBER_INVITED = "MEMBER_INVITED", "Invited somebody"
    INVITATION_REVOKED = "INVITATION_REVOKED", "Withdrew an invitation"
    INVITATION_ACCEPTED = "INVITATION_ACCEPTED", "Joined by invitation"
    ROLE_CHANGED = "ROLE_CHANGED", "Changed a member's role"
    MEMBER_REMOVED = "MEMBER_REMOVED", "Removed a member"
    MEMBER_LEFT = "MEMBER_LEFT", "Left the organisation"
    OWNERSHIP_HANDED_OVER = "OWNERSHIP_HANDED_OVER", "Handed the organisation over"
    KEY_CREATED = "KEY_CREATED", "Made an API key"
    KEY_REVOKED = "KEY_REVOKED", "Revoked an API key"
    DATA_EXPORTED = "DATA_EXPORTED", "Asked for a copy of their data"
    DATA_DOWNLOADED = "DATA_DOWNLOADED", "Downloaded a copy of their data"
    ACCOUNT_ERASED = "ACCOUNT_ERASED", "Deleted the account"
    ACCOUNT_DEACTIVATED = "ACCOUNT_DEACTIVATED", "Deactivated an account"
    ACCOUNT_ACTIVATED = "ACCOUNT_ACTIVATED", "Activated an account"
    ACCOUNT_OPENED = "ACCOUNT_OPENED", "Opened an account for somebody"
    CONFIRMATION_RESENT = "CONFIRMATION_RESENT", "Sent the confirmation of an address again"
    MFA_RESET = "MFA_RESET", "Took away all second factors of an account"
    PASSWORD_SET_BY_STAFF = "PASSWORD_SET_BY_STAFF", "Set the password of somebody else"
    SIGN_IN_UNLOCKED = "SIGN_IN_UNLOCKED", "Let somebody try to sign in again at once"
    STAFF_ROLE_CHANGED = "STAFF_ROLE_CHANGED", "Changed somebody's place among the staff"
    IMPERSONATION_BEGAN = "IMPERSONATION_BEGAN", "Began to act in a customer's place"
    IMPERSONATION_ENDED = "IMPERSONATION_ENDED", "Stopped acting in a customer's place"


def record(
    act: Act,
    *,
    actor: User | None,
    organization: Organization | None = None,
    target: models.Model | None = None,
    **details: Any,
) -> AuditEntry:
    """Write down one act of `actor`. Call it in the transaction of the act.

    Without `organization` it is about a person alone. Where in the world it was done from, by
    which API key, and by whom of the staff in the actor's place is taken from the request that
    is being answered, if one is. `details` are JSON.
    """
    request: HttpRequest | None = context.request
    return AuditEntry.objects.create(
        act=act,
        actor=actor,
        organization=organization,
        target_kind=type(target).__name__.lower() if target else "",
        target_id=str(target.pk) if target else "",
        details=details,
        api_key=_key(request),
        impersonator_id=impersonator_of(request),
        ip_address=address_of(request),
        user_agent=_user_agent(request),
    )


def _key(request: HttpRequest | None) -> ApiKey | None:
    # KeyAuthentication leaves it there for who knows Django's request only.
    return getattr(request, "api_key", None)


def impersonator_of(request: HttpRequest | None) -> str | None:
    """The id of the member of staff who acts in the customer's place, if one does."""
    history = getattr(request, "session", {}).get("hijack_history")
    return str(history[0]) if history else None


def address_of(request: HttpRequest | None) -> str | None:
    """Where a request comes from, by as many proxies as are trusted. None if that is unknown."""
    if request is None:
        return None
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return None


def _user_agent(request: HttpRequest | None) -> str:
    return request.headers.get("User-Agent", "")[:200] if request else ""
