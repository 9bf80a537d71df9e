"""The tables below a user and an organisation: to be read."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin

from accounts import devices
from accounts.models import ApiKey, Invitation, Membership, Session
from didshop.admin import ReadOnlyInline


class AddressInline(ReadOnlyInline):
    model = EmailAddress
    fields = ("email", "primary", "verified")
    hide_title = True


class SecondFactorInline(ReadOnlyInline):
    """Which kinds there are. Their secrets are in `data`, which is not shown."""

    model = Authenticator
    verbose_name_plural = "Second factors"
    fields = readonly_fields = ("kind", "created_at", "last_used_at")
    hide_title = True

    @admin.display(description="Kind")
    def kind(self, factor: Authenticator) -> str:
        return _KINDS[factor.type]


_KINDS: dict[str, str] = {
    Authenticator.Type.TOTP: "Authenticator app",
    Authenticator.Type.WEBAUTHN: "Passkey or security key",
    Authenticator.Type.RECOVERY_CODES: "Recovery codes",
}


class PlaceInline(ReadOnlyInline):
    """The organisations that somebody is in."""

    model = Membership
    verbose_name_plural = "Organisations"
    fields = readonly_fields = ("organization", "role", "created_at")
    show_change_link = True


class MemberInline(ReadOnlyInline):
    """The people in an organisation. Each row's link leads to where a role is changed."""

    model = Membership
    verbose_name_plural = "Members"
    fields = readonly_fields = ("user", "role", "created_at")
    show_change_link = True


class InvitationInline(ReadOnlyInline):
    model = Invitation
    fields = readonly_fields = ("email", "role", "created_at", "expires_at", "accepted_at")
    fk_name = "organization"
    show_change_link = True
    hide_title = True


class KeyInline(ReadOnlyInline):
    """API keys, of which the shop itself knows no more than the first characters."""

    model = ApiKey
    verbose_name_plural = "API keys"
    fields = readonly_fields = (
        "name", "prefix", "may", "last_used_at", "expires_at", "revoked_at"
    )  # fmt: skip
    show_change_link = True
    hide_title = True

    @admin.display(description="Scopes")
    def may(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)


class BrowserInline(ReadOnlyInline):
    """Sign-ins in browsers. Their keys are secrets."""

    model = UserSession
    verbose_name_plural = "Sign-ins in browsers"
    fields = readonly_fields = ("device", "ip", "created_at", "last_seen_at")
    hide_title = True

    @admin.display(description="Device")
    def device(self, session: UserSession) -> str:
        return devices.in_words(session.user_agent)


class ProgramInline(ReadOnlyInline):
    """Sign-ins over the API. The `jti` is left out: it is of no use to people."""

    model = Session
    verbose_name_plural = "Sign-ins over the API"
    fields = readonly_fields = (
        "device", "ip_address", "created_at", "last_used_at", "expires_at", "is_revoked"
    )  # fmt: skip
    hide_title = True
