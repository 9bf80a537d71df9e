"""Which towns belong to which area codes, from phonenumbers' geocoding data.

That data takes seconds to load and more than a hundred megabytes, so it is read in a process of
its own: `python -m dids.geodata US` writes what we need of it as JSON.
"""

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypedDict

import phonenumbers

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 120
NANP_CALLING_CODE = 1
NANP_AREA_CODE = re.compile(r"1([2-9]\d\d)")
LONGEST_AREA_CODE = 5
TOWN_AND_STATE = re.compile(r"(.+), ([A-Z]{2})")
MOST_TOWNS = 50
# Regions whose only area codes name no town with its letters.
CAPITALS = {"Washington D.C.": "DC"}


class AreaCodeData(TypedDict):
    """An area code: region CA, region_name California, localities with the largest first."""

    code: str
    region: str
    region_name: str
    localities: list[str]


def read(country_code: str) -> list[AreaCodeData]:
    """The area codes of a country, read in a process of its own."""
    done = subprocess.run(  # noqa: S603 - our own module, and a country code of the settings
        [sys.executable, "-m", "dids.geodata", country_code],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=SECONDS,
    )
    found: list[AreaCodeData] = json.loads(done.stdout)
    return found


def collect(names: Mapping[str, str], country_code: str) -> list[AreaCodeData]:
    """The area codes of a country. names: what each prefix (digits in full) is called."""
    towns: dict[str, Counter[str]] = defaultdict(Counter)
    regions: dict[str, Counter[str]] = defaultdict(Counter)
    region_names: dict[str, str] = defaultdict(str)
    for prefix, code in _prefixes(names, country_code):
        town = TOWN_AND_STATE.fullmatch(names[prefix])
        if town:
            towns[code][town[1]] += 1
            regions[code][town[2]] += 1
        elif NANP_AREA_CODE.fullmatch(prefix):
            region_names[code] = names[prefix]
        else:
            towns[code][names[prefix]] += 1
    by_code = {code: counted.most_common(1)[0][0] for code, counted in regions.items()}
    # An area code without a town of its own has the letters of its state from its neighbours.
    by_name = CAPITALS | {region_names[code]: region for code, region in by_code.items()}
    return [
        AreaCodeData(
            code=code,
            region=by_code.get(code) or by_name.get(region_names[code], ""),
            region_name=region_names[code],
            localities=[town for town, _ in towns[code].most_common(MOST_TOWNS)],
        )
        for code in sorted({*towns, *region_names})
    ]


def _prefixes(names: Mapping[str, str], country_code: str) -> Iterator[tuple[str, str]]:
    """Each prefix of the country with the area code that it belongs to, where it has one."""
    calling_code = str(phonenumbers.country_code_for_region(country_code))
    for prefix in names:
        if prefix.startswith(calling_code):
            digits = prefix.removeprefix(calling_code)
            length = _area_code_length(digits[:LONGEST_AREA_CODE], country_code)
            if length and len(digits) >= length:
                yield prefix, digits[:length]


@cache
def _area_code_length(digits: str, country_code: str) -> int:
    """How many of a national number's first digits are its area code; 0 if it is not there."""
    example = phonenumbers.example_number(country_code)
    if example is None:
        return 0
    full = digits.ljust(len(phonenumbers.national_significant_number(example)), "2")
    sample = phonenumbers.parse(full, country_code)
    if sample.country_code == NANP_CALLING_CODE:
        # The North American plan is one calling code for many countries.
        is_here = phonenumbers.region_code_for_number(sample) == country_code
        return len("415") if is_here else 0
    return phonenumbers.length_of_geographical_area_code(sample)


def main(country_code: str) -> None:
    """Write the area codes of the country to standard output, as JSON."""
    from phonenumbers.geodata import GEOCODE_DATA  # noqa: PLC0415 - heavy, see above

    names = {
        prefix: by_language.get("en") or next(iter(by_language.values()))
        for prefix, by_language in GEOCODE_DATA.items()
    }
    json.dump(collect(names, country_code), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
