"""From the disk into the database: what was kept while that was away, oldest first, each once.

A press that was committed after all (nobody heard of it in time) is found by its id and settled by its first
receipt. A press that the database refuses as such is not given up: it stays kept and shown, and is tried each
minute, beside the others.
"""

import asyncio
from collections.abc import Collection, Sequence
from itertools import groupby
from uuid import UUID

import structlog

from gateway.domain.away import Away, Happening
from gateway.domain.errors import CannotCommit, PressNotStorable
from gateway.ports import Clock, Presses, Provisionals, Spool, Waiting
from gateway.spool_metrics import SpoolMetrics
from gateway.timing import REFUSED_AGAIN_S, REPLAY_AT_ONCE, REPLAY_S


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
                for centre in {waiting.centre for waiting in self._spool.waiting}:
                    if centre not in under_way or under_way[centre].done():
                        under_way[centre] = tasks.create_task(self.replay(centre))
                await asyncio.sleep(REPLAY_S)

    async def replay(self, centre: str) -> None:
        """Try the oldest of a centre; if the database took it, go on with all the others."""
        at_once = 1 if self._away.of(centre) else REPLAY_AT_ONCE
        while due := self._due(centre)[:at_once]:
            if not await self._replay_together(due):
                return
            self._away.note(centre, Happening.COMMITTED)
            at_once = REPLAY_AT_ONCE
        if not any(waiting.centre == centre for waiting in self._spool.waiting):
            self._away.note(centre, Happening.EMPTIED)

    def _due(self, centre: str) -> Sequence[Waiting]:
        """Return what is to be tried now; what follows a press that is refused waits with it no longer."""
        now = self._clock.monotonic()
        self._refused = {one: at for one, at in self._refused.items() if self._spool.holds(one)}
        return [
            waiting
            for waiting in self._spool.waiting
            if waiting.centre == centre and self._refused.get(waiting.press_id, now) <= now
        ]

    async def _replay_together(self, due: Collection[Waiting]) -> bool:
        """Replay registrations beside each other, each one's presses in their order; False: it is away."""
        of_each = groupby(
            sorted(due, key=lambda one: one.registration_id.bytes), lambda one: one.registration_id
        )
        lots = [self._replay_in_turn(list(lot)) for _, lot in of_each]
        return all(await asyncio.gather(*lots))

    async def _replay_in_turn(self, lot: Collection[Waiting]) -> bool:
        for waiting in lot:
            if not await self._replay_one(waiting.press_id):
                return False
        return True

    async def _replay_one(self, press_id: UUID) -> bool:
        kept = await self._spool.read(press_id)
        if kept is None:
            return True
        try:
            committed = await self._presses.commit(kept.record)
        except PressNotStorable:
            self._refused[press_id] = self._clock.monotonic() + REFUSED_AGAIN_S
            self._metrics.replayed.labels("put_off").inc()
            self._log.error("kept_press_refused", press_id=str(press_id), centre=kept.record.centre)
            return True
        except CannotCommit:
            self._metrics.replayed.labels("put_off").inc()
            return False
        await self._spool.let_go(press_id)
        self._metrics.replayed.labels("committed").inc()
        self._log.info("kept_press_committed", press_id=str(press_id), seen_before=committed.seen_before)
        self._provisionals.over(kept, committed)
        return True
