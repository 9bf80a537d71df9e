"""Money: Decimal with a currency beside it. This is the only place that rounds."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def quantise(amount: Decimal) -> Decimal:
    """The amount in whole cents, halves rounded up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def to_minor(amount: Decimal) -> int:
    """Whole cents, as Stripe counts: Decimal("12.34") is 1234."""
    return int(quantise(amount) * 100)


def from_minor(cents: int) -> Decimal:
    """The amount of so many cents: 1234 is Decimal("12.34")."""
    return quantise(Decimal(cents) / 100)
