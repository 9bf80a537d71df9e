"""Offers for tests, without asking the carrier."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from dids.offers import Offer, Price

PRICE = Price(
    setup=Decimal("0.00"),
    monthly=Decimal("1.50"),
    carrier_monthly=Decimal("1.15"),
    inbound_per_minute=Decimal("0.0111"),
    currency="USD",
)
OFFER = Offer(
    phone_number="+14155450100",
    friendly_name="(415) 545-0100",
    country_code="US",
    region="CA",
    locality="San Francisco",
    postal_code="94105",
    latitude=37.78,
    longitude=-122.41,
    number_type="LOCAL",
    capabilities=("voice", "sms"),
    address_requirement="none",
    price=PRICE,
)


def offer(**changes: Any) -> Offer:
    """An offer for a number in San Francisco, with changes."""
    return replace(OFFER, **changes)
