"""Our prices over the carrier's."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from dids import prices
from dids.models import CarrierPrice
from didshop.errors import CarrierTrouble, Unmet
from didshop.tests.sandboxes import Sandbox
from telephony.tests.carriers import Heard, Says, carrier_that

pytestmark = pytest.mark.django_db


def kept(**fields: Any) -> CarrierPrice:
    given = {
        "country_code": "US",
        "number_type": "LOCAL",
        "monthly": Decimal("1.15"),
        "inbound_per_minute": Decimal("0.0085"),
        "currency": "USD",
        "fetched_at": timezone.now(),
    }
    return CarrierPrice.objects.create(**{**given, **fields})


def test_the_markup_and_the_rounding(settings: Any) -> None:
    settings.PRICE_MARKUP_PERCENT = Decimal(30)
    settings.SETUP_PRICE = Decimal("0.5")
    kept()
    price = prices.price_of("US", "LOCAL")
    # 1.15 × 1.3 is 1.495, and 0.0085 × 1.3 is 0.01105: halves go up.
    assert (price.monthly, price.inbound_per_minute) == (Decimal("1.50"), Decimal("0.0111"))
    assert (price.setup, price.first_charge) == (Decimal("0.50"), Decimal("2.00"))
    assert (price.carrier_monthly, price.currency) == (Decimal("1.15"), "USD")


def test_a_known_price_is_one_query_and_no_call(django_assert_num_queries: Any) -> None:
    kept()
    with django_assert_num_queries(1):
        prices.price_of("US", "LOCAL")


def test_an_unknown_minute_stays_unknown() -> None:
    kept(inbound_per_minute=None)
    assert prices.price_of("US", "LOCAL").inbound_per_minute is None


def test_a_missing_price_is_fetched(sandbox: Sandbox) -> None:
    assert prices.price_of("GB", "TOLL_FREE").carrier_monthly == Decimal("2.15")
    assert CarrierPrice.objects.filter(country_code="GB").count() == 4


def test_an_old_price_is_fetched_anew(sandbox: Sandbox) -> None:
    row = kept(monthly=9, fetched_at=timezone.now() - timedelta(hours=37))
    assert prices.price_of("US", "LOCAL").carrier_monthly == Decimal("1.15")
    row.refresh_from_db()
    assert row.fetched_at > timezone.now() - timedelta(minutes=1)


def test_an_old_price_serves_while_the_carrier_is_away() -> None:
    kept(monthly=9, fetched_at=timezone.now() - timedelta(hours=37))
    assert prices.price_of("US", "LOCAL").carrier_monthly == Decimal(9)


def test_no_price_and_no_carrier() -> None:
    with pytest.raises(CarrierTrouble):
        prices.price_of("US", "LOCAL")


def test_a_type_without_a_price_is_not_sold(sandbox: Sandbox) -> None:
    with pytest.raises(Unmet) as caught:
        prices.price_of("US", "MOBILE")
    assert caught.value.code == "PRICE_UNKNOWN"


def test_what_the_carrier_names_no_more_goes(sandbox: Sandbox) -> None:
    kept(number_type="NATIONAL")
    prices.refresh("US")
    types = CarrierPrice.objects.filter(country_code="US").values_list("number_type", flat=True)
    assert set(types) == {"LOCAL", "TOLL_FREE"}


def test_prices_in_another_currency_are_refused(settings: Any) -> None:
    def answer(heard: Heard) -> Says:
        rows = [{"number_type": "toll free", "base_price": "1", "current_price": "1"}]
        name = "inbound_call_prices" if "Voice" in heard.path else "phone_number_prices"
        return Says(200, {name: rows, "price_unit": "eur", "iso_country": "US"})

    with carrier_that(answer, settings):
        prices.refresh("US")
    assert not CarrierPrice.objects.exists()


@pytest.mark.parametrize("amount", ["free", "NaN", "-1", "Infinity"])
def test_what_is_no_amount_is_no_price(settings: Any, amount: str) -> None:
    row = {"number_type": "local", "base_price": amount, "current_price": amount}
    body = {"phone_number_prices": [row], "inbound_call_prices": [row], "price_unit": "USD"}
    with carrier_that(lambda _: Says(200, body), settings), pytest.raises(CarrierTrouble):
        prices.price_of("US", "LOCAL")


def test_the_daily_task_goes_through_every_country(sandbox: Sandbox, settings: Any) -> None:
    settings.SHOP_COUNTRIES = ["US", "CA", "GB", "DE"]
    old = kept(monthly=9, fetched_at=timezone.now() - timedelta(hours=25))
    fresh = kept(country_code="DE", monthly=9, fetched_at=timezone.now() - timedelta(hours=23))
    sandbox.fault(service="twilio", path="Countries/CA", kind="500")
    prices.refresh_old()
    fetched = CarrierPrice.objects.values_list("country_code", flat=True).distinct()
    assert set(fetched) == {"US", "GB", "DE"}
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert (old.monthly, fresh.monthly) == (Decimal("1.15"), Decimal(9))
