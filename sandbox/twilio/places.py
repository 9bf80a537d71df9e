"""Where numbers are: each place of a country with the prefixes that belong to it.

Places and prefixes are phonenumbers' geocoding data; coordinates, postal codes and
LATAs of the United States and Canada come from cities.py and are approximate.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import phonenumbers

from sandbox.twilio.chance import fraction
from sandbox.twilio.cities import City, cities_by_area_code, cities_by_name
from sandbox.twilio.prefixes import NANP_CALLING_CODE, prefixes_below

NANP = ("US", "CA")
AREA_CODE_END = 4
MILES_PER_DEGREE = 69.0
# A town of an area code whose own coordinates are not known is put so near to its main city.
TOWN_MILES = 12.0


@dataclass(frozen=True)
class Place:
    """What Twilio tells about where a number is. All but the locality is for US and CA only."""

    area_code: str = ""
    locality: str | None = None
    region: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    lata: str | None = None
    rate_center: str | None = None
    postal_prefix: str = ""

    def miles_to(self, latitude: float, longitude: float) -> float:
        """The distance over the ground; infinite when the place is not known that well."""
        if self.latitude is None or self.longitude is None:
            return math.inf
        north = (self.latitude - latitude) * MILES_PER_DEGREE
        east = (self.longitude - longitude) * MILES_PER_DEGREE * math.cos(math.radians(latitude))
        return math.hypot(north, east)


NOWHERE = Place()


def local_prefixes(country: str, calling_code: str) -> Iterator[tuple[str, Place]]:
    """Each geographic prefix (digits with calling code) of a country with its place."""
    if country in NANP:
        yield from nanp_prefixes(country)
        return
    for prefix, name in prefixes_below(calling_code):
        yield prefix, Place(locality=name)


def nanp_prefixes(country: str) -> Iterator[tuple[str, Place]]:
    """The exchanges of the United States or of Canada, with their towns."""
    for prefix, name in prefixes_below(NANP_CALLING_CODE):
        area_code = prefix[1:AREA_CODE_END]
        if country_of_area_code(area_code) != country:
            continue
        place = nanp_place(area_code, name)
        # An area code without any exchange known belongs to its main city as a whole.
        for exchange in range(2, 10) if len(prefix) == AREA_CODE_END else [""]:
            yield f"{prefix}{exchange}", place


@cache
def country_of_area_code(area_code: str) -> str | None:
    """The country of an area code of the North American plan."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(f"+1{area_code}2345678"))


@cache
def nanp_place(area_code: str, name: str) -> Place:
    """The place that phonenumbers calls "San Rafael, CA", or only "California"."""
    main = cities_by_area_code().get(area_code)
    locality, comma, region = name.rpartition(", ")
    if not comma:
        return Place(area_code) if main is None else city_place(area_code, main)
    city = cities_by_name().get((locality, region))
    if city is not None:
        return city_place(area_code, city)
    return town_place(area_code, locality, region, main)


def city_place(area_code: str, city: City) -> Place:
    """A city as a place."""
    return Place(
        area_code=area_code,
        locality=city.name,
        region=city.region,
        latitude=city.latitude,
        longitude=city.longitude,
        lata=city.lata,
        rate_center=rate_center(city.name),
        postal_prefix=city.postal_prefix,
    )


def town_place(area_code: str, locality: str, region: str, main: City | None) -> Place:
    """A town near the main city of its area code, when that is known."""
    if main is None or main.region != region:
        return Place(area_code, locality, region, rate_center=rate_center(locality))
    angle = 2 * math.pi * fraction(locality, "angle")
    miles = TOWN_MILES * fraction(locality, "miles")
    return Place(
        area_code=area_code,
        locality=locality,
        region=region,
        latitude=round(main.latitude + miles * math.sin(angle) / MILES_PER_DEGREE, 4),
        longitude=round(main.longitude + miles * math.cos(angle) / MILES_PER_DEGREE, 4),
        lata=main.lata,
        rate_center=rate_center(locality),
        postal_prefix=main.postal_prefix,
    )


def rate_center(locality: str) -> str:
    """A rate centre's name: capitals, ten at most, as carriers abbreviate."""
    return locality.upper().replace(".", "")[:10].strip()
