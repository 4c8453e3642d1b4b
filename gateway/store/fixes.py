"""Making fixes durable: one writer task and one held connection a node, apart from every press.

What arrives within a few ms goes to PostgreSQL as one call of ``store_fixes``, in autocommit: one round
trip, and no lock is held while a client thinks. Arrays are at least as quick as COPY into a staging
table (measured: 0.3 ms against 0.8 ms for 5 fixes, 2.3 against 2.9 for 100, 7.0 against 7.2 for 300),
which takes four round trips and holds its locks between them.

Whatever fails is tried again until the deadline: a fix that is sent twice is stored once.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from gateway.domain.errors import CannotCommit, Overloaded
from gateway.domain.following import CONFIRMING_FIXES
from gateway.domain.rows import Row
from gateway.domain.track import BEFORE_PRESS, Followed, Moved, ShownFix
from gateway.ingest.in_turns import in_turns
from gateway.ports import BatchFate, Clock, FixBatch, Kept
from gateway.store.connect import Connection
from gateway.store.held import Held, Waiting, store_gathered
from gateway.telemetry import Metrics
from gateway.timing import (
    COMMIT_DEADLINE_S,
    FIX_GATHER_S,
    FIXES_A_STATEMENT,
    FIXES_WAITING_MAX,
)
from schemas.alarm import AlarmState, Life
from schemas.position import Position

STORE: Final = """
SELECT * FROM store_fixes($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                          $19, $20, $21)"""

NEWEST: Final = """
SELECT alarm_id, jsonb_agg(jsonb_build_object('position', position, 'flags', flags)) AS newest
  FROM newest_fixes($1, $2) GROUP BY alarm_id"""

NEWEST_COUNT: Final = CONFIRMING_FIXES + 1
"""Those that must agree, and the one by which the oldest of them is judged."""

_Waiting = Waiting[FixBatch, Kept]


class PostgresFixes:
    """``gateway.ports.FixWriter``; alarms with a new last fix go straight to ``moved``.

    ``node`` is this start of this process; ``missed`` is called when ``moved`` may lack something.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        moved: Callable[[Sequence[Moved]], None],
        missed: Callable[[], None],
        node: UUID,
        nonce_kept: timedelta,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._held = Held(connect, "fix_writer_reconnects", lost=self._lost, took=metrics.fix_store.observe)
        self._was_lost = False
        self._moved = moved
        self._missed = missed
        self._node = node
        self._nonce_kept = nonce_kept
        self._clock = clock
        self._metrics = metrics
        self._queue: deque[_Waiting] = deque()
        self._fixes_waiting = 0
        self._filled = asyncio.Event()

    async def keep(self, batch: FixBatch) -> Kept:
        """Return once its fixes are committed."""
        size = max(1, len(batch.fixes))
        if self._fixes_waiting + size > FIXES_WAITING_MAX:
            raise Overloaded
        waiting = _Waiting(batch)
        self._queue.append(waiting)
        self._fixes_waiting += size
        self._filled.set()
        try:
            async with asyncio.timeout(COMMIT_DEADLINE_S):
                return await waiting.answer
        except TimeoutError:
            raise CannotCommit from None

    async def run(self) -> None:
        """Store what waits, for ever."""
        try:
            while True:
                await self._filled.wait()
                await asyncio.sleep(FIX_GATHER_S)
                await store_gathered(self._gathered(), self._execute, self._stored, "fixes_not_storable")
        finally:
            self._held.drop()

    def _gathered(self) -> list[_Waiting]:
        """Take what waits, in order, up to a statement's worth; who has given up is passed over.

        A companion stands once in a statement; its next batch waits for the next.
        """
        gathered: list[_Waiting] = []
        companions: set[UUID] = set()
        fixes = 0
        while self._queue:
            batch = self._queue[0].item
            if batch.companion_id in companions or (
                gathered and fixes + len(batch.fixes) > FIXES_A_STATEMENT
            ):
                return gathered
            waiting = self._queue.popleft()
            self._fixes_waiting -= max(1, len(batch.fixes))
            if not waiting.answer.done():
                companions.add(batch.companion_id)
                fixes += len(batch.fixes)
                gathered.append(waiting)
        self._filled.clear()
        return gathered

    async def _stored(self, gathered: Sequence[_Waiting], rows: Sequence[Row]) -> None:
        async for waiting, row in in_turns(zip(gathered, rows, strict=True)):
            self._account(row)
            waiting.settle(_kept(row))
        await self._tell([row for row in rows if row["life"] is not None])

    async def _tell(self, rows: Sequence[Row]) -> None:
        """Hand on the alarms that have a new last fix; ``missed`` when that fails: a poll finds them."""
        if not rows:
            return
        alarms = {row["alarm_id"]: row for row in rows}
        found = await self._held.look(NEWEST, list(alarms), NEWEST_COUNT)
        if found is None:
            self._missed()
            return
        try:
            self._moved([_moved(alarms[row["alarm_id"]], row["newest"]) for row in found])
        except Exception as error:  # noqa: BLE001 (they are stored: what cannot be shown must not end the writer)
            structlog.get_logger().error("positions_not_told", error=type(error).__name__)

    async def _execute(self, batches: Sequence[FixBatch]) -> list[asyncpg.Record]:
        columns = as_columns(batches)
        expires_at = self._clock.now() + self._nonce_kept
        self._was_lost = False
        rows = await self._held.fetch(STORE, *columns[:4], expires_at, BEFORE_PRESS, self._node, *columns[4:])
        if self._was_lost and any(row["outcome"] == BatchFate.REPLAYED for row in rows):
            raise CannotCommit  # by the try before, or by somebody else: nobody knows
        return rows

    def _lost(self) -> None:
        if not self._was_lost:
            self._metrics.writer_reconnects.labels("positions").inc()
        self._was_lost = True
        self._missed()

    def _account(self, row: Row) -> None:
        fixes = self._metrics.fixes
        fixes.labels("stored").inc(row["stored"])
        fixes.labels("known").inc(row["wanted"] - row["stored"])
        fixes.labels("unwanted").inc(row["given"] - row["wanted"])


def as_columns(batches: Sequence[FixBatch]) -> list[list[Any]]:
    """Return the batches, then their fixes, column by column as ``store_fixes`` reads them."""
    asked = [[batch.alarm_id, batch.companion_id, batch.registration_id, batch.nonce] for batch in batches]
    fixes = [
        (
            number,
            fix.index,
            fix.position.fixed_at,
            batch.received_at,
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
        for number, batch in enumerate(batches, 1)
        for fix in batch.fixes
    ]
    return [
        *(list(column) for column in zip(*asked, strict=True)),
        *([list(column) for column in zip(*fixes, strict=True)] or [[] for _ in range(FIX_COLUMNS)]),
    ]


FIX_COLUMNS: Final = 14


def shown_fix(written: Any) -> ShownFix:
    """Return a fix of ``newest_fixes``."""
    return ShownFix(Position.model_validate(written["position"]), tuple(written["flags"]))


def _moved(row: Row, newest: Sequence[Any]) -> Moved:
    return Moved(
        alarm_id=row["alarm_id"],
        owner=row["owner"],
        centres=tuple(row["centres"]),
        state=AlarmState(row["state"]),
        life=Life.model_validate(row["life"]),
        newest=tuple(shown_fix(written) for written in newest),
    )


def _kept(row: Row) -> Kept:
    state = row["state"]
    return Kept(
        fate=BatchFate(row["outcome"]),
        stored=row["stored"],
        known=row["wanted"] - row["stored"],
        unwanted=row["given"] - row["wanted"],
        followed=Followed(
            state=AlarmState.CLOSED if state is None else AlarmState(state), until=row["until"]
        ),
        at=row["at"],
    )
