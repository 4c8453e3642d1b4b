"""What an integrator is told of one event, and by what it is known when it comes again."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Final

from gateway.domain.errors import FieldInvalid, GatewayError
from gateway.domain.integrators import Inbound
from gateway.ingest.accept import DROPPED_FLAG
from schemas.events import EventFate, EventResult
from schemas.press import Receipt
from schemas.problems import Problem

CONTENT_DIFFERS: Final = "content_differs"
"""An event with this source and id came before, and said something else: the first stands."""

DIGEST_BYTES: Final = 16
AGES: Final = frozenset({"age_ms", "age_s"})
"""What changes when the same is sent again later."""


def digest_of(event: Inbound) -> bytes:
    """Return what two events with the same content have in common, whatever form they came in."""
    said = _ageless(event.data.model_dump(mode="json"))
    content = json.dumps([event.type, event.subject, said], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).digest()[:DIGEST_BYTES]


def _ageless(said: Any) -> Any:
    match said:
        case dict():
            return {name: _ageless(value) for name, value in said.items() if name not in AGES}
        case list():
            return [_ageless(one) for one in said]
    return said


def flags_of(event: Inbound, *more: str) -> tuple[str, ...]:
    """Return the codes of what was odd about it."""
    return tuple(sorted({*(f"{DROPPED_FLAG}{name}" for name in event.dropped), *more}))


def outcome_of(result: EventResult) -> str:
    """Return the word by which results are counted."""
    return "seen_before" if result.seen_before else result.fate


def told(
    event: Inbound, fate: EventFate, *, seen_before: bool = False, flags: Iterable[str] = ()
) -> EventResult:
    """Return the result of an event that was taken in."""
    return EventResult(
        id=event.event_id, source=event.source, fate=fate, seen_before=seen_before, flags=tuple(flags)
    )


def told_of_alarm(event: Inbound, receipt: Receipt, *more: str) -> EventResult:
    """Return the result of an alarm that is committed."""
    return EventResult(
        id=event.event_id,
        source=event.source,
        fate=EventFate.COMMITTED,
        seen_before=receipt.seen_before,
        alarm_id=receipt.alarm_id,
        centre=receipt.centre,
        sequence=receipt.sequence,
        flags=tuple(sorted({*receipt.flags, *more})),
    )


def failed(source: str | None, event_id: str | None, error: GatewayError) -> EventResult:
    """Return the result of an event that was not taken in: refused, or (5xx) unknown."""
    unknown = error.kind.status >= 500
    problem = Problem.of(
        error.kind,
        None if unknown else error.detail,
        errors=error.errors if isinstance(error, FieldInvalid) else (),
    )
    return EventResult(
        id=event_id,
        source=source,
        fate=EventFate.UNKNOWN if unknown else EventFate.REFUSED,
        problem=problem,
    )
