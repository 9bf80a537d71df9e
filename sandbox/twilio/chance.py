"""Chance that is the same in every run: fractions computed from what they are about."""

from hashlib import blake2b


def fraction(subject: str, about: str) -> float:
    """A number from 0 up to 1 that only depends on the two texts."""
    digest = blake2b(f"{about}:{subject}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def pick(subject: str, about: str, count: int) -> int:
    """One of 0 … count - 1 that only depends on the two texts."""
    return int(fraction(subject, about) * count)
