"""The numbers that Twilio has for sale, computed instead of stored.

Every geographic prefix of a country is a block; of the numbers in a block, those are
in stock whom a hash of the number itself picks, one in `ONE_IN`. So the stock is the
same in every run and on every machine, membership is one hash, and a search only has
to propose numbers that fit and ask.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from sandbox.twilio.chance import fraction, pick
from sandbox.twilio.countries import COUNTRIES, Country, Kind, NumberType
from sandbox.twilio.places import NANP, NOWHERE, Place, local_prefixes

ONE_IN = 8
# Numbers that examples and manuals buy; they are always in stock.
ALWAYS = frozenset({"14155551234"})
FEWEST_FREE_DIGITS = 3
# Of the numbers whose kind has SMS and MMS, so many lack both, and so many lack MMS.
BARE_SHARE, NO_MMS_SHARE = 0.06, 0.06

FITTING_TYPES: dict[NumberType, frozenset[int]] = {
    "local": frozenset({PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}),
    "mobile": frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}),
    "toll_free": frozenset({PhoneNumberType.TOLL_FREE}),
    "national": frozenset({PhoneNumberType.UAN, PhoneNumberType.VOIP, PhoneNumberType.FIXED_LINE}),
}


@dataclass(frozen=True, slots=True)
class Block:
    """The numbers that begin with `prefix` (digits with calling code) and have `length` digits.

    order: mixes the places, so that a search shows numbers from all over.
    """

    prefix: str
    length: int
    place: Place
    postal_code: str | None
    order: float


def is_picked(digits: str) -> bool:
    """Whether chance, always the same, has put this number in stock."""
    return digits in ALWAYS or pick(digits, "stock", ONE_IN) == 0


@dataclass(frozen=True)
class Stock:
    """All blocks of one type in one country, in an order that mixes places."""

    country: Country
    number_type: NumberType
    kind: Kind
    blocks: tuple[Block, ...]

    @cached_property
    def _by_place(self) -> dict[str, dict[Place, list[Block]]]:
        """The blocks by area code and place; thousands of blocks share few places."""
        found: dict[str, dict[Place, list[Block]]] = {}
        for block in self.blocks:
            places = found.setdefault(block.place.area_code, {})
            places.setdefault(block.place, []).append(block)
        return found

    def blocks_where(self, fits: Callable[[Place], bool], *, area_code: str = "") -> list[Block]:
        """The blocks of all places that fit, of one area code or of all."""
        known = self._by_place
        chosen = [known.get(area_code, {})] if area_code else known.values()
        blocks = [
            block
            for places in chosen
            for place, members in places.items()
            if fits(place)
            for block in members
        ]
        return sorted(blocks, key=lambda block: block.order)

    def has(self, digits: str) -> bool:
        """Whether these digits, which lie in one of the blocks, are a number in stock."""
        return is_picked(digits) and self.is_dialable(digits)

    def is_dialable(self, digits: str) -> bool:
        """Whether the numbering plan knows such a number, of this type, in this country."""
        number = phonenumbers.parse(f"+{digits}")
        if not phonenumbers.is_valid_number_for_region(number, self.country.code):
            return False
        return phonenumbers.number_type(number) in FITTING_TYPES[self.number_type]

    def capabilities(self, digits: str) -> dict[str, bool]:
        """What a number can do. Who has no SMS has no MMS either."""
        here = set(self.kind.capabilities)
        if fraction(digits, "capabilities") < BARE_SHARE:
            here -= self.kind.rare
        elif fraction(digits, "capabilities") < BARE_SHARE + NO_MMS_SHARE:
            here -= self.kind.rare & {"mms"}
        return {name: name in here for name in ("voice", "sms", "mms", "fax")}


@dataclass(frozen=True)
class Offer:
    """One number that can be bought."""

    digits: str
    block: Block
    stock: Stock

    @property
    def phone_number(self) -> str:
        """E.164."""
        return f"+{self.digits}"

    @property
    def capabilities(self) -> dict[str, bool]:
        """What the number can do."""
        return self.stock.capabilities(self.digits)

    def describe(self) -> dict[str, Any]:
        """As Twilio describes it. (Twilio: AvailablePhoneNumbers)"""
        place = self.block.place
        return {
            "friendly_name": national_format(self.phone_number),
            "phone_number": self.phone_number,
            "lata": place.lata,
            "locality": place.locality,
            "rate_center": place.rate_center,
            "latitude": None if place.latitude is None else f"{place.latitude:.6f}",
            "longitude": None if place.longitude is None else f"{place.longitude:.6f}",
            "region": place.region,
            "postal_code": self.block.postal_code,
            "iso_country": self.stock.country.code,
            "address_requirements": self.stock.kind.address,
            "beta": False,
            "capabilities": self.capabilities,
        }


def national_format(phone_number: str) -> str:
    """A number as its country writes it; unchanged when it is none."""
    try:
        number = phonenumbers.parse(phone_number)
    except phonenumbers.NumberParseException:
        return phone_number
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)


@cache
def stock_of(country_code: str, number_type: NumberType) -> Stock | None:
    """The stock of one type in one country; None when Twilio has none of it."""
    country = COUNTRIES.get(country_code)
    kind = country.kinds.get(number_type) if country else None
    if country is None or kind is None:
        return None
    prefixes = (
        local_prefixes(country.code, country.calling_code)
        if number_type == "local"
        else ((country.calling_code + prefix, NOWHERE) for prefix in kind.prefixes)
    )
    length = len(country.calling_code) + kind.digits
    blocks = [
        Block(
            prefix,
            length,
            place_of_block(country.code, prefix, place),
            postal(prefix, place),
            fraction(prefix, "order"),
        )
        for prefix, place in prefixes
        if length - len(prefix) >= FEWEST_FREE_DIGITS
    ]
    blocks.sort(key=lambda block: block.order)
    return Stock(country, number_type, kind, tuple(blocks))


def place_of_block(country_code: str, prefix: str, place: Place) -> Place:
    """Toll-free numbers of the North American plan have an area code, but no place."""
    if place is NOWHERE and country_code in NANP:
        return Place(area_code=prefix[1:4])
    return place


def postal(prefix: str, place: Place) -> str | None:
    """A postal code for a block: five digits, or Canada's letters and digits."""
    if not place.postal_prefix:
        return None
    number = pick(prefix, "postal", 40) + 1
    if place.postal_prefix.isdigit():
        return f"{place.postal_prefix}{number:02d}"
    return f"{place.postal_prefix}{'ABCEGHJKLM'[number % 10]} {number % 9 + 1}A{number % 5 + 1}"


@cache
def blocks_by_prefix() -> dict[str, tuple[Stock, Block]]:
    """Every block of every country; toll-free blocks of US and CA count as US."""
    found: dict[str, tuple[Stock, Block]] = {}
    for country in COUNTRIES.values():
        for number_type in country.kinds:
            stock = stock_of(country.code, number_type)
            assert stock is not None
            for block in stock.blocks:
                found.setdefault(block.prefix, (stock, block))
    return found


def find_stock(digits: str) -> tuple[Stock, Block] | None:
    """The stock and the block that a number lies in, in stock or not."""
    known = blocks_by_prefix()
    for end in range(len(digits), 1, -1):
        if digits[:end] in known:
            return known[digits[:end]]
    return None


def find_block(phone_number: str) -> Block | None:
    """The block that a number in E.164 lies in, in stock or not."""
    found = find_stock(phone_number.removeprefix("+"))
    return None if found is None else found[1]


def find_offer(phone_number: str) -> Offer | None:
    """The number itself, in E.164, when it is in stock."""
    digits = phone_number.removeprefix("+")
    found = find_stock(digits)
    if found is None:
        return None
    stock, block = found
    if len(digits) != block.length or not stock.has(digits):
        return None
    return Offer(digits, block, stock)


def prepare_inventory() -> None:
    """Compute what is computed once, so that no search has to wait for it."""
    blocks_by_prefix()
    for country in COUNTRIES.values():
        for number_type in country.kinds:
            stock = stock_of(country.code, number_type)
            assert stock is not None
            stock.blocks_where(lambda _place: False)
            stock.is_dialable(stock.blocks[0].prefix.ljust(stock.blocks[0].length, "2"))
        national_format(f"+{country.calling_code}2025550123")
