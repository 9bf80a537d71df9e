"""What somebody did that matters to the safety of their account, in words."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts import devices
from accounts.models import AuditEntry, User
from accounts.privacy.reading import act_text

# What entries keep besides the act (`details`), in words: see accounts.entrance.notices.
_KINDS = {"totp": "authenticator app", "webauthn": "passkey"}
_WAYS = {
    "password": "with the password",
    "second factor": "at the second step",
    "passkey": "with a passkey",
    "confirmation": "by confirming the address",
    "api": "over the API",
}


@dataclass(frozen=True)
class Deed:
    """One entry of the audit log, as its actor reads it."""

    entry: AuditEntry

    @property
    def act(self) -> str:
        """What it was."""
        return act_text(self.entry.act)

    @property
    def about(self) -> str:
        """Which factor it was, or in which way it was done; empty where that says nothing."""
        details = self.entry.details
        return _KINDS.get(details.get("kind", ""), "") or _WAYS.get(details.get("how", ""), "")

    @property
    def device(self) -> str:
        """What it was done with; an API key by its name."""
        key = self.entry.api_key
        return f"API key {key.name}" if key else devices.in_words(self.entry.user_agent)

    @property
    def by_staff(self) -> bool:
        """Whether staff did it in the person's place."""
        return self.entry.impersonator_id is not None


def entries_of(user: User) -> QuerySet[AuditEntry]:
    """What `user` did, newest first."""
    return AuditEntry.objects.filter(actor=user).select_related("api_key").order_by("-id")
