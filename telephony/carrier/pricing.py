"""What the carrier asks us. (Twilio: Pricing v1 PhoneNumbers, v2 Voice)"""

from decimal import Decimal, InvalidOperation
from typing import Any

from telephony.carrier import number_types
from telephony.carrier.client import shared
from telephony.carrier.errors import OutcomeUnknown, translated
from telephony.carrier.records import NumberPrice, VoicePrice


def number_prices(country_code: str) -> list[NumberPrice]:
    """A month of a number by type, as our account pays it. Raises NotThere, CarrierError."""
    with translated():
        country = shared().pricing.v1.phone_numbers.countries(country_code).fetch()
        currency = country.price_unit.upper()
        return [
            NumberPrice(number_type=number_type, monthly=amount, currency=currency)
            for number_type, amount in _amounts(country.phone_number_prices)
        ]


def voice_prices(country_code: str) -> list[VoicePrice]:
    """A minute of an inbound call by type of number. Raises NotThere, CarrierError."""
    with translated():
        country = shared().pricing.v2.voice.countries(country_code).fetch()
        currency = country.price_unit.upper()
        return [
            VoicePrice(number_type=number_type, inbound_per_minute=amount, currency=currency)
            for number_type, amount in _amounts(country.inbound_call_prices)
        ]


def _amounts(rows: list[Any] | None) -> list[tuple[str, Decimal]]:
    """Type and current price of each row whose type we know and whose price is named."""
    return [
        (number_type, _decimal(row["current_price"]))
        for row in rows or []
        if (number_type := number_types.normalise(row["number_type"] or ""))
        and row["current_price"] not in (None, "")
    ]


def _decimal(text: str | float) -> Decimal:
    try:
        amount = Decimal(str(text))
    except InvalidOperation as error:
        raise OutcomeUnknown(0, "The carrier named a price that is no number.") from error
    if not amount.is_finite() or amount < 0:
        raise OutcomeUnknown(0, "The carrier named a price that is no amount.")
    return amount
