"""The last fixes of a source, and how they travel with a press. Pure."""

from collections import deque
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC
from typing import Any, Final

from ble_bridge import timing
from ble_bridge.backlog import WaitingFix
from ble_bridge.moment import Moment
from ble_bridge.ports import Fix
from schemas.position import Position
from schemas.track import PositionBatch, TrackFix

_FACTS: Final = tuple(field.name for field in fields(Fix) if field.name != "fixed_s")
_OLDEST_S: Final = 31_536_000.0


class LastFixes:
    """The newest fix and two before it, those at least a second apart."""

    def __init__(self) -> None:
        self._fixes: deque[Fix] = deque(maxlen=timing.KEPT_FIXES)

    def add(self, fix: Fix) -> None:
        """Take a fix, newer than those before."""
        is_crowded = (
            len(self._fixes) > 1 and self._fixes[0].fixed_s - self._fixes[1].fixed_s < timing.FIX_SPACING_S
        )
        if is_crowded:
            self._fixes[0] = fix
        else:
            self._fixes.appendleft(fix)

    def latest(self) -> Sequence[Fix]:
        """Return them, newest first."""
        return tuple(self._fixes)


def as_positions(fixes: Sequence[Fix], now_s: float) -> tuple[Position, ...]:
    """Return what travels with a press, each with its age at ``now_s``.

    Raises pydantic.ValidationError for a fix that cannot be.
    """
    ages = [round(max(0.0, now_s - fix.fixed_s), 3) for fix in fixes]
    return tuple(
        as_position(fix, age_s) for fix, age_s in zip(fixes[: timing.KEPT_FIXES], ages, strict=False)
    )


def as_position(fix: Fix, age_s: float | None) -> Position:
    """Return a fix as it travels. Raises pydantic.ValidationError for one that cannot be."""
    return Position(age_s=age_s, **_facts(fix))


def as_fix(position: Position, fixed_s: float) -> Fix:
    """Return the fix that ``as_position`` was given."""
    return Fix(fixed_s=fixed_s, **{name: getattr(position, name) for name in _FACTS})


def as_track_fix(waiting: WaitingFix, now: Moment) -> TrackFix:
    """Return one fix of a track with its age ``now``; raises pydantic.ValidationError."""
    age_s = waiting.age_s(now)
    told_s = None if age_s is None or age_s > _OLDEST_S else round(age_s, 3)
    return TrackFix(index=waiting.index, age_s=told_s, **_facts(waiting.fix))


def as_batch(fixes: Sequence[WaitingFix], now: Moment, phone_battery_pct: int | None) -> PositionBatch:
    """Return what travels of a track. Raises pydantic.ValidationError."""
    return PositionBatch(
        sent_at=now.at,
        phone_battery_pct=phone_battery_pct,
        fixes=tuple(as_track_fix(waiting, now) for waiting in fixes),
    )


def to_the_centimetre(fix: Fix) -> Fix:
    """Return a fix without digits that mean nothing: a track has thousands."""
    heading_deg = fix.heading_deg
    return replace(
        fix,
        latitude=round(fix.latitude, 7),
        longitude=round(fix.longitude, 7),
        fixed_at=fix.fixed_at.astimezone(UTC),
        radius_m=None if fix.radius_m is None else round(fix.radius_m, 1),
        confidence=round(fix.confidence, 3),
        speed_mps=None if fix.speed_mps is None else round(fix.speed_mps, 2),
        # Not rounded: just short of north must not become 360.
        heading_deg=None if heading_deg is None else int(heading_deg * 10) / 10,
    )


def _facts(fix: Fix) -> dict[str, Any]:
    return {name: getattr(fix, name) for name in _FACTS}
