"""What somebody did that matters to the safety of their account, in words."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts import devices
from accounts.models import AuditEntry, User
from accounts.privacy.reading import act_text


@dataclass(frozen=True)
class Deed:
    """One entry of the audit log, as its actor reads it."""

    entry: AuditEntry

    @property
    def act(self) -> str:
        """What it was."""
        return act_text(self.entry.act)

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
