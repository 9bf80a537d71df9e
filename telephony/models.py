"""Calls: what came in, where it went, and how it ended."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.models import Organization
from dids.models import Number
from didshop.fields import MoneyField
from didshop.transitions import Stateful
from telephony.wording import duration_text, party_text


class CallLogQuerySet(models.QuerySet["CallLog"]):
    def of(self, organization: Organization) -> "CallLogQuerySet":
        """The organisation's calls, without the legs under them."""
        return self.filter(organization=organization, parent=None)


class CallLog(Stateful):
    """One call of a number, or one leg of it. Its status only ever moves forward."""

    class Direction(models.TextChoices):
        INBOUND = "INBOUND", "Inbound"
        OUTBOUND = "OUTBOUND", "Outbound"

    class Status(models.TextChoices):
        INITIATED = "INITIATED", "Initiated"
        RINGING = "RINGING", "Ringing"
        ANSWERED = "ANSWERED", "Answered"
        COMPLETED = "COMPLETED", "Completed"
        BUSY = "BUSY", "Busy"
        FAILED = "FAILED", "Failed"
        NO_ANSWER = "NO_ANSWER", "No answer"
        CANCELLED = "CANCELLED", "Cancelled"

    KIND = "call"
    ENDED = frozenset(
        {Status.COMPLETED, Status.BUSY, Status.FAILED, Status.NO_ANSWER, Status.CANCELLED}
    )
    TRANSITIONS = {
        Status.INITIATED: frozenset({Status.RINGING, Status.ANSWERED}) | ENDED,
        Status.RINGING: frozenset({Status.ANSWERED}) | ENDED,
        Status.ANSWERED: ENDED,
    }

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="calls")
    number = models.ForeignKey(Number, on_delete=models.PROTECT, related_name="calls")
    # A forwarded call has one leg for each phone that was rung.
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="legs"
    )
    twilio_call_sid = models.CharField(max_length=34, unique=True)
    from_number = models.CharField(max_length=100)
    to_number = models.CharField(max_length=100)
    direction = models.CharField(max_length=10, choices=Direction)
    status = models.CharField(max_length=20, choices=Status, default=Status.INITIATED)
    duration = models.PositiveIntegerField(null=True, blank=True, help_text="Seconds")
    # What the carrier asked. It says so minutes later: empty is not zero.
    price = MoneyField(null=True, blank=True)
    price_unit = models.CharField(max_length=3, blank=True)
    start_time = models.DateTimeField(null=True, blank=True)
    end_time = models.DateTimeField(null=True, blank=True)

    objects = CallLogQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["organization", "-id"],
                name="call_of_organization",
                condition=Q(parent=None),
            ),
            models.Index(fields=["number", "-id"], name="call_of_number"),
        ]

    def __str__(self) -> str:
        return f"{self.from_number} → {self.to_number}"

    @property
    def started_at(self) -> datetime:
        """When the call began, as far as the carrier has told."""
        return self.start_time or self.created_at

    @property
    def ended_at(self) -> datetime | None:
        """When the call ended; None while it goes on."""
        return self.end_time

    @property
    def from_text(self) -> str:
        """The caller, for people to read."""
        return party_text(self.from_number)

    @property
    def to_text(self) -> str:
        """Whom they called, for people to read."""
        return party_text(self.to_number)

    @property
    def duration_text(self) -> str:
        """How long it took, for people to read."""
        return duration_text(self.duration)
