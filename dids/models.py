"""What: the carrier's prices and the numbers that organisations own."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models import Organization
from dids import presentation
from dids.presentation import Presented
from didshop.fields import MoneyField, Record
from didshop.transitions import Stateful


class NumberType(models.TextChoices):
    LOCAL = "LOCAL", "Local"
    TOLL_FREE = "TOLL_FREE", "Toll-free"
    MOBILE = "MOBILE", "Mobile"
    NATIONAL = "NATIONAL", "National"
    INTERNATIONAL = "INTERNATIONAL", "International"


class CarrierPrice(Record):
    """What the carrier asks us for one type of number in one country, as last fetched."""

    country_code = models.CharField(max_length=2)
    number_type = models.CharField(max_length=20, choices=NumberType)
    monthly = MoneyField()
    # A minute of an inbound call; empty where the carrier names none.
    inbound_per_minute = MoneyField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    fetched_at = models.DateTimeField()

    class Meta:
        ordering = ["country_code", "number_type"]
        constraints = [
            models.UniqueConstraint(
                fields=["country_code", "number_type"], name="one_carrier_price_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.country_code} {self.number_type}"


class NumberQuerySet(models.QuerySet["Number"]):
    def of(self, organization: Organization) -> "NumberQuerySet":
        """The organisation's numbers: the only way to one that a customer names."""
        return self.filter(organization=organization)

    def live(self) -> "NumberQuerySet":
        """All that are not given back: being bought, in use, suspended or on the way out."""
        return self.exclude(status=Number.Status.RELEASED)


class Number(Presented, Stateful):
    """A phone number that an organisation owns, or is about to.

    PENDING is the claim that an order line lays on a number while it is being bought; if that
    fails the row goes. So one constraint keeps a number from being sold twice.
    """

    class Status(models.TextChoices):
        PENDING = "PENDING", "Being bought"
        ACTIVE = "ACTIVE", "Active"
        SUSPENDED = "SUSPENDED", "Suspended"
        RELEASING = "RELEASING", "To be released"
        RELEASED = "RELEASED", "Released"

    class HttpMethod(models.TextChoices):
        GET = "GET"
        POST = "POST"

    KIND = "number"
    TRANSITIONS = {
        Status.PENDING: frozenset({Status.ACTIVE}),
        Status.ACTIVE: frozenset({Status.SUSPENDED, Status.RELEASING}),
        Status.SUSPENDED: frozenset({Status.ACTIVE, Status.RELEASING}),
        Status.RELEASING: frozenset({Status.ACTIVE, Status.RELEASED}),
    }

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="numbers")
    phone_number = models.CharField(max_length=16)
    friendly_name = models.CharField(max_length=100, blank=True)
    country_code = models.CharField(max_length=2)
    region = models.CharField(max_length=100, blank=True)
    locality = models.CharField(max_length=100, blank=True)
    area_code = models.CharField(max_length=10, blank=True)
    number_type = models.CharField(max_length=20, choices=NumberType)
    capabilities = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    twilio_sid = models.CharField(max_length=34, null=True, blank=True, unique=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING)

    # What was agreed when it was bought; later price changes do not reach it by themselves.
    setup_price = MoneyField(default=0)
    monthly_price = MoneyField()
    carrier_monthly = MoneyField()
    currency = models.CharField(max_length=3)
    paid_through = models.DateField(null=True, blank=True)
    purchased_at = models.DateTimeField(null=True, blank=True)
    purchased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    release_at = models.DateTimeField(null=True, blank=True)

    # Where its calls go: to the customer's own voice URL, or to a phone, or nowhere yet.
    forward_to = models.CharField(max_length=16, blank=True)
    voice_url = models.URLField(max_length=500, blank=True)
    voice_method = models.CharField(max_length=4, choices=HttpMethod, default=HttpMethod.POST)
    voice_fallback_url = models.URLField(max_length=500, blank=True)
    status_callback = models.URLField(max_length=500, blank=True)
    # The carrier has heard of `configured_version`; where the two differ, a task tells it.
    config_version = models.PositiveIntegerField(default=1)
    configured_version = models.PositiveIntegerField(default=0)

    objects = NumberQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["phone_number"],
                condition=~Q(status="RELEASED"),
                name="one_live_number_each",
            ),
            models.CheckConstraint(
                condition=Q(status="PENDING") | Q(twilio_sid__isnull=False),
                name="owned_number_has_sid",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="number_of_organization"),
            models.Index(fields=["phone_number"], name="number_by_e164"),
            models.Index(
                fields=["release_at"], name="number_to_release", condition=Q(status="RELEASING")
            ),
            models.Index(
                fields=["id"],
                name="number_to_configure",
                condition=~Q(config_version=models.F("configured_version")),
            ),
        ]

    def __str__(self) -> str:
        return self.phone_number

    @property
    def number_type_label(self) -> str:
        """The type in words."""
        return str(NumberType(self.number_type).label)

    @property
    def route_text(self) -> str:
        """Where its calls go, in words; empty where they go nowhere yet."""
        if self.voice_url:
            return "Your voice URL"
        return presentation.international(self.forward_to) if self.forward_to else ""

    @property
    def is_configured(self) -> bool:
        """Whether the carrier has heard of the newest routing."""
        return self.config_version == self.configured_version
