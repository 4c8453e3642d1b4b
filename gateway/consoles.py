"""Tells the database how the consoles of this node are, so that supervisors see those of every node."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID

import structlog

from dispatch.ports import AttachedConsole
from gateway.ports import Clock, Consoles
from gateway.timing import CONSOLES_LOOK_S, CONSOLES_WRITTEN_S

News = tuple[object, ...]


class ConsolesTold:
    """``attached`` returns how this node's consoles are, ``canaries`` when theirs were seen, by centre."""

    def __init__(
        self,
        consoles: Consoles,
        attached: Callable[[], Iterable[AttachedConsole]],
        canaries: Callable[[], Mapping[str, datetime]],
        clock: Clock,
    ) -> None:
        self._consoles = consoles
        self._attached = attached
        self._canaries = canaries
        self._clock = clock
        self._told: Mapping[UUID, News] | None = None
        self._told_at = 0.0
        self._canaries_told: Mapping[str, datetime] = {}

    async def run(self) -> None:
        """Say what changed each second, and all of it every few, for ever."""
        log = structlog.get_logger()
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 (the task's edge: all of it is said again at the next look)
                if self._told is not None:
                    log.warning("consoles_not_written", error=type(error).__name__)
                self._told = None
            await asyncio.sleep(CONSOLES_LOOK_S)

    async def look(self) -> None:
        """Say what there is to say. Raises ``DatabaseUnavailable``."""
        await self._say_how_they_are({one.console: one for one in self._attached()}, self._clock.monotonic())
        await self._consoles.tell_sounds()
        seen = dict(self._canaries())
        if fresh := {centre: at for centre, at in seen.items() if self._canaries_told.get(centre) != at}:
            await self._consoles.tell_canaries(fresh)
        self._canaries_told = seen

    async def _say_how_they_are(self, here: Mapping[UUID, AttachedConsole], now: float) -> None:
        news = {console: news_of(one) for console, one in here.items()}
        told = self._told
        if told is None or now - self._told_at >= CONSOLES_WRITTEN_S:
            await self._consoles.tell(tuple(here.values()), here.keys())
            self._told_at = now
        elif news != told:
            changed = [one for console, one in here.items() if told.get(console) != news[console]]
            await self._consoles.tell(changed, here.keys())
        self._told = news


def news_of(console: AttachedConsole) -> News:
    """Return what of a console is worth saying at once: all but how long ago it was heard, and its lag."""
    said = console.condition
    condition = None if said is None else (said.sound, said.silenced_until, said.visible, said.awake)
    return (console.operator.operator_id, console.centres, console.since, condition)
