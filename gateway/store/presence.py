"""Heartbeats: kept in memory as they come, written down together each second.

One statement a second instead of one a heartbeat: a row each would cost a quarter of a core at 400 a
second, most of it for committing (measured: ``docs/architecture.md``, Supervision). What is lost with a
node is the last second of heartbeats, and each companion sends another.

A heartbeat takes no nonce. That it is no replay follows from when it was signed: only one signed later
than any before it proves life, here and once more in the statement, where the nodes meet.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from gateway.domain.conditions import Heard, Limits, signs
from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.supervision import FRESH_S, proves_life
from gateway.failing import failed
from gateway.ports import Clock
from gateway.store.connect import Pool, acquire
from gateway.telemetry import Metrics
from gateway.timing import HEARTBEATS_WRITTEN_S, LAST_SEEN_S, UNWRITTEN_S
from schemas.protection import CompanionHeartbeat

REMEMBERED: Final = 50_000
"""Companions whose last signing is remembered; of any other the statement decides alone."""

BATCH: Final = 250
"""Heartbeats written by one statement: some 10 ms, of which the event loop has one."""

# Ages make the instants the database's own, whatever the node's clock says. Rows are locked in the order
# of their ids, so that two nodes never wait for each other in a circle.
HEAR: Final = """
WITH moment AS MATERIALIZED (SELECT coalesce($7::timestamptz, clock_timestamp()) AS at),
heard AS (
    SELECT h.*, m.at - make_interval(secs => h.age_s) AS received_at
      FROM moment m,
           unnest($1::uuid[], $2::float8[], $3::timestamptz[], $4::float8[], $5::text[], $6::text[])
               AS h(companion_id, age_s, signed_at, skew_s, facts, signs)),
written AS (
    INSERT INTO companion_state AS s
           (companion_id, registration_id, received_at, signed_at, skew_s, facts, signs, changed_at)
    SELECT h.companion_id, c.registration_id, h.received_at, h.signed_at, h.skew_s, h.facts::jsonb, h.signs,
           h.received_at
      FROM heard h JOIN companion c USING (companion_id)
     WHERE c.revoked_at IS NULL
     ORDER BY h.companion_id
        ON CONFLICT (companion_id) DO UPDATE
       SET received_at = EXCLUDED.received_at, signed_at = EXCLUDED.signed_at, skew_s = EXCLUDED.skew_s,
           facts = EXCLUDED.facts, signs = EXCLUDED.signs,
           changed_at = CASE WHEN s.signs = EXCLUDED.signs THEN s.changed_at ELSE EXCLUDED.received_at END
     WHERE EXCLUDED.signed_at > s.signed_at
        OR (abs(EXCLUDED.skew_s) <= $8 AND s.signed_at > EXCLUDED.received_at + make_interval(secs => $8))
    RETURNING s.companion_id, s.registration_id, s.received_at, s.changed_at = s.received_at AS changed),
news AS (
    SELECT v.registration_id, m.at
      FROM written w JOIN supervision v USING (registration_id) CROSS JOIN moment m
     WHERE w.changed OR v.watched -> w.companion_id::text ? 'companion_silent'
     ORDER BY v.registration_id FOR UPDATE OF v),
due AS (
    UPDATE supervision v SET due_at = least(v.due_at, n.at), claimed_until = NULL
      FROM news n WHERE v.registration_id = n.registration_id),
seen AS (
    UPDATE companion c SET last_seen_at = w.received_at
      FROM written w
     WHERE c.companion_id = w.companion_id
       AND (c.last_seen_at IS NULL OR c.last_seen_at < w.received_at - make_interval(secs => $9)))
SELECT count(*) FROM written"""


@dataclass(frozen=True, slots=True)
class LifeSign:
    """A heartbeat that waits to be written; ``at`` is when it came, by the monotonic clock."""

    companion_id: UUID
    facts: str
    signs: str
    signed_at: datetime
    skew_s: float
    at: float


class Presence:
    """The companions that this node hears. Holds at most one heartbeat a companion."""

    def __init__(self, pool: Pool, clock: Clock, limits: Limits, metrics: Metrics) -> None:
        self._pool = pool
        self._clock = clock
        self._limits = limits
        self._metrics = metrics
        self._waiting: dict[UUID, LifeSign] = {}
        self._signed_at: OrderedDict[UUID, datetime] = OrderedDict()
        self._failing_since: float | None = None

    @property
    def unwritten(self) -> bool:
        """Whether what is heard here has not been written for so long that another node must hear it."""
        since = self._failing_since
        return since is not None and self._clock.monotonic() - since > UNWRITTEN_S

    def hear(
        self, companion_id: UUID, heartbeat: CompanionHeartbeat, signed_at: datetime, age_s: float = 0.0
    ) -> bool:
        """Take a heartbeat; False, and nothing is taken, when it proves no life: a replay, or overtaken.

        ``age_s``: how long ago it was heard, by whoever brings it.
        """
        now = self._clock.now()
        if not proves_life(signed_at, self._signed_at.get(companion_id), now):
            return False
        self._signed_at[companion_id] = signed_at
        self._signed_at.move_to_end(companion_id)
        if len(self._signed_at) > REMEMBERED:
            self._signed_at.popitem(last=False)
        skew_s = (signed_at - now).total_seconds()
        shown = signs(Heard(heartbeat=heartbeat, received_at=now, skew_s=skew_s), self._limits)
        heard_at = self._clock.monotonic() - age_s
        self._waiting[companion_id] = LifeSign(
            companion_id, heartbeat.model_dump_json(), shown, signed_at, skew_s, heard_at
        )
        return True

    async def run(self) -> None:
        """Write what was heard, each second, until cancelled; what cannot be written is kept."""
        log = structlog.get_logger()
        while True:
            await asyncio.sleep(HEARTBEATS_WRITTEN_S)
            before = self._failing_since
            try:
                await self.write()
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                failed("heartbeats_written")
                if before is None:
                    log.warning("heartbeats_not_written", error=type(error).__name__)

    async def write(self, now: datetime | None = None) -> None:
        """Write what was heard since the last time. ``now`` stands in for the database's clock."""
        batch, self._waiting = self._waiting, {}
        waiting = list(batch.values())
        try:
            while waiting:
                await self._write(waiting[:BATCH], now)
                del waiting[:BATCH]
        except BaseException:
            if self._failing_since is None:
                self._failing_since = self._clock.monotonic()
            raise
        finally:  # newer ones that came meanwhile win
            self._waiting = {**{one.companion_id: one for one in waiting}, **self._waiting}
        self._failing_since = None

    async def _write(self, batch: Sequence[LifeSign], now: datetime | None) -> None:
        moment = self._clock.monotonic()
        async with acquire(self._pool) as database:
            written = await database.fetchval(
                HEAR,
                [one.companion_id for one in batch],
                [moment - one.at for one in batch],
                [one.signed_at for one in batch],
                [one.skew_s for one in batch],
                [one.facts for one in batch],
                [one.signs for one in batch],
                now,
                FRESH_S,
                LAST_SEEN_S,
            )
        self._metrics.heartbeats.labels("written").inc(written)
        self._metrics.heartbeats.labels("overtaken").inc(len(batch) - written)
