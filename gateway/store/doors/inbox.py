"""Making events durable that are no alarms: one writer task and one held connection a node.

As with fixes (``gateway.store.fixes``): what arrives within some ms goes to PostgreSQL as one statement,
which keeps their keys, so that one that comes again is known, and puts what is new into the inbox.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from gateway import faults
from gateway.domain.errors import CannotCommit, Overloaded
from gateway.domain.known import known_or
from gateway.door_timing import INBOX_A_STATEMENT, INBOX_GATHER_S, INBOX_WAITING_MAX
from gateway.ingest.event_results import flags_of
from gateway.ingest.in_turns import in_turns
from gateway.ingest.presses_ahead import Yield
from gateway.ports.inbox import Delivered, Letter
from gateway.store.connect import Connection
from gateway.store.doors.event_digests import EventDigests
from gateway.store.doors.letters import seal_event
from gateway.store.held import Held, Waiting, store_gathered
from gateway.store.sealing import Keyring
from gateway.timing import COMMIT_DEADLINE_S
from schemas.events import EventFate

# A row of its lane that a newer one takes the place of keeps its turn.
PUT: Final = """
WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::text[],
                         $8::smallint[], $9::boolean[], $10::timestamptz[], $11::interval[], $12::text[],
                         $13::bytea[], $14::bytea[])
      WITH ORDINALITY AS g(event_key, digest, fate, flags, integrator_id, lane, type, rank, newest,
                           received_at, wait, key_id, row_key, sealed, at)),
fresh AS (
    INSERT INTO inbox_seen (event_key, digest, fate, flags, first_at)
    SELECT event_key, digest, fate, flags, statement_timestamp() FROM given ORDER BY event_key
        ON CONFLICT DO NOTHING RETURNING event_key),
put AS (
    INSERT INTO inbox_event (event_key, integrator_id, lane, type, rank, received_at, due_at, key_id,
                             row_key, sealed)
    SELECT event_key, integrator_id, lane, type, rank, received_at, statement_timestamp() + wait, key_id,
           row_key, sealed
      FROM given JOIN fresh USING (event_key) WHERE NOT newest ORDER BY at),
replaced AS (
    INSERT INTO inbox_event (event_key, integrator_id, lane, type, rank, newest, received_at, due_at, key_id,
                             row_key, sealed)
    SELECT event_key, integrator_id, lane, type, rank, true, received_at, statement_timestamp(), key_id,
           row_key, sealed
      FROM given JOIN fresh USING (event_key) WHERE newest ORDER BY lane
        ON CONFLICT (lane) WHERE newest DO UPDATE
       SET event_key = EXCLUDED.event_key, received_at = EXCLUDED.received_at, key_id = EXCLUDED.key_id,
           row_key = EXCLUDED.row_key, sealed = EXCLUDED.sealed, tries = 0)
SELECT fresh.event_key IS NOT NULL AS fresh, seen.digest, seen.fate, seen.flags
  FROM given LEFT JOIN fresh USING (event_key) LEFT JOIN inbox_seen seen USING (event_key) ORDER BY at"""

RANK_FIRST, RANK_IN_TURN, RANK_LAST = 0, 1, 2
"""Wishes to cancel, and what comes with an alarm; the rest; what is beyond a quota."""

_Waiting = Waiting[Letter, Delivered]


class PostgresInbox:
    """``gateway.ports.Inbox``. ``filled`` is called when something new is there to be worked off."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        keyring: Keyring,
        filled: Callable[[], None],
        let_presses_pass: Yield,
    ) -> None:
        self._let_presses_pass = let_presses_pass
        self._held = Held(connect, "inbox_reconnects")
        self._keyring = keyring
        self._digests = EventDigests(keyring)
        self._tell_filled = filled
        self._queue: deque[_Waiting] = deque()
        self._filled = asyncio.Event()
        self._depths: Mapping[UUID, int] = {}

    def depth(self, integrator_id: UUID) -> int:
        """Return how many of an integrator's events wait, as of some seconds ago."""
        return self._depths.get(integrator_id, 0)

    def measured(self, depths: Mapping[UUID, int]) -> None:
        """Take note of how many wait, of those of whom many do."""
        self._depths = depths

    async def deliver(self, letters: Sequence[Letter]) -> tuple[Delivered, ...]:
        """Return once they are committed, in their order."""
        if len(self._queue) + len(letters) > INBOX_WAITING_MAX:
            raise Overloaded
        waiting = [_Waiting(letter) for letter in letters]
        self._queue.extend(waiting)
        self._filled.set()
        try:
            async with asyncio.timeout(COMMIT_DEADLINE_S):
                return tuple([await one.answer for one in waiting])
        except TimeoutError:
            raise CannotCommit from None
        finally:
            for one in waiting:
                if not one.answer.done():
                    one.answer.cancel()
                elif not one.answer.cancelled():
                    one.answer.exception()  # looked at: another of them was the first to fail

    async def run(self) -> None:
        """Store what waits, for ever."""
        try:
            while True:
                await self._filled.wait()
                await asyncio.sleep(INBOX_GATHER_S)
                await self._let_presses_pass()
                await store_gathered(self._gathered(), self._execute, self._stored, "event_not_storable")
        finally:
            self._held.drop()

    def _gathered(self) -> list[_Waiting]:
        """Take what waits, in order, up to a statement's worth; who has given up is passed over.

        A key stands once in a statement, and so does a lane whose newest is replaced.
        """
        gathered: list[_Waiting] = []
        taken: set[UUID] = set()
        while self._queue and len(gathered) < INBOX_A_STATEMENT:
            letter = self._queue[0].item
            names = {letter.key, letter.lane} if letter.newest else {letter.key}
            if taken & names:
                return gathered
            waiting = self._queue.popleft()
            if not waiting.answer.done():
                taken |= names
                gathered.append(waiting)
        if not self._queue:
            self._filled.clear()
        return gathered

    async def _execute(self, letters: Sequence[Letter]) -> list[asyncpg.Record]:
        """Put them in; after a lost connection what the try before committed was seen before: it was."""
        return await self._held.fetch(PUT, *await self._columns(letters))

    async def _stored(self, gathered: Sequence[_Waiting], rows: Sequence[asyncpg.Record]) -> None:
        faults.reach("after_inbox")
        async for waiting, row in in_turns(zip(gathered, rows, strict=True)):
            waiting.settle(_delivered(waiting.item, row, self._digests))
        self._tell_filled()

    async def _columns(self, letters: Sequence[Letter]) -> list[list[Any]]:
        """Seal them, in some 50 us each, with turns of the event loop for others in between."""
        rows = []
        async for one in in_turns(letters):
            seal = seal_event(self._keyring, one.key, one.event)
            rows.append(
                (
                    one.key,
                    self._digests.written(one.digest),
                    one.fate,
                    " ".join(flags_of(one.event)),
                    one.event.integrator.integrator_id,
                    one.lane,
                    one.event.type,
                    _rank(one),
                    one.newest,
                    one.received_at,
                    timedelta(seconds=one.wait_s),
                    seal.key_id,
                    seal.wrapped_key,
                    seal.sealed,
                )
            )
        return [list(column) for column in zip(*rows, strict=True)]


def _rank(letter: Letter) -> int:
    if letter.first:
        return RANK_FIRST
    return RANK_LAST if letter.newest else RANK_IN_TURN


def _delivered(letter: Letter, row: Any, digests: EventDigests) -> Delivered:
    """Return what became of a letter; one whose first is not to be seen yet was put in a moment ago."""
    if row["fresh"]:
        return Delivered(fate=letter.fate)
    if row["fate"] is None:
        return Delivered(fate=letter.fate, seen_before=True)
    return Delivered(
        fate=known_or(EventFate, row["fate"], EventFate.ACCEPTED),
        seen_before=True,
        differs=not digests.same(row["digest"], letter.digest),
        flags=tuple(row["flags"].split()),
    )
