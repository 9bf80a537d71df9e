"""Searching for numbers to buy."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dids import catalogue, quoting
from dids.criteria import Criteria, check, lacking_type
from dids.models import Number, NumberType
from dids.offers import Offer
from dids.presentation import country_name
from dids.prices import price_of
from dids.trouble import refusal
from didshop.errors import ShopError
from telephony import carrier

MOST_ALTERNATIVES = 3


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another search that may find something: a sentence for people, and what to search for."""

    label: str
    criteria: Criteria


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search found. The carrier names at most about 30 numbers, and no further page."""

    offers: list[Offer]
    alternatives: list[Alternative]

    @property
    def total(self) -> int:
        return len(self.offers)


def search(criteria: Criteria) -> Found:
    """Numbers for sale with our prices, without those that are live in our shop.

    Each is quoted: its price holds for QUOTE_SECONDS. Where nothing is found, other searches are
    named instead. Raises Invalid with all fields at fault, Unmet PRICE_UNKNOWN, CarrierTrouble.
    """
    check(criteria)
    try:
        available = carrier.search(**vars(criteria))
    except carrier.NotThere as error:
        raise lacking_type(criteria) from error
    except carrier.CarrierError as error:
        raise refusal(error) from error
    available = _without_ours(available)
    if not available:
        return Found(offers=[], alternatives=list(_alternatives(criteria))[:MOST_ALTERNATIVES])
    price = price_of(criteria.country_code, criteria.number_type)
    offers = [Offer.of(number, price) for number in available]
    quoting.remember(offers)
    return Found(offers=offers, alternatives=[])


def _without_ours(available: list[carrier.AvailableNumber]) -> list[carrier.AvailableNumber]:
    names = [number.phone_number for number in available]
    live = Number.objects.live().filter(phone_number__in=names)
    ours = set(live.values_list("phone_number", flat=True))
    return [number for number in available if number.phone_number not in ours]


def _alternatives(criteria: Criteria) -> Iterator[Alternative]:
    """The same with less asked for, then the country's other types."""
    place = country_name(criteria.country_code)
    where = replace(
        criteria,
        area_code="",
        locality="",
        region="",
        postal_code="",
        near_lat_long="",
        near_number="",
        distance=None,
    )
    if where != criteria:
        yield Alternative(label=f"The same anywhere in {place}", criteria=where)
    if criteria.contains:
        yield Alternative(label="The same with any digits", criteria=replace(criteria, contains=""))
    for number_type in _other_types(criteria):
        label = f"{NumberType(number_type).label} numbers in {place}"
        yield Alternative(
            label=label,
            criteria=Criteria(
                country_code=criteria.country_code,
                number_type=number_type,
                contains=criteria.contains,
                capabilities=criteria.capabilities,
                exclude_address_required=criteria.exclude_address_required,
                limit=criteria.limit,
            ),
        )


def _other_types(criteria: Criteria) -> list[str]:
    """What else the carrier has in the country; nothing where it cannot be asked."""
    try:
        country = catalogue.country(criteria.country_code)
    except ShopError:
        return []
    return [name for name in country.number_types if name != criteria.number_type]
