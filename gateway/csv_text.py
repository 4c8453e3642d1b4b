"""The one way tables leave as CSV: RFC 4180, and nothing in them that a spreadsheet would compute.

A cell that begins like a formula is prefixed with an apostrophe, which a spreadsheet shows as text
(OWASP, CSV Injection). Numbers and dates are given as such and need none: only text is anybody's.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

Cell = str | int | float | Decimal | date | datetime | UUID | None

MEDIA_TYPE: Final = "text/csv; charset=utf-8; header=present"
BYTE_ORDER_MARK: Final = "\ufeff"
"""Spreadsheets take a file without it for the machine's old code page, and spoil every accent."""

FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""The last four are the first four in full width, which some spreadsheets take for them."""
SKIPPED: Final = " \u00a0\u200b\ufeff"
"""What some spreadsheets leave out before they look at the first character."""


def csv_text(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table as text: comma, CRLF, quoted where needed; instants in ISO 8601, None as nothing."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([_cell(name) for name in heading])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue()


def csv_file(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as a file that spreadsheets read as UTF-8."""
    return (BYTE_ORDER_MARK + csv_text(heading, rows)).encode()


def harmless(text: str) -> str:
    """Return ``text`` so that no spreadsheet computes it."""
    return f"'{text}" if text.lstrip(SKIPPED).startswith(FORMULA) else text


def _cell(value: Cell) -> str | int | float | Decimal:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return value
    return harmless(str(value))
