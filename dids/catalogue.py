"""What can be bought where: countries, types of numbers, area codes."""

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from functools import cache as once_a_process
from pathlib import Path

import phonenumbers
import structlog
from django.conf import settings
from django.core.cache import cache

from dids import geodata
from dids.criteria import SEARCHABLE_TYPES, ask_for_country
from dids.geodata import AreaCodeData
from dids.models import NumberType
from dids.trouble import refusal
from didshop.errors import Invalid
from telephony import carrier

log = structlog.get_logger(__name__)

COUNTRIES_KEY = "catalogue:countries"
COUNTRIES_SECONDS = 24 * 3600
REQUIREMENT = (
    "A number that needs an address says so in its addressRequirement; such numbers cannot be "
    "bought here yet."
)
DESCRIPTIONS = {
    NumberType.LOCAL: "Belongs to a town or area; callers pay what a call there costs.",
    NumberType.TOLL_FREE: "Free for those who call from within the country.",
    NumberType.MOBILE: "Looks like a mobile phone's; often needed for text messages.",
    NumberType.NATIONAL: "Belongs to the whole country and to no town.",
}


@dataclass(frozen=True, kw_only=True)
class Country:
    """A country that we sell numbers of, with the types that the carrier has there."""

    code: str
    name: str
    calling_code: str
    number_types: tuple[str, ...]
    beta: bool
    requirements: tuple[str, ...] = (REQUIREMENT,)


@dataclass(frozen=True, kw_only=True)
class TypeOfNumber:
    """A type of number: as answers name it, as a search names it, and in words."""

    number_type: str
    parameter: str
    label: str
    description: str


def countries() -> list[Country]:
    """The countries of SHOP_COUNTRIES that the carrier serves, in that order; asked once a day.

    Raises CarrierTrouble.
    """
    kept = cache.get(COUNTRIES_KEY)
    if kept is None:
        kept = [asdict(country) for country in _ask_carrier()]
        cache.set(COUNTRIES_KEY, kept, COUNTRIES_SECONDS)
    return [Country(**fields) for fields in kept]


def _ask_carrier() -> list[Country]:
    try:
        served = {country.code: country for country in carrier.countries()}
    except carrier.CarrierError as error:
        raise refusal(error) from error
    return [
        Country(
            code=code,
            name=served[code].name,
            calling_code=f"+{phonenumbers.country_code_for_region(code)}",
            number_types=served[code].number_types,
            beta=served[code].beta,
        )
        for code in settings.SHOP_COUNTRIES
        if code in served
    ]


def country(code: str) -> Country:
    """One of them. Raises Invalid, CarrierTrouble."""
    for one in countries():
        if one.code == code:
            return one
    raise _unknown_country()


def number_types() -> list[TypeOfNumber]:
    """The types of numbers, whichever countries have them."""
    return [
        TypeOfNumber(
            number_type=name.value,
            parameter=_camel(name.value),
            label=str(name.label),
            description=DESCRIPTIONS[name],
        )
        for name in SEARCHABLE_TYPES
    ]


def _camel(name: str) -> str:
    """TOLL_FREE as tollFree."""
    first, *rest = name.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)


def area_codes(country_code: str, region: str = "") -> list[AreaCodeData]:
    """The country's area codes with their region and towns, all or those of one region.

    region: two letters; only the US and Canada have regions. Raises Invalid.
    """
    check_country(country_code)
    found = _area_codes(country_code)
    return [row for row in found if not region or row["region"] == region.upper()]


def check_country(country_code: str) -> None:
    """Raises Invalid unless we sell numbers of the country."""
    if country_code not in settings.SHOP_COUNTRIES:
        raise _unknown_country()


def _unknown_country() -> Invalid:
    details = [{"field": "country_code", "message": ask_for_country()}]
    return Invalid("Validation error", details=details)


@once_a_process
def _area_codes(country_code: str) -> list[AreaCodeData]:
    """From the file that an earlier process wrote, since reading the source takes seconds."""
    path = settings.DIDSHOP_VAR / f"area-codes-{phonenumbers.__version__}" / f"{country_code}.json"
    try:
        kept: list[AreaCodeData] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        kept = geodata.read(country_code)
        _keep(path, kept)
    return kept


def _keep(path: Path, rows: list[AreaCodeData]) -> None:
    """Write the file in one step: another process may read or write it at this moment."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            json.dump(rows, file)
        Path(name).replace(path)
    except OSError as error:
        log.warning("area_codes_not_kept", error=str(error))
