"""Twilio: Pricing v1 (phone numbers) and v2 (voice), and the account's balance."""

from sandbox.store import Document
from sandbox.twilio.countries import COUNTRIES, PRICE_NAMES, Country
from sandbox.twilio.wire import PAGING, ApiRequest, Endpoint, paginate_with_meta, route

PHONE_NUMBERS_URL = "https://pricing.twilio.com/v1/PhoneNumbers/Countries"
VOICE_URL = "https://pricing.twilio.com/v2/Voice/Countries"
CURRENCY = "USD"
BALANCE = "1000.00"


def summary(country: Country, base: str) -> Document:
    """A country as it stands in the lists of both price lists."""
    return {
        "country": country.name,
        "iso_country": country.code,
        "url": f"{base}/{country.code}",
    }


def find_country(asked: ApiRequest) -> Country:
    """The country in the URL. Raises TwilioError (404)."""
    country = COUNTRIES.get(asked.path["country"].upper())
    if country is None:
        raise asked.not_found()
    return country


def list_phone_number_countries(asked: ApiRequest) -> Document:
    """The countries that have prices for numbers."""
    countries = [summary(country, PHONE_NUMBERS_URL) for country in COUNTRIES.values()]
    return paginate_with_meta(asked, "countries", PHONE_NUMBERS_URL, countries)


def fetch_phone_number_prices(asked: ApiRequest) -> Document:
    """What a month of each type of number costs in one country."""
    country = find_country(asked)
    return {
        **summary(country, PHONE_NUMBERS_URL),
        "price_unit": CURRENCY,
        "phone_number_prices": [
            {
                "number_type": PRICE_NAMES[number_type],
                "base_price": kind.monthly,
                "current_price": kind.monthly,
            }
            for number_type, kind in country.kinds.items()
        ],
    }


def list_voice_countries(asked: ApiRequest) -> Document:
    """The countries that have prices for calls."""
    countries = [summary(country, VOICE_URL) for country in COUNTRIES.values()]
    return paginate_with_meta(asked, "countries", VOICE_URL, countries)


def fetch_voice_prices(asked: ApiRequest) -> Document:
    """What a minute costs: in to each type of number, out by prefix."""
    country = find_country(asked)
    return {
        **summary(country, VOICE_URL),
        "price_unit": CURRENCY,
        "inbound_call_prices": [
            {
                "number_type": PRICE_NAMES[number_type],
                "base_price": kind.per_minute,
                "current_price": kind.per_minute,
            }
            for number_type, kind in country.kinds.items()
        ],
        "outbound_prefix_prices": [
            {
                "friendly_name": f"Programmable Outbound Minute - {country.name} - {name}",
                "origination_prefixes": ["ALL"],
                "destination_prefixes": list(prefixes),
                "base_price": price,
                "current_price": price,
            }
            for name, prefixes, price in country.outbound
        ],
    }


def fetch_balance(asked: ApiRequest) -> Document:
    """What the account has left; the sandbox never runs out."""
    return {"account_sid": asked.account_sid, "balance": BALANCE, "currency": CURRENCY}


routes = [
    route("/pricing/v1/PhoneNumbers/Countries", get=Endpoint(list_phone_number_countries, PAGING)),
    route("/pricing/v1/PhoneNumbers/Countries/{country}", get=Endpoint(fetch_phone_number_prices)),
    route("/pricing/v2/Voice/Countries", get=Endpoint(list_voice_countries, PAGING)),
    route("/pricing/v2/Voice/Countries/{country}", get=Endpoint(fetch_voice_prices)),
    route("/api/2010-04-01/Accounts/{account_sid}/Balance.json", get=Endpoint(fetch_balance)),
]
