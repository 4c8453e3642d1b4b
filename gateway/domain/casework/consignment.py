"""A consignment of devices as a CSV file: read it all, and say of every line what is wrong with it.

UTF-8 with or without a byte order mark; comma or semicolon, whichever its first line has more of. The
first line names the columns, in any order: ``kind, maker, model, serial`` must be there; ``received_on``
(2026-03-02 or 02/03/2026; else today), ``team`` (else the one given beside the file), ``firmware`` and
``button_id`` (as its presses name it, where that is not the serial number) may be.
"""

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from schemas.devices import ConsignmentError, ConsignmentFault, DeviceKind, DeviceModel

NEEDED: Final = ("kind", "maker", "model", "serial")
COLUMNS: Final = (*NEEDED, "received_on", "team", "firmware", "button_id")
SCANNED: Final = ("serial", "button_id")
"""What a scanner types: ASCII."""

CELL_MAX: Final = 64
"""Characters of a cell: three times the longest serial number of a Bluetooth button."""

ROWS_MAX: Final = 2_000
"""Devices of a consignment: four times the largest that was ever bought here."""

PLAIN: Final = re.compile(r"[^\W_][\w .:/+()-]*")
"""Begins with a letter or a digit, so that no cell of ours ever begins like a formula."""

_DAYS: Final = ("%Y-%m-%d", "%d/%m/%Y")


Identity = tuple[DeviceKind, str, str]
"""What no two devices share: kind, maker, and the serial number as ``key_of`` gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One device of a consignment, and where it stands in the file."""

    line: int
    kind: DeviceKind
    maker: str
    model: str
    serial: str
    team: str
    received_on: date
    firmware: str | None = None
    button_id: str | None = None


@dataclass(slots=True)
class Consignment:
    """A file that was read: usable only when ``errors`` is empty. ``lines``: where each device stands."""

    rows: int = 0
    parcels: list[Parcel] = field(default_factory=list)
    lines: dict[Identity, int] = field(default_factory=dict)
    errors: list[ConsignmentError] = field(default_factory=list)

    def wrong(
        self, line: int, fault: ConsignmentFault, column: str | None = None, other_line: int | None = None
    ) -> None:
        """Note what is wrong in a line."""
        message = MESSAGES[fault] + (f" {other_line}" if other_line is not None else "")
        self.errors.append(
            ConsignmentError(line=line, column=column, fault=fault, other_line=other_line, message=message)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a consignment is held against. ``team``: for lines that name none."""

    models: Collection[DeviceModel]
    teams: Collection[str]
    team: str | None
    today: date


MESSAGES: Final = {
    ConsignmentFault.NOT_UTF8: "is not UTF-8",
    ConsignmentFault.NOT_CSV: "is not CSV",
    ConsignmentFault.NO_ROWS: "no device is in it",
    ConsignmentFault.TOO_MANY_ROWS: f"more than {ROWS_MAX} devices",
    ConsignmentFault.COLUMN_MISSING: "the first line does not name this column",
    ConsignmentFault.COLUMN_UNKNOWN: "there is no such column",
    ConsignmentFault.COLUMN_TWICE: "the first line names a column twice",
    ConsignmentFault.CELLS: "has not as many cells as the first line",
    ConsignmentFault.MISSING: "is missing",
    ConsignmentFault.TOO_LONG: f"is longer than {CELL_MAX} characters",
    ConsignmentFault.CHARACTERS: "has characters that are not allowed here",
    ConsignmentFault.KIND: "is neither button nor phone",
    ConsignmentFault.MODEL: "is no model that is known here",
    ConsignmentFault.NO_BUTTON: "is for buttons only",
    ConsignmentFault.TEAM: "is no team of yours",
    ConsignmentFault.DATE: "is no date (2026-03-02 or 02/03/2026)",
    ConsignmentFault.DATE_AHEAD: "is a day that has not come",
    ConsignmentFault.TWICE: "stands already in line",
    ConsignmentFault.KNOWN: "is known already",
}


def key_of(serial: str) -> str:
    """Return what tells serial numbers apart, however they are typed or scanned: letters and digits."""
    return "".join(one for one in serial.upper() if one.isascii() and one.isalnum())


def read_consignment(content: bytes, known: Known) -> Consignment:
    """Read every line. Nothing of what a line says is repeated in an error."""
    consignment = Consignment()
    text = _text(content, consignment)
    if text is None:
        return consignment
    lines = _lines(text, consignment)
    first = next(lines, None)
    if first is None:
        consignment.wrong(1, ConsignmentFault.NO_ROWS)
        return consignment
    columns = _columns(first[1], consignment)
    for line, cells in lines if columns else ():
        consignment.rows += 1
        if consignment.rows > ROWS_MAX:
            consignment.wrong(line, ConsignmentFault.TOO_MANY_ROWS)
            return consignment
        _read_row(line, columns, cells, known, consignment)
    if columns and not consignment.rows and not consignment.errors:
        consignment.wrong(1, ConsignmentFault.NO_ROWS)
    return consignment


def _text(content: bytes, consignment: Consignment) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        consignment.wrong(content.count(b"\n", 0, error.start) + 1, ConsignmentFault.NOT_UTF8)
        return None


def _lines(text: str, consignment: Consignment) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that are not blank, each with the number at which it begins."""
    heading = text.partition("\n")[0]
    separator = ";" if heading.count(";") > heading.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield line, stripped
            line = reader.line_num + 1
    except csv.Error:
        consignment.wrong(line, ConsignmentFault.NOT_CSV)


def _columns(cells: Sequence[str], consignment: Consignment) -> Sequence[str]:
    """Return the columns that the first line names; none when it cannot be gone by."""
    columns = [cell.lower().replace(" ", "_") for cell in cells]
    before = len(consignment.errors)
    for name in NEEDED:
        if name not in columns:
            consignment.wrong(1, ConsignmentFault.COLUMN_MISSING, name)
    for place, name in enumerate(columns, 1):
        if name not in COLUMNS:
            consignment.wrong(1, ConsignmentFault.COLUMN_UNKNOWN, str(place))
    if len(set(columns)) < len(columns):
        consignment.wrong(1, ConsignmentFault.COLUMN_TWICE)
    return columns if len(consignment.errors) == before else ()


def _read_row(
    line: int, columns: Sequence[str], cells: list[str], known: Known, consignment: Consignment
) -> None:
    if len(cells) != len(columns):
        consignment.wrong(line, ConsignmentFault.CELLS)
        return
    before = len(consignment.errors)
    row = dict(zip(columns, cells, strict=True))
    for name in _odd_cells(line, row, consignment):
        del row[name]  # said once
    kind = _kind(line, row, consignment)
    maker, model = row.get("maker", ""), row.get("model", "")
    if kind and maker and model and DeviceModel(kind=kind, maker=maker, model=model) not in known.models:
        consignment.wrong(line, ConsignmentFault.MODEL, "model")
    if kind is DeviceKind.PHONE and row.get("button_id"):
        consignment.wrong(line, ConsignmentFault.NO_BUTTON, "button_id")
    if kind and maker and "serial" in row:
        first = consignment.lines.setdefault((kind, maker, key_of(row["serial"])), line)
        if first != line:
            consignment.wrong(line, ConsignmentFault.TWICE, "serial", first)
    team = None if "team" in columns and "team" not in row else _team(line, row, known, consignment)
    received_on = _day(line, row.get("received_on"), known.today, consignment)
    if len(consignment.errors) == before and kind and team and received_on:
        parcel = Parcel(
            line=line,
            kind=kind,
            maker=maker,
            model=model,
            serial=row["serial"],
            team=team,
            received_on=received_on,
            firmware=row.get("firmware") or None,
            button_id=row.get("button_id") or None,
        )
        consignment.parcels.append(parcel)


def _odd_cells(line: int, row: dict[str, str], consignment: Consignment) -> list[str]:
    odd = []
    for name, cell in row.items():
        if not cell and name not in NEEDED:
            continue
        fault = _fault_of(name, cell)
        if fault is not None:
            consignment.wrong(line, fault, name)
            odd.append(name)
    return odd


def _fault_of(name: str, cell: str) -> ConsignmentFault | None:
    if not cell:
        return ConsignmentFault.MISSING
    if len(cell) > CELL_MAX:
        return ConsignmentFault.TOO_LONG
    if not PLAIN.fullmatch(cell) or (name in SCANNED and not cell.isascii()):
        return ConsignmentFault.CHARACTERS
    return None


def _kind(line: int, row: dict[str, str], consignment: Consignment) -> DeviceKind | None:
    if "kind" not in row:
        return None
    try:
        return DeviceKind(row["kind"].lower())
    except ValueError:
        consignment.wrong(line, ConsignmentFault.KIND, "kind")
        return None


def _team(line: int, row: dict[str, str], known: Known, consignment: Consignment) -> str | None:
    team = row.get("team") or known.team
    if team is None:
        consignment.wrong(line, ConsignmentFault.MISSING, "team")
    elif team not in known.teams:
        consignment.wrong(line, ConsignmentFault.TEAM, "team")
    return team


def _day(line: int, cell: str | None, today: date, consignment: Consignment) -> date | None:
    if not cell:
        return today
    for form in _DAYS:
        try:
            day = datetime.strptime(cell, form).date()  # noqa: DTZ007 (a day, and no instant)
        except ValueError:
            continue
        if day > today:
            consignment.wrong(line, ConsignmentFault.DATE_AHEAD, "received_on")
            return None
        if day.year >= 2000:
            return day
    consignment.wrong(line, ConsignmentFault.DATE, "received_on")
    return None
