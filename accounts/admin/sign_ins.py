"""Where people are signed in: to be read. They are ended on the page of the user."""

from allauth.usersessions.models import UserSession
from django.contrib import admin

from accounts import devices
from accounts.models import Session
from didshop.admin import ReadOnlyAdmin

# The package's own has Django's plain look.
admin.site.unregister(UserSession)


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Sign-ins over the API."""

    list_display = ("user", "device", "ip_address", "last_used_at", "expires_at", "is_revoked")
    list_filter = ("is_revoked", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "device", "ip_address")
    # The `jti` is left out: it is of no use to people.
    fields = (
        "user", "device", "ip_address", "created_at", "last_used_at", "expires_at", "is_revoked"
    )  # fmt: skip


@admin.register(UserSession)
class BrowserAdmin(ReadOnlyAdmin):
    """Sign-ins in browsers. The session's key is a secret, and left out."""

    list_display = ("user", "device", "ip", "created_at", "last_seen_at")
    list_filter = ("last_seen_at",)
    list_select_related = ("user",)
    ordering = ("-last_seen_at",)
    search_fields = ("user__email", "=ip")
    fields = ("user", "device", "user_agent", "ip", "created_at", "last_seen_at")

    @admin.display(description="Device")
    def device(self, session: UserSession) -> str:
        return devices.in_words(session.user_agent)
