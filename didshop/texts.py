"""Text that people write and others read: names, and what is named."""

import unicodedata

from django.core.exceptions import ValidationError

# Control characters, half characters, line separators; and marks that turn text around.
_UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_plain(text: str) -> bool:
    """Whether the text stands on one line, can be printed, and reads in the order it is in."""
    return not any(unicodedata.category(one) in _UNPRINTABLE or one in _TURNING for one in text)


def check_plain(text: str) -> None:
    """A validator for forms and serializers. ValidationError unless `is_plain`."""
    if not is_plain(text):
        raise ValidationError("Write it without control characters and line breaks.", code="plain")
