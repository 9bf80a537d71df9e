"""What a stranger wrote does not run in a spreadsheet."""

import pytest

from didshop.spreadsheets import safe_cell, table


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1-415", "'+1-415"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1+1", "'＝1+1"),
        ("+14155550100", "+14155550100"),
        ("-3.50", "-3.50"),
        ("Alice", "Alice"),
        (None, ""),
        (0, "0"),
    ],
)
def test_what_looks_like_a_formula_is_text(value: object, cell: str) -> None:
    assert safe_cell(value) == cell


def test_a_table_has_its_header() -> None:
    assert table(["who"], [["=cmd"], ['a "b"']]) == 'who\r\n\'=cmd\r\n"a ""b"""\r\n'
