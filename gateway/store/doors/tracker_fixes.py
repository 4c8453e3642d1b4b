"""Making trackers' fixes durable: one writer task and one held connection a node, apart from every press.

As ``gateway.store.fixes`` for victims: what arrives within some ms goes as one call of
``store_tracker_fixes``, in autocommit. A fix that is sent twice is stored once, so whatever fails is tried
again until the deadline. Fixes of an open alarm come back from it, and go to the consoles.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from gateway.domain.errors import CannotCommit, Overloaded
from gateway.door_timing import (
    FIX_LANE_GATHER_S,
    LANE_FIXES_A_STATEMENT,
    LANE_FIXES_WAITING_MAX,
    OFFENDER_BEFORE_S,
    SLOTS_SWEEP_S,
    TRACKER_KEPT_S,
)
from gateway.ports.perimeters import TrackerFix
from gateway.store.connect import Connection, Pool, acquire
from gateway.store.held import GONE, Held, Waiting, store_gathered
from gateway.timing import COMMIT_DEADLINE_S

STORE: Final = """
SELECT s.*, t.number, (SELECT greatest(count(*), t.number)::integer FROM tracker o
                        WHERE o.registration_id = t.registration_id AND o.role = 'offender'
                          AND o.ended_at IS NULL) AS of
  FROM store_tracker_fixes($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) AS s
  JOIN tracker t USING (tracker_id)"""

SLOTS: Final = 8
"""Of migration 0027."""

SLOT_NOW: Final = "SELECT (floor(extract(epoch FROM now()) / 60)::bigint % 8)::integer"
EMPTY: Final = "TRUNCATE tracker_fix_{}"
IS_EMPTY: Final = "SELECT NOT EXISTS (SELECT FROM tracker_fix_{})"
PATIENCE: Final = "SET LOCAL lock_timeout = '500ms'"

Shown = Callable[[Sequence[asyncpg.Record]], None]
_Waiting = Waiting[Sequence[TrackerFix], None]


class PostgresTrackerFixes:
    """``gateway.ports.perimeters.TrackerFixes``; ``node`` is this start of this process."""

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]], pool: Pool, node: UUID, shown: Shown
    ) -> None:
        self._held = Held(connect, "tracker_writer_reconnects")
        self._pool = pool
        self._node = node
        self._shown = shown
        self._queue: deque[_Waiting] = deque()
        self._fixes_waiting = 0
        self._filled = asyncio.Event()

    async def keep(self, fixes: Sequence[TrackerFix]) -> None:
        """Return once they are committed."""
        if not fixes:
            return
        if self._fixes_waiting + len(fixes) > LANE_FIXES_WAITING_MAX:
            raise Overloaded
        waiting = _Waiting(fixes)
        self._queue.append(waiting)
        self._fixes_waiting += len(fixes)
        self._filled.set()
        try:
            async with asyncio.timeout(COMMIT_DEADLINE_S):
                await waiting.answer
        except TimeoutError:
            raise CannotCommit from None

    async def run(self) -> None:
        """Store what waits, for ever."""
        try:
            while True:
                await self._filled.wait()
                await asyncio.sleep(FIX_LANE_GATHER_S)
                await store_gathered(
                    self._gathered(), self._execute, self._stored, "tracker_fixes_not_storable"
                )
        finally:
            self._held.drop()

    async def sweep(self) -> None:
        """Empty the slots whose minutes are over, for ever."""
        while True:
            with suppress(asyncpg.PostgresError, *GONE):  # the next sweep empties them
                await self.forget()
            await asyncio.sleep(SLOTS_SWEEP_S)

    async def forget(self) -> None:
        """Empty every slot that holds nothing of the last minutes. Raises ``DatabaseUnavailable``.

        One that is being read or written is passed over. The slot of this minute and those of the minutes
        that are kept stay, and so does the next one, which another node may be in already.
        """
        kept = int(TRACKER_KEPT_S / 60) + 1
        async with acquire(self._pool) as database:
            now = await database.fetchval(SLOT_NOW)
            for ahead in range(2, SLOTS - kept + 1):
                slot = (now + ahead) % SLOTS
                if await database.fetchval(IS_EMPTY.format(slot)):
                    continue
                with suppress(asyncpg.LockNotAvailableError):
                    async with database.transaction():
                        await database.execute(PATIENCE)
                        await database.execute(EMPTY.format(slot))

    def _gathered(self) -> list[_Waiting]:
        """Take what waits, in order, up to a statement's worth; who has given up is passed over."""
        gathered: list[_Waiting] = []
        fixes = 0
        while self._queue:
            waiting = self._queue[0]
            if gathered and fixes + len(waiting.item) > LANE_FIXES_A_STATEMENT:
                return gathered
            self._queue.popleft()
            self._fixes_waiting -= len(waiting.item)
            if not waiting.answer.done():
                fixes += len(waiting.item)
                gathered.append(waiting)
        self._filled.clear()
        return gathered

    async def _execute(self, batches: Sequence[Sequence[TrackerFix]]) -> list[asyncpg.Record]:
        return await self._held.fetch(
            STORE,
            self._node,
            timedelta(seconds=TRACKER_KEPT_S),
            timedelta(seconds=OFFENDER_BEFORE_S),
            *as_columns([fix for fixes in batches for fix in fixes]),
        )

    async def _stored(self, gathered: Sequence[_Waiting], rows: Sequence[asyncpg.Record]) -> None:
        for waiting in gathered:
            waiting.settle(None)
        self._show(rows)

    def _show(self, rows: Sequence[asyncpg.Record]) -> None:
        try:
            if rows:
                self._shown(rows)
        except Exception as error:  # noqa: BLE001 (they are stored: what cannot be shown must not end the writer)
            structlog.get_logger().error("offender_not_shown", error=type(error).__name__)


def as_columns(fixes: Sequence[TrackerFix]) -> list[list[Any]]:
    """Return fixes column by column as ``store_tracker_fixes`` reads them, each instant of a tracker once."""
    once = {(fix.tracker_id, fix.position.fixed_at): fix for fix in fixes}
    rows = [
        (
            fix.tracker_id,
            fix.position.fixed_at,
            fix.received_at,
            fix.position.latitude,
            fix.position.longitude,
            fix.radius_m,
            fix.position.radius_m,
            fix.position.confidence,
            fix.position.method,
            fix.position.mock,
            fix.position.speed_mps,
            fix.position.heading_deg,
            " ".join(fix.flags),
        )
        for fix in once.values()
    ]
    return [list(column) for column in zip(*rows, strict=True)]
