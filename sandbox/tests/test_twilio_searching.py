"""Searching: real places, patterns that fit, the same numbers in every run, and quickly."""

import os
import statistics
import subprocess
import sys
import time

import phonenumbers
import pytest
from twilio.base.exceptions import TwilioException

from sandbox.tests.conftest import TwilioSandbox
from sandbox.twilio.inventory import ONE_IN, stock_of
from sandbox.twilio.patterns import parse_pattern
from sandbox.twilio.searching import Search, search


def local(twilio: TwilioSandbox, country: str = "US", **wanted):
    """Local numbers that the SDK finds."""
    return twilio.client().available_phone_numbers(country).local.list(**wanted)


def test_every_country_tells_its_types(twilio: TwilioSandbox) -> None:
    countries = {each.country_code: each for each in twilio.client().available_phone_numbers.list()}
    assert {"US", "CA", "GB", "DE", "FR", "AU"} <= set(countries)
    assert set(countries["US"].subresource_uris) == {"local", "toll_free"}
    assert set(countries["GB"].subresource_uris) == {"local", "mobile", "toll_free", "national"}
    fetched = twilio.client().available_phone_numbers("DE").fetch()
    assert (fetched.country, fetched.beta) == ("Germany", False)


@pytest.mark.parametrize("country", ["US", "CA", "GB", "DE", "FR", "AU", "NL", "SE", "ES"])
def test_every_type_has_valid_numbers(twilio: TwilioSandbox, country: str) -> None:
    client = twilio.client()
    types = client.available_phone_numbers(country).fetch().subresource_uris
    for name in types:
        found = getattr(client.available_phone_numbers(country), name).list()
        assert len(found) == 30
        assert len({each.phone_number for each in found}) == 30
        for each in found:
            number = phonenumbers.parse(each.phone_number)
            assert phonenumbers.is_valid_number_for_region(number, country)
            assert each.capabilities["voice"]


def test_a_type_that_the_country_lacks_is_not_there(twilio: TwilioSandbox) -> None:
    with pytest.raises(TwilioException) as caught:
        twilio.client().available_phone_numbers("US").mobile.list()
    assert caught.value.args[1].status_code == 404
    answer = twilio.api("GET", "/AvailablePhoneNumbers/XX/Local.json")
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


def test_area_code_has_its_towns(twilio: TwilioSandbox) -> None:
    found = local(twilio, area_code=415)
    assert len(found) == 30
    assert {each.phone_number[:5] for each in found} == {"+1415"}
    towns = {each.locality for each in found}
    assert {"San Francisco", "San Rafael"} <= towns
    assert {each.region for each in found} == {"CA"}
    assert local(twilio, area_code=533) == []


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("2665", lambda number: "2665" in number),
        ("PIZZA", lambda number: "74992" in number),
        ("+1212", lambda number: number.startswith("1212")),
        ("7777$", lambda number: number.endswith("7777")),
        ("415555****", lambda number: number.startswith("1415555")),
        ("**99$", lambda number: number.endswith("99")),
        ("%2665%", lambda number: "2665" in number),
    ],
)
def test_pattern_fits(twilio: TwilioSandbox, pattern: str, fits) -> None:
    found = local(twilio, contains=pattern)
    assert len(found) == 30
    assert all(fits(each.phone_number[1:]) for each in found)


def test_exact_number_finds_itself_until_it_is_owned(twilio: TwilioSandbox) -> None:
    for pattern in ("+14155551234", "14155551234", "4155551234"):
        assert [each.phone_number for each in local(twilio, contains=pattern)] == ["+14155551234"]
    bought = twilio.client().incoming_phone_numbers.create(phone_number="+14155551234")
    assert local(twilio, contains="+14155551234") == []
    bought.delete()
    assert len(local(twilio, contains="+14155551234")) == 1


@pytest.mark.parametrize("pattern", ["1", "*", "**", "4*1", "41é5", "1" * 17, "+$", "4+1"])
def test_pattern_that_is_none_is_refused(twilio: TwilioSandbox, pattern: str) -> None:
    answer = twilio.api("GET", "/AvailablePhoneNumbers/US/Local.json", params={"Contains": pattern})
    assert answer.status_code == 400
    assert answer.json()["status"] == 400


def test_places(twilio: TwilioSandbox) -> None:
    assert {each.locality for each in local(twilio, in_locality="austin")} == {"Austin"}
    assert {each.region for each in local(twilio, in_region="HI")} == {"HI"}
    assert {each.postal_code for each in local(twilio, in_postal_code="94105")} == {"94105"}
    assert {each.lata for each in local(twilio, in_lata="722")} == {"722"}
    assert {each.locality for each in local(twilio, "GB", in_locality="London")} == {"London"}
    towns = local(twilio, in_rate_center="SAN FRANCI", in_lata="722")
    assert {each.locality for each in towns} == {"San Francisco"}


def test_near(twilio: TwilioSandbox) -> None:
    near = local(twilio, near_lat_long="37.77,-122.41", distance=10)
    assert {each.region for each in near} == {"CA"}
    assert {each.phone_number[2:5] for each in near} <= {"415", "628", "510", "341", "650", "925"}
    assert len({each.phone_number[2:5] for each in local(twilio, near_number="+12125550123")}) > 1
    answer = twilio.api(
        "GET", "/AvailablePhoneNumbers/US/Local.json", params={"NearLatLong": "here"}
    )
    assert answer.status_code == 400


def test_what_is_for_the_us_and_canada_only_is_refused_elsewhere(twilio: TwilioSandbox) -> None:
    for name, value in (("AreaCode", "20"), ("InRegion", "BY"), ("NearLatLong", "52.5,13.4")):
        answer = twilio.api("GET", "/AvailablePhoneNumbers/DE/Local.json", params={name: value})
        assert answer.status_code == 400


def test_capabilities_and_addresses(twilio: TwilioSandbox) -> None:
    texting = local(twilio, sms_enabled=True, mms_enabled=True)
    assert len(texting) == 30
    assert all(each.capabilities["sms"] and each.capabilities["mms"] for each in texting)
    silent = local(twilio, sms_enabled=False)
    assert silent
    assert not any(each.capabilities["sms"] for each in silent)
    assert local(twilio, "DE", sms_enabled=True) == []
    assert {each.address_requirements for each in local(twilio, "DE")} == {"local"}
    assert local(twilio, "DE", exclude_all_address_required=True) == []
    assert local(twilio, "DE", exclude_local_address_required=True) == []
    assert local(twilio, "AU", exclude_local_address_required=True) != []
    assert {each.address_requirements for each in local(twilio)} == {"none"}


def test_there_is_no_second_page(twilio: TwilioSandbox) -> None:
    answer = twilio.api("GET", "/AvailablePhoneNumbers/US/Local.json", params={"PageSize": 1000})
    assert len(answer.json()["available_phone_numbers"]) == 30
    answer = twilio.api("GET", "/AvailablePhoneNumbers/US/Local.json", params={"Page": 1})
    assert answer.json()["available_phone_numbers"] == []
    for size in ("0", "1001", "x"):
        answer = twilio.api(
            "GET", "/AvailablePhoneNumbers/US/Local.json", params={"PageSize": size}
        )
        assert answer.status_code == 400
    answer = twilio.api("GET", "/AvailablePhoneNumbers/US/Local.json", params={"Colour": "red"})
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


def test_hundreds_of_thousands_of_numbers() -> None:
    stock = stock_of("US", "local")
    assert (
        sum(10 ** (block.length - len(block.prefix)) for block in stock.blocks) / ONE_IN > 500_000
    )


PROGRAM = """
from sandbox.twilio.inventory import stock_of
from sandbox.twilio.searching import Search, search
for country in ("US", "GB"):
    stock = stock_of(country, "local")
    found = search(stock, Search(), limit=30, is_owned=lambda number: False)
    print(*(each.describe() for each in found), sep="\\n")
"""


def test_every_run_finds_the_same() -> None:
    here = [
        str(each.describe())
        for country in ("US", "GB")
        for each in search(
            stock_of(country, "local"), Search(), limit=30, is_owned=lambda number: False
        )
    ]
    elsewhere = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": ":".join(sys.path)},
    )
    assert elsewhere.stdout.splitlines() == here
    assert len(here) == 60


@pytest.mark.parametrize(
    "wanted",
    [
        Search(),
        Search(area_code="415"),
        Search(locality="Austin", region="TX"),
        Search(pattern=parse_pattern("2665")),
        Search(pattern=parse_pattern("+14155551234")),
        Search(near=(37.77, -122.41)),
    ],
    ids=["all", "area code", "locality", "pattern", "exact", "near"],
)
def test_search_is_fast(wanted: Search) -> None:
    stock = stock_of("US", "local")
    times = []
    for _ in range(7):
        began = time.perf_counter()
        search(stock, wanted, limit=30, is_owned=lambda number: False)
        times.append(time.perf_counter() - began)
    # 5 to 15 ms on an idle machine; the bound leaves room for a busy one.
    assert statistics.median(times) < 0.1
