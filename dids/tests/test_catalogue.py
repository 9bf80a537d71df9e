"""What can be bought where."""

import json
from typing import Any

import pytest

from dids import catalogue, geodata
from didshop.errors import CarrierTrouble, Invalid
from didshop.tests.sandboxes import Sandbox


def test_countries_are_those_of_the_shop_that_the_carrier_serves(
    sandbox: Sandbox, settings: Any
) -> None:
    settings.SHOP_COUNTRIES = ["GB", "US", "ZZ"]
    british, american = catalogue.countries()
    assert (british.code, british.calling_code) == ("GB", "+44")
    assert american.number_types == ("LOCAL", "TOLL_FREE")
    assert american.requirements


def test_countries_are_asked_once(sandbox: Sandbox) -> None:
    first = catalogue.countries()
    sandbox.fault(service="twilio", kind="500", count=0)
    assert catalogue.countries() == first
    assert catalogue.country("US").name == "United States"


def test_the_carrier_is_away() -> None:
    with pytest.raises(CarrierTrouble):
        catalogue.countries()


def test_types_of_numbers() -> None:
    types = {one.number_type: one for one in catalogue.number_types()}
    assert list(types) == ["LOCAL", "TOLL_FREE", "MOBILE", "NATIONAL"]
    assert types["TOLL_FREE"].parameter == "tollFree"
    assert types["TOLL_FREE"].label == "Toll-free"


def test_area_codes_of_the_united_states_and_canada() -> None:
    american = {row["code"]: row for row in catalogue.area_codes("US")}
    assert american["415"]["region"] == "CA"
    assert american["415"]["region_name"] == "California"
    assert american["415"]["localities"][0] == "San Francisco"
    assert american["628"]["region"] == "CA"
    assert american["202"]["region"] == "DC"
    assert not {"604", "800", "900", "787"} & american.keys()
    canadian = {row["code"] for row in catalogue.area_codes("CA")}
    assert "604" in canadian
    assert not canadian & american.keys()


def test_area_codes_of_one_region() -> None:
    californian = catalogue.area_codes("US", "ca")
    assert {row["region"] for row in californian} == {"CA"}
    assert len(californian) > 20
    assert catalogue.area_codes("US", "ZZ") == []


def test_area_codes_elsewhere_have_towns_and_no_region() -> None:
    british = {row["code"]: row for row in catalogue.area_codes("GB")}
    assert british["113"]["localities"] == ["Leeds"]
    assert {row["region"] for row in british.values()} == {""}


def test_what_was_read_once_is_kept_in_a_file(settings: Any, tmp_path: Any) -> None:
    settings.DIDSHOP_VAR = tmp_path
    catalogue._area_codes.cache_clear()
    first = catalogue.area_codes("FR")
    [file] = tmp_path.rglob("FR.json")
    assert json.loads(file.read_text()) == first
    assert len(list(file.parent.iterdir())) == 1
    file.write_text(json.dumps(first[:1]))
    catalogue._area_codes.cache_clear()
    assert catalogue.area_codes("FR") == first[:1]
    catalogue._area_codes.cache_clear()


@pytest.mark.parametrize("code", ["", "us", "ZZ", "../../etc"])
def test_a_country_that_we_do_not_sell(code: str) -> None:
    with pytest.raises(Invalid):
        catalogue.area_codes(code)


def test_towns_are_ordered_by_how_much_they_have() -> None:
    names = {
        "1": "United States",
        "1415": "California",
        "1415201": "Novato, CA",
        "1415202": "San Francisco, CA",
        "1415203": "San Francisco, CA",
        "1628": "California",
        "1604": "British Columbia",
        "44113": "Leeds",
    }
    assert geodata.collect(names, "US") == [
        {
            "code": "415",
            "region": "CA",
            "region_name": "California",
            "localities": ["San Francisco", "Novato"],
        },
        {"code": "628", "region": "CA", "region_name": "California", "localities": []},
    ]
