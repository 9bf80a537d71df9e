"""The one place that knows how Twilio spells types of numbers."""

import re

# Ours, and the SDK's attribute under `available_phone_numbers(country)`.
ATTRIBUTES = {
    "LOCAL": "local",
    "TOLL_FREE": "toll_free",
    "MOBILE": "mobile",
    "NATIONAL": "national",
}
_BY_LETTERS = {name.replace("_", ""): name for name in ATTRIBUTES}


def normalise(spelling: str) -> str:
    """Our name of a type: "toll free", "tollFree", "TollFree", "toll_free" are all TOLL_FREE.

    Empty for a type that we do not know.
    """
    return _BY_LETTERS.get(re.sub(r"[\s_-]", "", spelling).upper(), "")
