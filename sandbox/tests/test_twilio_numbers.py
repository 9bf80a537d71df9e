"""Buying, running and releasing numbers; prices, balance and who may ask."""

from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioRestException

from sandbox.tests.conftest import ACCOUNT_SID, AUTH_TOKEN, TwilioSandbox
from sandbox.tests.twilio_spec import parameter_names
from sandbox.twilio import addresses, available, calls, numbers

NUMBER = "+14155551234"


def refused(twilio: TwilioSandbox, **wanted: object) -> tuple[int, int]:
    """Status and code of a purchase that does not succeed; nothing is owned after it."""
    with pytest.raises(TwilioRestException) as caught:
        twilio.client().incoming_phone_numbers.create(**wanted)
    assert twilio.state()["numbers"] == []
    return caught.value.status, caught.value.code


def test_buy_run_release(twilio: TwilioSandbox) -> None:
    client = twilio.client()
    bought = client.incoming_phone_numbers.create(
        phone_number=NUMBER,
        friendly_name="Line 7",
        voice_url="https://shop.example/voice",
        voice_method="GET",
        status_callback="https://shop.example/status",
    )
    assert (bought.phone_number, bought.friendly_name) == (NUMBER, "Line 7")
    assert bought.capabilities == {"voice": True, "sms": True, "mms": True, "fax": False}
    assert client.incoming_phone_numbers(bought.sid).fetch().voice_method == "GET"
    updated = bought.update(voice_url="", friendly_name="Renamed")
    assert (updated.voice_url, updated.friendly_name) == ("", "Renamed")
    assert updated.status_callback == "https://shop.example/status"
    assert bought.delete()
    with pytest.raises(TwilioRestException) as caught:
        client.incoming_phone_numbers(bought.sid).fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)
    with pytest.raises(TwilioRestException):
        client.incoming_phone_numbers(bought.sid).delete()


def test_buying_an_owned_number_updates_it(twilio: TwilioSandbox) -> None:
    client = twilio.client()
    first = client.incoming_phone_numbers.create(phone_number=NUMBER, friendly_name="First")
    second = client.incoming_phone_numbers.create(
        phone_number=NUMBER, voice_url="https://b.example"
    )
    assert (second.sid, second.friendly_name) == (first.sid, "First")
    assert len(twilio.state()["numbers"]) == 1


def test_what_cannot_be_bought(twilio: TwilioSandbox) -> None:
    german = twilio.client().available_phone_numbers("DE").local.list(limit=1)[0].phone_number
    assert refused(twilio, phone_number="+15005550000") == (400, 21422)
    assert refused(twilio, phone_number="+15005550001") == (400, 21421)
    assert refused(twilio, phone_number="4155551234") == (400, 21421)
    assert refused(twilio) == (400, 21421)
    assert refused(twilio, phone_number="+14155550000") == (400, 21422)
    assert refused(twilio, area_code="533") == (400, 21452)
    assert refused(twilio, area_code="41") == (400, 21451)
    assert refused(twilio, phone_number=german) == (400, 21631)
    assert refused(twilio, phone_number=german, address_sid="AD" + "0" * 32) == (400, 21615)
    assert refused(twilio, phone_number=NUMBER, voice_url="shop.example") == (400, 21402)
    assert refused(twilio, phone_number=NUMBER, voice_method="PUT") == (400, 21403)
    assert refused(twilio, phone_number=NUMBER, friendly_name="x" * 65) == (400, 20002)
    assert refused(twilio, phone_number=NUMBER, trunk_sid="TK1") == (400, 20422)


def test_numbers_that_can_be_bought(twilio: TwilioSandbox) -> None:
    client = twilio.client()
    assert client.incoming_phone_numbers.create(phone_number="+15005550006").sid
    assert client.incoming_phone_numbers.create(area_code="415").phone_number.startswith("+1415")


def test_an_address_makes_a_german_number_possible(twilio: TwilioSandbox) -> None:
    client = twilio.client()
    german = client.available_phone_numbers("DE").local.list(limit=1)[0].phone_number
    french = new_address(client, "FR")
    assert refused(twilio, phone_number=german, address_sid=french.sid) == (400, 21615)
    address = new_address(client, "DE")
    bought = client.incoming_phone_numbers.create(phone_number=german, address_sid=address.sid)
    assert (bought.address_sid, bought.address_requirements) == (address.sid, "local")
    assert client.addresses(address.sid).fetch().city == "Town"
    assert [each.sid for each in client.addresses.list(iso_country="DE")] == [address.sid]
    assert address.update(city="Other").city == "Other"
    with pytest.raises(TwilioRestException):
        address.delete()
    assert bought.delete()
    assert address.delete()


def new_address(client, country: str):
    """An address in a country."""
    return client.addresses.create(
        customer_name="Alice",
        street="Street 1",
        city="Town",
        region="Region",
        postal_code="12345",
        iso_country=country,
    )


def test_list_filters_and_pages(twilio: TwilioSandbox) -> None:
    client = twilio.client()
    offers = client.available_phone_numbers("US").local.list(area_code=212, limit=5)
    for index, offer in enumerate(offers):
        client.incoming_phone_numbers.create(
            phone_number=offer.phone_number, friendly_name=f"Line {index}"
        )
    client.incoming_phone_numbers.create(phone_number=NUMBER)
    found = client.incoming_phone_numbers
    assert [each.phone_number for each in found.list(phone_number="5551234")] == [NUMBER]
    assert [each.phone_number for each in found.list(phone_number=NUMBER)] == [NUMBER]
    assert found.list(phone_number="+5551234") == []
    assert [each.friendly_name for each in found.list(friendly_name="Line 2")] == ["Line 2"]
    assert found.list(origin="hosted") == []
    every = [each.sid for each in found.stream(page_size=2)]
    assert len(every) == len(set(every)) == 6
    page = twilio.api("GET", "/IncomingPhoneNumbers.json", params={"PageSize": 2, "Page": 1}).json()
    assert (page["start"], page["end"], page["page"]) == (2, 3, 1)
    assert page["next_page_uri"].endswith("IncomingPhoneNumbers.json?PageSize=2&Page=2")
    assert page["previous_page_uri"].startswith("/2010-04-01/Accounts/")


def test_unknown_parameters_and_wrong_credentials(twilio: TwilioSandbox) -> None:
    answer = twilio.api("POST", "/IncomingPhoneNumbers.json", data={"PhoneNumer": NUMBER})
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert set(answer.json()) == {"code", "message", "more_info", "status"}
    with pytest.raises(TwilioRestException) as caught:
        twilio.client(token="wrong").balance.fetch()
    assert (caught.value.status, caught.value.code) == (401, 20003)
    other = f"{twilio.url}/api/2010-04-01/Accounts/AC{'0' * 32}/Balance.json"
    assert twilio.http.get(other, auth=(ACCOUNT_SID, AUTH_TOKEN)).status_code == 401
    assert twilio.http.get("/api/2010-04-01/Nothing.json").json()["code"] == 20404


def test_prices_and_balance(twilio: TwilioSandbox) -> None:
    client = twilio.client()
    monthly = client.pricing.v1.phone_numbers.countries("US").fetch()
    assert monthly.price_unit == "USD"
    assert {each["number_type"]: each["base_price"] for each in monthly.phone_number_prices} == {
        "local": "1.15",
        "toll free": "2.15",
    }
    voice = client.pricing.v2.voice.countries("GB").fetch()
    assert {each["number_type"] for each in voice.inbound_call_prices} == {
        "local",
        "mobile",
        "toll free",
        "national",
    }
    assert voice.outbound_prefix_prices[0]["destination_prefixes"] == ["447"]
    assert len(client.pricing.v1.phone_numbers.countries.list(page_size=2)) == 9
    assert len(client.pricing.v2.voice.countries.list()) == 9
    assert client.balance.fetch().currency == "USD"


def test_parameters_are_those_of_the_specification(specification_folder: Path) -> None:
    account = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}"
    sid = "0" * 32
    for method, path, known in (
        ("POST", "/IncomingPhoneNumbers.json", numbers.CREATE_PARAMETERS),
        ("POST", f"/IncomingPhoneNumbers/PN{sid}.json", numbers.UPDATE_PARAMETERS),
        ("GET", "/IncomingPhoneNumbers.json", numbers.LIST_PARAMETERS),
        ("GET", "/AvailablePhoneNumbers/US/Local.json", available.SEARCH_PARAMETERS),
        ("GET", "/AvailablePhoneNumbers/US/TollFree.json", available.SEARCH_PARAMETERS),
        ("GET", "/AvailablePhoneNumbers/GB/Mobile.json", available.SEARCH_PARAMETERS),
        ("GET", "/Calls.json", calls.LIST_PARAMETERS),
        ("POST", "/Addresses.json", addresses.CREATE_PARAMETERS),
        ("POST", f"/Addresses/AD{sid}.json", addresses.UPDATE_PARAMETERS),
        ("GET", "/Addresses.json", addresses.LIST_PARAMETERS),
    ):
        assert known == parameter_names(method, account + path), path
