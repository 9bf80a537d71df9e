"""CSV that a spreadsheet opens without running anything that a stranger wrote into it."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

# What makes a spreadsheet take text for a formula. Source: OWASP, "CSV Injection".
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> str:
    """The value as text; an apostrophe keeps what looks like a formula from being one.

    A phone number such as +14155550100 is what it is: digits do no harm.
    """
    text = _text(value)
    if text.startswith(_STARTS) and not text[1:].replace(".", "", 1).isdecimal():
        return f"'{text}"
    return text


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The rows under their header as CSV, every cell of them safe."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(header)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return written.getvalue()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)
