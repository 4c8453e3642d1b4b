"""From the disk into the database: what was kept while that was away, oldest first, each once.

A press that was committed after all (nobody heard of it in time) is found by its id and settled by its first
receipt. A press that the database refuses as such is not given up: it stays kept and shown, and is tried each
minute, beside the others.
"""

import asyncio
from collections.abc import Iterator, Sequence
from uuid import UUID

import structlog

from gateway.domain.away import Away, Happening
from gateway.domain.errors import CannotCommit, PressNotStorable
from gateway.ports import Clock, Presses, Provisionals, Spool, Waiting
from gateway.spool_metrics import SpoolMetrics
from gateway.timing import REFUSED_AGAIN_S, REPLAY_AT_ONCE, REPLAY_PER_S, REPLAY_S


class Replaying:
    """Empties the spool whenever the database is there."""

    def __init__(
        self,
        presses: Presses,
        spool: Spool,
        provisionals: Provisionals,
        away: Away,
        clock: Clock,
        metrics: SpoolMetrics,
    ) -> None:
        self._presses = presses
        self._spool = spool
        self._provisionals = provisionals
        self._away = away
        self._clock = clock
        self._metrics = metrics
        self._refused: dict[UUID, float] = {}
        self._full_at = 0.0
        self._log = structlog.get_logger()

    async def run(self) -> None:
        """Show what an earlier run kept; then replay for ever, each centre for itself."""
        found = list(self._spool.waiting)
        for waiting in found:
            self._away.note(waiting.centre, Happening.KEPT)
            if (kept := await self._spool.read(waiting.press_id)) is not None:
                self._provisionals.show(kept)
        under_way: dict[str, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as tasks:
            while True:
                for centre in self._spool.centres:
                    if centre not in under_way or under_way[centre].done():
                        under_way[centre] = tasks.create_task(self.replay(centre))
                await asyncio.sleep(REPLAY_S)

    async def replay(self, centre: str) -> None:
        """Try one press of a centre; if the database took it, go on with all the others.

        Many registrations at once, so that the writer's batches are filled; of each one press after another;
        no more a second than consoles read beside what is new.
        """
        self._refused = {one: at for one, at in self._refused.items() if self._spool.holds(one)}
        if self._away.of(centre) and not await self._probe(centre):
            return
        while due := [one for one in self._spool.registrations(centre) if self._due(centre, one)]:
            lanes = iter(due)
            if not all(await asyncio.gather(*(self._replay(centre, lanes) for _ in range(REPLAY_AT_ONCE)))):
                return
        if centre not in self._spool.centres:
            self._away.note(centre, Happening.EMPTIED)

    async def _probe(self, centre: str) -> bool:
        """Try one that is due; False: the database is away, or there is none to try.

        Whatever of other centres is being replayed: until then every new press of this one is only kept.
        """
        for registration_id in self._spool.registrations(centre):
            for waiting in self._due(centre, registration_id)[:1]:
                self._counted()
                return await self._replay_one(waiting)
        return False

    async def _replay(self, centre: str, lanes: Iterator[UUID]) -> bool:
        """Take registrations until none is left, each to its end; False: the database is away."""
        for registration_id in lanes:
            while due := self._due(centre, registration_id):
                for waiting in due:
                    await asyncio.sleep(self._counted())
                    if not await self._replay_one(waiting):
                        return False
        return True

    def _due(self, centre: str, registration_id: UUID) -> Sequence[Waiting]:
        """Return what is to be tried now; what follows a press that is refused waits with it no longer."""
        now = self._clock.monotonic()
        lane = self._spool.lane(centre, registration_id)
        return [waiting for waiting in lane if self._refused.get(waiting.press_id, now) <= now]

    async def _replay_one(self, waiting: Waiting) -> bool:
        press_id = waiting.press_id
        kept = await self._spool.read(press_id)
        if kept is None:
            return True
        try:
            committed = await self._presses.commit(kept.record)
        except PressNotStorable:
            self._away.note(waiting.centre, Happening.COMMITTED)  # it is there: it has judged this one
            self._refused[press_id] = self._clock.monotonic() + REFUSED_AGAIN_S
            self._metrics.replayed.labels("put_off").inc()
            self._log.error("kept_press_refused", press_id=str(press_id), centre=kept.record.centre)
            return True
        except CannotCommit:
            self._metrics.replayed.labels("put_off").inc()
            return False
        self._away.note(waiting.centre, Happening.COMMITTED)
        if committed.seen_before:  # companions ask every node, so another had it too: nobody is told anything
            self._full_at -= 1 / REPLAY_PER_S
        await self._spool.let_go(press_id)
        self._metrics.replayed.labels("committed").inc()
        self._log.info("kept_press_committed", press_id=str(press_id), seen_before=committed.seen_before)
        self._provisionals.over(kept, committed)
        return True

    def _counted(self) -> float:
        """Count one; return how long it waits (s; negative: not at all): the generic cell rate algorithm."""
        now = self._clock.monotonic()
        self._full_at = max(self._full_at, now) + 1 / REPLAY_PER_S
        return self._full_at - now - REPLAY_AT_ONCE / REPLAY_PER_S
