"""The last fixes of open alarms, as other nodes change them: looked for each second.

They are rows and no events, and nothing is rung for them (``gateway.store.changed_elsewhere``).
"""

import asyncio
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from dispatch.ports import LastFix
from gateway.domain.track import Moved, ShownFix, last_of
from gateway.store.changed_elsewhere import ChangedElsewhere
from gateway.store.connect import Pool
from gateway.store.fixes import shown_fix
from schemas.alarm import AlarmState

CHANGED: Final = """
WITH changed AS (
    SELECT a.alarm_id, ARRAY(SELECT b.centre_id FROM alarm b WHERE b.alarm_id = a.alarm_id) AS centres
      FROM alarm a JOIN last_fix l ON l.alarm_id = a.alarm_id
     WHERE a.state <> 'closed' AND a.owner = a.centre_id AND l.changed_at > $1 AND l.changed_by <> $2)
SELECT now() AS at, c.alarm_id, c.centres, n.newest
  FROM (SELECT) AS once
  LEFT JOIN (changed c JOIN (
       SELECT alarm_id, jsonb_agg(jsonb_build_object('position', position, 'flags', flags)) AS newest
         FROM newest_fixes(ARRAY(SELECT alarm_id FROM changed), 2) GROUP BY alarm_id) AS n
       ON n.alarm_id = c.alarm_id) ON true"""

ROWS_A_TURN: Final = 25
"""Rows read between two turns of the event loop: 1 ms."""


class PostgresLastFixes:
    """``dispatch.ports.LastFixes``. ``node`` is this start of this process."""

    def __init__(self, pool: Pool, node: UUID) -> None:
        self._elsewhere = ChangedElsewhere(pool, node, CHANGED)

    def forget(self) -> None:
        """Tell all of them next time: something that this node changed may not have been told."""
        self._elsewhere.forget()

    async def changed(self) -> Sequence[LastFix]:
        """Return those that other nodes changed since it was last asked; all of them the first time."""
        rows = await self._elsewhere.rows()
        found = []
        for number, row in enumerate(rows):
            if number % ROWS_A_TURN == ROWS_A_TURN - 1:
                await asyncio.sleep(0)
            if row["alarm_id"] is not None:
                with suppress(ValidationError):  # one that cannot be read hides no other
                    newest = [shown_fix(written) for written in row["newest"]]
                    found.append(_last_fix(row["alarm_id"], row["centres"], last_of(newest)))
        return found


def last_fixes(moved: Iterable[Moved]) -> list[LastFix]:
    """Return the last fixes of open alarms as dispatch takes them."""
    return [
        _last_fix(alarm.alarm_id, alarm.centres, alarm.last)
        for alarm in moved
        if alarm.state is not AlarmState.CLOSED
    ]


def _last_fix(alarm_id: UUID, centres: Iterable[str], fix: ShownFix) -> LastFix:
    position, flags = fix.position.model_dump_json(), json.dumps(fix.flags)
    return LastFix(
        alarm_id=alarm_id,
        centres=frozenset(centres),
        fixed_at=fix.position.fixed_at,
        payload=f'"who":"victim","number":1,"of":1,"position":{position},"flags":{flags}'.encode(),
    )
