"""What the carrier has for sale. (Twilio: AvailablePhoneNumbers)"""

from collections.abc import Iterable, Mapping
from typing import Any

import phonenumbers

from telephony.carrier import number_types
from telephony.carrier.client import shared
from telephony.carrier.errors import NumberUnavailable, translated
from telephony.carrier.records import AvailableNumber, CarrierCountry

CAPABILITIES = ("voice", "sms", "mms", "fax")


def search(
    *,
    country_code: str,
    number_type: str,
    area_code: str = "",
    contains: str = "",
    near_lat_long: str = "",
    near_number: str = "",
    distance: int | None = None,
    locality: str = "",
    region: str = "",
    postal_code: str = "",
    capabilities: Iterable[str] = (),
    exclude_address_required: bool = False,
    limit: int = 20,
) -> list[AvailableNumber]:
    """At most `limit` numbers for sale, in one request.

    Twilio has about 30 a search at most and no further pages. `distance` in miles. Raises
    NotThere where the country lacks the type, CarrierError.
    """
    filters: dict[str, Any] = {
        "area_code": area_code,
        "contains": contains,
        "near_lat_long": near_lat_long,
        "near_number": near_number,
        "distance": distance,
        "in_locality": locality,
        "in_region": region,
        "in_postal_code": postal_code,
        "exclude_all_address_required": exclude_address_required,
        **{f"{name}_enabled": True for name in capabilities},
    }
    given = {name: value for name, value in filters.items() if value}
    try:
        with translated():
            country = shared().available_phone_numbers(country_code)
            listing = getattr(country, number_types.ATTRIBUTES[number_type])
            found = [
                _available(number, number_type) for number in listing.page(**given, page_size=limit)
            ]
    except NumberUnavailable:
        return []
    return found[:limit]


def find_available(
    phone_number: str, *, country_code: str, number_type: str
) -> AvailableNumber | None:
    """The number if it is for sale right now, by exact match. Raises CarrierError."""
    # The digits after the country's code: they match whether the carrier compares patterns with
    # the number as it is written at home or in full.
    digits = phonenumbers.national_significant_number(phonenumbers.parse(phone_number))
    found = search(country_code=country_code, number_type=number_type, contains=digits)
    return next((number for number in found if number.phone_number == phone_number), None)


def countries() -> list[CarrierCountry]:
    """Every country in which the carrier sells numbers of a type that we know."""
    with translated():
        return [_country(country) for country in shared().available_phone_numbers.list()]


def _available(number: Any, number_type: str) -> AvailableNumber:
    return AvailableNumber(
        phone_number=number.phone_number,
        friendly_name=number.friendly_name or "",
        country_code=number.iso_country,
        region=number.region or "",
        locality=number.locality or "",
        postal_code=number.postal_code or "",
        latitude=_coordinate(number.latitude),
        longitude=_coordinate(number.longitude),
        number_type=number_type,
        capabilities=_capabilities(number.capabilities or {}),
        address_requirement=number.address_requirements or "none",
    )


def _coordinate(value: str | float | None) -> float | None:
    return None if value in (None, "") else float(value)


def _capabilities(answered: Mapping[str, bool]) -> tuple[str, ...]:
    """Twilio writes the names in either case: `voice`, `SMS`, `MMS`."""
    able = {name.lower() for name, is_able in answered.items() if is_able}
    return tuple(name for name in CAPABILITIES if name in able)


def _country(country: Any) -> CarrierCountry:
    offered = {number_types.normalise(name) for name in country.subresource_uris}
    return CarrierCountry(
        code=country.country_code,
        name=country.country,
        number_types=tuple(name for name in number_types.ATTRIBUTES if name in offered),
        beta=bool(country.beta),
    )
