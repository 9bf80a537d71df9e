"""The tables below a user and an organisation: to be read."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

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
    fields = readonly_fields = ("organization", "place", "created_at")
    hide_title = True

    @admin.display(description="Role")
    def place(self, place: Membership) -> str:
        return _role_of(place)


class MemberInline(ReadOnlyInline):
    """The people in an organisation."""

    model = Membership
    verbose_name_plural = "Members"
    fields = readonly_fields = ("user", "place", "created_at")
    hide_title = True

    @admin.display(description="Role")
    def place(self, place: Membership) -> str:
        return _role_of(place)


def _role_of(place: Membership) -> str:
    """The role, as a link to where it is changed."""
    url = reverse("admin:accounts_membership_change", args=[place.pk])
    look = "text-primary-600 dark:text-primary-500"
    return format_html('<a class="{}" href="{}">{}</a>', look, url, place.get_role_display())


class InvitationInline(ReadOnlyInline):
    model = Invitation
    fields = readonly_fields = ("email", "role", "created_at", "expires_at", "accepted_at")
    fk_name = "organization"
    hide_title = True


class KeyInline(ReadOnlyInline):
    """API keys, of which the shop itself knows no more than the first characters."""

    model = ApiKey
    verbose_name_plural = "API keys"
    fields = readonly_fields = (
        "name", "prefix", "may", "last_used_at", "expires_at", "revoked_at"
    )  # fmt: skip
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
