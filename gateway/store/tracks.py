"""Reading tracks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from gateway.domain.rows import Row
from gateway.domain.track import ShownFix, with_jumps
from gateway.ports import Clock
from gateway.store.connect import Pool, acquire
from gateway.store.fixes import NEWEST, NEWEST_COUNT, shown_fix
from schemas.position import Position
from schemas.track import Track, TrackedPosition

# Fixes of the same instant are never parted, as ``before`` could not name one of them.
READ: Final = """
SELECT fix_position(f) AS position, f.original_radius_m, f.original_confidence, f.received_at, f.flags,
       1 AS number
  FROM (SELECT * FROM track_fix WHERE alarm_id = $1 AND fixed_at < $2
         ORDER BY fixed_at DESC FETCH FIRST ($3) ROWS WITH TIES) AS f
 ORDER BY f.fixed_at, f.companion_id, f.index"""

READ_OFFENDER: Final = """
SELECT offender_position(f) AS position, f.original_radius_m, f.original_confidence, f.received_at, f.flags,
       coalesce(t.number, 1) AS number
  FROM (SELECT * FROM offender_fix WHERE alarm_id = $1 AND fixed_at < $2
         ORDER BY fixed_at DESC FETCH FIRST ($3) ROWS WITH TIES) AS f
  LEFT JOIN tracker t USING (tracker_id)
 ORDER BY f.fixed_at, f.tracker_id"""

SILENT: Final = """
SELECT a.alarm_id FROM alarm a LEFT JOIN last_fix l ON l.alarm_id = a.alarm_id
 WHERE a.state <> 'closed' AND a.owner = a.centre_id AND a.life ->> 'tracking' = 'live'
   AND (a.life ->> 'tracking_until')::timestamptz > now()
   AND greatest(a.raised_at, a.last_pressed_at, l.fixed_at) < now() - make_interval(secs => $1)
 ORDER BY greatest(a.raised_at, a.last_pressed_at, l.fixed_at) LIMIT $2"""


Who = Literal["victim", "offender"]


class PostgresTracks:
    """``gateway.ports.Tracks`` and ``gateway.ports.NewestFixes``."""

    def __init__(self, pool: Pool, clock: Clock, who: Who = "victim") -> None:
        self._pool = pool
        self._clock = clock
        self._who: Who = who
        self._read = READ if who == "victim" else READ_OFFENDER

    async def read(self, alarm_id: UUID, before: datetime | None, limit: int) -> Track:
        """Return the newest ``limit`` fixes before an instant, in time order, and the last of all.

        There are more where several were fixed at the very instant of the oldest.
        """
        ever = datetime.max.replace(tzinfo=self._clock.now().tzinfo)
        async with acquire(self._pool) as database:
            rows = await database.fetch(self._read, alarm_id, before or ever, limit + 1)
            newest = rows if before is None else await database.fetch(self._read, alarm_id, ever, 2)
        found = _judged(rows)
        start = max(0, len(found) - limit)
        while start and found[start - 1].position.fixed_at == found[start].position.fixed_at:
            start -= 1
        last = _judged(newest)[-1] if newest else None
        return Track(
            alarm_id=alarm_id,
            who=self._who,
            fixes=tuple(found[start:]),
            last=last,
            last_age_s=None if last is None else self._age_s(last),
            more=start > 0,
        )

    async def newest(self, alarm_ids: Sequence[UUID]) -> dict[UUID, tuple[ShownFix, ...]]:
        """Return the last few fixes of each that has any, newest first."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(NEWEST, list(alarm_ids), NEWEST_COUNT)
        return {row["alarm_id"]: tuple(shown_fix(written) for written in row["newest"]) for row in rows}

    async def silent(self, for_s: float, limit: int) -> Sequence[UUID]:
        """Return alarms that are followed live and had no fix for so long, the longest first."""
        async with acquire(self._pool) as database:
            return [row["alarm_id"] for row in await database.fetch(SILENT, for_s, limit)]

    def _age_s(self, fix: TrackedPosition) -> float:
        return round((self._clock.now() - fix.position.fixed_at).total_seconds(), 3)


def _judged(rows: Sequence[Row]) -> list[TrackedPosition]:
    return list(with_jumps(_tracked(row) for row in rows))


def _tracked(row: Row) -> TrackedPosition:
    return TrackedPosition(
        position=Position.model_validate(row["position"]),
        original_radius_m=row["original_radius_m"],
        original_confidence=row["original_confidence"],
        received_at=row["received_at"],
        number=row["number"],
        flags=tuple(row["flags"]),
    )
