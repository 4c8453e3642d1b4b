"""A delivery of devices as a CSV file: read it all, and say of every line what is wrong with it.

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

from schemas.devices import DeliveryError, DeliveryFault, DeviceKind, DeviceModel

NEEDED: Final = ("kind", "maker", "model", "serial")
COLUMNS: Final = (*NEEDED, "received_on", "team", "firmware", "button_id")
SCANNED: Final = ("serial", "button_id")
"""What a scanner types: ASCII."""

CELL_MAX: Final = 64
"""Characters of a cell: three times the longest serial number of a Bluetooth button."""

ROWS_MAX: Final = 2_000
"""Devices of a delivery: four times the largest that was ever bought here."""

PLAIN: Final = re.compile(r"[^\W_][\w .:/+()-]*")
"""Begins with a letter or a digit, so that no cell of ours ever begins like a formula."""

_DAYS: Final = ("%Y-%m-%d", "%d/%m/%Y")


Identity = tuple[DeviceKind, str, str]
"""What no two devices share: kind, maker, and the serial number as ``key_of`` gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One device of a delivery, and where it stands in the file."""

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
class Delivery:
    """A file that was read: usable only when ``errors`` is empty. ``lines``: where each device stands."""

    rows: int = 0
    parcels: list[Parcel] = field(default_factory=list)
    lines: dict[Identity, int] = field(default_factory=dict)
    errors: list[DeliveryError] = field(default_factory=list)

    def wrong(
        self, line: int, fault: DeliveryFault, column: str | None = None, other_line: int | None = None
    ) -> None:
        """Note what is wrong in a line."""
        message = MESSAGES[fault] + (f" {other_line}" if other_line is not None else "")
        self.errors.append(
            DeliveryError(line=line, column=column, fault=fault, other_line=other_line, message=message)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a delivery is held against. ``team``: for lines that name none."""

    models: Collection[DeviceModel]
    teams: Collection[str]
    team: str | None
    today: date


MESSAGES: Final = {
    DeliveryFault.NOT_UTF8: "is not UTF-8",
    DeliveryFault.NOT_CSV: "is not CSV",
    DeliveryFault.NO_ROWS: "no device is in it",
    DeliveryFault.TOO_MANY_ROWS: f"more than {ROWS_MAX} devices",
    DeliveryFault.COLUMN_MISSING: "the first line does not name this column",
    DeliveryFault.COLUMN_UNKNOWN: "there is no such column",
    DeliveryFault.COLUMN_TWICE: "the first line names a column twice",
    DeliveryFault.CELLS: "has not as many cells as the first line",
    DeliveryFault.MISSING: "is missing",
    DeliveryFault.TOO_LONG: f"is longer than {CELL_MAX} characters",
    DeliveryFault.CHARACTERS: "has characters that are not allowed here",
    DeliveryFault.KIND: "is neither button nor phone",
    DeliveryFault.MODEL: "is no model that is known here",
    DeliveryFault.NO_BUTTON: "is for buttons only",
    DeliveryFault.TEAM: "is no team of yours",
    DeliveryFault.DATE: "is no date (2026-03-02 or 02/03/2026)",
    DeliveryFault.DATE_AHEAD: "is a day that has not come",
    DeliveryFault.TWICE: "stands already in line",
    DeliveryFault.KNOWN: "is known already",
}


def key_of(serial: str) -> str:
    """Return what tells serial numbers apart, however they are typed or scanned: letters and digits."""
    return "".join(one for one in serial.upper() if one.isascii() and one.isalnum())


def read_delivery(content: bytes, known: Known) -> Delivery:
    """Read every line. Nothing of what a line says is repeated in an error."""
    delivery = Delivery()
    text = _text(content, delivery)
    if text is None:
        return delivery
    lines = _lines(text, delivery)
    first = next(lines, None)
    if first is None:
        delivery.wrong(1, DeliveryFault.NO_ROWS)
        return delivery
    columns = _columns(first[1], delivery)
    for line, cells in lines if columns else ():
        delivery.rows += 1
        if delivery.rows > ROWS_MAX:
            delivery.wrong(line, DeliveryFault.TOO_MANY_ROWS)
            return delivery
        _read_row(line, columns, cells, known, delivery)
    if columns and not delivery.rows and not delivery.errors:
        delivery.wrong(1, DeliveryFault.NO_ROWS)
    return delivery


def _text(content: bytes, delivery: Delivery) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        delivery.wrong(content.count(b"\n", 0, error.start) + 1, DeliveryFault.NOT_UTF8)
        return None


def _lines(text: str, delivery: Delivery) -> Iterator[tuple[int, list[str]]]:
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
        delivery.wrong(line, DeliveryFault.NOT_CSV)


def _columns(cells: Sequence[str], delivery: Delivery) -> Sequence[str]:
    """Return the columns that the first line names; none when it cannot be gone by."""
    columns = [cell.lower().replace(" ", "_") for cell in cells]
    before = len(delivery.errors)
    for name in NEEDED:
        if name not in columns:
            delivery.wrong(1, DeliveryFault.COLUMN_MISSING, name)
    for place, name in enumerate(columns, 1):
        if name not in COLUMNS:
            delivery.wrong(1, DeliveryFault.COLUMN_UNKNOWN, str(place))
    if len(set(columns)) < len(columns):
        delivery.wrong(1, DeliveryFault.COLUMN_TWICE)
    return columns if len(delivery.errors) == before else ()


def _read_row(line: int, columns: Sequence[str], cells: list[str], known: Known, delivery: Delivery) -> None:
    if len(cells) != len(columns):
        delivery.wrong(line, DeliveryFault.CELLS)
        return
    before = len(delivery.errors)
    row = dict(zip(columns, cells, strict=True))
    for name in _odd_cells(line, row, delivery):
        del row[name]  # said once
    kind = _kind(line, row, delivery)
    maker, model = row.get("maker", ""), row.get("model", "")
    if kind and maker and model and DeviceModel(kind=kind, maker=maker, model=model) not in known.models:
        delivery.wrong(line, DeliveryFault.MODEL, "model")
    if kind is DeviceKind.PHONE and row.get("button_id"):
        delivery.wrong(line, DeliveryFault.NO_BUTTON, "button_id")
    if kind and maker and "serial" in row:
        first = delivery.lines.setdefault((kind, maker, key_of(row["serial"])), line)
        if first != line:
            delivery.wrong(line, DeliveryFault.TWICE, "serial", first)
    team = None if "team" in columns and "team" not in row else _team(line, row, known, delivery)
    received_on = _day(line, row.get("received_on"), known.today, delivery)
    if len(delivery.errors) == before and kind and team and received_on:
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
        delivery.parcels.append(parcel)


def _odd_cells(line: int, row: dict[str, str], delivery: Delivery) -> list[str]:
    odd = []
    for name, cell in row.items():
        if not cell and name not in NEEDED:
            continue
        fault = _fault_of(name, cell)
        if fault is not None:
            delivery.wrong(line, fault, name)
            odd.append(name)
    return odd


def _fault_of(name: str, cell: str) -> DeliveryFault | None:
    if not cell:
        return DeliveryFault.MISSING
    if len(cell) > CELL_MAX:
        return DeliveryFault.TOO_LONG
    if not PLAIN.fullmatch(cell) or (name in SCANNED and not cell.isascii()):
        return DeliveryFault.CHARACTERS
    return None


def _kind(line: int, row: dict[str, str], delivery: Delivery) -> DeviceKind | None:
    if "kind" not in row:
        return None
    try:
        return DeviceKind(row["kind"].lower())
    except ValueError:
        delivery.wrong(line, DeliveryFault.KIND, "kind")
        return None


def _team(line: int, row: dict[str, str], known: Known, delivery: Delivery) -> str | None:
    team = row.get("team") or known.team
    if team is None:
        delivery.wrong(line, DeliveryFault.MISSING, "team")
    elif team not in known.teams:
        delivery.wrong(line, DeliveryFault.TEAM, "team")
    return team


def _day(line: int, cell: str | None, today: date, delivery: Delivery) -> date | None:
    if not cell:
        return today
    for form in _DAYS:
        try:
            day = datetime.strptime(cell, form).date()  # noqa: DTZ007 (a day, and no instant)
        except ValueError:
            continue
        if day > today:
            delivery.wrong(line, DeliveryFault.DATE_AHEAD, "received_on")
            return None
        if day.year >= 2000:
            return day
    delivery.wrong(line, DeliveryFault.DATE, "received_on")
    return None
