"""A person at a console in a drill: sees what the board shows, waits for events, gives commands."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from gateway.drill.history import History
from gateway.drill.stage import Account
from gateway.drill.watching import Watcher, watching
from schemas.alarm import AlarmView
from schemas.commands import Command
from schemas.frames import Event, Refused, Result

LOOK_S: Final = 0.02
ATTACH_S: Final = 20.0


class Seat:
    """One person, one screen, over whatever nodes live."""

    def __init__(self, account: Account, watcher: Watcher) -> None:
        self.account = account
        self.watcher = watcher
        self._given: set[int] = set()

    @classmethod
    @asynccontextmanager
    async def taken(cls, account: Account, urls: Sequence[str], history: History) -> AsyncIterator["Seat"]:
        """Sit down and be caught up."""
        async with watching(account.name, urls, account.cookie, history, (account.centre,)) as watcher:
            seat = cls(account, watcher)
            await seat.look(seat.caught_up, ATTACH_S)
            yield seat

    def caught_up(self) -> bool:
        """Whether everything committed so far is on this screen."""
        centres = self.watcher.board.centres
        return bool(centres) and all(centre.caught_up for centre in centres.values())

    def alarm(self, alarm_id: UUID) -> AlarmView | None:
        """Return the alarm as this screen shows it."""
        return self.watcher.board.find(alarm_id)

    async def event(self, kind: str, within_s: float) -> Event:
        """Return the first event of a kind that this person has not been given before.

        Raises:
            TimeoutError: none came.
        """
        found: list[Event] = []

        def came() -> bool:
            found[:] = [
                one
                for one in self.watcher.history.applied
                if isinstance(one, Event) and one.kind == kind and one.cursor.sequence not in self._given
            ]
            return bool(found)

        await self.look(came, within_s)
        self._given.add(found[0].cursor.sequence)
        return found[0]

    async def look(self, holds: Callable[[], bool], within_s: float) -> None:
        """Wait until something is so on the screen. Raises ``TimeoutError``."""
        async with asyncio.timeout(within_s):
            while not holds():  # noqa: ASYNC110 (a person looks; the board knows nobody to wake)
                await asyncio.sleep(LOOK_S)

    async def do(self, command: Command) -> Result | Refused:
        """Give a command and wait for its answer, over a lost link too. Raises ``TimeoutError``."""
        async with asyncio.timeout(10.0):
            return await self.watcher.ask(command)
