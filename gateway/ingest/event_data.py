"""From whatever JSON an integrator sent as the data of an event to our model of it.

Data that is right costs one validation. Else what is optional and broken is dropped and named; of a list
of positions each is read alone, and keeps what is right of it. Where something needed is broken the event
is refused, which no alarm ever is: nothing in its data is needed.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

from gateway.domain.errors import FieldInvalid
from gateway.domain.wording import field_errors
from gateway.ingest.tolerant import Dropped, without_surrogates
from schemas.events import DATA_OF, EventData, EventType, ReportedPerson
from schemas.position import Position

POSITIONS_MAX: Final[Mapping[EventType, int]] = {
    EventType.ALARM_RAISED: 3,
    EventType.POSITION_UPDATED: 20,
    EventType.TRACKER_MOVED: 20,
}
"""So many positions of a list are taken, the first of an alarm (newest first), the last of the others."""

POSITIONS_READ_MAX: Final = 50
TEXT_MAX: Final = 1000
"""Characters of a ``Paragraph``."""

PARTS: Final[Mapping[str, type[BaseModel]]] = {"person": ReportedPerson, "position": Position}
UNREADABLE: Final = (ValidationError, PydanticSerializationError, RecursionError, OverflowError)


def read_data(kind: EventType, sent: Any, dropped: Dropped) -> EventData:
    """Return the data of an event of a kind; what is dropped of it is named ``data.<field>``.

    Raises ``FieldInvalid``, never for an alarm.
    """
    model = DATA_OF[kind]
    found = without_surrogates(sent)
    if not isinstance(found, dict):
        if found is not None:
            dropped.add("data")
        found = {}
    if kind in POSITIONS_MAX and "positions" in found:
        found = {**found, "positions": _positions(kind, found["positions"], dropped)}
    if kind is EventType.ALARM_RAISED:
        found = _shortened(found, dropped)
    return _salvaged(model, found, dropped)


def _shortened(found: dict[str, Any], dropped: Dropped) -> dict[str, Any]:
    """Return an alarm's data with no more of its text than is taken: the beginning is worth having."""
    text = found.get("text")
    if not isinstance(text, str) or len(text.strip()) <= TEXT_MAX:
        return found
    dropped.add("data.text")
    return {**found, "text": text.strip()[:TEXT_MAX]}


def _salvaged(model: type[EventData], found: dict[str, Any], dropped: Dropped) -> EventData:
    try:
        return model.model_validate(found)
    except ValidationError as error:
        refused = error
    except UNREADABLE:
        raise FieldInvalid("data", "is nested too deeply") from None
    bad = {str(one["loc"][0]) for one in refused.errors(include_input=False) if one["loc"]}
    if not bad or any(model.model_fields[name].is_required() for name in bad):
        raise FieldInvalid.of(field_errors(refused.errors(include_input=False))) from None
    for name in sorted(bad):
        part = _part(model, name, found[name])
        dropped.add(f"data.{name}")
        if part is None:
            del found[name]
        else:
            found[name] = part
    return model.model_validate(found)


def _part(model: type[EventData], name: str, sent: Any) -> Any:
    """Return what is right of an object within the data, such as the person; None: nothing."""
    within = PARTS.get(name) if name in model.model_fields else None
    return None if within is None else _without_broken(within, sent)


def _positions(kind: EventType, sent: Any, dropped: Dropped) -> list[dict[str, Any]]:
    """Return those that are right, each without what is broken of it and not needed."""
    if not isinstance(sent, list):
        dropped.add("data.positions")
        return []
    most = POSITIONS_MAX[kind]
    given = sent[:POSITIONS_READ_MAX] if kind is EventType.ALARM_RAISED else sent[-POSITIONS_READ_MAX:]
    read = [_without_broken(Position, one) for one in given]
    good = [one for one in read if one is not None]
    if len(good) < len(sent) or len(good) > most or good != given:
        dropped.add("data.positions")
    return good[:most] if kind is EventType.ALARM_RAISED else good[-most:]


def _without_broken(model: type[BaseModel], sent: Any) -> dict[str, Any] | None:
    """Return an object without its broken optional fields; None where something needed is broken."""
    if not isinstance(sent, dict):
        return None
    try:
        model.model_validate(sent)
    except ValidationError as error:
        bad = {str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"]}
    except UNREADABLE:
        return None
    else:
        return sent
    if not bad or any(model.model_fields[name].is_required() for name in bad):
        return None
    return {name: value for name, value in sent.items() if name not in bad}
