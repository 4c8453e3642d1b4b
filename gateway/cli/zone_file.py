"""Police zones as CSV: read every line, and say of each what is wrong with it."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from gateway.cli.registration_file import Finding
from gateway.domain.wording import field_errors
from schemas.zone import Zone

COLUMNS: Final = ("zone", "name", "centre", "arrondissement", "language", "mail", "report_at")
NEEDED: Final = frozenset(COLUMNS[:4])


@dataclass(slots=True)
class ZoneReading:
    """A file that was read: usable only when ``errors`` is empty."""

    zones: list[Zone] = field(default_factory=list)
    errors: list[Finding] = field(default_factory=list)


def read(data: bytes, centres: frozenset[str], serving: Mapping[str, str]) -> ZoneReading:
    """Read a whole file, separated by commas or semicolons; several mail addresses by spaces.

    ``serving``: the centre of each zone that has files, which cannot be changed under them.
    """
    reading = ZoneReading()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        reading.errors.append(Finding(line, "", "is not UTF-8"))
        return reading
    heading = text.partition("\n")[0]
    table = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in heading else ",", strict=True)
    try:
        names = [name.strip().lower() for name in next(table, [])]
        if problem := _wrong_heading(names):
            reading.errors.append(Finding(1, "", problem))
            return reading
        for row in table:
            if any(cell.strip() for cell in row):
                _read_row(table.line_num, names, row, centres, serving, reading)
    except csv.Error as error:
        reading.errors.append(Finding(table.line_num, "", f"is not CSV: {error}"))
    return reading


def _wrong_heading(names: list[str]) -> str | None:
    missing = sorted(NEEDED.difference(names))
    unknown = sorted(set(names).difference(COLUMNS))
    if missing:
        return f"the heading lacks {', '.join(missing)}"
    if unknown or len(set(names)) < len(names):
        return f"the heading may have each of {', '.join(COLUMNS)} once, and nothing else"
    return None


def _read_row(
    line: int,
    names: list[str],
    row: list[str],
    centres: frozenset[str],
    serving: Mapping[str, str],
    reading: ZoneReading,
) -> None:
    if len(row) != len(names):
        reading.errors.append(Finding(line, "", f"has {len(row)} fields, not {len(names)}"))
        return
    try:
        zone = Zone.model_validate(_values(names, row))
    except ValidationError as error:
        found = field_errors(error.errors(include_url=False, include_input=False))
        reading.errors.extend(Finding(line, one.field, one.message) for one in found)
        return
    reading.errors.extend(Finding(line, *what) for what in _misplaced(zone, centres, serving, reading.zones))
    reading.zones.append(zone)


def _values(names: list[str], row: list[str]) -> dict[str, Any]:
    """Return the fields that say something; what is left empty is as if it were not there."""
    values: dict[str, Any] = {
        name: cell.strip() for name, cell in zip(names, row, strict=True) if cell.strip()
    }
    if "mail" in values:
        values["mail"] = tuple(values["mail"].split())
    return values


def _misplaced(
    zone: Zone, centres: frozenset[str], serving: Mapping[str, str], before: list[Zone]
) -> Iterator[tuple[str, str]]:
    if zone.centre not in centres:
        yield "centre", "there is no such centre"
    if serving.get(zone.zone, zone.centre) != zone.centre:
        yield "centre", f"the zone has files of {serving[zone.zone]}; transfer them first"
    if any(zone.zone == other.zone for other in before):
        yield "zone", "stands in a line before already"
