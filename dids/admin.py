"""Numbers and prices in the admin: to be read; the actions call the verbs that customers use."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.organizations import user_of
from dids import configuration, lifecycle
from dids.models import CarrierPrice, Number
from didshop.admin import ReadOnlyAdmin, history_of
from didshop.errors import ShopError


@admin.register(CarrierPrice)
class CarrierPriceAdmin(ReadOnlyAdmin):
    """What the carrier asks us; fetched daily."""

    list_display = (
        "country_code",
        "number_type",
        "monthly",
        "inbound_per_minute",
        "currency",
        "fetched_at",
    )
    list_filter = ("country_code", "number_type")


@admin.register(Number)
class NumberAdmin(ReadOnlyAdmin):
    """Every number of every customer."""

    list_display = (
        "international",
        "organization",
        "status",
        "number_type",
        "country_code",
        "is_told",
        "purchased_at",
        "release_at",
    )
    list_filter = ("status", "number_type", "country_code")
    list_select_related = ("organization",)
    search_fields = ("phone_number", "friendly_name", "organization__name", "=twilio_sid")
    fieldsets = (
        (None, {"fields": ("phone_number", "friendly_name", "organization", "status", "history")}),
        (
            "Where it is",
            {
                "fields": (
                    "country_code",
                    "region",
                    "locality",
                    "area_code",
                    "number_type",
                    "capabilities",
                    "twilio_sid",
                )
            },
        ),
        (
            "Where its calls go",
            {
                "fields": (
                    "forward_to",
                    "voice_url",
                    "voice_method",
                    "voice_fallback_url",
                    "status_callback",
                    "is_told",
                )
            },
        ),
        (
            "What it costs",
            {
                "fields": (
                    "setup_price",
                    "monthly_price",
                    "carrier_monthly",
                    "currency",
                    "purchased_at",
                    "purchased_by",
                    "paid_through",
                    "release_at",
                )
            },
        ),
    )
    readonly_fields = ("history", "is_told")
    actions = ("release_numbers", "restore_numbers", "configure_numbers")

    @admin.display(description="Carrier told", boolean=True)
    def is_told(self, number: Number) -> bool:
        return number.is_configured

    @admin.display(description="History")
    def history(self, number: Number) -> SafeString:
        """Every change of its status."""
        return history_of(number.transitions)

    @admin.action(description="Release in the usual time", permissions=["act"])
    def release_numbers(self, request: HttpRequest, numbers: QuerySet[Number]) -> None:
        self._run(request, numbers, lifecycle.release)

    @admin.action(description="Restore", permissions=["act"])
    def restore_numbers(self, request: HttpRequest, numbers: QuerySet[Number]) -> None:
        self._run(request, numbers, lifecycle.restore)

    @admin.action(description="Tell the carrier the routing again", permissions=["act"])
    def configure_numbers(self, request: HttpRequest, numbers: QuerySet[Number]) -> None:
        self._run(request, numbers, configuration.configure_again)

    def _run(
        self, request: HttpRequest, numbers: QuerySet[Number], verb: Callable[..., Any]
    ) -> None:
        """The verb on each number; one that refuses is told and holds up no other."""
        done = 0
        for number in numbers:
            try:
                verb(number, actor=user_of(request))
                done += 1
            except ShopError as error:
                self.message_user(request, f"{number}: {error.message}", messages.ERROR)
        if done:
            self.message_user(request, f"Done for {done}.", messages.SUCCESS)
