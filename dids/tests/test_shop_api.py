"""Search, prices and catalogue over the API."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from didshop.tests.sandboxes import Sandbox

pytestmark = pytest.mark.django_db
NUMBERS = "/api/v1/numbers"
SEARCH = f"{NUMBERS}/search"
PATHS = ["search?countryCode=US", "pricing?countryCode=US", "countries", "area-codes", "types"]


def fields_at_fault(answer: Any) -> set[str]:
    assert answer.status_code == 400, answer.content
    assert answer.json()["error"] == "Validation error"
    return {detail["field"] for detail in answer.json()["details"]}


@pytest.mark.parametrize("path", PATHS)
def test_strangers_are_asked_who_they_are(api: APIClient, path: str) -> None:
    assert api.get(f"{NUMBERS}/{path}").status_code == 401


# ---------------------------------------------------------------- search
def test_the_plans_search(alice_api: APIClient, sandbox: Sandbox) -> None:
    answer = alice_api.get(SEARCH, {"countryCode": "US", "areaCode": "415"})
    assert answer.status_code == 200
    body = answer.json()
    assert body.keys() == {"numbers", "total", "searchParams"}
    assert body["total"] == len(body["numbers"]) == 20
    assert body["searchParams"] == {
        "countryCode": "US",
        "numberType": "LOCAL",
        "areaCode": "415",
        "limit": 20,
    }


def test_a_number_for_sale_as_the_api_shows_it(alice_api: APIClient, sandbox: Sandbox) -> None:
    query = {"countryCode": "us", "areaCode": "415", "capabilities": "voice,sms", "limit": 1}
    [number] = alice_api.get(SEARCH, query).json()["numbers"]
    assert number.keys() == {
        "phoneNumber",
        "friendlyName",
        "countryCode",
        "region",
        "locality",
        "postalCode",
        "latitude",
        "longitude",
        "numberType",
        "capabilities",
        "addressRequirement",
        "price",
        "held",
    }
    assert number["phoneNumber"].startswith("+1415")
    assert (number["region"], number["numberType"]) == ("CA", "LOCAL")
    assert {"voice", "sms"} <= set(number["capabilities"])
    assert isinstance(number["latitude"], float)
    assert (number["addressRequirement"], number["held"]) == ("none", False)
    assert number["price"] == {
        "setup": "0.00",
        "monthly": "1.50",
        "inboundPerMinute": "0.0111",
        "currency": "USD",
    }


@pytest.mark.parametrize("spelling", ["tollFree", "TOLL_FREE", "toll free", "tollfree"])
def test_types_in_the_callers_spelling(
    alice_api: APIClient, sandbox: Sandbox, spelling: str
) -> None:
    answer = alice_api.get(SEARCH, {"countryCode": "US", "numberType": spelling, "limit": 1})
    assert answer.json()["numbers"][0]["numberType"] == "TOLL_FREE"


def test_every_filter_at_once(alice_api: APIClient, sandbox: Sandbox) -> None:
    query = {
        "countryCode": "US",
        "numberType": "local",
        "areaCode": "415",
        "contains": "4-1-5",
        "nearLatLong": "37.7,-122.4",
        "distance": "50",
        "locality": "San Francisco",
        "region": "CA",
        "capabilities": "VOICE, sms",
        "excludeAddressRequired": "true",
        "limit": "3",
    }
    answer = alice_api.get(SEARCH, query)
    assert answer.status_code == 200
    assert answer.json()["searchParams"] == {
        **query,
        "numberType": "LOCAL",
        "contains": "415",
        "capabilities": "voice,sms",
        "distance": 50,
        "excludeAddressRequired": True,
        "limit": 3,
    }


def test_a_plus_that_was_not_encoded(alice_api: APIClient, sandbox: Sandbox) -> None:
    answer = alice_api.get(f"{SEARCH}?countryCode=US&nearNumber=+14155550123&limit=1")
    assert answer.json()["searchParams"]["nearNumber"] == "+14155550123"


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({}, {"countryCode"}),
        ({"countryCode": ""}, {"countryCode"}),
        ({"countryCode": "INVALID"}, {"countryCode"}),
        ({"countryCode": "US", "areaCode": "1", "postalCode": "?"}, {"areaCode", "postalCode"}),
        ({"countryCode": "GB", "nearLatLong": "51.5,-0.1"}, {"nearLatLong"}),
        ({"countryCode": "US", "limit": "many"}, {"limit"}),
        ({"countryCode": "US", "limit": "0"}, {"limit"}),
        ({"countryCode": "US", "excludeAddressRequired": "perhaps"}, {"excludeAddressRequired"}),
        ({"countryCode": "US", "numberType": "premium"}, {"numberType"}),
        ({"countryCode": "US", "contains": "5\x005"}, {"contains"}),
    ],
)
def test_what_cannot_be_searched(
    alice_api: APIClient, query: dict[str, str], fields: set[str]
) -> None:
    assert fields_at_fault(alice_api.get(SEARCH, query)) == fields


def test_a_type_that_the_country_lacks(alice_api: APIClient, sandbox: Sandbox) -> None:
    answer = alice_api.get(SEARCH, {"countryCode": "US", "numberType": "mobile"})
    assert fields_at_fault(answer) == {"numberType"}


def test_where_to_look_instead(alice_api: APIClient, sandbox: Sandbox) -> None:
    query = {"countryCode": "US", "areaCode": "415", "contains": "0000000000"}
    body = alice_api.get(SEARCH, query).json()
    assert (body["numbers"], body["total"]) == ([], 0)
    assert body["alternatives"][1] == {
        "label": "The same with any digits",
        "searchParams": {
            "countryCode": "US",
            "numberType": "LOCAL",
            "areaCode": "415",
            "limit": 20,
        },
    }


def test_trouble_at_the_carrier(alice_api: APIClient, sandbox: Sandbox) -> None:
    sandbox.fault(service="twilio", kind="429")
    answer = alice_api.get(SEARCH, {"countryCode": "US"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    body = answer.json()
    assert (body["error"], body["code"]) == ("Telephony service error", "CARRIER_UNAVAILABLE")
    assert body["requestId"]


def test_a_search_costs_a_constant_number_of_queries(
    alice_api: APIClient, sandbox: Sandbox, django_assert_num_queries: Any
) -> None:
    alice_api.get(SEARCH, {"countryCode": "US"})
    for limit in (1, 20):
        # The session with its user, their role, what is live here, the price.
        with django_assert_num_queries(4):
            alice_api.get(SEARCH, {"countryCode": "US", "limit": limit})


def test_searches_are_limited(alice_api: APIClient, sandbox: Sandbox, settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 1 / 60
    assert alice_api.get(SEARCH, {"countryCode": "US"}).status_code == 200
    assert alice_api.get(SEARCH, {"countryCode": "US"}).status_code == 429


# ---------------------------------------------------------------- the catalogue
def test_the_price_list(alice_api: APIClient, sandbox: Sandbox) -> None:
    body = alice_api.get(f"{NUMBERS}/pricing", {"countryCode": "us"}).json()
    assert body == {
        "countryCode": "US",
        "prices": [
            {
                "numberType": "LOCAL",
                "price": {
                    "setup": "0.00",
                    "monthly": "1.50",
                    "inboundPerMinute": "0.0111",
                    "currency": "USD",
                },
            },
            {
                "numberType": "TOLL_FREE",
                "price": {
                    "setup": "0.00",
                    "monthly": "2.80",
                    "inboundPerMinute": "0.0286",
                    "currency": "USD",
                },
            },
        ],
    }


@pytest.mark.parametrize("path", ["pricing", "area-codes"])
@pytest.mark.parametrize("query", [{}, {"countryCode": "ZZ"}, {"countryCode": "INVALID"}])
def test_a_country_that_we_do_not_sell(
    alice_api: APIClient, path: str, query: dict[str, str]
) -> None:
    assert fields_at_fault(alice_api.get(f"{NUMBERS}/{path}", query)) == {"countryCode"}


def test_countries(alice_api: APIClient, sandbox: Sandbox) -> None:
    countries = alice_api.get(f"{NUMBERS}/countries").json()["countries"]
    assert [country["code"] for country in countries] == ["US", "CA", "GB", "DE", "FR", "AU"]
    [sentence] = countries[0].pop("requirements")
    assert "addressRequirement" in sentence
    assert countries[0] == {
        "code": "US",
        "name": "United States",
        "callingCode": "+1",
        "numberTypes": ["LOCAL", "TOLL_FREE"],
        "beta": False,
    }


def test_area_codes(alice_api: APIClient) -> None:
    query = {"countryCode": "US", "region": "CA"}
    body = alice_api.get(f"{NUMBERS}/area-codes", query).json()
    assert body["countryCode"] == "US"
    [san_francisco] = [row for row in body["areaCodes"] if row["areaCode"] == "415"]
    assert (san_francisco["region"], san_francisco["regionName"]) == ("CA", "California")
    assert san_francisco["localities"][0] == "San Francisco"


def test_types(alice_api: APIClient) -> None:
    types = alice_api.get(f"{NUMBERS}/types").json()["types"]
    assert [one["parameter"] for one in types] == ["local", "tollFree", "mobile", "national"]
    assert types[1]["numberType"] == "TOLL_FREE"


def test_the_schema_spells_parameters_as_the_api_does(api: APIClient) -> None:
    paths = api.get("/api/schema/?format=json").json()["paths"]
    for path in ("search", "pricing", "area-codes"):
        for parameter in paths[f"{NUMBERS}/{path}"]["get"]["parameters"]:
            assert "_" not in parameter["name"]
    search = {one["name"]: one for one in paths[SEARCH]["get"]["parameters"]}
    assert search["countryCode"]["required"]
    assert search["limit"]["schema"]["type"] == "integer"
    assert not search["excludeAddressRequired"].get("required")
