"""What a customer searches for, held against the carrier's rules before it is asked."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import phonenumbers
from django.conf import settings
from phonenumbers import PhoneNumberType

from dids.models import NumberType
from dids.presentation import country_name
from didshop.errors import Invalid

# Area codes and searches by place are for the North American plan only.
AREA_CODE_COUNTRIES = frozenset({"US", "CA"})
SEARCHABLE_TYPES = (
    NumberType.LOCAL,
    NumberType.TOLL_FREE,
    NumberType.MOBILE,
    NumberType.NATIONAL,
)
CAPABILITIES = ("voice", "sms", "mms", "fax")
MOST_RESULTS = 100
MOST_MILES = 500
LONGEST_PLACE = 100
WILDCARDS = frozenset("*%+$")
PATTERN = re.compile(r"\+?[0-9A-Za-z*%]+\$?", re.ASCII)
SHORTEST_PATTERN, LONGEST_PATTERN = 2, 16
FEWEST_LETTERS = 2
AREA_CODE = re.compile(r"[2-9]\d\d", re.ASCII)
REGION = re.compile(r"[A-Za-z]{2}", re.ASCII)
POSTAL_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z -]{1,9}", re.ASCII)
COORDINATE = r"[+-]?\d{1,3}(?:\.\d{1,8})?"
COORDINATES = re.compile(rf"({COORDINATE})\s*,\s*({COORDINATE})", re.ASCII)
MOST_LATITUDE, MOST_LONGITUDE = 90, 180


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """What to search for; empty means any. The names are those of the API, in snake_case.

    country_code: ISO 3166-1 alpha-2. number_type: LOCAL, TOLL_FREE, MOBILE or NATIONAL.
    near_lat_long: "37.78,-122.41". near_number: E.164. distance: miles around either.
    """

    country_code: str
    number_type: str = NumberType.LOCAL.value
    area_code: str = ""
    contains: str = ""
    near_lat_long: str = ""
    near_number: str = ""
    distance: int | None = None
    locality: str = ""
    region: str = ""
    postal_code: str = ""
    capabilities: tuple[str, ...] = ()
    exclude_address_required: bool = False
    limit: int = 20


def check(criteria: Criteria) -> None:
    """Raises Invalid with a sentence for every field that the carrier could not understand."""
    problems = {
        name: sentence for name, rule in RULES.items() if (sentence := rule(criteria)) is not None
    }
    for name, word in PLACE_FIELDS.items():
        if getattr(criteria, name) and criteria.country_code not in AREA_CODE_COUNTRIES:
            problems[name] = f"{word} can be searched in the US and Canada only."
    if problems:
        details = [{"field": name, "message": text} for name, text in problems.items()]
        raise Invalid("Validation error", details=details)


def clean_pattern(text: str) -> str:
    """A pattern without what people put between digits: "415-555" is 415555."""
    return re.sub(r"[\s().-]", "", text)


def ask_for_country() -> str:
    """What to say of a country that we do not sell numbers of."""
    return f"Give a country that we sell numbers of: {', '.join(settings.SHOP_COUNTRIES)}."


def _country(criteria: Criteria) -> str | None:
    if criteria.country_code in settings.SHOP_COUNTRIES:
        return None
    return ask_for_country()


def _number_type(criteria: Criteria) -> str | None:
    if criteria.number_type in SEARCHABLE_TYPES:
        return None
    return "Choose local, tollFree, mobile or national."


def _area_code(criteria: Criteria) -> str | None:
    if not criteria.area_code or AREA_CODE.fullmatch(criteria.area_code):
        return None
    return "An area code has three digits and begins with 2 to 9, such as 415."


def _contains(criteria: Criteria) -> str | None:
    text = criteria.contains
    if not text:
        return None
    if not SHORTEST_PATTERN <= len(text) <= LONGEST_PATTERN:
        return f"A pattern has {SHORTEST_PATTERN} to {LONGEST_PATTERN} characters."
    if not PATTERN.fullmatch(text):
        return (
            "A pattern has digits, letters and the wildcards * and %; + may stand at its "
            "beginning and $ at its end."
        )
    if sum(one not in WILDCARDS for one in text) < FEWEST_LETTERS:
        return "A pattern needs at least two digits or letters that are not wildcards."
    return None


def _near_lat_long(criteria: Criteria) -> str | None:
    if not criteria.near_lat_long:
        return None
    found = COORDINATES.fullmatch(criteria.near_lat_long)
    if (
        found is None
        or abs(float(found[1])) > MOST_LATITUDE
        or abs(float(found[2])) > MOST_LONGITUDE
    ):
        return "Give latitude and longitude in degrees, such as 37.78,-122.41."
    return "Search near a place or near a number, not both." if criteria.near_number else None


def _near_number(criteria: Criteria) -> str | None:
    if not criteria.near_number:
        return None
    sentence = "Give a number of the US or Canada in E.164 form, such as +14155550123."
    try:
        parsed = phonenumbers.parse(criteria.near_number)
    except phonenumbers.NumberParseException:
        return sentence
    is_placed = (
        phonenumbers.region_code_for_number(parsed) in AREA_CODE_COUNTRIES
        and phonenumbers.number_type(parsed) != PhoneNumberType.TOLL_FREE
        and phonenumbers.is_valid_number(parsed)
    )
    return None if is_placed else sentence


def _distance(criteria: Criteria) -> str | None:
    if criteria.distance is None:
        return None
    if not 1 <= criteria.distance <= MOST_MILES:
        return f"Give whole miles from 1 to {MOST_MILES}."
    if not (criteria.near_lat_long or criteria.near_number):
        return "A distance needs nearLatLong or nearNumber to start from."
    return None


def _locality(criteria: Criteria) -> str | None:
    text = criteria.locality
    if len(text) <= LONGEST_PLACE and text.isprintable():
        return None
    return f"Give the name of a town in at most {LONGEST_PLACE} characters."


def _region(criteria: Criteria) -> str | None:
    if not criteria.region or REGION.fullmatch(criteria.region):
        return None
    return "Give a state or province by its two letters, such as CA."


def _postal_code(criteria: Criteria) -> str | None:
    if not criteria.postal_code or POSTAL_CODE.fullmatch(criteria.postal_code):
        return None
    return "Give a postal code, such as 94105 or K1A 0B1."


def _capabilities(criteria: Criteria) -> str | None:
    if all(name in CAPABILITIES for name in criteria.capabilities):
        return None
    return f"Choose of {', '.join(CAPABILITIES)}, with commas between them."


def _limit(criteria: Criteria) -> str | None:
    if 1 <= criteria.limit <= MOST_RESULTS:
        return None
    return f"Give a whole number from 1 to {MOST_RESULTS}."


PLACE_FIELDS = {
    "area_code": "Area codes",
    "near_lat_long": "Places",
    "near_number": "Places near a number",
    "region": "Regions",
    "postal_code": "Postal codes",
}
RULES: dict[str, Callable[[Criteria], str | None]] = {
    "country_code": _country,
    "number_type": _number_type,
    "area_code": _area_code,
    "contains": _contains,
    "near_lat_long": _near_lat_long,
    "near_number": _near_number,
    "distance": _distance,
    "locality": _locality,
    "region": _region,
    "postal_code": _postal_code,
    "capabilities": _capabilities,
    "limit": _limit,
}


def lacking_type(criteria: Criteria) -> Invalid:
    """The carrier has no numbers of this type in the country."""
    label = str(NumberType(criteria.number_type).label).lower()
    sentence = f"There are no {label} numbers in {country_name(criteria.country_code)}."
    details = [{"field": "number_type", "message": sentence}]
    return Invalid("Validation error", details=details)
