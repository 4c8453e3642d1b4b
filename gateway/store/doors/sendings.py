"""Events on their way to receivers: fed from the streams, claimed by any node, ended once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway import door_timing as timing
from gateway.domain.casework.journal import Kind, Why
from gateway.domain.receivers import Claimed
from gateway.domain.rows import Row
from gateway.ports import Backlog, Trouble
from gateway.store.connect import Pool, acquire
from gateway.store.doors.receiver_secrets import opened_of, secrets_of
from gateway.store.doors.told import COLUMNS, EARLIER, INTEGRATOR, told_of
from gateway.store.sealing import Keyring
from gateway.store.view import Viewer
from gateway.webhook_signature import Secret
from schemas.receivers import ReceiverFormat

FEED: Final = "SELECT feed_receivers($1, $2, $3)"

# In its line an alarm's events were sent in order: all before this one, since there is this receiver.
TOLD_BEFORE: Final = EARLIER.format(
    alarm="s.alarm_id",
    centre="s.centre_id",
    sequence="s.sequence",
    told="b.at >= r.created_at AND (r.kinds = '{}' OR b.kind = ANY (r.kinds))",
)

# An alarm is disclosed from the first try on, whatever comes of it; what is added to it later (the person)
# is disclosed anew. What is to be sent in a format that only a later program knows is left to it.
CLAIM: Final = f"""
WITH wanted AS (
    SELECT l.receiver_id, l.centre_id, l.alarm_id, l.disclosed, r.persons
      FROM receiver_allowed r
      LEFT JOIN unnest($1::uuid[], $2::integer[]) AS b (receiver_id, busy) USING (receiver_id)
     CROSS JOIN LATERAL (
        SELECT l.* FROM receiver_line l
         WHERE l.receiver_id = r.receiver_id AND l.waiting > 0 AND lease_over(l.claimed_until, $4)
           AND l.centre_id = ANY (r.open_centres)
           AND l.due_at <= statement_timestamp()
         ORDER BY l.due_at LIMIT greatest(0, $3 - coalesce(b.busy, 0)) FOR UPDATE SKIP LOCKED) l
     WHERE r.format = ANY ($5)),
claimed AS (
    UPDATE receiver_line l
       SET claimed_until = statement_timestamp() + make_interval(secs => $4),
           disclosed = greatest(l.disclosed, CASE WHEN w.persons THEN 2 ELSE 1 END)
      FROM wanted w
     WHERE l.receiver_id = w.receiver_id AND l.centre_id = w.centre_id AND l.alarm_id = w.alarm_id
    RETURNING l.*, w.disclosed AS was_disclosed),
written AS (
    INSERT INTO journal (kind, done_by, roles, registration_id, alarm_id, centre_id, reason, facts)
    SELECT '{Kind.DISCLOSED}',
           jsonb_build_object('operator_id', r.integrator_id, 'name', r.integrator_name),
           ARRAY['{INTEGRATOR}'], a.registration_id, c.alarm_id, c.centre_id, '{Why.ALARM}',
           jsonb_build_object('what', 'receiver', 'receiver_id', r.receiver_id, 'person', r.persons,
                              'format', r.format)
      FROM claimed c
      JOIN receiver_allowed r USING (receiver_id)
      JOIN alarm a ON a.centre_id = c.centre_id AND a.alarm_id = c.alarm_id
     WHERE c.disclosed > c.was_disclosed)
SELECT r.receiver_id, r.integrator_id, r.name, r.url, r.format, r.persons, c.centre_id AS centre, c.alarm_id,
       s.number, s.epoch, s.sequence, s.kind, s.made_at, s.tries, clock_timestamp() AS now,
       CASE WHEN r.format = '{ReceiverFormat.CAP}' THEN ({TOLD_BEFORE}) END AS earlier, {COLUMNS}
  FROM claimed c
  JOIN receiver_allowed r USING (receiver_id)
 CROSS JOIN LATERAL (
    SELECT * FROM sending s
     WHERE s.receiver_id = c.receiver_id AND s.centre_id = c.centre_id AND s.alarm_id = c.alarm_id
       AND s.state = 'waiting'
     ORDER BY s.number LIMIT 1) s
  LEFT JOIN stream_event e ON e.centre_id = s.centre_id AND e.sequence = s.sequence
  LEFT JOIN alarm a ON a.centre_id = s.centre_id AND a.alarm_id = s.alarm_id"""  # noqa: S608 (its own words)

# What is ended already was another node's: nothing is done twice.
END: Final = """
WITH ended AS (
    UPDATE sending s
       SET state = $5, ended_at = statement_timestamp(), tries = s.tries + 1, error = $6
     WHERE s.receiver_id = $1 AND s.centre_id = $2 AND s.alarm_id = $3 AND s.state = 'waiting'
       AND (s.number = $4
            OR $5 = 'dead' AND s.made_at <= statement_timestamp() - make_interval(secs => $7))
    RETURNING s.number)
UPDATE receiver_line l
   SET waiting = l.waiting - (SELECT count(*) FROM ended)::integer, tries = 0, claimed_until = NULL,
       due_at = statement_timestamp()
 WHERE l.receiver_id = $1 AND l.centre_id = $2 AND l.alarm_id = $3
   AND EXISTS (SELECT FROM ended e WHERE e.number = $4)"""

PUT_OFF: Final = """
WITH failed AS (
    UPDATE sending s SET tries = s.tries + 1, error = $6
     WHERE s.receiver_id = $1 AND s.number = $4 AND s.state = 'waiting'
    RETURNING s.number)
UPDATE receiver_line l
   SET tries = l.tries + 1, claimed_until = NULL,
       due_at = statement_timestamp() + make_interval(secs => $5)
 WHERE l.receiver_id = $1 AND l.centre_id = $2 AND l.alarm_id = $3 AND EXISTS (SELECT FROM failed)"""

DISABLE: Final = """
UPDATE receiver SET disabled_at = statement_timestamp() WHERE receiver_id = $1 AND disabled_at IS NULL"""

HASTEN: Final = """
WITH slow AS (
    SELECT receiver_id, centre_id, alarm_id FROM receiver_line
     WHERE receiver_id = $1 AND waiting > 0 AND tries >= $2 AND claimed_until IS NULL
       AND due_at > statement_timestamp()
       FOR UPDATE SKIP LOCKED)
UPDATE receiver_line l SET due_at = statement_timestamp()
  FROM slow s
 WHERE l.receiver_id = s.receiver_id AND l.centre_id = s.centre_id AND l.alarm_id = s.alarm_id"""

# Due later than any pause is long was due before the clock was set back.
SET_BACK: Final = """
UPDATE receiver_line SET due_at = statement_timestamp()
 WHERE waiting > 0 AND due_at > statement_timestamp() + make_interval(secs => $1)"""

TROUBLES: Final = """
SELECT * FROM (
    SELECT f.receiver_id, r.name, f.centre_id AS centre, f.told,
           CASE WHEN r.paused_at IS NOT NULL THEN NULL
                WHEN r.disabled_at IS NOT NULL THEN 'gone'
                WHEN EXISTS (SELECT FROM receiver_line l
                              WHERE l.receiver_id = f.receiver_id AND l.centre_id = f.centre_id
                                AND l.waiting > 0 AND l.tries >= $1) THEN 'failing'
                WHEN EXISTS (SELECT FROM sending s
                              WHERE s.receiver_id = f.receiver_id AND s.centre_id = f.centre_id
                                AND s.state = 'dead') THEN 'dead'
           END AS state
      FROM receiver_feed f JOIN receiver r USING (receiver_id)) AS t
 WHERE t.state IS DISTINCT FROM t.told
 LIMIT 100"""

TOLD: Final = "UPDATE receiver_feed SET told = $3 WHERE receiver_id = $1 AND centre_id = $2"

BACKLOG: Final = """
SELECT coalesce(sum(l.waiting), 0)::integer AS waiting,
       coalesce((SELECT extract(epoch FROM statement_timestamp() - min(s.made_at)) FROM sending s
                  WHERE s.state = 'waiting'), 0)::float8 AS oldest_s
  FROM receiver_line l WHERE l.waiting > 0"""

# What a receiver that can be told lacks is kept until it was told so.
CLEAR: Final = """
WITH old AS (
    SELECT s.receiver_id, s.number FROM sending s
     WHERE s.state <> 'waiting' AND (s.state <> 'dead' OR s.gap_told OR s.receiver_id NOT IN (
           SELECT r.receiver_id FROM receiver r WHERE r.format = $4))
       AND s.ended_at < statement_timestamp()
                        - make_interval(secs =>
                            CASE WHEN s.state = 'dead' THEN $1::float8 ELSE $2::float8 END)
     LIMIT $3)
DELETE FROM sending s USING old o WHERE o.receiver_id = s.receiver_id AND o.number = s.number"""

# With a closed alarm's line goes that it was disclosed: the journal has that.
CLEAR_LINES: Final = """
DELETE FROM receiver_line l
 WHERE l.waiting = 0 AND l.due_at < statement_timestamp() - make_interval(secs => $1)
   AND NOT EXISTS (SELECT FROM alarm a WHERE a.centre_id = l.centre_id AND a.alarm_id = l.alarm_id
                      AND a.state <> 'closed')"""


CLOUDEVENTS: Final = ReceiverFormat.CLOUDEVENTS


@dataclass(frozen=True, slots=True)
class PostgresSendings:
    """``gateway.ports.Sendings``."""

    pool: Pool
    keyring: Keyring
    viewer: Viewer

    async def feed(self) -> int:
        """Read streams on for the receivers; return how many were."""
        bounds = (timing.RECEIVER_FEEDS, timing.RECEIVER_FEED_EVENTS, timing.RECEIVER_WAITING_MAX)
        async with acquire(self.pool) as database:
            fed: int = await database.fetchval(FEED, *bounds)
        return fed

    async def claim(self, busy: Mapping[UUID, int]) -> Sequence[Claimed]:
        """Claim what is due, beside the calls that are under way to each receiver."""
        bounds = (timing.RECEIVER_SLOTS, timing.RECEIVER_LEASE_S)
        async with acquire(self.pool) as database:
            given = (list(busy), list(busy.values()), *bounds, list(ReceiverFormat))
            rows = await database.fetch(CLAIM, *given)
            if not rows:
                return []
            sealed = await secrets_of(database, [row["receiver_id"] for row in rows])
        secrets = opened_of(self.keyring, sealed)
        return [self._claimed(row, secrets.get(row["receiver_id"], ())) for row in rows]

    async def delivered(self, one: Claimed) -> None:
        """End it; the next of its alarm is due."""
        await self._end(one, "delivered", None)

    async def dead(self, one: Claimed, error: str) -> None:
        """Give it up, and with it all of its alarm that is too old."""
        await self._end(one, "dead", error)

    async def put_off(self, one: Claimed, by_s: float, error: str) -> None:
        """Try it again later."""
        async with acquire(self.pool) as database:
            await database.execute(PUT_OFF, *_which(one), by_s, error)

    async def disable(self, one: Claimed, by_s: float, error: str) -> None:
        """Send this receiver nothing more: it said that it is gone."""
        async with acquire(self.pool) as database, database.transaction():
            await database.execute(DISABLE, one.receiver_id)
            await database.execute(PUT_OFF, *_which(one), by_s, error)

    async def hasten(self, receiver_id: UUID) -> None:
        """Have what was put off tried now."""
        async with acquire(self.pool) as database:
            await database.execute(HASTEN, receiver_id, timing.RECEIVER_FAILED_AFTER)

    async def troubles(self) -> Sequence[Trouble]:
        """Return where something changed that a centre is to be told."""
        longest_s = max(timing.RECEIVER_RETRY_S[-1] * (1 + timing.RECEIVER_JITTER), timing.RETRY_AFTER_MAX_S)
        async with acquire(self.pool) as database:
            await database.execute(SET_BACK, longest_s)
            rows = await database.fetch(TROUBLES, timing.RECEIVER_FAILED_AFTER)
        return [Trouble(**row) for row in rows]

    async def told(self, trouble: Trouble) -> None:
        """Keep that the centre was told."""
        async with acquire(self.pool) as database:
            await database.execute(TOLD, trouble.receiver_id, trouble.centre, trouble.state)

    async def backlog(self) -> Backlog:
        """Return how much waits over all receivers, and how long the oldest has."""
        async with acquire(self.pool) as database:
            (row,) = await database.fetch(BACKLOG)
        return Backlog(row["waiting"], row["oldest_s"])

    async def clear(self) -> None:
        """Delete what is too old."""
        kept = (timing.DEAD_KEPT_S, timing.SENDING_KEPT_S, timing.SENDINGS_CLEARED, CLOUDEVENTS)
        async with acquire(self.pool) as database:
            await database.execute(CLEAR, *kept)
            await database.execute(CLEAR_LINES, timing.SENDING_KEPT_S)

    async def _end(self, one: Claimed, state: str, error: str | None) -> None:
        async with acquire(self.pool) as database:
            await database.execute(END, *_which(one), state, error, timing.RECEIVER_GIVE_UP_S)

    def _claimed(self, row: Row, secrets: tuple[Secret, ...]) -> Claimed:
        told = None
        if row["image"] is not None and row["registration_id"] is not None:
            told = told_of(row, self.viewer, person=row["persons"])
        return Claimed(
            receiver_id=row["receiver_id"],
            integrator_id=row["integrator_id"],
            name=row["name"],
            url=row["url"],
            format=ReceiverFormat(row["format"]),
            number=row["number"],
            centre=row["centre"],
            alarm_id=row["alarm_id"],
            epoch=row["epoch"],
            sequence=row["sequence"],
            made_at=row["made_at"],
            now=row["now"],
            tries=row["tries"] + 1,
            told=told,
            secrets=secrets,
        )


def _which(one: Claimed) -> tuple[UUID, str, UUID, int]:
    return one.receiver_id, one.centre, one.alarm_id, one.number
