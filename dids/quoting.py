"""Quotes: a number with our price, remembered for a while and never taken from a customer."""

import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import phonenumbers
from django.conf import settings
from django.core.cache import cache
from phonenumbers import PhoneNumberType

from dids.models import Number, NumberType
from dids.offers import Offer
from dids.prices import price_of
from dids.trouble import address_required, not_available, refusal
from didshop.errors import Invalid, ShopError
from telephony import carrier

E164 = re.compile(r"^\+[1-9]\d{6,14}\Z", re.ASCII)
GIVE_E164 = "Give the number in E.164 form, such as +14155550123."
ASKED_AT_ONCE = 10
# In which of the carrier's lists a number is looked for, the likeliest first.
LISTS = {
    PhoneNumberType.TOLL_FREE: (NumberType.TOLL_FREE,),
    PhoneNumberType.MOBILE: (NumberType.MOBILE, NumberType.LOCAL),
    PhoneNumberType.FIXED_LINE: (NumberType.LOCAL, NumberType.NATIONAL),
    PhoneNumberType.FIXED_LINE_OR_MOBILE: (NumberType.LOCAL, NumberType.MOBILE),
}
OTHER_LISTS = (NumberType.NATIONAL, NumberType.LOCAL, NumberType.MOBILE)

Answer = Offer | ShopError


def remember(offers: Iterable[Offer]) -> None:
    """Keep the offers as quotes for QUOTE_SECONDS."""
    quotes = {_key(offer.phone_number): offer.to_dict() for offer in offers}
    cache.set_many(quotes, settings.QUOTE_SECONDS)


def forget(phone_number: str) -> None:
    """Drop the quote of a number whose state at the carrier has changed."""
    cache.delete(_key(phone_number))


def quote(phone_numbers: Sequence[str]) -> dict[str, Answer]:
    """An offer for each number (E.164), or the reason why there is none.

    What was found or quoted in the last QUOTE_SECONDS is not asked for again; the rest is looked
    up at the carrier, several at once, by exact match. Reasons: Conflict NUMBER_NOT_AVAILABLE,
    Invalid NUMBER_INVALID, Unmet ADDRESS_REQUIRED or PRICE_UNKNOWN, CarrierTrouble.
    """
    answers: dict[str, Answer] = {
        number: _invalid(GIVE_E164) for number in phone_numbers if not E164.fullmatch(number)
    }
    asked = [number for number in phone_numbers if number not in answers]
    answers |= dict.fromkeys(_live(asked), not_available())
    answers |= _remembered([number for number in phone_numbers if number not in answers])
    missing = [number for number in phone_numbers if number not in answers]
    found = {number: _priced(answer) for number, answer in _look_up(missing).items()}
    remember(offer for offer in found.values() if isinstance(offer, Offer))
    answers |= found
    return {number: _sellable(answers[number]) for number in phone_numbers}


def _live(phone_numbers: Sequence[str]) -> list[str]:
    """Those that somebody in this shop has or is buying."""
    live = Number.objects.live().filter(phone_number__in=phone_numbers)
    return list(live.values_list("phone_number", flat=True))


def _remembered(phone_numbers: Sequence[str]) -> dict[str, Answer]:
    keys = [_key(number) for number in phone_numbers]
    quotes = cache.get_many(keys)
    offers = (Offer.from_dict(kept) for kept in quotes.values())
    return {offer.phone_number: offer for offer in offers}


def _look_up(phone_numbers: Sequence[str]) -> dict[str, carrier.AvailableNumber | ShopError]:
    if not phone_numbers:
        return {}
    with ThreadPoolExecutor(min(ASKED_AT_ONCE, len(phone_numbers))) as pool:
        return dict(zip(phone_numbers, pool.map(_find, phone_numbers), strict=True))


def _find(phone_number: str) -> carrier.AvailableNumber | ShopError:
    """The number at the carrier. Runs in a thread of its own, so it must not use the database."""
    try:
        country_code, lists = _where(phone_number)
        for number_type in lists:
            found = _find_in(phone_number, country_code, number_type)
            if found is not None:
                return found
    except ShopError as error:
        return error
    except carrier.CarrierError as error:
        return refusal(error)
    return not_available()


def _find_in(
    phone_number: str, country_code: str, number_type: str
) -> carrier.AvailableNumber | None:
    try:
        return carrier.find_available(
            phone_number, country_code=country_code, number_type=number_type
        )
    except carrier.NotThere:
        return None  # the country has no numbers of this type


def _where(phone_number: str) -> tuple[str, tuple[str, ...]]:
    """The number's country and the lists to look in. Raises Invalid."""
    if not E164.match(phone_number):
        raise _invalid(GIVE_E164)
    try:
        parsed = phonenumbers.parse(phone_number)
    except phonenumbers.NumberParseException as error:
        raise _invalid("There is no such number.") from error
    country_code = phonenumbers.region_code_for_number(parsed)
    if not phonenumbers.is_possible_number(parsed) or country_code is None:
        raise _invalid("There is no such number.")
    if country_code not in settings.SHOP_COUNTRIES:
        raise _invalid("We do not sell numbers of this country.")
    return country_code, LISTS.get(phonenumbers.number_type(parsed), OTHER_LISTS)


def _invalid(sentence: str) -> Invalid:
    details = [{"field": "phone_number", "message": sentence}]
    return Invalid(sentence, code="NUMBER_INVALID", details=details)


def _priced(answer: carrier.AvailableNumber | ShopError) -> Answer:
    if isinstance(answer, ShopError):
        return answer
    try:
        return Offer.of(answer, price_of(answer.country_code, answer.number_type))
    except ShopError as error:
        return error


def _sellable(answer: Answer) -> Answer:
    return address_required() if isinstance(answer, Offer) and answer.needs_address else answer


def _key(phone_number: str) -> str:
    return f"quote:{phone_number}"
