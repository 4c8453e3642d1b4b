"""Who has had which alarm on the screen, and when: written together, nobody waits for it."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog

from dispatch.ports import Clock
from gateway.domain.errors import DatabaseUnavailable
from gateway.failing import failed
from gateway.store.connect import Pool, acquire
from gateway.timing import DELIVERY_FLUSH_S
from schemas.frames import Delivered
from schemas.session import OperatorView

WAITING_MAX: Final = 10_000
CLOCK_BELIEVED_S: Final = 86_400.0

# Joined with the alarm, so that a console cannot write about what is not there. Returned is the delivery
# that an alarm's budget is judged by: the first of all, in whichever centre that sees it.
RECORD: Final = """
WITH told AS (
    SELECT t.* FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::uuid[], $5::uuid[],
                           $6::timestamptz[], $7::timestamptz[], $8::timestamptz[])
        AS t(centre_id, alarm_id, sequence, console, operator_id, fanned_out_at, painted_at, delivered_at)
      JOIN alarm a USING (centre_id, alarm_id)),
known AS (
    SELECT DISTINCT d.alarm_id FROM told JOIN alarm a USING (alarm_id)
      JOIN delivery d ON d.centre_id = a.centre_id AND d.alarm_id = a.alarm_id),
written AS (
    INSERT INTO delivery SELECT * FROM told ON CONFLICT DO NOTHING RETURNING *)
SELECT DISTINCT ON (w.alarm_id) w.centre_id, w.alarm_id, w.delivered_at, a.purpose,
       (a.facts #>> '{trail,received_at}')::timestamptz AS received_at,
       a.facts #>> '{trail,trace_id}' AS trace_id, a.facts #>> '{trail,span_id}' AS span_id
  FROM written w JOIN alarm a USING (centre_id, alarm_id)
 WHERE NOT EXISTS (SELECT FROM known k WHERE k.alarm_id = w.alarm_id)
 ORDER BY w.alarm_id, w.delivered_at"""


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """The first time anybody was shown an alarm."""

    centre: str
    alarm_id: UUID
    purpose: str
    received_at: datetime
    delivered_at: datetime
    trace: Mapping[str, str | None]


class PostgresDeliveries:
    """``dispatch.ports.Deliveries``; keeps at most ``WAITING_MAX`` while the database is away."""

    def __init__(self, pool: Pool, clock: Clock, first_seen: Callable[[FirstSeen], None]) -> None:
        self._pool = pool
        self._clock = clock
        self._first_seen = first_seen
        self._waiting: deque[tuple[Any, ...]] = deque(maxlen=WAITING_MAX)
        self._some = asyncio.Event()

    def record(
        self, operator: OperatorView, console: UUID, seen: Delivered, fanned_out_at: datetime | None
    ) -> None:
        """Take note of one delivery; a console whose clock was never set painted it now."""
        now = self._clock.now()
        believable = abs(seen.painted_at.timestamp() - now.timestamp()) < CLOCK_BELIEVED_S
        self._waiting.append(
            (
                seen.centre,
                seen.alarm_id,
                seen.sequence,
                console,
                operator.operator_id,
                fanned_out_at,
                seen.painted_at if believable else now,
                now,
            )
        )
        self._some.set()

    async def run(self) -> None:
        """Write what was noted, for ever."""
        while True:
            await self._some.wait()
            await asyncio.sleep(DELIVERY_FLUSH_S)
            self._some.clear()
            batch = list(self._waiting)
            self._waiting.clear()
            await self._keep(batch)

    async def _keep(self, batch: list[tuple[Any, ...]]) -> None:
        """Write them; where one cannot be written, each by itself. While the database is away they wait."""
        try:
            await self._write(batch)
        except DatabaseUnavailable:
            structlog.get_logger().warning("deliveries_not_written", count=len(batch))
            self._waiting.extendleft(reversed(batch))
            self._some.set()
        except Exception as error:  # noqa: BLE001 (the task's edge: no note of a screen is worth the node)
            failed("deliveries_written")
            if len(batch) == 1:
                structlog.get_logger().error("delivery_not_storable", error=type(error).__name__)
            for one in batch if len(batch) > 1 else ():
                await self._keep([one])

    async def _write(self, batch: list[tuple[Any, ...]]) -> None:
        columns = [list(column) for column in zip(*batch, strict=True)]
        async with acquire(self._pool) as database:
            rows = await database.fetch(RECORD, *columns)
        for row in rows:
            self._first_seen(
                FirstSeen(
                    row["centre_id"],
                    row["alarm_id"],
                    row["purpose"],
                    row["received_at"],
                    row["delivered_at"],
                    {"trace_id": row["trace_id"], "span_id": row["span_id"]},
                )
            )
