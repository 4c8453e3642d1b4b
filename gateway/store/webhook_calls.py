"""Calls to the outside, kept until they got through or the alarm was answered; made by any node."""

from collections.abc import Sequence
from typing import Final

from gateway.domain.follow_up import Call
from gateway.ports import CallOutcome, ClaimedCall
from gateway.store.connect import Pool, acquire
from gateway.timing import WEBHOOK_LEASE_S, WEBHOOK_RETRY_S

ADD: Final = """
INSERT INTO webhook_call (call_id, centre_id, alarm_id, body, made_at, due_at)
SELECT c.*, statement_timestamp(), statement_timestamp()
  FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[]) AS c
    ON CONFLICT DO NOTHING"""

# Due later than any pause is long was due before the clock was set back.
CLAIM: Final = """
WITH wanted AS (
    SELECT c.call_id FROM webhook_call c
     WHERE c.ended_at IS NULL AND lease_over(c.claimed_until, $2)
       AND (c.due_at <= statement_timestamp()
            OR c.due_at > statement_timestamp() + make_interval(secs => $3))
     ORDER BY c.due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
UPDATE webhook_call c SET claimed_until = statement_timestamp() + make_interval(secs => $2)
  FROM wanted w WHERE w.call_id = c.call_id
RETURNING c.call_id, c.centre_id AS centre, c.alarm_id, c.body, c.tries,
          NOT EXISTS (SELECT FROM alarm a WHERE a.alarm_id = c.alarm_id AND a.owner = a.centre_id
                         AND a.state = 'raised') AS answered"""

END: Final = """
UPDATE webhook_call SET ended_at = statement_timestamp(), outcome = $2, claimed_until = NULL
 WHERE call_id = $1 AND ended_at IS NULL"""

PUT_OFF: Final = """
UPDATE webhook_call SET tries = tries + 1, claimed_until = NULL,
       due_at = statement_timestamp() + make_interval(secs => $2)
 WHERE call_id = $1 AND ended_at IS NULL"""


class PostgresCalls:
    """``gateway.ports.Calls``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, calls: Sequence[Call]) -> None:
        """Keep calls until they are made; one that is known is left alone."""
        columns = zip(*((call.call_id, call.centre, call.alarm_id, call.body) for call in calls), strict=True)
        async with acquire(self._pool) as database:
            await database.execute(ADD, *(list(column) for column in columns))

    async def claim(self, limit: int) -> list[ClaimedCall]:
        """Claim calls that are due."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(CLAIM, limit, WEBHOOK_LEASE_S, max(WEBHOOK_RETRY_S))
        return [
            ClaimedCall(
                Call(
                    call_id=row["call_id"], centre=row["centre"], alarm_id=row["alarm_id"], body=row["body"]
                ),
                row["tries"],
                row["answered"],
            )
            for row in rows
        ]

    async def end(self, call: ClaimedCall, outcome: CallOutcome) -> None:
        """Say that nothing remains to be done about it."""
        async with acquire(self._pool) as database:
            await database.execute(END, call.call.call_id, outcome)

    async def put_off(self, call: ClaimedCall, by_s: float) -> None:
        """Try again in so many seconds."""
        async with acquire(self._pool) as database:
            await database.execute(PUT_OFF, call.call.call_id, by_s)
