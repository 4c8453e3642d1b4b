"""From whatever bytes a companion sent to the fixes that can be kept.

A batch that is right costs one validation; else each fix is validated alone: one without its index,
its place or its instant is dropped and counted, one with a broken detail is kept without it. Reading
never raises.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from gateway.ingest.tolerant import Dropped, as_object, without_surrogates
from schemas.base import Instant, Percent
from schemas.track import PositionBatch, TrackFix

NEEDED: Final = frozenset(name for name, field in TrackFix.model_fields.items() if field.is_required())
"""A fix without one of these says nothing."""

_instant: Final[TypeAdapter[datetime]] = TypeAdapter(Instant)
_percent: Final[TypeAdapter[int]] = TypeAdapter(Percent)


@dataclass(frozen=True, slots=True)
class BatchReading:
    """What could be read of a batch; ``dropped`` fixes could not."""

    fixes: tuple[TrackFix, ...]
    sent_at: datetime | None = None
    phone_battery_pct: int | None = None
    dropped: int = 0


def read_batch(body: bytes) -> BatchReading | None:
    """Return what is in ``body``; None where there is no list of fixes in it."""
    try:
        batch = PositionBatch.model_validate_json(body)
    except (ValidationError, RecursionError, OverflowError):
        return _salvaged(as_object(body, Dropped()))
    return BatchReading(batch.fixes, batch.sent_at, batch.phone_battery_pct)


def _salvaged(found: Mapping[str, Any]) -> BatchReading | None:
    sent = found.get("fixes")
    if not isinstance(sent, list):
        return None
    fixes = [fix for one in sent if (fix := _read_fix(one)) is not None]
    return BatchReading(
        fixes=tuple(fixes),
        sent_at=_read(_instant, found.get("sent_at")),
        phone_battery_pct=_read(_percent, found.get("phone_battery_pct")),
        dropped=len(sent) - len(fixes),
    )


def _read_fix(sent: Any) -> TrackFix | None:
    try:
        return TrackFix.model_validate(without_surrogates(sent))
    except ValidationError as error:
        bad = {str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"]}
    except (RecursionError, OverflowError):
        return None
    if not bad or bad & NEEDED or not isinstance(sent, dict):
        return None
    return _read_fix({name: value for name, value in sent.items() if name not in bad})


def _read(adapter: TypeAdapter[Any], sent: Any) -> Any:
    try:
        return adapter.validate_python(without_surrogates(sent))
    except (ValidationError, RecursionError, OverflowError):
        return None
