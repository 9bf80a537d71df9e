"""What accounts itself holds of a person, and of an organisation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from auditlog.models import LogEntry
from django.db.models import QuerySet

from accounts.models import (
    ApiKey,
    AuditEntry,
    DataExport,
    Invitation,
    Membership,
    Organization,
    Session,
    User,
)
from accounts.privacy import registry
from accounts.privacy.registry import Row, Rows, columns
from didshop.models import OutgoingMail


@dataclass(frozen=True)
class PersonalSection:
    """One file of an export that is about the person alone."""

    name: str
    about: str
    rows: Callable[[User], Rows]


def addresses_of(user: User) -> set[str]:
    """Every e-mail address that is theirs, in lower case, confirmed or not."""
    others = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return {user.email.lower(), *(email.lower() for email in others)}


def invitations_to(user: User) -> QuerySet[Invitation]:
    """Those that went to any address of theirs, open or not. Addresses are kept in lower case."""
    return Invitation.objects.filter(email__in=addresses_of(user))


def mail_to(user: User) -> QuerySet[OutgoingMail]:
    """What the outbox still holds to any address of theirs."""
    return OutgoingMail.objects.filter(to__in=addresses_of(user))


def changes_of(user: User) -> QuerySet[LogEntry]:
    """How what we know of them was changed, field by field."""
    entries: QuerySet[LogEntry] = LogEntry.objects.get_for_model(User).filter(
        object_pk=str(user.pk)
    )
    return entries


def _profile(user: User) -> Iterator[Row]:
    names = ("id", "email", "first_name", "last_name", "company", "phone", "role", "created_at")
    yield {name: getattr(user, name) for name in (*names, "updated_at", "last_login")}


def _addresses(user: User) -> Rows:
    return columns(EmailAddress.objects.filter(user=user), "email", "primary", "verified")


def _memberships(user: User) -> Rows:
    return columns(
        Membership.objects.filter(user=user),
        "organization_id",
        "organization__name",
        "role",
        "created_at",
    )


def _browsers(user: User) -> Rows:
    return columns(
        UserSession.objects.filter(user=user), "created_at", "last_seen_at", "ip", "user_agent"
    )


def _api_sessions(user: User) -> Rows:
    return columns(
        Session.objects.filter(user=user),
        "created_at",
        "last_used_at",
        "expires_at",
        "is_revoked",
        "device",
        "ip_address",
    )


def _factors(user: User) -> Rows:
    return columns(Authenticator.objects.filter(user=user), "type", "created_at", "last_used_at")


def _invitations(invitations: QuerySet[Invitation]) -> Rows:
    return columns(
        invitations,
        "organization__name",
        "email",
        "role",
        "created_at",
        "expires_at",
        "accepted_at",
        "revoked_at",
    )


def _keys(keys: QuerySet[ApiKey]) -> Rows:
    return columns(
        keys,
        "id",
        "organization_id",
        "name",
        "prefix",
        "scopes",
        "created_by_id",
        "created_at",
        "expires_at",
        "last_used_at",
        "last_used_ip",
        "revoked_at",
    )


def _activity(entries: QuerySet[AuditEntry]) -> Rows:
    return columns(
        entries,
        "created_at",
        "act",
        "actor_id",
        "impersonator_id",
        "api_key_id",
        "organization_id",
        "target_kind",
        "target_id",
        "details",
        "ip_address",
        "user_agent",
    )


def _changes(user: User) -> Rows:
    return columns(changes_of(user), "timestamp", "changes", "actor_id", "remote_addr")


def _mail(user: User) -> Rows:
    return columns(mail_to(user), "created_at", "to", "subject", "sent_at")


def _exports(user: User) -> Rows:
    return columns(DataExport.objects.filter(user=user), "created_at", "status", "size_bytes")


def _members(organization: Organization) -> Rows:
    return columns(
        Membership.objects.filter(organization=organization),
        "user_id",
        "user__first_name",
        "user__last_name",
        "user__email",
        "role",
        "created_at",
    )


PERSONAL = (
    PersonalSection("profile", "What you told us about yourself.", _profile),
    PersonalSection("profile-changes", "How that was changed, field by field.", _changes),
    PersonalSection("email-addresses", "Your e-mail addresses.", _addresses),
    PersonalSection("memberships", "The organisations that you are in.", _memberships),
    PersonalSection("sessions-browser", "Where you are signed in to the pages.", _browsers),
    PersonalSection("sessions-api", "Where programs signed in with your password.", _api_sessions),
    PersonalSection("second-factors", "Your second factors, without their secrets.", _factors),
    PersonalSection(
        "invitations-received",
        "Invitations to your addresses.",
        lambda user: _invitations(invitations_to(user)),
    ),
    PersonalSection(
        "invitations-sent",
        "Invitations that you sent.",
        lambda user: _invitations(Invitation.objects.filter(invited_by=user)),
    ),
    PersonalSection(
        "api-keys",
        "API keys that you made. We do not have the keys themselves.",
        lambda user: _keys(ApiKey.objects.filter(created_by=user)),
    ),
    PersonalSection(
        "activity",
        "What you did, and from where, as the audit log has it.",
        lambda user: _activity(AuditEntry.objects.filter(actor=user)),
    ),
    PersonalSection("mail", "Mail that we sent to you lately.", _mail),
    PersonalSection("exports", "The copies of your data that you asked for.", _exports),
)


def register() -> None:
    """Put what accounts holds of an organisation into the export of its owners."""
    registry.register_section("members", "Who is in the organisation.", _members)
    registry.register_section(
        "invitations",
        "Whom the organisation invited.",
        lambda organization: _invitations(Invitation.objects.filter(organization=organization)),
    )
    registry.register_section(
        "api-keys",
        "The organisation's API keys. We do not have the keys themselves.",
        lambda organization: _keys(ApiKey.objects.of(organization)),
    )
    registry.register_section(
        "audit-log",
        "Who did what in the organisation, and from where.",
        lambda organization: _activity(AuditEntry.objects.filter(organization=organization)),
    )
