"""Our prices: the carrier's, as last fetched, and a markup."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dids.models import CarrierPrice
from dids.offers import Price
from dids.trouble import refusal
from didshop.errors import Unmet
from didshop.money import quantise
from telephony import carrier

log = structlog.get_logger(__name__)

# The carrier's list is fetched daily; a row this old means that the task did not run.
MOST_AGE = timedelta(hours=36)
REFRESHED_EVERY = timedelta(hours=24)
# A minute costs parts of a cent.
MINUTE_STEP = Decimal("0.0001")


@dataclass(frozen=True)
class ListedPrice:
    """A line of the price list: what a number of this type costs in the country."""

    number_type: str
    price: Price


def price_of(country_code: str, number_type: str) -> Price:
    """Our price of such a number. Asks the carrier if its price is missing or too old.

    Raises Unmet PRICE_UNKNOWN if the carrier names none, CarrierTrouble if it cannot be asked
    and has never been.
    """
    for row in _rows(country_code):
        if row.number_type == number_type:
            return _ours(row)
    raise Unmet(
        "Numbers of this type are not for sale in this country: the carrier names no price.",
        code="PRICE_UNKNOWN",
    )


def price_list(country_code: str) -> list[ListedPrice]:
    """Our prices of every type in the country. Raises CarrierTrouble as `price_of` does."""
    return [ListedPrice(row.number_type, _ours(row)) for row in _rows(country_code)]


def known() -> list[tuple[str, ListedPrice]]:
    """Our prices in every country as last fetched, each with its country's code. Asks nobody."""
    rows = CarrierPrice.objects.filter(country_code__in=settings.SHOP_COUNTRIES)
    return [(row.country_code, ListedPrice(row.number_type, _ours(row))) for row in rows]


def known_minute(country_code: str, number_type: str) -> Decimal | None:
    """Our price of an inbound minute as last fetched; None where it is not known. Asks nobody."""
    row = CarrierPrice.objects.filter(country_code=country_code, number_type=number_type).first()
    return _ours(row).inbound_per_minute if row else None


def _rows(country_code: str) -> list[CarrierPrice]:
    """The carrier's prices in the country, fetched anew where they are missing or too old."""
    rows = list(CarrierPrice.objects.filter(country_code=country_code))
    if rows and all(timezone.now() - row.fetched_at <= MOST_AGE for row in rows):
        return rows
    try:
        refresh(country_code)
    except carrier.CarrierError as error:
        if not rows:
            raise refusal(error) from error
        log.warning("prices_are_old", country=country_code, error=error.message)
        return rows
    return list(CarrierPrice.objects.filter(country_code=country_code))


def refresh(country_code: str) -> None:
    """Fetch the carrier's prices in the country and keep them. Raises CarrierError."""
    minutes = {row.number_type: row for row in carrier.voice_prices(country_code)}
    now = timezone.now()
    rows = [
        CarrierPrice(
            country_code=country_code,
            number_type=row.number_type,
            monthly=row.monthly,
            inbound_per_minute=_per_minute(minutes.get(row.number_type)),
            currency=row.currency,
            fetched_at=now,
        )
        for row in carrier.number_prices(country_code)
        if _is_in_our_currency(row)
    ]
    with transaction.atomic():
        CarrierPrice.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["country_code", "number_type"],
            update_fields=["monthly", "inbound_per_minute", "currency", "fetched_at"],
        )
        # What the carrier names no price for any more cannot be sold.
        CarrierPrice.objects.filter(country_code=country_code, fetched_at__lt=now).delete()


def refresh_old() -> None:
    """Fetch the lists of the shop's countries that are a day old. One that fails keeps its own."""
    a_day_ago = timezone.now() - REFRESHED_EVERY
    fresh = CarrierPrice.objects.filter(fetched_at__gt=a_day_ago).values_list("country_code")
    fresh_codes = {code for (code,) in fresh.distinct()}
    for country_code in settings.SHOP_COUNTRIES:
        if country_code in fresh_codes:
            continue
        try:
            refresh(country_code)
        except carrier.CarrierError as error:
            log.warning("prices_not_fetched", country=country_code, error=error.message)


def _is_in_our_currency(row: carrier.NumberPrice) -> bool:
    """Prices are never converted: a list in another currency is a mistake in the settings."""
    if row.currency != settings.CURRENCY:
        log.error("carrier_currency_differs", carrier=row.currency, shop=settings.CURRENCY)
    return bool(row.currency == settings.CURRENCY)


def _per_minute(row: carrier.VoicePrice | None) -> Decimal | None:
    return row.inbound_per_minute if row and row.currency == settings.CURRENCY else None


def _ours(row: CarrierPrice) -> Price:
    factor = 1 + settings.PRICE_MARKUP_PERCENT / 100
    minute = row.inbound_per_minute
    return Price(
        setup=quantise(settings.SETUP_PRICE),
        monthly=quantise(row.monthly * factor),
        carrier_monthly=row.monthly,
        inbound_per_minute=None
        if minute is None
        else (minute * factor).quantize(MINUTE_STEP, rounding=ROUND_HALF_UP),
        currency=row.currency,
    )
