"""Registrations as JSON Lines: read them all, and say of every line what is wrong with it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from gateway.domain.casework.editing import SCREEN_LINES, screen_lines
from gateway.domain.wording import field_errors
from schemas.registration import Registration

Key = tuple[str, str]
"""Centre and reference: together they name one file."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong (or, as a warning, odd) in one line, by its number from 1; no value is repeated."""

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return (
            f"line {self.line}: {self.field}: {self.message}"
            if self.field
            else f"line {self.line}: {self.message}"
        )


@dataclass(slots=True)
class Reading:
    """A file that was read: usable only when ``errors`` is empty."""

    registrations: list[Registration] = field(default_factory=list)
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


def read(lines: Iterable[bytes], centres: frozenset[str], existing: Mapping[UUID, Key]) -> Reading:
    """Read every line; ``existing`` are the files the database has, by id."""
    reading, lines_of = Reading(), dict[UUID, int]()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        registration = _read_line(number, line, reading)
        if registration is None:
            continue
        reading.errors.extend(_place_errors(number, registration, centres, lines_of))
        lines_of[registration.registration_id] = number
        reading.registrations.append(registration)
    reading.errors.extend(_reference_errors(reading.registrations, lines_of, existing))
    reading.errors.sort(key=lambda finding: finding.line)
    return reading


def _read_line(number: int, line: bytes, reading: Reading) -> Registration | None:
    try:
        text = line.decode("utf-8-sig")
        registration = Registration.model_validate_json(text)
    except UnicodeDecodeError:
        reading.errors.append(Finding(number, "", "is not UTF-8"))
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        if any(one["type"] == "json_invalid" for one in found):
            reading.errors.append(Finding(number, "", "is not one JSON object"))
        else:
            reading.errors.extend(Finding(number, one.field, one.message) for one in field_errors(found))
    else:
        known = registration.model_dump(mode="json")
        unknown = _unknown(json.loads(text), known)
        reading.warnings.extend(
            Finding(number, path, "is no field here and was left out") for path in unknown
        )
        lines = screen_lines(registration.circumstances)
        if lines > SCREEN_LINES:
            told = f"take {lines} lines, and a screen of the console holds {SCREEN_LINES}"
            reading.warnings.append(Finding(number, "circumstances", told))
        return registration
    return None


def _unknown(given: Any, known: Any, path: str = "") -> Iterator[str]:
    """Find the fields nobody reads: most likely misspelt, and then missing where they matter."""
    if isinstance(given, dict) and isinstance(known, dict):
        for name, value in given.items():
            here = f"{path}.{name}" if path else name
            if name not in known:
                yield here
            else:
                yield from _unknown(value, known[name], here)
    elif isinstance(given, list) and isinstance(known, list):
        for index, (one, other) in enumerate(zip(given, known, strict=False)):
            yield from _unknown(one, other, f"{path}.{index}")


def _place_errors(
    number: int, registration: Registration, centres: frozenset[str], lines_of: Mapping[UUID, int]
) -> Iterator[Finding]:
    if registration.centre not in centres:
        yield Finding(number, "centre", f"there is none; known are {', '.join(sorted(centres))}")
    before = lines_of.get(registration.registration_id)
    if before is not None:
        yield Finding(number, "registration_id", f"stands in line {before} already")


def _reference_errors(
    registrations: Iterable[Registration], lines_of: Mapping[UUID, int], existing: Mapping[UUID, Key]
) -> Iterator[Finding]:
    """Find references that two files of one centre would share once all lines are saved."""
    saved: dict[UUID, Key] = dict(existing)
    saved.update({one.registration_id: (one.centre, one.reference) for one in registrations})
    owner: dict[Key, UUID] = {}
    # the files that stay as they are come first, so that the line in the file is what is blamed
    for registration_id, key in sorted(saved.items(), key=lambda item: lines_of.get(item[0], 0)):
        other = owner.setdefault(key, registration_id)
        if other != registration_id and registration_id in lines_of:
            where = f"line {lines_of[other]}" if other in lines_of else "the database"
            yield Finding(lines_of[registration_id], "reference", f"another file in {where} has it")
