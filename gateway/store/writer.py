"""Making presses durable: one writer task and one held connection a centre.

Presses that wait for the same centre go to PostgreSQL as one call of ``commit_presses``. There is
no timer: a batch is what arrived during the one before, so a lone press waits for nothing. The
connection is held and its statement prepared, which costs a fifth of borrowing one from a pool.
A centre whose row is locked by somebody stuck delays only its own writer, and the presses on alarms that
it shares: those go one by one to a second writer, beside the first.

A batch that fails because of one bad press is split: each goes alone. Whatever else fails is tried
again until the deadline, because a press is idempotent: what is not known to be committed may be
sent once more.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from functools import lru_cache, partial
from typing import Any, Final

import asyncpg
import structlog

from dispatch.ports import Logged
from gateway import faults
from gateway.domain.errors import CannotCommit
from gateway.domain.response import TEST_PRESSES, Response
from gateway.ingest.presses_ahead import UnderWay
from gateway.ports import Committed, PressRecord
from gateway.store.connect import Connection, epoch
from gateway.store.held import BAD, BUSY, GONE, Waiting, store_gathered
from gateway.store.view import Viewer
from gateway.telemetry import Metrics
from gateway.timing import BATCH_MAX, COMMIT_DEADLINE_S, COMMIT_STATEMENT_S, HELD_UP_S, RECONNECT_S
from schemas.alarm import Life, RoutedBy
from schemas.press import Purpose

WAITING_MAX: Final = 10_000
MOVES_MAX: Final = 3

COMMIT: Final = """
SELECT press_id, seen_before, moved_to, alarm_id, centre_id, sequence, committed_at AS at, kind,
       image::text AS image, purpose, sequences, NULL::jsonb AS done_by, registration_id, key_id,
       wrapped_key, person_sealed, circumstances_sealed, sealed_version, notes_sealed
  FROM commit_presses($1, $2, $3)"""

_Waiting = Waiting[PressRecord, Committed | str]
"""Answered with the commit, or with the centre that the press belongs to."""


class Writers:
    """``gateway.ports.Presses``: a writer for each centre."""

    def __init__(
        self,
        centres: Sequence[str],
        connect: Callable[[str], Awaitable[Connection]],
        viewer: Viewer,
        publish: Callable[[Sequence[Logged]], None],
        metrics: Metrics,
    ) -> None:
        self._make = partial(_Writer, connect=connect, viewer=viewer, publish=publish, metrics=metrics)
        self._writers = {centre: self._make(centre, batch_max=BATCH_MAX) for centre in centres}
        self._beside: dict[str, _Writer] = {}
        self._tasks = asyncio.TaskGroup()
        self.under_way = UnderWay()
        """Presses that are being committed now: what can wait lets them go ahead."""

    async def run(self) -> None:
        """Run every writer, for ever."""
        async with self._tasks:
            for writer in self._writers.values():
                self._tasks.create_task(writer.run(), name=f"writer {writer.centre}")

    async def commit(self, record: PressRecord) -> Committed:
        """Return once the press is committed; raises ``CannotCommit`` after the deadline."""
        with self.under_way.one():
            return await self._committed(record)

    async def _committed(self, record: PressRecord) -> Committed:
        centre, moves, beside = record.centre, 0, False
        try:
            async with asyncio.timeout(COMMIT_DEADLINE_S):
                while moves < MOVES_MAX:
                    answer = await self._writer(centre, beside=beside).submit(record)
                    if isinstance(answer, Committed):
                        return answer
                    beside = answer == centre  # a stream that it concerns besides is held up
                    moves += not beside
                    centre = answer
        except TimeoutError:
            raise CannotCommit from None
        raise CannotCommit

    def _writer(self, centre: str, *, beside: bool) -> "_Writer":
        """Return the centre's writer, or the one beside it; what is not there yet is made now."""
        writers = self._beside if beside else self._writers
        if centre not in writers:
            writer = writers[centre] = self._make(centre, batch_max=1 if beside else BATCH_MAX)
            self._tasks.create_task(writer.run(), name=f"writer {'beside ' * beside}{centre}")
        return writers[centre]


class _Writer:
    def __init__(
        self,
        centre: str,
        *,
        batch_max: int,
        connect: Callable[[str], Awaitable[Connection]],
        viewer: Viewer,
        publish: Callable[[Sequence[Logged]], None],
        metrics: Metrics,
    ) -> None:
        self.centre = centre
        self._batch_max = batch_max
        self._connect = connect
        self._viewer = viewer
        self._publish = publish
        self._metrics = metrics
        self._queue: deque[_Waiting] = deque()
        self._filled = asyncio.Event()
        self._connection: Connection | None = None
        self._is_lost = False
        self._epoch = ""
        self._log = structlog.get_logger().bind(centre=centre)

    async def submit(self, record: PressRecord) -> Committed | str:
        """Queue a press; return its commit, or the centre it belongs to: this one where it is held up."""
        if len(self._queue) >= WAITING_MAX:
            raise CannotCommit
        waiting = _Waiting(record)
        self._queue.append(waiting)
        self._filled.set()
        return await waiting.answer

    async def run(self) -> None:
        try:
            await self._hold()
            while True:
                await self._filled.wait()
                batch = self._next_batch()
                if not self._queue:
                    self._filled.clear()
                await self._commit(batch)
        finally:
            self._drop()

    def _next_batch(self) -> list[_Waiting]:
        """Take what goes next, without those that nobody waits for any more: they are kept on the disk."""
        batch: list[_Waiting] = []
        while self._queue and len(batch) < self._batch_max:
            waiting = self._queue.popleft()
            if not waiting.answer.done():
                batch.append(waiting)
        return batch

    async def _hold(self) -> None:
        """Have the connection ready before the first press comes."""
        try:
            await self._held()
        except (BAD, *GONE):
            self._drop()

    async def _commit(self, batch: Sequence[_Waiting]) -> None:
        await store_gathered(batch, self._execute, self._stored, "press_not_storable", centre=self.centre)

    async def _execute(self, records: Sequence[PressRecord]) -> list[asyncpg.Record]:
        """Run the committing statement until it is known to have committed, or the deadline."""
        presses = [as_json(record) for record in records]
        raws = [record.raw for record in records]
        races = 0
        try:
            async with asyncio.timeout(COMMIT_DEADLINE_S):
                while True:
                    try:
                        return await self._call(presses, raws)
                    except asyncpg.UniqueViolationError:
                        races += 1  # another node committed the same press or alarm; now it is seen
                        if races > MOVES_MAX:
                            raise
                    except BUSY:
                        await asyncio.sleep(RECONNECT_S)
                    except GONE as error:
                        await self._lost(error)
        except TimeoutError:
            self._drop()  # the statement may still be on its way: this connection takes no other
            raise CannotCommit from None

    async def _call(self, presses: list[Any], raws: list[bytes]) -> list[asyncpg.Record]:
        connection = await self._held()
        faults.reach("before_commit")
        rows = await connection.fetch(COMMIT, self.centre, presses, raws, timeout=COMMIT_STATEMENT_S)
        faults.reach("after_commit")
        return rows

    async def _held(self) -> Connection:
        if self._connection is None:
            self._connection = await self._connect(self.centre)
            self._epoch = await epoch(self._connection)
            await self._connection.fetch(COMMIT, self.centre, [], [])  # prepared before it is needed
            if self._is_lost:
                self._is_lost = False
                self._log.info("writer_restored")
        return self._connection

    async def _lost(self, error: Exception) -> None:
        self._drop()
        if not self._is_lost:  # once: an outage of minutes is thousands of tries
            self._is_lost = True
            self._metrics.writer_reconnects.labels(self.centre).inc()
            self._log.warning("writer_lost", error=type(error).__name__)
        await asyncio.sleep(RECONNECT_S)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _stored(self, batch: Sequence[_Waiting], rows: Sequence[asyncpg.Record]) -> None:
        """Hand fresh events to the consoles, then tell those who wait: both without an await."""
        self._metrics.batch.observe(len(batch))
        fresh = [
            told for row in rows if row["image"] is not None for told in self._viewer.told(row, self._epoch)
        ]
        if fresh:
            self._publish(fresh)
        for waiting, row in zip(batch, rows, strict=True):
            waiting.settle(
                row["moved_to"]
                or Committed(
                    press_id=row["press_id"],
                    alarm_id=row["alarm_id"],
                    centre=row["centre_id"],
                    sequence=row["sequence"],
                    committed_at=row["at"],
                    seen_before=row["seen_before"],
                    purpose=Purpose(row["purpose"] or waiting.item.purpose),
                )
            )


def as_json(record: PressRecord) -> dict[str, Any]:
    """Return the press as ``commit_presses`` reads it."""
    return {
        "press_id": str(record.press_id),
        "sent_id": str(record.sent_id),
        "registration_id": str(record.registration_id),
        "companion_id": str(record.companion_id),
        "centre": None if record.routed_by is RoutedBy.REGISTRATION else record.centre,
        "alarm_id": str(record.alarm_id),
        "purpose": record.purpose,
        "pressed_at": record.pressed_at.isoformat(),
        "received_at": record.received_at.isoformat(),
        "facts": record.facts,
        "life": Life(routed_by=record.routed_by, shared=record.shared).model_dump(mode="json"),
        **_policy(record.response),
    }


@lru_cache(maxsize=64)
def _policy(response: Response) -> dict[str, Any]:
    """Return what the committing function must know of the centre's policy, in as few bytes as it takes."""
    return {
        "due_first": {purpose: asdict(response.due_when_raised(purpose)[0]) for purpose in Purpose},
        "due_followed": [asdict(due) for due in response.due_when_pressed(Purpose.REAL)],
        "tracking_s": response.tracking_s,
        "test_presses": TEST_PRESSES,
        "patience_s": HELD_UP_S,
        "escalate_after_s": response.ladder.due(1).after_s,
    }
