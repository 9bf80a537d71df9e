"""What a key looks like: `dsk_`, 32 random characters, and a checksum of them in six.

By its look alone a key that was mistyped, cut or made up is refused, without asking the
database, and the scanners that search code for secrets know it from other text. The checksum
(CRC-32 in base 62, as GitHub's tokens have it) keeps nobody out; the 190 random bits do.
"""

import hashlib
import re
import secrets
import string
import zlib

PREFIX = "dsk_"
SHOWN = len(PREFIX) + 6
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM, _CHECKSUM = 32, 6
_FORM = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{_RANDOM}}})([0-9A-Za-z]{{{_CHECKSUM}}})")


def new_secret() -> str:
    """A key that nobody has seen."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return f"{PREFIX}{body}{checksum(body)}"


def is_whole(secret: str) -> bool:
    """Whether it could be a key of ours, as far as its look tells."""
    parts = _FORM.fullmatch(secret)
    return parts is not None and checksum(parts[1]) == parts[2]


def checksum(body: str) -> str:
    """CRC-32 of the random characters, in base 62, with leading zeros."""
    rest, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM):
        rest, digit = divmod(rest, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits


def hash_of(secret: str) -> str:
    """What is kept of a key: SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def shown(secret: str) -> str:
    """The first characters, by which people tell keys apart: "dsk_4fGh2K"."""
    return secret[:SHOWN]
