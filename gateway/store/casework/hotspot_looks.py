"""Alarms that were not held against hotspots yet, and notices of alarms that are over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from gateway.ports.hotspots import FreshAlarm
from gateway.store.connect import Pool, acquire
from schemas.position import Position
from schemas.protection import NoticeKind

# Only her position decides, so one that has none yet is looked at again; an old one is nobody's news.
FRESH: Final = """
SELECT a.alarm_id, a.centre_id, a.registration_id, a.reference,
       with_last_fix(alarm_image(a), a.alarm_id) #> '{positions,0}' AS position
  FROM alarm a
 WHERE a.owner = a.centre_id AND a.state <> 'closed' AND a.purpose = 'real'
   AND a.raised_at > statement_timestamp() - interval '1 day'
   AND NOT EXISTS (SELECT FROM hotspot_looked l WHERE l.alarm_id = a.alarm_id)
 ORDER BY a.raised_at DESC LIMIT $1"""

LOOKED: Final = "INSERT INTO hotspot_looked (alarm_id) VALUES ($1) ON CONFLICT DO NOTHING"

OVER: Final = """
SELECT n.centre_id, n.subject FROM notice n
 WHERE n.kind = $1 AND n.cleared_at IS NULL
   AND NOT EXISTS (SELECT FROM alarm a WHERE a.alarm_id::text = n.subject AND a.centre_id = n.centre_id
                      AND a.owner = a.centre_id AND a.state <> 'closed')"""

FORGET: Final = "DELETE FROM hotspot_looked WHERE looked_at < statement_timestamp() - interval '2 days'"

AT_ONCE: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresHotspotLooks:
    """All raise ``DatabaseUnavailable``."""

    pool: Pool

    async def fresh(self) -> Sequence[FreshAlarm]:
        """Return open real alarms with a position that nobody looked at, the newest first."""
        async with acquire(self.pool) as database:
            rows = await database.fetch(FRESH, AT_ONCE)
        found = []
        for row in rows:
            try:
                position = row["position"] and Position.model_validate(row["position"])
            except ValidationError:
                continue
            if position is not None:
                found.append(
                    FreshAlarm(
                        alarm_id=row["alarm_id"],
                        centre=row["centre_id"],
                        registration_id=row["registration_id"],
                        reference=row["reference"],
                        position=position,
                    )
                )
        return found

    async def looked(self, alarm: FreshAlarm) -> None:
        """Note that an alarm was held against hotspots."""
        async with acquire(self.pool) as database:
            await database.execute(LOOKED, alarm.alarm_id)

    async def over(self) -> Sequence[tuple[str, str]]:
        """Return the notices of alarms that are over, or another centre's by now, as (centre, subject)."""
        async with acquire(self.pool) as database:
            rows = await database.fetch(OVER, NoticeKind.HOTSPOT)
            await database.execute(FORGET)
        return [(row["centre_id"], row["subject"]) for row in rows]
