"""How a phone number is shown to people: grouped as its country writes it, with its flag."""

import phonenumbers
from phonenumbers import PhoneNumberFormat

from dids.country_names import COUNTRY_NAMES

_REGIONAL_INDICATOR_A = 0x1F1E6


def international(phone_number: str) -> str:
    """+14155550100 as "+1 415-555-0100"; what is no number is shown as it is."""
    return _format(phone_number, PhoneNumberFormat.INTERNATIONAL)


def national(phone_number: str) -> str:
    """+14155550100 as "(415) 555-0100"; what is no number is shown as it is."""
    return _format(phone_number, PhoneNumberFormat.NATIONAL)


def _format(phone_number: str, style: int) -> str:
    try:
        return phonenumbers.format_number(phonenumbers.parse(phone_number), style)
    except phonenumbers.NumberParseException:
        return phone_number


def area_code(phone_number: str) -> str:
    """The digits of an E.164 number that stand for its area: 415 of +14155550100, or none."""
    try:
        parsed = phonenumbers.parse(phone_number)
    except phonenumbers.NumberParseException:
        return ""
    length = phonenumbers.length_of_geographical_area_code(parsed)
    return phonenumbers.national_significant_number(parsed)[:length]


def country_name(country_code: str) -> str:
    """The English name: "Germany" for DE."""
    return COUNTRY_NAMES.get(country_code, country_code)


def flag(country_code: str) -> str:
    """The flag as an emoji."""
    return "".join(chr(_REGIONAL_INDICATOR_A + ord(letter) - ord("A")) for letter in country_code)


class Presented:
    """What templates show of anything with a `phone_number` and a `country_code`."""

    phone_number: str
    country_code: str

    @property
    def international(self) -> str:
        """Grouped as its country writes it, with the calling code."""
        return international(self.phone_number)

    @property
    def national(self) -> str:
        """As it is written at home."""
        return national(self.phone_number)

    @property
    def country_name(self) -> str:
        return country_name(self.country_code)

    @property
    def flag(self) -> str:
        return flag(self.country_code)
