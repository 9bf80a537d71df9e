"""Months later: the same day, or the last one of a month that is shorter."""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from didshop.dates import months_after

DAYS = st.dates(min_value=date(1970, 1, 1), max_value=date(2200, 12, 31))
MONTHS = st.integers(min_value=0, max_value=1200)


def month_of(day: date) -> int:
    """Months since the year nought."""
    return day.year * 12 + day.month - 1


@given(DAYS, MONTHS)
def test_it_lands_in_the_month_that_is_meant(day: date, months: int) -> None:
    assert month_of(months_after(day, months)) == month_of(day) + months


@given(DAYS, MONTHS)
def test_the_day_stays_unless_the_month_is_too_short(day: date, months: int) -> None:
    later = months_after(day, months)
    last = monthrange(later.year, later.month)[1]
    assert later.day == min(day.day, last)


@given(DAYS, DAYS, MONTHS)
def test_the_order_of_days_is_kept(one: date, other: date, months: int) -> None:
    low, high = sorted((one, other))
    assert months_after(low, months) <= months_after(high, months)


@given(st.dates(max_value=date(9000, 1, 1)).filter(lambda day: day.day <= 28), MONTHS, MONTHS)
def test_up_to_the_28th_steps_add_up(day: date, first: int, second: int) -> None:
    assert months_after(months_after(day, first), second) == months_after(day, first + second)


@given(DAYS, MONTHS)
def test_back_again_up_to_the_28th(day: date, months: int) -> None:
    day = day.replace(day=min(day.day, 28))
    assert months_after(months_after(day, months), -months) == day


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-03-31", 0, "2026-03-31"),
    ],
)
def test_months_of_different_lengths(day: str, months: int, later: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(later)
