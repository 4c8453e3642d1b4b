"""Which perimeters around victims are blind, as all nodes know it: when she was seen last, never where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from gateway.domain.perimeters.judging import VICTIM_LOST_S
from gateway.door_timing import SEEN_WRITTEN_S, SEES_TOLD_S
from gateway.ports.perimeters import OverNotice, Sight, SightChange, Sighted
from gateway.store.connect import Pool, acquire
from schemas.protection import NoticeKind

# What another node saw counts as well; of her trackers, whether they are why.
LOOK: Final = """
WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[])
        AS g(perimeter_id, registration_id, seen_at)),
put AS (
    INSERT INTO perimeter_sight AS s (perimeter_id, registration_id, seen_at)
    SELECT perimeter_id, registration_id, seen_at FROM given ORDER BY perimeter_id
        ON CONFLICT (perimeter_id) DO UPDATE SET seen_at = EXCLUDED.seen_at
     WHERE EXCLUDED.seen_at > coalesce(s.seen_at, '-infinity') + $5::interval)
SELECT k.*, (SELECT CASE WHEN count(*) = 0 THEN 'no_tracker'
                         WHEN bool_and(ts.silent_at IS NOT NULL) THEN 'silent' ELSE 'no_fix' END
               FROM tracker t LEFT JOIN tracker_state ts USING (tracker_id)
              WHERE t.registration_id = k.registration_id AND t.role = 'victim' AND t.ended_at IS NULL) AS why
  FROM (SELECT g.perimeter_id, g.registration_id, greatest(g.seen_at, s.seen_at) AS seen_at, s.blind_since,
               s.again_at, coalesce(greatest(g.seen_at, s.seen_at) >= now() - $4::interval, false) AS sees
          FROM given g LEFT JOIN perimeter_sight s USING (perimeter_id)) AS k
 WHERE k.sees = (k.blind_since IS NOT NULL) OR k.again_at < now() - $6::interval"""

BLIND: Final = """
UPDATE perimeter_sight SET blind_since = coalesce(seen_at + $2::interval, now()), again_at = NULL
 WHERE perimeter_id = $1 AND blind_since IS NULL"""
SEES: Final = """
UPDATE perimeter_sight SET blind_since = NULL, again_at = now()
 WHERE perimeter_id = $1 AND blind_since IS NOT NULL"""
TOLD: Final = "UPDATE perimeter_sight SET again_at = NULL WHERE perimeter_id = $1"

OVER: Final = """
SELECT centre_id, kind, subject FROM notice
 WHERE kind IN ('perimeter_blind', 'perimeter_sees') AND cleared_at IS NULL AND subject <> ALL ($1)"""
FORGET: Final = "DELETE FROM perimeter_sight WHERE perimeter_id <> ALL ($1)"

LOST: Final = timedelta(seconds=VICTIM_LOST_S)


@dataclass(frozen=True, slots=True)
class PostgresSights:
    """``gateway.ports.perimeters.Sights``."""

    pool: Pool

    async def changes(self, sighted: Sequence[Sighted]) -> Sequence[SightChange]:
        """Write down when she was seen; return what is not told yet."""
        async with acquire(self.pool) as database:
            rows = await database.fetch(
                LOOK,
                [one.perimeter_id for one in sighted],
                [one.registration_id for one in sighted],
                [one.seen_at for one in sighted],
                LOST,
                timedelta(seconds=SEEN_WRITTEN_S),
                timedelta(seconds=SEES_TOLD_S),
            )
        return [
            SightChange(
                perimeter_id=row["perimeter_id"],
                to=_to(sees=row["sees"], was_blind=row["blind_since"] is not None),
                seen_at=row["seen_at"],
                blind_since=row["blind_since"],
                why=row["why"],
            )
            for row in rows
        ]

    async def note(self, change: SightChange) -> None:
        """Note that a change was told."""
        async with acquire(self.pool) as database:
            match change.to:
                case Sight.BLIND:
                    await database.execute(BLIND, change.perimeter_id, LOST)
                case Sight.SEES:
                    await database.execute(SEES, change.perimeter_id)
                case Sight.LONG_SINCE:
                    await database.execute(TOLD, change.perimeter_id)

    async def over(self, watched: Sequence[UUID]) -> Sequence[OverNotice]:
        """Return notices that are open about perimeters that move with nobody any more."""
        async with acquire(self.pool) as database:
            rows = await database.fetch(OVER, [str(one) for one in watched])
        return [
            OverNotice(centre=row["centre_id"], kind=NoticeKind(row["kind"]), subject=row["subject"])
            for row in rows
        ]

    async def forget(self, watched: Sequence[UUID]) -> None:
        """Forget what is known of all others."""
        async with acquire(self.pool) as database:
            await database.execute(FORGET, list(watched))


def _to(*, sees: bool, was_blind: bool) -> Sight:
    if sees and was_blind:
        return Sight.SEES
    return Sight.LONG_SINCE if sees else Sight.BLIND
