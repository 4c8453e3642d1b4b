"""What only the database knows and every node says: open alarms, and how its standbys follow."""

import asyncio
from typing import Final

import asyncpg
import structlog

from gateway.domain.errors import DatabaseUnavailable
from gateway.failing import failed
from gateway.node_metrics import NodeMetrics
from gateway.ports import Clock
from gateway.store.connect import Pool, acquire
from gateway.timing import NODE_WATCHED_S

# Open alarms are few and have an index of their own (``alarm_open``).
ALARMS: Final = """
SELECT c.centre_id, a.state, a.purpose, count(a.alarm_id) AS number,
       min(a.raised_at) FILTER (WHERE a.state = 'raised' AND a.purpose = 'real') AS oldest
  FROM centre c
  LEFT JOIN alarm a ON a.centre_id = c.centre_id AND a.state <> 'closed' AND a.owner = a.centre_id
 GROUP BY c.centre_id, a.state, a.purpose"""

# Without the rights of pg_monitor a row is there and all but its number is null. A standby that has
# everything is not behind, whatever it said last; one that lacks something and says nothing falls behind.
STANDBYS: Final = """
SELECT application_name AS name, sync_state IN ('sync', 'quorum') AND state = 'streaming' AS is_waited_for,
       CASE WHEN replay_lsn >= pg_current_wal_lsn() THEN 0
            ELSE extract(epoch FROM greatest(replay_lag, clock_timestamp() - reply_time, interval '0'))
       END::float8 AS lag_s
  FROM pg_stat_replication ORDER BY application_name, pid"""

log = structlog.get_logger()


class NodeWatch:
    """Reads both every few seconds."""

    def __init__(self, pool: Pool, clock: Clock, metrics: NodeMetrics) -> None:
        self._pool = pool
        self._clock = clock
        self._metrics = metrics

    async def run(self) -> None:
        """Look for ever; while the database is away what was said last stands."""
        failing = False
        while True:
            try:
                await self.look()
                failing = False
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                failed("node_watched")
                if not failing:
                    log.warning("node_not_watched", error=type(error).__name__)
                failing = True
            await asyncio.sleep(NODE_WATCHED_S)

    async def look(self) -> None:
        """Look once. Raises ``DatabaseUnavailable``."""
        async with acquire(self._pool) as database:
            alarms = await database.fetch(ALARMS)
            standbys = await database.fetch(STANDBYS)
        self._metrics.alarms(
            sorted({row["centre_id"] for row in alarms}),
            {(row["centre_id"], row["state"], row["purpose"]): row["number"] for row in alarms},
            {row["centre_id"]: row["oldest"] for row in alarms if row["oldest"] is not None},
            self._clock.now,
        )
        seen = [row for row in standbys if row["name"] is not None]
        self._metrics.standbys(
            [(row["name"], row["lag_s"]) for row in seen if row["lag_s"] is not None],
            sum(bool(row["is_waited_for"]) for row in seen) if len(seen) == len(standbys) else float("nan"),
        )
