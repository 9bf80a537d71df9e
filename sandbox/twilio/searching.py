"""Searching the stock: which blocks fit, then which numbers in them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sandbox.twilio.countries import AddressRequirement
from sandbox.twilio.inventory import Block, Offer, Stock, is_picked
from sandbox.twilio.patterns import ANYTHING, Pattern, Template, prefix_test, templates
from sandbox.twilio.places import Place

# Twilio shows no more than about so many, whatever the page size.
MOST_RESULTS = 30
# How many numbers a search looks at before it is content with what it has found.
MOST_PROPOSALS = 5000


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for; empty fields do not restrict.

    capabilities: name → whether the number must have it. excluded: address
    requirements that must not be. near: latitude and longitude in degrees.
    """

    pattern: Pattern = ANYTHING
    area_code: str = ""
    locality: str = ""
    region: str = ""
    postal_code: str = ""
    rate_center: str = ""
    lata: str = ""
    near: tuple[float, float] | None = None
    miles: float = 25.0
    capabilities: tuple[tuple[str, bool], ...] = ()
    excluded: frozenset[AddressRequirement] = frozenset()

    def is_about_places(self) -> bool:
        """Whether the search restricts where a number is."""
        words = (self.area_code, self.locality, self.region, self.rate_center, self.lata)
        return any(words) or self.near is not None

    def meets_place(self, place: Place) -> bool:
        """Whether numbers of this place may be shown."""
        return (
            self.area_code in ("", place.area_code)
            and is_same(self.locality, place.locality)
            and is_same(self.region, place.region)
            and is_same(self.rate_center, place.rate_center)
            and is_same(self.lata, place.lata)
            and (self.near is None or place.miles_to(*self.near) <= self.miles)
        )

    def meets_postal_code(self, postal_code: str | None) -> bool:
        """Whether a block of this postal code may be shown; Canada's first half will do."""
        wanted = self.postal_code.replace(" ", "").upper()
        return not wanted or (postal_code or "").replace(" ", "").startswith(wanted)

    def meets_capabilities(self, present: dict[str, bool]) -> bool:
        """Whether a number that can do this may be shown."""
        return all(present[name] == wanted for name, wanted in self.capabilities)


def is_same(wanted: str, value: str | None) -> bool:
    """Whether a text is the one that is wanted, whatever its case; empty wants none."""
    return not wanted or (value is not None and wanted.casefold() == value.casefold())


def search(
    stock: Stock, wanted: Search, *, limit: int, is_owned: Callable[[str], bool]
) -> list[Offer]:
    """Numbers of the stock that fit and that nobody owns, at most `limit` of them."""
    if not can_exist(stock, wanted):
        return []
    found: list[Offer] = []
    seen = set()
    for block, digits in islice(propose(fitting_blocks(stock, wanted), wanted), MOST_PROPOSALS):
        if len(found) >= min(limit, MOST_RESULTS):
            break
        if digits in seen:
            continue
        seen.add(digits)
        if is_for_sale(stock, wanted, digits) and not is_owned(f"+{digits}"):
            found.append(Offer(digits, block, stock))
    return found


def can_exist(stock: Stock, wanted: Search) -> bool:
    """Whether any number of this kind at all can meet the search."""
    has_none = {name for name, needed in wanted.capabilities if needed} - stock.kind.capabilities
    return not has_none and stock.kind.address not in wanted.excluded


def is_for_sale(stock: Stock, wanted: Search, digits: str) -> bool:
    """Whether a number that was proposed is in stock and can do what is wanted."""
    return (
        is_picked(digits)
        and wanted.meets_capabilities(stock.capabilities(digits))
        and stock.is_dialable(digits)
    )


def fitting_blocks(stock: Stock, wanted: Search) -> Iterator[Block]:
    """The blocks of the right places whose prefixes do not clash with the pattern."""
    blocks: Iterable[Block] = stock.blocks
    if wanted.is_about_places():
        blocks = stock.blocks_where(wanted.meets_place, area_code=wanted.area_code)
    if wanted.postal_code:
        blocks = [block for block in blocks if wanted.meets_postal_code(block.postal_code)]
    test = prefix_test(wanted.pattern)
    return (block for block in blocks if test.may_hold(block.prefix, block.length))


def propose(blocks: Iterable[Block], wanted: Search) -> Iterator[tuple[Block, str]]:
    """Numbers that fit the pattern, one of each block's shapes in turn, until there are no more."""
    shapes: list[tuple[Block, Template]] = []
    for block in blocks:
        for template in templates(wanted.pattern, block.prefix, block.length):
            shapes.append((block, template))
            yield block, template.number(0)
    turn = 1
    while shapes := [each for each in shapes if turn < each[1].size]:
        for block, template in shapes:
            yield block, template.number(turn)
        turn += 1
