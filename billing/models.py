"""Money: who pays, with what, and each attempt to take it."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Organization
from didshop.fields import MoneyField, Record
from didshop.transitions import Stateful


class BillingAccount(Record):
    """An organisation's account with us, and its customer record at Stripe."""

    organization = models.OneToOneField(
        Organization, on_delete=models.PROTECT, related_name="billing_account"
    )
    stripe_customer_id = models.CharField(max_length=64, null=True, blank=True, unique=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.organization)


class PaymentMethodQuerySet(models.QuerySet["PaymentMethod"]):
    def of(self, organization: Organization) -> "PaymentMethodQuerySet":
        """The organisation's cards that can be charged."""
        return self.filter(organization=organization, removed_at=None)


class PaymentMethod(Record):
    """A card kept at Stripe. We know its last four digits, never its number."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="payment_methods"
    )
    stripe_id = models.CharField(max_length=64, unique=True)
    brand = models.CharField(max_length=30)
    last4 = models.CharField(max_length=4)
    exp_month = models.PositiveSmallIntegerField()
    exp_year = models.PositiveSmallIntegerField()
    is_default = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = PaymentMethodQuerySet.as_manager()

    class Meta:
        ordering = ["-is_default", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(is_default=True, removed_at=None),
                name="one_default_card_each",
            )
        ]

    def __str__(self) -> str:
        return f"{self.brand.title()} •••• {self.last4}"


class Payment(Stateful):
    """One attempt to take money: written down before Stripe is called.

    CREATED means that Stripe has not heard of it; UNKNOWN that it may have. What is AUTHORIZED
    is only held. CAPTURED is the money of what was delivered.
    """

    class Status(models.TextChoices):
        CREATED = "CREATED", "To be authorised"
        REQUIRES_ACTION = "REQUIRES_ACTION", "Waiting for the customer's bank"
        AUTHORIZED = "AUTHORIZED", "Held"
        CAPTURED = "CAPTURED", "Paid"
        CANCELLED = "CANCELLED", "Not charged"
        FAILED = "FAILED", "Declined"
        UNKNOWN = "UNKNOWN", "Being authorised"

    KIND = "payment"
    ENDED = frozenset({Status.CAPTURED, Status.CANCELLED, Status.FAILED})
    TRANSITIONS = {
        Status.CREATED: frozenset({Status.UNKNOWN, Status.CANCELLED}),
        Status.UNKNOWN: frozenset(
            {Status.AUTHORIZED, Status.REQUIRES_ACTION, Status.FAILED, Status.CANCELLED}
        ),
        Status.REQUIRES_ACTION: frozenset({Status.AUTHORIZED, Status.FAILED, Status.CANCELLED}),
        Status.AUTHORIZED: frozenset({Status.CAPTURED, Status.CANCELLED}),
    }

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="payments"
    )
    payment_method = models.ForeignKey(
        PaymentMethod, on_delete=models.PROTECT, related_name="payments"
    )
    # What it pays for, such as "order-<uuid>": the stem of the idempotency keys sent to Stripe.
    reference = models.CharField(max_length=60)
    attempt = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=20, choices=Status, default=Status.CREATED)
    amount = MoneyField()
    captured_amount = MoneyField(default=0)
    currency = models.CharField(max_length=3)
    intent_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    # Where the customer's bank asks them to confirm (3-D Secure).
    action_url = models.URLField(max_length=1000, blank=True)
    return_url = models.URLField(max_length=500)
    error_code = models.CharField(max_length=80, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["reference", "attempt"], name="one_payment_an_attempt"),
            models.CheckConstraint(
                condition=Q(captured_amount__lte=F("amount")), name="captured_within_authorised"
            ),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="payment_of_organization")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.status}"
