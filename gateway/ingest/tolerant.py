"""From whatever bytes a known companion sent to a press that can be committed.

The JSON is repaired as far as it is readable. A body that is right then costs one validation; else
each field is validated alone, and what fails is dropped and named in ``dropped``.
Reading never raises: a body in which no press can be found still is a life-sign of a known
companion, and becomes a press whose id is derived from its bytes, so that sending it again does
not raise a second alarm.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid5

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from schemas.position import Position
from schemas.press import ButtonReading, Press

UNREADABLE_PRESS: Final = UUID("0b0a2c5e-54f3-5c19-9d67-1f6f3a1f0a51")
"""Namespace of ids derived from bodies in which no press_id was found."""

MAX_DROPPED: Final = 16
MAX_DEPTH: Final = 32
"""Nothing that is read is nested deeper than five; Python's own stack ends between 500 and 1000."""
PRESS_ID: Final = re.compile(rb'"press_id"\s*:\s*"([0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12})"')
FIELDS: Final[Mapping[str, TypeAdapter[Any]]] = {
    name: TypeAdapter(info.rebuild_annotation()) for name, info in Press.model_fields.items()
}
NESTED: Final[Mapping[str, TypeAdapter[Any]]] = {
    "positions": TypeAdapter(Position),
    "button": TypeAdapter(ButtonReading),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A press, and the fields that were dropped from it (names, never values)."""

    press: Press
    dropped: tuple[str, ...] = ()


@dataclass(slots=True)
class Dropped:
    """The fields that could not be read, each once."""

    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        """Name one more."""
        if name not in self.names and len(self.names) < MAX_DROPPED:
            self.names.append(name)


def read_press(body: bytes) -> Reading:
    """Return the press in ``body``, whatever is wrong with the rest of it."""
    dropped = Dropped()
    found = as_object(body, dropped)
    try:
        return Reading(Press.model_validate(found), tuple(dropped.names))
    except (ValidationError, RecursionError, OverflowError):
        pass
    values: dict[str, Any] = {}
    for name, adapter in FIELDS.items():
        if name in found:
            _take(values, name, adapter, found[name], dropped)
    if "press_id" not in values:
        values["press_id"] = _salvaged_id(body)
        dropped.add("press_id")
    return Reading(Press(**values), tuple(dropped.names))


def as_object(body: bytes, dropped: Dropped) -> dict[str, Any]:
    """Return the JSON object in ``body``; {} where there is none."""
    try:
        found = as_json(body, dropped)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        dropped.add("body")
        return {}
    return found


def as_json(body: bytes, dropped: Dropped) -> Any:
    """Return the JSON in ``body``, whatever encoding it has. Raises ``ValueError``."""
    text = body.decode(json.detect_encoding(body), errors="replace")
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            parse_constant=str,  # NaN and infinity stay text, which no number accepts
            parse_int=_bounded_int,
            object_pairs_hook=lambda pairs: _first_wins(pairs, dropped),
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _bounded_int(digits: str) -> int | str:
    """Read an integer of a length that Python reads without complaint; longer ones stay text."""
    return int(digits) if len(digits) <= 40 else digits


def _first_wins(pairs: list[tuple[str, Any]], dropped: Dropped) -> dict[str, Any]:
    """Keep the first of doubled keys: what comes later may have been smuggled in behind it."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            dropped.add("duplicate_key")
        else:
            found[name] = value
    return found


def _take(values: dict[str, Any], name: str, adapter: TypeAdapter[Any], raw: Any, dropped: Dropped) -> None:
    """Validate one field alone; a list keeps its good members, an object its good fields."""
    cleaned = without_surrogates(raw)
    try:
        values[name] = adapter.validate_python(cleaned)
    except (ValidationError, PydanticSerializationError, RecursionError, OverflowError):
        dropped.add(name)
        if name == "positions" and isinstance(cleaned, list):
            values[name] = tuple(_good_positions(cleaned[:50]))[:3]
        elif name == "button" and isinstance(cleaned, dict):
            button = _good_button(cleaned)
            if button is not None:
                values[name] = button


def _good_positions(raw: list[Any]) -> list[Position]:
    good = []
    for one in raw:
        try:
            good.append(Position.model_validate(one))
        except (ValidationError, RecursionError, OverflowError):
            continue
    return good


def _good_button(raw: dict[str, Any]) -> ButtonReading | None:
    """Drop the fields that fail; None when not even the button's name is left."""
    try:
        return ButtonReading.model_validate(raw)
    except ValidationError as error:
        bad = {str(one["loc"][0]) for one in error.errors() if one["loc"]}
    try:
        return ButtonReading.model_validate({name: value for name, value in raw.items() if name not in bad})
    except ValidationError:
        return None


def without_surrogates(value: Any, depth: int = 0) -> Any:
    """Make text encodable: a lone surrogate becomes U+FFFD, a NUL goes; what is too deep is nothing."""
    if depth > MAX_DEPTH:
        return None
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")
        case list():
            return [without_surrogates(one, depth + 1) for one in value]
        case dict():
            return {name: without_surrogates(one, depth + 1) for name, one in value.items()}
        case _:
            return value


def _salvaged_id(body: bytes) -> UUID:
    found = PRESS_ID.search(body)
    return UUID(found[1].decode()) if found else uuid5(UNREADABLE_PRESS, body.hex())
