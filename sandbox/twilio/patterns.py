"""The `Contains` pattern of a search, and the numbers that fit it.

Twilio: 2 to 16 characters, digits and letters as on a phone's keys; `*` is any one
character and `%` any sequence, at the beginning or the end only; `+` in front ties
the pattern to the number's beginning and `$` at the end to its end.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.twilio.chance import pick

SHORTEST, LONGEST = 2, 16
SYNTAX = re.compile(
    r"(?P<start>\+?)(?P<lead>[*%]*)(?P<core>[0-9a-zA-Z]*)(?P<trail>[*%]*)(?P<end>\$?)"
)
KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")


class PatternError(Exception):
    """The pattern is none of Twilio's; the text says why."""


@dataclass(frozen=True)
class Pattern:
    """Digits that must stand in the number, with so many digits before and after at least.

    at_start, at_end: whether these counts are exact.
    """

    digits: str
    before: int
    after: int
    at_start: bool
    at_end: bool

    def places(self, length: int) -> range:
        """Where in a number of this length the digits may begin."""
        first, last = self.before, length - len(self.digits) - self.after
        if self.at_start:
            last = min(last, first)
        if self.at_end:
            first = max(first, length - len(self.digits) - self.after)
        return range(first, last + 1)


ANYTHING = Pattern("", 0, 0, at_start=True, at_end=False)


def parse_pattern(text: str) -> Pattern:
    """The pattern in a search. Raises PatternError."""
    if not SHORTEST <= len(text) <= LONGEST:
        raise PatternError(f"it must have {SHORTEST} to {LONGEST} characters.")
    match = SYNTAX.fullmatch(text)
    if match is None:
        raise PatternError(
            "only digits, letters, * % at the beginning or end, + in front and $ at the end."
        )
    if len(match["core"]) < SHORTEST:
        raise PatternError("at least two characters must be digits or letters.")
    return Pattern(
        digits=match["core"].upper().translate(KEYS),
        before=match["lead"].count("*"),
        after=match["trail"].count("*"),
        at_start=bool(match["start"]) and "%" not in match["lead"],
        at_end=bool(match["end"]) and "%" not in match["trail"],
    )


@dataclass(frozen=True)
class PrefixTest:
    """Tells quickly which prefixes cannot hold a pattern, for tens of thousands of them."""

    digits: str
    at_start: bool
    # By count of free digits after the prefix: how a prefix may end for the rest to fit.
    tails: tuple[tuple[str, ...], ...]

    def may_hold(self, prefix: str, length: int) -> bool:
        """False when no number of this length with this prefix can hold the pattern."""
        if self.at_start:
            return prefix.startswith(self.digits[: len(prefix)])
        free = length - len(prefix)
        if len(self.digits) <= free or self.digits in prefix:
            return True
        return prefix.endswith(self.tails[free])


def prefix_test(pattern: Pattern) -> PrefixTest:
    """The test for one pattern."""
    digits = pattern.digits
    return PrefixTest(
        digits=digits,
        at_start=pattern.at_start and pattern.before == 0,
        tails=tuple(
            tuple(digits[:count] for count in range(max(1, len(digits) - free), len(digits)))
            for free in range(len(digits))
        ),
    )


def fill(digits: str, place: int, prefix: str, length: int) -> str | None:
    """The number with the digits at this place, `?` where all is free; None if they clash."""
    end = place + len(digits)
    if place >= len(prefix):
        return f"{prefix}{'?' * (place - len(prefix))}{digits}{'?' * (length - end)}"
    overlap = prefix[place:end]
    if not digits.startswith(overlap):
        return None
    return f"{prefix}{digits[len(overlap) :]}".ljust(length, "?")


@dataclass(frozen=True)
class Template:
    """All numbers of a shape such as 1415???2665, in an order that looks like chance."""

    shape: str

    @property
    def size(self) -> int:
        """How many numbers have this shape."""
        return int(10 ** self.shape.count("?"))

    def number(self, index: int) -> str:
        """One of them; each index below `size` has a number of its own."""
        free = self.shape.count("?")
        if not free:
            return self.shape
        # A step of about 0.618 of the size, coprime with it, meets every number once.
        step = (618034 * self.size // 10**6) // 10 * 10 + 7
        value = (pick(self.shape, "start", self.size) + index * step) % self.size
        digits = iter(f"{value:0{free}d}")
        return "".join(next(digits) if char == "?" else char for char in self.shape)


def templates(pattern: Pattern, prefix: str, length: int) -> Iterator[Template]:
    """The shapes of the numbers with this prefix that hold the pattern."""
    for place in pattern.places(length):
        shape = fill(pattern.digits, place, prefix, length)
        if shape is not None:
            yield Template(shape)
