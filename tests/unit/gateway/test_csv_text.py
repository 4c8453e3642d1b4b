"""Tables as CSV: read back as they were, and never computed by whoever opens them."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.csv_text import FORMULA, csv_file, csv_text

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@given(st.lists(st.lists(TEXT, min_size=2, max_size=2)))
def test_no_cell_begins_like_a_formula_and_what_it_said_is_still_there(table: list[list[str]]) -> None:
    _, *written = rows_of(csv_text(("a", "b"), table))
    assert len(written) == len(table)
    for was, now in zip(table, written, strict=True):
        for before, after in zip(was, now, strict=True):
            assert not after.startswith(FORMULA)
            assert after.removeprefix("'") == before.removeprefix("'")


@pytest.mark.parametrize(
    "cell", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1"]
)  # fmt: skip
def test_a_cell_that_a_spreadsheet_would_compute_is_text(cell: str) -> None:
    assert rows_of(csv_text(("a", "b"), [(cell, "b")]))[1] == [f"'{cell}", "b"]


def test_numbers_dates_and_nothing_are_written_as_they_are() -> None:
    row = (-4, 1.5, date(2026, 3, 2), datetime(2026, 3, 2, 1, tzinfo=UTC), None, "a,b\"c'")
    assert csv_text("abcdef", [row]) == (
        'a,b,c,d,e,f\r\n-4,1.5,2026-03-02,2026-03-02T01:00:00+00:00,,"a,b""c\'"\r\n'
    )


def test_a_file_says_that_it_is_utf_8() -> None:
    assert csv_file(("é",), []) == b"\xef\xbb\xbf\xc3\xa9\r\n"
