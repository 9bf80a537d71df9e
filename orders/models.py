"""Buying: orders and their lines."""

from decimal import Decimal

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models import Organization
from billing.models import Payment
from dids.models import Number
from didshop.fields import MoneyField
from didshop.transitions import Stateful


class OrderQuerySet(models.QuerySet["Order"]):
    def of(self, organization: Organization) -> "OrderQuerySet":
        """The organisation's orders: the only way to one that a customer names."""
        return self.filter(organization=organization)

    def open(self) -> "OrderQuerySet":
        """Those that `advance` still has to bring to an end."""
        return self.filter(status__in=Order.OPEN)


class Order(Stateful):
    """Numbers that a customer wants to buy, paid together, charged by what was delivered."""

    class Status(models.TextChoices):
        PENDING = "PENDING", "Placed"
        PROCESSING = "PROCESSING", "Buying"
        COMPLETED = "COMPLETED", "Completed"
        PARTIAL = "PARTIAL", "Partly delivered"
        FAILED = "FAILED", "Failed"
        CANCELLED = "CANCELLED", "Cancelled"

    KIND = "order"
    OPEN = (Status.PENDING, Status.PROCESSING)
    TRANSITIONS = {
        Status.PENDING: frozenset({Status.PROCESSING, Status.CANCELLED}),
        Status.PROCESSING: frozenset(
            {Status.COMPLETED, Status.PARTIAL, Status.FAILED, Status.CANCELLED}
        ),
    }

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="orders")
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    order_number = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING)
    total_amount = MoneyField()
    currency = models.CharField(max_length=3)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="order")
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organization", "-id"], name="order_of_organization"),
            models.Index(
                fields=["id"],
                name="order_open",
                condition=Q(status__in=["PENDING", "PROCESSING"]),
            ),
        ]

    def __str__(self) -> str:
        return self.order_number

    @property
    def is_open(self) -> bool:
        """Whether anything is still to happen by itself."""
        return self.status in Order.OPEN

    @property
    def payment_state(self) -> Payment.Status:
        """Where the money stands."""
        return Payment.Status(self.payment.status)

    @property
    def action_url(self) -> str:
        """Where the customer confirms the payment with their bank; empty if that is not needed."""
        waits = self.is_open and self.payment_state == Payment.Status.REQUIRES_ACTION
        return self.payment.action_url if waits else ""

    @property
    def payment_error(self) -> str:
        """Why the card was not charged, in words; empty while nothing is wrong."""
        return self.payment.error

    @property
    def can_cancel(self) -> bool:
        """Whether a line is left that nobody has begun to buy."""
        lines = self.lines.all()
        return self.is_open and any(line.status == OrderLine.Status.PENDING for line in lines)


class OrderLine(Stateful):
    """One number of an order: an attempt to buy it, written down before the carrier is called."""

    class Status(models.TextChoices):
        PENDING = "PENDING", "Waiting"
        BUYING = "BUYING", "Buying"
        UNKNOWN = "UNKNOWN", "Being looked up"
        ACTIVE = "ACTIVE", "Delivered"
        FAILED = "FAILED", "Not delivered"
        CANCELLED = "CANCELLED", "Cancelled"
        NEEDS_REVIEW = "NEEDS_REVIEW", "A person looks at it"

    KIND = "line"
    ENDED = frozenset({Status.ACTIVE, Status.FAILED, Status.CANCELLED, Status.NEEDS_REVIEW})
    TRANSITIONS = {
        Status.PENDING: frozenset({Status.BUYING, Status.CANCELLED}),
        Status.BUYING: frozenset({Status.ACTIVE, Status.FAILED, Status.CANCELLED, Status.UNKNOWN}),
        Status.UNKNOWN: frozenset({Status.ACTIVE, Status.BUYING, Status.NEEDS_REVIEW}),
        Status.NEEDS_REVIEW: frozenset({Status.ACTIVE, Status.FAILED}),
    }

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    phone_number = models.CharField(max_length=16)
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING)
    # The claim on the number, and later the number itself; goes when the line fails.
    number = models.OneToOneField(
        Number, null=True, blank=True, on_delete=models.SET_NULL, related_name="order_line"
    )
    # The quote as it was agreed, so that the line can be read when the number is gone.
    offer = models.JSONField(encoder=DjangoJSONEncoder)
    setup_price = MoneyField()
    monthly_price = MoneyField()
    attempts = models.PositiveSmallIntegerField(default=0)
    # Until then the worker that took the line has it to itself.
    claimed_until = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=80, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["order", "position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "phone_number"], name="one_line_a_number"),
            models.CheckConstraint(
                condition=~Q(status="ACTIVE") | Q(number__isnull=False),
                name="delivered_line_has_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.phone_number} {self.status}"

    @property
    def first_charge(self) -> Decimal:
        """What this line costs at purchase: set-up and the first month."""
        return Decimal(self.setup_price) + Decimal(self.monthly_price)
