"""What numbers tell of a customer: copied out, in the way of an end, erased."""

from collections.abc import Iterator

from accounts.models import Organization
from accounts.privacy import registry
from accounts.privacy.registry import Hindrance, Rows
from dids.models import Number


def register() -> None:
    """Take part in exports and erasures. Called once, at start."""
    registry.register_section("numbers", "Your phone numbers, those given back included.", _numbers)
    registry.register_section(
        "numbers-history", "Every change of a number's status, and why.", _history
    )
    registry.register_hindrance(_live_numbers)
    registry.register_eraser(_forget_routes)


def _numbers(organization: Organization) -> Rows:
    return registry.columns(
        Number.objects.of(organization),
        "id",
        "phone_number",
        "friendly_name",
        "country_code",
        "region",
        "locality",
        "number_type",
        "capabilities",
        "status",
        "setup_price",
        "monthly_price",
        "currency",
        "purchased_at",
        "purchased_by_id",
        "paid_through",
        "release_at",
        "forward_to",
        "voice_url",
        "voice_method",
        "voice_fallback_url",
        "status_callback",
    )


def _history(organization: Organization) -> Rows:
    return registry.history(Number, Number.objects.of(organization))


def _live_numbers(organization: Organization) -> Iterator[Hindrance]:
    count = Number.objects.of(organization).live().count()
    if count:
        numbers = "1 number" if count == 1 else f"{count} numbers"
        yield Hindrance(
            "LIVE_NUMBERS",
            f"{organization} still has {numbers}. Release them first, at once and not in some "
            "days; their calls end then.",
        )


def _forget_routes(organization: Organization) -> None:
    """The numbers have been given back: what they were called, and where they led, goes."""
    Number.objects.of(organization).update(
        friendly_name="", forward_to="", voice_url="", voice_fallback_url="", status_callback=""
    )
