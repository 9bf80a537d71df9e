"""Numbers in our account at the carrier. (Twilio: IncomingPhoneNumbers)"""

from contextlib import suppress
from typing import Any

from telephony.carrier.client import purchase_place, shared
from telephony.carrier.errors import NotThere, OutcomeUnknown, translated
from telephony.carrier.records import NumberSettings, OwnedNumber


def buy(phone_number: str, *, reference: str, settings: NumberSettings) -> OwnedNumber:
    """Buy the number, sent once, named by our reference (at most 64 characters).

    Twilio knows no idempotency key here, and a number that the account owns already may be
    answered as if it were new: claim it on our side first. Raises OutcomeUnknown when it may have
    been bought (then `find_owned` tells), CarrierError.
    """
    with purchase_place(), translated():
        number = shared().incoming_phone_numbers.create(
            phone_number=phone_number, friendly_name=reference, **_parameters(settings)
        )
    return _checked(number, phone_number)


def find_owned(phone_number: str) -> OwnedNumber | None:
    """The number if it is in our account. Raises CarrierError.

    Twilio's filter also matches parts of numbers, hence the exact comparison.
    """
    with translated():
        listed = shared().incoming_phone_numbers.list(phone_number=phone_number, page_size=100)
    for number in listed:
        if number.phone_number == phone_number:
            return _checked(number, phone_number)
    return None


def configure(sid: str, settings: NumberSettings) -> OwnedNumber:
    """Send its calls and the news of them elsewhere. Raises NotThere, CarrierError."""
    with translated():
        number = shared().incoming_phone_numbers(sid).update(**_parameters(settings))
    return _checked(number, number.phone_number)


def release(sid: str) -> None:
    """Give the number back, for good. One that is gone already counts as given back."""
    with suppress(NotThere), translated():
        shared().incoming_phone_numbers(sid).delete()


def _parameters(settings: NumberSettings) -> dict[str, str]:
    return {
        "voice_url": settings.voice_url,
        "voice_method": settings.voice_method,
        "voice_fallback_url": settings.voice_fallback_url,
        "status_callback": settings.status_callback,
        "status_callback_method": "POST",
    }


def _checked(number: Any, phone_number: str) -> OwnedNumber:
    """The number that the carrier answered with. OutcomeUnknown if it is not the one meant."""
    if not number.sid or not phone_number or number.phone_number != phone_number:
        raise OutcomeUnknown(0, "The carrier's answer does not name the number.")
    return OwnedNumber(
        sid=number.sid,
        phone_number=number.phone_number,
        friendly_name=number.friendly_name or "",
        voice_url=number.voice_url or "",
        voice_method=number.voice_method or "POST",
        voice_fallback_url=number.voice_fallback_url or "",
        status_callback=number.status_callback or "",
    )
