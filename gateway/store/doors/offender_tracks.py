"""Where offenders are while her alarm is open: told by other nodes each second, and read as a track."""

import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from dispatch.ports import LastFix
from gateway.store.changed_elsewhere import ChangedElsewhere
from gateway.store.connect import Pool
from schemas.position import Position

CHANGED: Final = """
SELECT now() AS at, o.* FROM (SELECT) AS once LEFT JOIN (
    SELECT l.alarm_id, offender_position(f) AS position, f.flags, t.number,
           (SELECT greatest(count(*), t.number)::integer FROM tracker o
             WHERE o.registration_id = t.registration_id AND o.role = 'offender'
               AND o.ended_at IS NULL) AS of,
           ARRAY(SELECT b.centre_id FROM alarm b WHERE b.alarm_id = a.alarm_id) AS centres
      FROM offender_last l
      JOIN offender_fix f USING (alarm_id, tracker_id, fixed_at)
      JOIN tracker t USING (tracker_id)
      JOIN alarm a ON a.alarm_id = l.alarm_id AND a.owner = a.centre_id AND a.state <> 'closed'
     WHERE l.changed_at > $1 AND l.changed_by <> $2) AS o ON true"""


class PostgresOffenderFixes:
    """``dispatch.ports.LastFixes``. ``node`` is this start of this process."""

    def __init__(self, pool: Pool, node: UUID) -> None:
        self._elsewhere = ChangedElsewhere(pool, node, CHANGED)

    async def changed(self) -> Sequence[LastFix]:
        """Return those that other nodes changed since it was last asked; all of them the first time."""
        rows = await self._elsewhere.rows()
        return offender_fixes([row for row in rows if row["alarm_id"] is not None])


def offender_fixes(rows: Sequence[Any]) -> list[LastFix]:
    """Return an offender's last fixes as dispatch takes them; one that cannot be read hides no other."""
    found = []
    for row in rows:
        try:
            position = Position.model_validate(row["position"])
        except ValidationError:
            continue
        number, of = row["number"], row["of"]
        flags = json.dumps([flag for flag in row["flags"] if flag])
        found.append(
            LastFix(
                alarm_id=row["alarm_id"],
                centres=frozenset(row["centres"]),
                fixed_at=position.fixed_at,
                payload=(
                    f'"who":"offender","number":{number},"of":{of},'
                    f'"position":{position.model_dump_json()},"flags":{flags}'
                ).encode(),
                number=number,
            )
        )
    return found
