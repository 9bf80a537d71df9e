"""Which place a number's first digits belong to, from phonenumbers' geocoding data.

That data covers the world and takes seconds and a hundred megabytes to load, while
the sandbox needs a few per cent of it. So what is needed is kept in a file in the
user's cache folder, once for each version of phonenumbers.
"""

import importlib
import json
import os
from functools import cache
from pathlib import Path

import phonenumbers

from sandbox.twilio.chance import fraction
from sandbox.twilio.countries import COUNTRIES

# A change of what is kept below changes this number, and so the file's name.
FORMAT = 1
NANP_CALLING_CODE = "1"
# More prefixes of a country than these are too much of a good thing; NANP's are all kept.
MOST_PREFIXES = 6000

Prefixes = dict[str, list[tuple[str, str]]]


def prefixes_below(calling_code: str) -> list[tuple[str, str]]:
    """The most exact prefixes (digits with calling code) of a country and their places' names."""
    return all_prefixes()[calling_code]


@cache
def all_prefixes() -> Prefixes:
    """The prefixes of every country that the sandbox knows, by calling code."""
    path = cache_file()
    try:
        kept: Prefixes = json.loads(path.read_text())
    except (OSError, ValueError):
        kept = extract_prefixes()
        keep(path, kept)
    return kept


def cache_file() -> Path:
    """Where the prefixes are kept."""
    folder = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(folder) / "didshop" / f"prefixes-{phonenumbers.__version__}-{FORMAT}.json"


def keep(path: Path, prefixes: Prefixes) -> None:
    """Write the file in one step; where that is not possible, the next start is slow too."""
    written = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(json.dumps(prefixes))
        written.replace(path)
    except OSError:
        return


def extract_prefixes() -> Prefixes:
    """Read phonenumbers' data, which is imported here alone since that takes so long."""
    data: dict[str, dict[str, str]] = importlib.import_module("phonenumbers.geodata").GEOCODE_DATA
    known = sorted(data)
    # Sorted, a prefix that has others below itself comes right before the first of these.
    exact = [
        prefix
        for prefix, following in zip(known, [*known[1:], ""], strict=True)
        if not following.startswith(prefix)
    ]
    codes = {country.calling_code for country in COUNTRIES.values()}
    return {code: choose(exact, code, data) for code in sorted(codes)}


def choose(exact: list[str], code: str, data: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """One country's prefixes with their names, in English where there are any."""
    prefixes = [prefix for prefix in exact if prefix.startswith(code)]
    if code != NANP_CALLING_CODE and len(prefixes) > MOST_PREFIXES:
        prefixes.sort(key=lambda prefix: fraction(prefix, "order"))
        prefixes = sorted(prefixes[:MOST_PREFIXES])
    return [(prefix, data[prefix].get("en") or min(data[prefix].values())) for prefix in prefixes]
