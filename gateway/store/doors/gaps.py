"""What receivers lack of a stream for good: found, told by one node at a time, told once."""

from dataclasses import dataclass
from typing import Final

from gateway import door_timing as timing
from gateway.domain.receivers import Gap
from gateway.domain.rows import Row
from gateway.store.connect import Pool, acquire
from gateway.store.doors.receiver_secrets import opened_of, secrets_of
from gateway.store.doors.sendings import DISABLE
from gateway.store.sealing import Keyring
from gateway.webhook_signature import Secret
from schemas.receivers import ReceiverFormat

# Whoever was never asked follows the log as it is now. EIDO and CAP have no words for a gap.
BEGIN: Final = """
UPDATE receiver_feed SET epoch = stream_epoch() WHERE epoch IS NULL"""

CLAIM: Final = f"""
WITH lacking AS (
    SELECT f.receiver_id, f.centre_id FROM receiver_feed f JOIN receiver_allowed r USING (receiver_id)
     WHERE r.format = '{ReceiverFormat.CLOUDEVENTS}' AND f.centre_id = ANY (r.open_centres)
       AND coalesce(f.gap_due_at, '-infinity') <= statement_timestamp()
       AND (f.epoch <> stream_epoch()
            OR EXISTS (SELECT FROM sending s WHERE s.receiver_id = f.receiver_id
                          AND s.centre_id = f.centre_id AND s.state = 'dead' AND NOT s.gap_told))
     ORDER BY f.gap_due_at NULLS FIRST LIMIT $1 FOR UPDATE OF f SKIP LOCKED),
claimed AS (
    UPDATE receiver_feed f SET gap_due_at = statement_timestamp() + make_interval(secs => $2)
      FROM lacking l WHERE l.receiver_id = f.receiver_id AND l.centre_id = f.centre_id
    RETURNING f.*)
SELECT c.receiver_id, r.url, c.centre_id AS centre, stream_epoch() AS epoch, c.epoch AS was, d.*
  FROM claimed c
  JOIN receiver_allowed r USING (receiver_id)
 CROSS JOIN LATERAL (
    SELECT min(g.sequence) AS first, max(g.sequence) AS last,
           coalesce(array_agg(g.number), '{{}}') AS numbers,
           coalesce(array_agg(DISTINCT g.alarm_id), '{{}}') AS alarms
      FROM (SELECT s.number, s.sequence, s.alarm_id FROM sending s
             WHERE s.receiver_id = c.receiver_id AND s.centre_id = c.centre_id AND s.state = 'dead'
               AND NOT s.gap_told
             ORDER BY s.number LIMIT $3) AS g) AS d"""  # noqa: S608 (a word of the program's own)

# What somebody replayed meanwhile is lacking no more; given up again, it is told again.
TOLD: Final = """
UPDATE sending SET gap_told = true WHERE receiver_id = $1 AND number = ANY ($2) AND state = 'dead'"""
FOLLOWED: Final = "UPDATE receiver_feed SET epoch = $3 WHERE receiver_id = $1 AND centre_id = $2"


@dataclass(frozen=True, slots=True)
class PostgresGaps:
    """``gateway.ports.Gaps``."""

    pool: Pool
    keyring: Keyring

    async def claim(self) -> list[Gap]:
        """Claim what receivers are to be told of now."""
        bounds = (timing.GAPS_AT_ONCE, timing.GAP_AGAIN_S, timing.GAP_EVENTS)
        async with acquire(self.pool) as database:
            await database.execute(BEGIN)
            rows = await database.fetch(CLAIM, *bounds)
            sealed = await secrets_of(database, [row["receiver_id"] for row in rows])
        secrets = opened_of(self.keyring, sealed)
        return [_gap(row, secrets.get(row["receiver_id"], ())) for row in rows]

    async def told(self, gap: Gap) -> None:
        """Keep that the receiver has taken it."""
        async with acquire(self.pool) as database:
            await database.execute(TOLD, gap.receiver_id, list(gap.numbers))
            await database.execute(FOLLOWED, gap.receiver_id, gap.centre, gap.epoch)

    async def disable(self, gap: Gap) -> None:
        """Send this receiver nothing more."""
        async with acquire(self.pool) as database:
            await database.execute(DISABLE, gap.receiver_id)


def _gap(row: Row, secrets: tuple[Secret, ...]) -> Gap:
    return Gap(
        receiver_id=row["receiver_id"],
        url=row["url"],
        centre=row["centre"],
        epoch=row["epoch"],
        new_epoch=row["was"] != row["epoch"],
        first=row["first"],
        last=row["last"],
        numbers=tuple(row["numbers"]),
        alarms=tuple(row["alarms"]),
        secrets=secrets,
    )
