"""From the numbers that a customer names to lines with prices that are ours."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dids.offers import Offer
from dids.quoting import quote
from didshop.errors import Conflict, Invalid, ShopError, Unmet
from didshop.money import quantise


@dataclass(frozen=True)
class Item:
    """One number that a customer asks for, and how its calls are to be handled."""

    phone_number: str
    friendly_name: str = ""
    voice_url: str = ""
    voice_method: str = "POST"
    status_callback: str = ""


@dataclass(frozen=True)
class QuotedItem:
    """An item with our offer for it, or the reason why there is none."""

    item: Item
    offer: Offer | None = None
    problem: ShopError | None = None


@dataclass(frozen=True)
class Quote:
    """What a whole order would cost. Amounts cover only what can be delivered."""

    items: Sequence[QuotedItem] = field(default_factory=tuple)

    @property
    def offers(self) -> list[Offer]:
        return [quoted.offer for quoted in self.items if quoted.offer]

    @property
    def total(self) -> Decimal:
        """The first charge: set-up and a month of every number."""
        return quantise(sum((offer.price.first_charge for offer in self.offers), Decimal(0)))

    @property
    def monthly_total(self) -> Decimal:
        return quantise(sum((offer.price.monthly for offer in self.offers), Decimal(0)))


def quote_items(items: Sequence[Item]) -> Quote:
    """Quote every item. Only a number that is gone is a problem of its own.

    Whatever else stands in the way refuses the whole: that the carrier is down (CarrierTrouble),
    that there is no such number (Invalid), that it needs an address (Unmet). The last two name
    the number in their `details`.
    """
    answers = quote([item.phone_number for item in items])
    quoted = []
    for item in items:
        answer: Any = answers[item.phone_number]
        if isinstance(answer, Offer):
            quoted.append(QuotedItem(item, offer=answer))
        elif isinstance(answer, Conflict):
            quoted.append(QuotedItem(item, problem=answer))
        else:
            raise _naming(item, answer)
    return Quote(tuple(quoted))


def _naming(item: Item, problem: ShopError) -> ShopError:
    """The problem, and of which of the numbers it is one."""
    if isinstance(problem, Invalid | Unmet):
        problem.details = [{"field": item.phone_number, "message": problem.message}]
    return problem
