"""What an organisation may be called, and how a name that somebody chose stands in a mail."""

import re
import unicodedata

from didshop.errors import Invalid

LONGEST_NAME = 100
_LONGEST_IN_A_MAIL = 60
# Joiners, which some scripts and emoji need; the rest of their kind only misleads.
_JOINERS = frozenset("\u200c\u200d")


def clean_name(text: str) -> str:
    """The name with single spaces. Raises Invalid for one that is empty, too long, or a trick."""
    name = re.sub(r" +", " ", text).strip()
    if not name:
        raise _refused("Give it a name.")
    if len(name) > LONGEST_NAME:
        raise _refused(f"A name has at most {LONGEST_NAME} characters; this one has {len(name)}.")
    if any(_is_unseen(character) for character in name):
        raise _refused("A name stands on one line and has no invisible characters.")
    if "://" in name:
        raise _refused("A name is not a web address.")
    return name


def for_mail(name: str) -> str:
    """A name as text for a mail to a stranger: one short line of which nothing becomes a link.

    Mail programs make links of whatever looks like an address. A space without width after
    each dot, colon, slash and @ keeps them from it.
    """
    line = " ".join("".join(" " if _is_unseen(it) else it for it in name).split())
    if len(line) > _LONGEST_IN_A_MAIL:
        line = line[: _LONGEST_IN_A_MAIL - 1].rstrip() + "…"
    return re.sub(r"([.:/@])(?=\S)", "\\1\u200b", line)


def _is_unseen(character: str) -> bool:
    category = unicodedata.category(character)
    is_told = category[0] == "C" or category in ("Zl", "Zp")
    return is_told and character not in _JOINERS


def _refused(sentence: str) -> Invalid:
    return Invalid("Validation error", details=[{"field": "name", "message": sentence}])
