"""Searching, quoting and what a quote is worth."""

from typing import Any

import pytest
from django.core.cache import cache

from accounts.tests.factories import organization_of
from dids import quoting
from dids.criteria import Criteria, check, clean_pattern
from dids.lifecycle import claim
from dids.models import CarrierPrice
from dids.offers import Offer
from dids.quoting import quote
from dids.search import search
from dids.tests.offers import offer
from didshop.errors import CarrierTrouble, Conflict, Invalid, Unmet
from didshop.tests.sandboxes import Sandbox
from telephony.tests.factories import NumberFactory

pytestmark = pytest.mark.django_db


def us(**criteria: Any) -> Criteria:
    return Criteria(country_code="US", **criteria)


def fields_at_fault(criteria: Criteria) -> set[str]:
    with pytest.raises(Invalid) as caught:
        check(criteria)
    assert all(detail["message"].endswith(".") for detail in caught.value.details)
    return {detail["field"] for detail in caught.value.details}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number_type", "PREMIUM"),
        ("number_type", "INTERNATIONAL"),
        ("area_code", "41"),
        ("area_code", "115"),
        ("area_code", "4155"),
        ("area_code", "\u0664\u0661\u0665"),
        ("contains", "5"),
        ("contains", "5" * 17),
        ("contains", "5*"),
        ("contains", "55+5"),
        ("contains", "$55"),
        ("contains", "55;5"),
        ("contains", "\u0665\u0665\u0665"),
        ("near_lat_long", "37.7"),
        ("near_lat_long", "91,0"),
        ("near_lat_long", "0,181"),
        ("near_lat_long", "nan,nan"),
        ("near_number", "4155550123"),
        ("near_number", "+442079460123"),
        ("near_number", "+18005550123"),
        ("distance", 0),
        ("distance", 501),
        ("distance", 25),
        ("locality", "x" * 101),
        ("locality", "San\x00Francisco"),
        ("region", "California"),
        ("postal_code", "94105!"),
        ("capabilities", ("voice", "telepathy")),
        ("limit", 0),
        ("limit", 101),
    ],
)
def test_what_the_carrier_could_not_understand_is_said_by_field(field: str, value: Any) -> None:
    assert fields_at_fault(us(**{field: value})) == {field}


@pytest.mark.parametrize("code", ["INVALID", "", "us", "FJ"])
def test_a_country_that_we_do_not_sell(code: str) -> None:
    assert fields_at_fault(Criteria(country_code=code)) == {"country_code"}


def test_all_fields_at_fault_are_named_at_once() -> None:
    wrong = Criteria(country_code="US", area_code="1", contains="*", limit=0)
    assert fields_at_fault(wrong) == {"area_code", "contains", "limit"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("area_code", "415"),
        ("near_lat_long", "51.5,-0.1"),
        ("near_number", "+14155550123"),
        ("region", "CA"),
        ("postal_code", "94105"),
    ],
)
def test_places_are_for_north_america_only(field: str, value: str) -> None:
    assert fields_at_fault(Criteria(country_code="GB", **{field: value})) == {field}
    check(Criteria(country_code="CA", **{field: value}))


def test_near_a_place_or_a_number_but_not_both() -> None:
    both = us(near_lat_long="37.7,-122.4", near_number="+14155550123", distance=5)
    assert fields_at_fault(both) == {"near_lat_long"}
    check(us(near_lat_long="37.7,-122.4", distance=500))


@pytest.mark.parametrize(
    "pattern", ["55", "+1415", "5555$", "FLOWERS", "*55*", "%55%", "41555512345678$"]
)
def test_patterns_that_the_carrier_takes(pattern: str) -> None:
    check(us(contains=pattern))


def test_what_people_put_between_digits_is_no_pattern() -> None:
    assert clean_pattern("(415) 555-01.0") == "415555010"


# ---------------------------------------------------------------- against the sandbox
def test_a_search_finds_numbers_with_our_prices(sandbox: Sandbox) -> None:
    found = search(us(area_code="415", limit=10))
    assert found.total == len(found.offers) == 10
    assert found.alternatives == []
    for one in found.offers:
        assert one.phone_number.startswith("+1415")
        assert str(one.price.monthly) == "1.50"
        assert str(one.price.inbound_per_minute) == "0.0111"


def test_numbers_that_are_live_here_are_left_out(sandbox: Sandbox) -> None:
    first, second, third, *_ = [one.phone_number for one in search(us(limit=10)).offers]
    NumberFactory(phone_number=first)
    NumberFactory(phone_number=second, status="RELEASING")
    NumberFactory(phone_number=third, status="RELEASED")
    found = {one.phone_number for one in search(us(limit=10)).offers}
    assert first not in found
    assert second not in found
    assert third in found


def test_a_search_asks_the_database_a_constant_number_of_times(
    sandbox: Sandbox, django_assert_num_queries: Any
) -> None:
    search(us(limit=1))
    for limit in (1, 20):
        with django_assert_num_queries(2):
            search(us(limit=limit))


def test_nothing_found_names_other_searches(sandbox: Sandbox) -> None:
    found = search(us(area_code="415", contains="0000000000", capabilities=("voice",)))
    assert found.total == 0
    where, pattern, toll_free = found.alternatives
    assert where.criteria == us(contains="0000000000", capabilities=("voice",))
    assert pattern.criteria == us(area_code="415", capabilities=("voice",))
    assert toll_free.criteria.number_type == "TOLL_FREE"
    assert toll_free.label == "Toll-free numbers in United States"


def test_a_type_that_the_country_lacks(sandbox: Sandbox) -> None:
    with pytest.raises(Invalid) as caught:
        search(us(number_type="MOBILE"))
    assert [detail["field"] for detail in caught.value.details] == ["number_type"]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("429", 503, "CARRIER_UNAVAILABLE"),
        ("500", 502, "CARRIER_ERROR"),
        ("garbage", 502, "CARRIER_ERROR"),
        ("reset", 502, "CARRIER_ERROR"),
    ],
)
def test_trouble_at_the_carrier(sandbox: Sandbox, kind: str, status: int, code: str) -> None:
    sandbox.fault(service="twilio", path="AvailablePhoneNumbers", kind=kind)
    with pytest.raises(CarrierTrouble) as caught:
        search(us())
    assert (caught.value.status, caught.value.code) == (status, code)
    assert caught.value.message == "Telephony service error"
    assert caught.value.extra["reason"].endswith(".")


def test_a_carrier_that_is_away() -> None:
    with pytest.raises(CarrierTrouble) as caught:
        search(us())
    assert caught.value.status == 503
    assert caught.value.retry_after == 5


def test_wrong_credentials_are_not_told_to_customers(sandbox: Sandbox, settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = "wrong"
    with pytest.raises(CarrierTrouble) as caught:
        search(us())
    assert caught.value.status == 503
    assert "redential" not in str(caught.value.extra)


# ---------------------------------------------------------------- quotes
def test_what_was_found_is_quoted_without_asking_again(sandbox: Sandbox) -> None:
    first, second = search(us(limit=2)).offers
    sandbox.fault(service="twilio", kind="500", count=0)
    assert quote([second.phone_number, first.phone_number]) == {
        second.phone_number: second,
        first.phone_number: first,
    }


def test_a_quote_keeps_its_price_for_its_time(sandbox: Sandbox) -> None:
    [found] = search(us(limit=1)).offers
    CarrierPrice.objects.update(monthly=99)
    assert quote([found.phone_number])[found.phone_number] == found
    cache.clear()
    again = quote([found.phone_number])[found.phone_number]
    assert isinstance(again, Offer)
    assert str(again.price.monthly) == "128.70"


def test_numbers_that_nobody_searched_for_are_looked_up(sandbox: Sandbox) -> None:
    local = search(us(limit=3)).offers
    toll_free = search(us(number_type="TOLL_FREE", limit=1)).offers
    british = search(Criteria(country_code="GB", limit=1)).offers
    national = search(Criteria(country_code="GB", number_type="NATIONAL", limit=1)).offers
    wanted = [*local, *toll_free, *british, *national]
    cache.clear()
    assert quote([one.phone_number for one in wanted]) == {one.phone_number: one for one in wanted}


def test_a_number_that_is_not_for_sale(sandbox: Sandbox) -> None:
    [found] = search(us(limit=1)).offers
    cache.clear()
    sandbox.sold_elsewhere(found.phone_number)
    answer = quote([found.phone_number])[found.phone_number]
    assert isinstance(answer, Conflict)
    assert answer.code == "NUMBER_NOT_AVAILABLE"


def test_a_number_that_is_live_here(sandbox: Sandbox) -> None:
    [found] = search(us(limit=1)).offers
    NumberFactory(phone_number=found.phone_number)
    answer = quote([found.phone_number])[found.phone_number]
    assert isinstance(answer, Conflict)
    assert answer.code == "NUMBER_NOT_AVAILABLE"


def test_a_number_that_needs_an_address(sandbox: Sandbox) -> None:
    [found] = search(Criteria(country_code="DE", limit=1)).offers
    for _ in ("remembered", "looked up"):
        answer = quote([found.phone_number])[found.phone_number]
        assert isinstance(answer, Unmet)
        assert answer.code == "ADDRESS_REQUIRED"
        cache.clear()


@pytest.mark.parametrize(
    "number",
    [
        "",
        "4155551234",
        "+1",
        "+1415555123",
        "+999123456789",
        "+0014155551234",
        "+1415555123\u0664",
        "+14155551234\n",
        "+6791234567",
        "+" + "1" * 40,
    ],
)
def test_what_is_no_number_of_ours(number: str) -> None:
    answer = quote([number])[number]
    assert isinstance(answer, Invalid)
    assert answer.code == "NUMBER_INVALID"


def test_one_bad_number_spoils_no_other(sandbox: Sandbox) -> None:
    [found] = search(us(limit=1)).offers
    cache.clear()
    answers = quote([found.phone_number, "nonsense"])
    assert answers[found.phone_number] == found
    assert isinstance(answers["nonsense"], Invalid)


def test_trouble_at_the_carrier_is_an_answer_too(sandbox: Sandbox) -> None:
    [found] = search(us(limit=1)).offers
    cache.clear()
    sandbox.fault(service="twilio", path="AvailablePhoneNumbers", kind="429", count=0)
    answer = quote([found.phone_number])[found.phone_number]
    assert isinstance(answer, CarrierTrouble)


def test_ten_numbers_cost_a_constant_number_of_queries(
    sandbox: Sandbox, django_assert_num_queries: Any
) -> None:
    numbers = [one.phone_number for one in search(us(limit=10)).offers]
    with django_assert_num_queries(1):
        quote(numbers)


def test_an_offer_survives_the_cache() -> None:
    one = offer(latitude=None, longitude=None)
    assert Offer.from_dict(one.to_dict()) == one
    quoting.remember([one])
    assert quote([one.phone_number]) == {one.phone_number: one}


def test_a_claim_ends_the_quote(alice: Any) -> None:
    one = offer()
    quoting.remember([one])
    claim(organization=organization_of(alice), user=alice, offer=one)
    assert isinstance(quote([one.phone_number])[one.phone_number], Conflict)


def test_how_an_offer_is_shown() -> None:
    one = offer()
    assert one.international == "+1 415-545-0100"
    assert one.national == "(415) 545-0100"
    assert one.country_name == "United States"
    assert one.flag == "\U0001f1fa\U0001f1f8"
    assert one.number_type_label == "Local"
    assert str(one.price.first_charge) == "1.50"
