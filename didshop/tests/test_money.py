"""Money is Decimal, in whole cents, and rounded in one place only."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from didshop.money import from_minor, quantise, to_minor

AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=6)
CENTS = st.integers(min_value=-(10**11), max_value=10**11)
HALF_A_CENT = Fraction(1, 200)


@given(AMOUNTS)
def test_rounding_moves_by_half_a_cent_at_most(amount: Decimal) -> None:
    assert abs(Fraction(quantise(amount)) - Fraction(amount)) <= HALF_A_CENT


@given(AMOUNTS)
def test_what_is_rounded_stays_as_it_is(amount: Decimal) -> None:
    rounded = quantise(amount)
    assert quantise(rounded) == rounded
    assert rounded.as_tuple().exponent == -2


@given(AMOUNTS, AMOUNTS)
def test_rounding_keeps_the_order(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert quantise(low) <= quantise(high)


@given(AMOUNTS)
def test_a_charge_and_its_refund_round_alike(amount: Decimal) -> None:
    assert quantise(-amount) == -quantise(amount)


@given(CENTS)
def test_cents_come_back_as_they_went(cents: int) -> None:
    assert to_minor(from_minor(cents)) == cents


@given(st.lists(CENTS, max_size=10))
def test_the_sum_of_amounts_is_the_sum_of_their_cents(cents: list[int]) -> None:
    total = quantise(sum((from_minor(each) for each in cents), Decimal(0)))
    assert to_minor(total) == sum(cents)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.0049", "0.00"),
        ("1.495", "1.50"),
        ("2.675", "2.68"),
        ("-0.005", "-0.01"),
        ("1.5", "1.50"),
    ],
)
def test_halves_go_up(amount: str, rounded: str) -> None:
    assert str(quantise(Decimal(amount))) == rounded
