"""The countries that the sandbox sells numbers of: types, rules and prices.

Prices are Twilio's in kind, not to the cent.
"""

from dataclasses import dataclass
from typing import Literal

NumberType = Literal["local", "toll_free", "mobile", "national"]
AddressRequirement = Literal["none", "any", "local", "foreign"]

# The types as they stand in URLs and in the price list.
URL_NAMES: dict[NumberType, str] = {
    "local": "Local",
    "toll_free": "TollFree",
    "mobile": "Mobile",
    "national": "National",
}
PRICE_NAMES: dict[NumberType, str] = {
    "local": "local",
    "toll_free": "toll free",
    "mobile": "mobile",
    "national": "national",
}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One type of number in one country.

    capabilities: those that a number may have; `rare` are those that only most have.
    prefixes: how the national number begins; empty for local, whose prefixes are
    the area codes. digits: how many the national number has.
    monthly and per_minute (inbound): US dollars, decimal strings.
    """

    capabilities: frozenset[str]
    rare: frozenset[str]
    address: AddressRequirement
    prefixes: tuple[str, ...]
    digits: int
    monthly: str
    per_minute: str


@dataclass(frozen=True, kw_only=True)
class Country:
    """A country. outbound: (name, E.164 prefixes, US dollars a minute) of calls to it."""

    code: str
    name: str
    calling_code: str
    kinds: dict[NumberType, Kind]
    outbound: tuple[tuple[str, tuple[str, ...], str], ...]


def kind(
    capabilities: str,
    address: AddressRequirement,
    *,
    digits: int,
    monthly: str,
    per_minute: str,
    prefixes: str = "",
) -> Kind:
    """A kind in one line; capabilities and prefixes by spaces, `sms?` for most but not all."""
    words = capabilities.split()
    return Kind(
        capabilities=frozenset(word.rstrip("?") for word in words),
        rare=frozenset(word[:-1] for word in words if word.endswith("?")),
        address=address,
        prefixes=tuple(prefixes.split()),
        digits=digits,
        monthly=monthly,
        per_minute=per_minute,
    )


NANP_TOLL_FREE = "800 833 844 855 866 877 888"

COUNTRIES = {
    country.code: country
    for country in (
        Country(
            code="US",
            name="United States",
            calling_code="1",
            kinds={
                "local": kind(
                    "voice sms? mms?", "none", digits=10, monthly="1.15", per_minute="0.0085"
                ),
                "toll_free": kind(
                    "voice sms? mms?",
                    "none",
                    digits=10,
                    monthly="2.15",
                    per_minute="0.0220",
                    prefixes=NANP_TOLL_FREE,
                ),
            },
            outbound=(
                ("Alaska", ("1907",), "0.0900"),
                ("Hawaii", ("1808",), "0.0140"),
                ("Toll Free", ("1800", "1833", "1844", "1855", "1866", "1877", "1888"), "0.0140"),
                ("United States & Canada", ("1",), "0.0140"),
            ),
        ),
        Country(
            code="CA",
            name="Canada",
            calling_code="1",
            kinds={
                "local": kind(
                    "voice sms? mms?", "none", digits=10, monthly="1.15", per_minute="0.0085"
                ),
                "toll_free": kind(
                    "voice sms? mms?",
                    "none",
                    digits=10,
                    monthly="2.15",
                    per_minute="0.0220",
                    prefixes=NANP_TOLL_FREE,
                ),
            },
            outbound=(
                ("Yukon and Northern Territories", ("1867",), "0.2850"),
                ("United States & Canada", ("1",), "0.0140"),
            ),
        ),
        Country(
            code="GB",
            name="United Kingdom",
            calling_code="44",
            kinds={
                "local": kind("voice", "none", digits=10, monthly="1.15", per_minute="0.0100"),
                "mobile": kind(
                    "voice sms",
                    "any",
                    digits=10,
                    monthly="1.15",
                    per_minute="0.0100",
                    prefixes="7400 7401 7476 7480 7723 7782",
                ),
                "toll_free": kind(
                    "voice",
                    "any",
                    digits=10,
                    monthly="2.15",
                    per_minute="0.0578",
                    prefixes="800 808",
                ),
                "national": kind(
                    "voice",
                    "none",
                    digits=10,
                    monthly="1.15",
                    per_minute="0.0100",
                    prefixes="330 333",
                ),
            },
            outbound=(
                ("Mobile", ("447",), "0.0306"),
                ("Toll Free", ("44800", "44808"), "0.0158"),
                ("Other", ("44",), "0.0158"),
            ),
        ),
        Country(
            code="DE",
            name="Germany",
            calling_code="49",
            kinds={
                "local": kind("voice", "local", digits=10, monthly="1.15", per_minute="0.0100"),
                "mobile": kind(
                    "voice sms",
                    "local",
                    digits=11,
                    monthly="15.00",
                    per_minute="0.0100",
                    prefixes="1521 1573 1590",
                ),
                "toll_free": kind(
                    "voice", "any", digits=10, monthly="25.00", per_minute="0.1440", prefixes="800"
                ),
                "national": kind(
                    "voice", "local", digits=11, monthly="1.15", per_minute="0.0100", prefixes="32"
                ),
            },
            outbound=(
                ("Mobile", ("4915", "4916", "4917"), "0.0370"),
                ("Other", ("49",), "0.0160"),
            ),
        ),
        Country(
            code="FR",
            name="France",
            calling_code="33",
            kinds={
                "local": kind("voice", "local", digits=9, monthly="1.15", per_minute="0.0100"),
                "mobile": kind(
                    "voice sms",
                    "local",
                    digits=9,
                    monthly="15.00",
                    per_minute="0.0100",
                    prefixes="644 757 756",
                ),
                "toll_free": kind(
                    "voice",
                    "any",
                    digits=9,
                    monthly="25.00",
                    per_minute="0.0980",
                    prefixes="800 801 805",
                ),
                "national": kind(
                    "voice",
                    "any",
                    digits=9,
                    monthly="1.15",
                    per_minute="0.0100",
                    prefixes="970 978 948",
                ),
            },
            outbound=(
                ("Mobile", ("336", "337"), "0.0370"),
                ("Other", ("33",), "0.0180"),
            ),
        ),
        Country(
            code="AU",
            name="Australia",
            calling_code="61",
            kinds={
                "local": kind("voice", "any", digits=9, monthly="3.00", per_minute="0.0100"),
                "mobile": kind(
                    "voice sms mms?",
                    "any",
                    digits=9,
                    monthly="6.50",
                    per_minute="0.0100",
                    prefixes="428 438 448 468 480",
                ),
                "toll_free": kind(
                    "voice",
                    "none",
                    digits=10,
                    monthly="16.00",
                    per_minute="0.0680",
                    prefixes="1800",
                ),
            },
            outbound=(
                ("Mobile", ("614",), "0.0750"),
                ("Other", ("61",), "0.0252"),
            ),
        ),
        Country(
            code="NL",
            name="Netherlands",
            calling_code="31",
            kinds={
                "local": kind("voice", "local", digits=9, monthly="1.15", per_minute="0.0100"),
                "mobile": kind(
                    "voice sms",
                    "any",
                    digits=9,
                    monthly="6.00",
                    per_minute="0.0100",
                    prefixes="61 62 64",
                ),
                "toll_free": kind(
                    "voice", "any", digits=10, monthly="22.00", per_minute="0.0900", prefixes="800"
                ),
                "national": kind(
                    "voice", "any", digits=9, monthly="1.15", per_minute="0.0100", prefixes="85"
                ),
            },
            outbound=(
                ("Mobile", ("316",), "0.0450"),
                ("Other", ("31",), "0.0160"),
            ),
        ),
        Country(
            code="SE",
            name="Sweden",
            calling_code="46",
            kinds={
                "local": kind("voice", "any", digits=9, monthly="1.15", per_minute="0.0100"),
                "mobile": kind(
                    "voice sms",
                    "none",
                    digits=9,
                    monthly="3.00",
                    per_minute="0.0100",
                    prefixes="70 73 76",
                ),
            },
            outbound=(
                ("Mobile", ("467",), "0.0380"),
                ("Other", ("46",), "0.0140"),
            ),
        ),
        Country(
            code="ES",
            name="Spain",
            calling_code="34",
            kinds={
                "local": kind("voice", "any", digits=9, monthly="1.15", per_minute="0.0100"),
                "mobile": kind(
                    "voice sms",
                    "local",
                    digits=9,
                    monthly="9.00",
                    per_minute="0.0100",
                    prefixes="61 62 64",
                ),
                "toll_free": kind(
                    "voice", "any", digits=9, monthly="25.00", per_minute="0.0800", prefixes="900"
                ),
            },
            outbound=(
                ("Mobile", ("346", "347"), "0.0400"),
                ("Other", ("34",), "0.0150"),
            ),
        ),
    )
}
