"""Tells the database how the consoles of this node are, so that supervisors see those of every node."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from dispatch.ports import AttachedConsole
from gateway.failing import failed
from gateway.ports import Consoles
from gateway.timing import CONSOLES_LOOK_S, CONSOLES_WRITTEN_S

News = tuple[object, ...]

TURNS: Final = round(CONSOLES_WRITTEN_S / CONSOLES_LOOK_S)
"""Each console has its turn once in so many looks: all of a full node at once would hold up a press."""


class ConsolesTold:
    """``attached`` returns how this node's consoles are, ``canaries`` when theirs were seen, by centre."""

    def __init__(
        self,
        consoles: Consoles,
        attached: Callable[[], Iterable[AttachedConsole]],
        canaries: Callable[[], Mapping[str, datetime]],
    ) -> None:
        self._consoles = consoles
        self._attached = attached
        self._canaries = canaries
        self._told: Mapping[UUID, News] | None = None
        self._turn = 0
        self._canaries_told: Mapping[str, datetime] = {}

    async def run(self) -> None:
        """Say each second what changed, and of all the rest those whose turn it is, for ever."""
        log = structlog.get_logger()
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 (the task's edge: all of it is said again at the next look)
                failed("consoles_told")
                if self._told is not None:
                    log.warning("consoles_not_written", error=type(error).__name__)
                self._told = None
            await asyncio.sleep(CONSOLES_LOOK_S)

    async def look(self) -> None:
        """Say what there is to say. Raises ``DatabaseUnavailable``."""
        await self._say_how_they_are({one.console: one for one in self._attached()})
        await self._consoles.tell_sounds()
        seen = dict(self._canaries())
        if fresh := {centre: at for centre, at in seen.items() if self._canaries_told.get(centre) != at}:
            await self._consoles.tell_canaries(fresh)
        self._canaries_told = seen

    async def _say_how_they_are(self, here: Mapping[UUID, AttachedConsole]) -> None:
        news = {console: news_of(one) for console, one in here.items()}
        told, self._turn = self._told, (self._turn + 1) % TURNS
        some = [
            one
            for console, one in here.items()
            if told is None or told.get(console) != news[console] or console.int % TURNS == self._turn
        ]
        if some or told is None or told.keys() - here.keys():
            await self._consoles.tell(some, here.keys())
        self._told = news


def news_of(console: AttachedConsole) -> News:
    """Return what of a console is worth saying at once: all but how long ago it was heard, and its lag."""
    said = console.condition
    condition = None if said is None else (said.sound, said.silenced_until, said.visible, said.awake)
    return (console.operator.operator_id, console.centres, console.since, condition)
