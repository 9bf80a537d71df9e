"""Twilio: AvailablePhoneNumbers. What can be bought where, and the search for it."""

import re

from sandbox.store import Document
from sandbox.twilio import errors
from sandbox.twilio.countries import COUNTRIES, URL_NAMES, AddressRequirement, Country
from sandbox.twilio.inventory import Offer, Stock, find_block, stock_of
from sandbox.twilio.numbers import is_gone
from sandbox.twilio.patterns import ANYTHING, Pattern, PatternError, parse_pattern
from sandbox.twilio.places import NANP
from sandbox.twilio.searching import Search, search
from sandbox.twilio.wire import PAGING, ApiRequest, Endpoint, route

TYPES_BY_URL_NAME = {url_name: number_type for number_type, url_name in URL_NAMES.items()}
CAPABILITIES = {
    "VoiceEnabled": "voice",
    "SmsEnabled": "sms",
    "MmsEnabled": "mms",
    "FaxEnabled": "fax",
}
# Each of these leaves out numbers with such a requirement. "Foreign" is met by an address
# outside of the country, "local" by one inside, "any" by either.
EXCLUSIONS: dict[str, frozenset[AddressRequirement]] = {
    "ExcludeAllAddressRequired": frozenset({"any", "local", "foreign"}),
    "ExcludeLocalAddressRequired": frozenset({"local"}),
    "ExcludeForeignAddressRequired": frozenset({"foreign"}),
}
NANP_ONLY = (
    "AreaCode",
    "NearNumber",
    "NearLatLong",
    "Distance",
    "InPostalCode",
    "InRegion",
    "InRateCenter",
    "InLata",
)
SEARCH_PARAMETERS = (
    frozenset({"Contains", "Beta", "InLocality", *NANP_ONLY, *CAPABILITIES, *EXCLUSIONS}) | PAGING
)
DEFAULT_MILES, MOST_MILES = 25, 500
MOST_LATITUDE, MOST_LONGITUDE = 90, 180


def list_countries(asked: ApiRequest) -> Document:
    """Every country with the types that it has."""
    countries = [describe_country(asked, country) for country in COUNTRIES.values()]
    return {"countries": countries, "uri": asked.uri}


def fetch_country(asked: ApiRequest) -> Document:
    """One country with the types that it has."""
    return describe_country(asked, find_country(asked))


def find_country(asked: ApiRequest) -> Country:
    """The country in the URL. Raises TwilioError (404)."""
    country = COUNTRIES.get(asked.path["country"].upper())
    if country is None:
        raise asked.not_found()
    return country


def describe_country(asked: ApiRequest, country: Country) -> Document:
    """A country as Twilio describes it."""
    base = f"{asked.account_uri}/AvailablePhoneNumbers/{country.code}"
    return {
        "country_code": country.code,
        "country": country.name,
        "uri": f"{base}.json",
        "beta": False,
        "subresource_uris": {
            number_type: f"{base}/{URL_NAMES[number_type]}.json" for number_type in country.kinds
        },
    }


def search_numbers(asked: ApiRequest) -> Document:
    """Numbers for sale. 404 for a type that the country lacks; there is no second page."""
    country = find_country(asked)
    number_type = TYPES_BY_URL_NAME.get(asked.path["type"])
    stock = stock_of(country.code, number_type) if number_type else None
    if stock is None:
        raise asked.not_found()
    wanted = read_search(asked, country)
    offers = [] if asked.page() else find_unowned(asked, stock, wanted)
    numbers = [offer.describe() for offer in offers]
    return {"available_phone_numbers": numbers, "uri": asked.uri}


def find_unowned(asked: ApiRequest, stock: Stock, wanted: Search) -> list[Offer]:
    """Numbers that fit and that nobody has bought."""
    return search(
        stock,
        wanted,
        limit=asked.page_size(),
        is_owned=lambda number: is_gone(asked, number),
    )


def read_search(asked: ApiRequest, country: Country) -> Search:
    """The search in the query. Raises TwilioError for what Twilio does not take."""
    params = asked.params
    refuse_foreign_parameters(asked, country)
    asked.boolean("Beta")
    if params.get("InRateCenter") and not params.get("InLata"):
        raise errors.invalid_parameter("InRateCenter", "it needs InLata too.")
    return Search(
        pattern=read_pattern(params.get("Contains", "")),
        area_code=read_area_code(params.get("AreaCode", "")),
        locality=params.get("InLocality", ""),
        region=params.get("InRegion", ""),
        postal_code=params.get("InPostalCode", ""),
        rate_center=params.get("InRateCenter", ""),
        lata=params.get("InLata", ""),
        near=read_near(asked),
        miles=asked.integer("Distance", DEFAULT_MILES, least=1, most=MOST_MILES),
        capabilities=read_capabilities(asked),
        excluded=read_exclusions(asked),
    )


def refuse_foreign_parameters(asked: ApiRequest, country: Country) -> None:
    """Area codes, distances and the like are for the US and Canada. Raises TwilioError."""
    if country.code in NANP:
        return
    for name in NANP_ONLY:
        if asked.params.get(name):
            raise errors.invalid_parameter(name, "it is for the US and Canada only.")


def read_pattern(text: str) -> Pattern:
    """Contains. Raises TwilioError."""
    try:
        return parse_pattern(text) if text else ANYTHING
    except PatternError as error:
        raise errors.invalid_parameter("Contains", str(error)) from error


def read_area_code(text: str) -> str:
    """AreaCode. Raises TwilioError."""
    if text and not re.fullmatch(r"\d{3}", text):
        raise errors.invalid_area_code(text)
    return text


def read_capabilities(asked: ApiRequest) -> tuple[tuple[str, bool], ...]:
    """The capabilities that are wanted, or unwanted."""
    answers = {name: asked.boolean(parameter) for parameter, name in CAPABILITIES.items()}
    return tuple((name, answer) for name, answer in answers.items() if answer is not None)


def read_exclusions(asked: ApiRequest) -> frozenset[AddressRequirement]:
    """The address requirements that are unwanted."""
    excluded: frozenset[AddressRequirement] = frozenset()
    for parameter, requirements in EXCLUSIONS.items():
        if asked.boolean(parameter):
            excluded |= requirements
    return excluded


def read_near(asked: ApiRequest) -> tuple[float, float] | None:
    """Where NearLatLong or NearNumber point to, in degrees. Raises TwilioError."""
    if text := asked.params.get("NearLatLong", ""):
        return parse_lat_long(text)
    if number := asked.params.get("NearNumber", ""):
        return locate(number)
    return None


def parse_lat_long(text: str) -> tuple[float, float]:
    """Two numbers from text such as 37.8,-122.4. Raises TwilioError."""
    parts = text.split(",")
    try:
        latitude, longitude = (float(part) for part in parts)
    except ValueError:
        raise errors.invalid_parameter("NearLatLong", "it must be `latitude,longitude`.") from None
    if abs(latitude) > MOST_LATITUDE or abs(longitude) > MOST_LONGITUDE:
        raise errors.invalid_parameter("NearLatLong", "it must be a place on Earth.")
    return latitude, longitude


def locate(number: str) -> tuple[float, float]:
    """Where a number of the US or Canada is, bought or not. Raises TwilioError."""
    block = find_block(number)
    if block is None or block.place.latitude is None or block.place.longitude is None:
        raise errors.invalid_parameter("NearNumber", "it is not a number whose place is known.")
    return block.place.latitude, block.place.longitude


BASE = "/api/2010-04-01/Accounts/{account_sid}/AvailablePhoneNumbers"

routes = [
    route(f"{BASE}.json", get=Endpoint(list_countries, PAGING)),
    route(f"{BASE}/{{country}}.json", get=Endpoint(fetch_country)),
    route(f"{BASE}/{{country}}/{{type}}.json", get=Endpoint(search_numbers, SEARCH_PARAMETERS)),
]
