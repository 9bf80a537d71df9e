"""The plumbing's own tables: transitions, inbox and outbox, idempotency keys and heartbeats."""

from django.conf import settings
from django.db import models

from didshop.fields import Record


class Transition(Record):
    """One change of one status. Append only: the customer's timeline and the audit."""

    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    old = models.CharField(max_length=20)
    new = models.CharField(max_length=20)
    reason = models.CharField(max_length=500, blank=True)
    # Empty where the shop itself acted: a worker, a webhook or the sweeper.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id", "id"])]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.old or 'new'} → {self.new}"


class WebhookEvent(Record):
    """The inbox: what Twilio and Stripe sent, kept before it is acted on."""

    class Provider(models.TextChoices):
        TWILIO = "TWILIO", "Twilio"
        STRIPE = "STRIPE", "Stripe"

    class Status(models.TextChoices):
        RECEIVED = "RECEIVED", "Received"
        PROCESSED = "PROCESSED", "Processed"
        FAILED = "FAILED", "Failed"

    provider = models.CharField(max_length=10, choices=Provider)
    provider_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=80)
    payload = models.JSONField()
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "provider_id"], name="webhook_event_once_per_provider"
            )
        ]
        indexes = [
            models.Index(
                fields=["id"], name="webhook_event_waiting", condition=models.Q(status="RECEIVED")
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind}"


class IdempotencyKey(models.Model):
    """The first answer given to an `Idempotency-Key`, kept for a day."""

    id = models.BigAutoField(primary_key=True)
    # Whose key it is, such as "user:<uuid>": two callers may choose the same key.
    scope = models.CharField(max_length=60)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    # Empty while the first request is under way.
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    # Text: the answer's body; while it is under way, what the request has made (Claim.keep).
    body = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_once_per_scope")
        ]
        indexes = [models.Index(fields=["created_at"])]

    def __str__(self) -> str:
        return self.key


class Heartbeat(models.Model):
    """When a part of the shop last showed that it runs, such as the worker."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class OutgoingMail(Record):
    """The outbox: a mail that is to be sent, written with what it tells about and sent after.

    Its texts are emptied once it is sent, for they may hold links that are worth a password.
    """

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    # Set when it was given up.
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "outgoing mail"
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="outgoing_mail_waiting",
                condition=models.Q(sent_at=None, failed_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"“{self.subject}” to {self.to}"
