"""What has yet to follow from the centres' streams: how far each was followed, who returned, how busy."""

from collections.abc import Sequence
from typing import Any, Final

import structlog

from gateway.domain.flood import WINDOW_S, Load
from gateway.domain.follow_up import FOLLOWED, Happened
from gateway.domain.rows import Row
from gateway.domain.silence import WINDOW_S as SILENCE_WINDOW_S
from gateway.domain.silence import Silence
from gateway.ports import Returned, Stretch
from gateway.store.connect import Pool, acquire
from gateway.timing import FOLLOW_UP_LEASE_S, FOLLOW_UP_MAX, NODE_HEARD_S
from schemas.alarm import AlarmState, Escalation

CLAIM: Final = """
WITH wanted AS (
    SELECT f.centre_id, s.last_sequence FROM follow_up f JOIN centre_stream s USING (centre_id)
     WHERE s.last_sequence > f.sequence AND lease_over(f.claimed_until, $1)
       FOR UPDATE OF f SKIP LOCKED)
UPDATE follow_up f SET claimed_until = statement_timestamp() + make_interval(secs => $1)
  FROM wanted w WHERE w.centre_id = f.centre_id
RETURNING f.centre_id, f.sequence AS after, least(w.last_sequence, f.sequence + $2) AS up_to"""

READ: Final = """
SELECT e.sequence, e.kind, e.at, e.alarm_id, e.image ->> 'centre' AS owner, e.image ->> 'state' AS state,
       (e.image ->> 'version')::integer AS version, (e.image ->> 'raised_at')::timestamptz AS raised_at,
       e.image ->> 'reference' AS reference, nullif(e.image -> 'escalation', 'null') AS escalation,
       coalesce((e.image #>> '{closure,needs_second_look}')::boolean, false) AS needs_second_look
  FROM stream_event e
 WHERE e.centre_id = $1 AND e.sequence > $2 AND e.sequence <= $3 AND e.kind = ANY ($4)
 ORDER BY e.sequence"""

DONE: Final = """
UPDATE follow_up SET sequence = $3, claimed_until = NULL WHERE centre_id = $1 AND sequence = $2"""

RETURNED: Final = """
SELECT a.centre_id AS centre, a.vacant_since, a.unattended_since,
       (SELECT count(DISTINCT e.alarm_id) FROM stream_event e
         WHERE e.centre_id = a.centre_id AND e.sequence > a.unattended_from AND e.kind = 'alarm.escalated'
           AND e.image ->> 'centre' = a.centre_id
           AND e.image #>> '{escalation,reason}' = 'no_console') AS diverted
  FROM attendance a JOIN consoles_attending($1) c USING (centre_id)
 WHERE a.unattended_since IS NOT NULL AND c.consoles > 0"""

WELCOMED: Final = """
UPDATE attendance SET vacant_since = NULL, unattended_since = NULL, unattended_from = NULL
 WHERE centre_id = $1 AND unattended_since = $2"""

UNTRUE: Final = """
SELECT n.centre_id, n.subject FROM notice n LEFT JOIN attendance a ON a.centre_id = n.subject
 WHERE n.kind = 'unattended' AND n.cleared_at IS NULL AND a.unattended_since IS NULL"""

LOADS: Final = """
SELECT c.centre_id AS centre, c.consoles,
       (SELECT count(*) FROM alarm a WHERE a.centre_id = c.centre_id AND a.state <> 'closed'
           AND a.raised_at > statement_timestamp() - make_interval(secs => $2)
           AND a.purpose = 'real' AND a.owner = a.centre_id)
     + (SELECT count(*) FROM alarm a WHERE a.centre_id = c.centre_id AND a.state = 'closed'
           AND a.raised_at > statement_timestamp() - make_interval(secs => $2)
           AND a.purpose = 'real' AND a.owner = a.centre_id) AS fresh,
       EXISTS (SELECT FROM notice n WHERE n.centre_id = c.centre_id AND n.kind = 'flood'
                  AND n.subject = c.centre_id AND n.cleared_at IS NULL) AS flooded
  FROM consoles_attending($1) c"""


SILENCES: Final = """
SELECT c.centre_id AS centre, count(p.registration_id) AS watched, count(s.since) AS silent,
       count(s.since) FILTER (
           WHERE s.since > statement_timestamp() - make_interval(secs => $1)) AS fresh,
       EXISTS (SELECT FROM notice n WHERE n.centre_id = c.centre_id AND n.kind = 'many_silent'
                  AND n.subject = c.centre_id AND n.cleared_at IS NULL) AS told
  FROM centre c
  LEFT JOIN protection p USING (centre_id)
  LEFT JOIN LATERAL (
       SELECT max((f ->> 'since')::timestamptz) AS since FROM jsonb_array_elements(p.faults) AS f
        WHERE f ->> 'kind' = 'companion_silent') AS s ON p.state <> 'protected'
 GROUP BY c.centre_id"""


class PostgresFollowUps:
    """``gateway.ports.FollowUps``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim(self) -> list[Stretch]:
        """Claim, of each centre with new events, the oldest whose consequences are not done."""
        rows = await self._fetch(CLAIM, FOLLOW_UP_LEASE_S, FOLLOW_UP_MAX)
        return [Stretch(row["centre_id"], row["after"], row["up_to"]) for row in rows]

    async def read(self, stretch: Stretch) -> list[Happened]:
        """Return what happened to alarms in it; what cannot be read is logged and left out."""
        rows = await self._fetch(READ, stretch.centre, stretch.after, stretch.up_to, list(FOLLOWED))
        return [happened for row in rows if (happened := _happened(row, stretch)) is not None]

    async def done(self, stretch: Stretch) -> None:
        """Say that everything that follows from it was done."""
        async with acquire(self._pool) as database:
            await database.execute(DONE, stretch.centre, stretch.after, stretch.up_to)

    async def returned(self) -> list[Returned]:
        """Return the centres that are attended again, and have not been told of it."""
        return [Returned(**row) for row in await self._fetch(RETURNED, NODE_HEARD_S)]

    async def welcomed(self, returned: Returned) -> None:
        """Say that the centre was told."""
        async with acquire(self._pool) as database:
            await database.execute(WELCOMED, returned.centre, returned.unattended_since)

    async def untrue(self) -> list[tuple[str, str]]:
        """Return the centres with a notice that another is unattended, which it is not."""
        return [(row["centre_id"], row["subject"]) for row in await self._fetch(UNTRUE)]

    async def loads(self) -> list[Load]:
        """Return how busy each centre is."""
        return [Load(**row) for row in await self._fetch(LOADS, NODE_HEARD_S, WINDOW_S)]

    async def silences(self) -> list[Silence]:
        """Return how many are silent in each centre."""
        return [Silence(**row) for row in await self._fetch(SILENCES, SILENCE_WINDOW_S)]

    async def _fetch(self, statement: str, *arguments: Any) -> Sequence[Any]:
        async with acquire(self._pool) as database:
            return await database.fetch(statement, *arguments)


def _happened(row: Row, stretch: Stretch) -> Happened | None:
    try:
        return Happened(
            kind=row["kind"],
            at=row["at"],
            alarm_id=row["alarm_id"],
            owner=row["owner"],
            state=AlarmState(row["state"]),
            version=row["version"],
            raised_at=row["raised_at"],
            reference=row["reference"],
            escalation=None if row["escalation"] is None else Escalation.model_validate(row["escalation"]),
            needs_second_look=row["needs_second_look"],
        )
    except ValueError as error:
        place = f"{stretch.centre}:{row['sequence']}"
        structlog.get_logger().error("event_not_followed", event_at=place, error=type(error).__name__)
        return None
