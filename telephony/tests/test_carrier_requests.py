"""What the carrier is asked, held against Twilio's specification and the sandbox."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as shop_settings

from didshop.tests.sandboxes import Sandbox
from telephony import carrier
from telephony.carrier import NumberSettings
from telephony.tests.carriers import Heard, Says, carrier_that

SPECIFICATION = shop_settings.BASE_DIR.parent / "shared" / "twilio-oai"
FILES = {
    "/api/": "api_v2010.strict.json",
    "/pricing/v1/": "pricing_v1.strict.json",
    "/pricing/v2/": "pricing_v2.strict.json",
}
NUMBER = "+14155551234"
SID = "PN" + "1a" * 16
SETTINGS = NumberSettings(
    voice_url="https://shop.example/voice",
    voice_method="GET",
    voice_fallback_url="https://shop.example/fallback",
    status_callback="https://shop.example/status",
)
EVERYTHING = {
    "area_code": "415",
    "contains": "55*",
    "near_lat_long": "37.7,-122.4",
    "near_number": "+14155550123",
    "distance": 10,
    "locality": "San Francisco",
    "region": "CA",
    "postal_code": "94105",
    "capabilities": ("voice", "sms", "mms", "fax"),
    "exclude_address_required": True,
    "limit": 7,
}
CALLS: dict[str, Callable[[], Any]] = {
    **{
        f"search {kind}": lambda kind=kind: carrier.search(
            country_code="US", number_type=kind, **EVERYTHING
        )
        for kind in ("LOCAL", "TOLL_FREE", "MOBILE", "NATIONAL")
    },
    "find_available": lambda: carrier.find_available(
        NUMBER, country_code="US", number_type="LOCAL"
    ),
    "countries": carrier.countries,
    "buy": lambda: carrier.buy(NUMBER, reference="line-1", settings=SETTINGS),
    "find_owned": lambda: carrier.find_owned(NUMBER),
    "configure": lambda: carrier.configure(SID, SETTINGS),
    "release": lambda: carrier.release(SID),
    "number_prices": lambda: carrier.number_prices("US"),
    "voice_prices": lambda: carrier.voice_prices("US"),
    "is_up": carrier.is_up,
}


@cache
def specification(name: str) -> dict[str, Any]:
    path = Path(SPECIFICATION) / name
    if not path.exists():
        pytest.skip("Twilio's specification is not at hand")
    return dict(json.loads(path.read_text()))


def operation(asked: Heard) -> dict[str, Any]:
    """What the specification says of a request; an AssertionError if it knows no such one."""
    prefix = next(prefix for prefix in FILES if asked.path.startswith(prefix))
    product = asked.path.split("/")[1]
    path = asked.path.removeprefix(f"/{product}")
    for template, operations in specification(FILES[prefix])["paths"].items():
        # A variable part never holds a dot: IncomingPhoneNumbers.json is a path of its own.
        if re.fullmatch(re.sub(r"{\w+}", r"[^/.]+", template), path):
            return dict(operations[asked.method.lower()])
    raise AssertionError(f"Twilio has no {path}")


def names_known(asked: Heard) -> set[str]:
    known = operation(asked)
    if asked.method == "POST":
        content = known["requestBody"]["content"]["application/x-www-form-urlencoded"]
        return set(content["schema"]["properties"])
    return {one["name"] for one in known.get("parameters", []) if one["in"] == "query"}


@pytest.mark.parametrize("name", CALLS)
def test_twilio_knows_every_parameter(name: str, settings: Any) -> None:
    answer = Says(404, {"code": 20404, "message": "No."})
    with carrier_that(lambda _: answer, settings) as heard, suppress(carrier.NotThere):
        CALLS[name]()
    assert len(heard) == 1
    assert set(heard[0].params) <= names_known(heard[0])
    assert heard[0].headers["Authorization"].startswith("Basic ")


def test_a_search_asks_for_all_that_was_given(settings: Any) -> None:
    with carrier_that(lambda _: Says(200, {"available_phone_numbers": []}), settings) as heard:
        assert CALLS["search LOCAL"]() == []
    assert heard[0].params == {
        "AreaCode": "415",
        "Contains": "55*",
        "NearLatLong": "37.7,-122.4",
        "NearNumber": "+14155550123",
        "Distance": "10",
        "InLocality": "San Francisco",
        "InRegion": "CA",
        "InPostalCode": "94105",
        "VoiceEnabled": "true",
        "SmsEnabled": "true",
        "MmsEnabled": "true",
        "FaxEnabled": "true",
        "ExcludeAllAddressRequired": "true",
        "PageSize": "7",
    }


def test_capabilities_are_read_in_either_case(settings: Any) -> None:
    number = {
        "phone_number": NUMBER,
        "iso_country": "US",
        "capabilities": {"voice": True, "SMS": True, "MMS": False, "Fax": True},
        "latitude": "37.780000",
        "longitude": "",
        "address_requirements": "any",
    }
    answer = Says(200, {"available_phone_numbers": [number], "uri": "/"})
    with carrier_that(lambda _: answer, settings):
        [found] = carrier.search(country_code="US", number_type="LOCAL")
    assert found.capabilities == ("voice", "sms", "fax")
    assert (found.latitude, found.longitude) == (37.78, None)
    assert (found.locality, found.address_requirement) == ("", "any")


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("toll free", "TOLL_FREE"),
        ("tollFree", "TOLL_FREE"),
        ("TollFree", "TOLL_FREE"),
        ("toll_free", "TOLL_FREE"),
        ("toll-free", "TOLL_FREE"),
        ("local", "LOCAL"),
        ("Mobile", "MOBILE"),
        ("NATIONAL", "NATIONAL"),
        ("shared cost", ""),
        ("voip", ""),
        ("", ""),
    ],
)
def test_types_have_one_spelling(spelling: str, name: str) -> None:
    assert carrier.normalise_number_type(spelling) == name


# ---------------------------------------------------------------- against the sandbox
def first_number(**criteria: Any) -> str:
    found = carrier.search(country_code="US", number_type="LOCAL", **criteria)
    return found[0].phone_number


def test_searching(sandbox: Sandbox) -> None:
    found = carrier.search(country_code="US", number_type="LOCAL", area_code="415", limit=5)
    assert len(found) == 5
    assert all(number.phone_number.startswith("+1415") for number in found)
    assert {(number.country_code, number.number_type) for number in found} == {("US", "LOCAL")}
    assert all("voice" in number.capabilities for number in found)
    [toll_free, *_] = carrier.search(country_code="US", number_type="TOLL_FREE")
    assert toll_free.number_type == "TOLL_FREE"


def test_a_type_that_the_country_lacks_is_not_there(sandbox: Sandbox) -> None:
    with pytest.raises(carrier.NotThere):
        carrier.search(country_code="US", number_type="MOBILE")


def test_finding_one_number_by_exact_match(sandbox: Sandbox) -> None:
    where = {"country_code": "US", "number_type": "LOCAL"}
    number = first_number(area_code="415")
    found = carrier.find_available(number, **where)
    assert found is not None
    assert found.phone_number == number
    carrier.buy(number, reference="line-1", settings=SETTINGS)
    assert carrier.find_available(number, **where) is None


def test_the_life_of_a_number(sandbox: Sandbox) -> None:
    number = first_number()
    assert carrier.find_owned(number) is None
    bought = carrier.buy(number, reference="line-1", settings=SETTINGS)
    assert (bought.phone_number, bought.friendly_name) == (number, "line-1")
    assert bought.settings == SETTINGS
    assert carrier.find_owned(number) == bought
    cleared = carrier.configure(bought.sid, NumberSettings(voice_url="https://shop.example/new"))
    assert cleared.settings == NumberSettings(voice_url="https://shop.example/new")
    assert cleared.friendly_name == "line-1"
    carrier.release(bought.sid)
    assert carrier.find_owned(number) is None
    carrier.release(bought.sid)
    with pytest.raises(carrier.NotThere):
        carrier.configure(bought.sid, SETTINGS)


def test_a_part_of_a_number_is_not_the_number(sandbox: Sandbox) -> None:
    number = first_number()
    carrier.buy(number, reference="line-1", settings=SETTINGS)
    assert carrier.find_owned(number[:-1]) is None


def test_the_test_numbers(sandbox: Sandbox) -> None:
    def buy(number: str) -> carrier.OwnedNumber:
        return carrier.buy(number, reference="line-1", settings=SETTINGS)

    with pytest.raises(carrier.NumberUnavailable):
        buy("+15005550000")
    with pytest.raises(carrier.InvalidNumber):
        buy("+15005550001")
    assert buy("+15005550006").sid.startswith("PN")


def test_a_number_that_needs_an_address(sandbox: Sandbox) -> None:
    [number, *_] = carrier.search(country_code="DE", number_type="LOCAL")
    assert number.address_requirement != "none"
    with pytest.raises(carrier.RequirementUnmet):
        carrier.buy(number.phone_number, reference="line-1", settings=SETTINGS)


def test_wrong_credentials_are_the_operators_trouble(sandbox: Sandbox, settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = "wrong"
    carrier.reset()
    with pytest.raises(carrier.CarrierMisconfigured):
        carrier.find_owned(NUMBER)
    assert not carrier.is_up()


def test_prices(sandbox: Sandbox) -> None:
    monthly = {price.number_type: price for price in carrier.number_prices("US")}
    minutes = {price.number_type: price for price in carrier.voice_prices("US")}
    assert {"LOCAL", "TOLL_FREE"} <= monthly.keys() & minutes.keys()
    assert monthly["LOCAL"].monthly == Decimal("1.15")
    assert monthly["TOLL_FREE"].currency == "USD"
    assert 0 < minutes["LOCAL"].inbound_per_minute < 1


def test_countries_and_their_types(sandbox: Sandbox) -> None:
    countries = {country.code: country for country in carrier.countries()}
    assert {"US", "CA", "GB", "DE", "FR", "AU"} <= countries.keys()
    assert countries["US"].number_types == ("LOCAL", "TOLL_FREE")
    assert countries["GB"].name == "United Kingdom"


def test_the_carrier_is_up(sandbox: Sandbox) -> None:
    assert carrier.is_up()
    sandbox.fault(service="twilio", path="Balance", kind="500")
    assert not carrier.is_up()
