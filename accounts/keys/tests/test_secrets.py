"""A key can be told from other text, and from a mistyped one, without a database."""

import re
import string

from hypothesis import given
from hypothesis import strategies as st

from accounts.keys.secret import checksum, hash_of, is_whole, new_secret, shown

CHARACTERS = string.digits + string.ascii_letters


def test_a_key_has_its_form() -> None:
    secret = new_secret()
    assert re.fullmatch(r"dsk_[0-9A-Za-z]{38}", secret)
    assert is_whole(secret)
    assert shown(secret) == secret[:10]
    assert len(hash_of(secret)) == 64


def test_no_two_are_alike() -> None:
    assert len({new_secret() for _ in range(1000)}) == 1000


def test_the_checksum_is_crc32_in_base_62() -> None:
    # 0xCBF43926 is CRC-32's published check value of these digits.
    assert checksum("123456789") == "3jZRME"
    assert checksum("") == "000000"


@given(place=st.integers(4, 41), other=st.sampled_from(CHARACTERS))
def test_one_mistyped_character_is_noticed(place: int, other: str) -> None:
    secret = new_secret()
    mistyped = secret[:place] + other + secret[place + 1 :]
    assert is_whole(mistyped) == (mistyped == secret)


@given(place=st.integers(4, 40))
def test_two_swapped_characters_are_noticed(place: int) -> None:
    secret = new_secret()
    first, second = secret[place], secret[place + 1]
    swapped = secret[:place] + second + first + secret[place + 2 :]
    assert is_whole(swapped) == (first == second)


@given(text=st.text(max_size=60))
def test_other_texts_are_no_keys(text: str) -> None:
    assert not is_whole(text)
    assert not is_whole(f"dsk_{text}")


def test_a_key_with_anything_around_it_is_none() -> None:
    secret = new_secret()
    for broken in (f"{secret}\n", f" {secret}", secret[:-1], f"{secret}0", secret.upper()):
        assert not is_whole(broken)
