"""The consoles of one centre, attached to one gateway, and what they were sent."""

import asyncio
from typing import Final

from loadtests.console import Console, Desk, attach
from loadtests.feed import Feed
from schemas.frames import Cursor

ATTACHING_AT_ONCE: Final = 32


class Room:
    """Consoles at ``desk``. They begin an account of their sequences with each ``begin``.

    ``head`` is the last sequence that every console was judged to hold.
    """

    def __init__(self, desk: Desk, feed: Feed | None = None) -> None:
        self.desk = desk
        self.feed = feed or Feed()
        self.consoles: list[Console] = []
        self.head = 0

    async def attach(self, count: int) -> None:
        """Have exactly ``count`` consoles attached: new ones for those that are missing or closed.

        All but the first continue from the first one's cursor, so that none is sent a snapshot.
        """
        self.consoles = [console for console in self.consoles if console.closed is None]
        for console in self.consoles[count:]:
            console.close()
        del self.consoles[count:]
        if not self.consoles:
            self.consoles.append(await attach(self.desk, self.feed, None))
        turnstile = asyncio.Semaphore(ATTACHING_AT_ONCE)
        cursor = self.cursor()

        async def one() -> None:
            async with turnstile:
                self.consoles.append(await attach(self.desk, self.feed, cursor))

        async with asyncio.TaskGroup() as tasks:
            for _ in range(count - len(self.consoles)):
                tasks.create_task(one())

    def begin(self) -> None:
        """Begin a new account."""
        self.feed.forget()
        for console in self.consoles:
            console.sequences.forget(self.head)

    def cursor(self) -> Cursor | None:
        """Return where the first console stands."""
        first = self.consoles[0]
        if first.cursor is None:
            return None
        self.head = max(self.head, first.sequences.next - 1)
        return Cursor(epoch=first.cursor.epoch, sequence=self.head)

    def quiet(self) -> bool:
        """Whether the latest piece has reached every console that is still attached."""
        latest = self.feed.latest
        return latest is None or len(latest.arrivals) >= len(self.consoles) or self._complete(latest.after)

    def received(self) -> int:
        """Return a number that grows with whatever arrives."""
        return sum(console.sequences.next for console in self.consoles)

    def close(self) -> None:
        """Let everybody leave."""
        for console in self.consoles:
            console.close()

    def _complete(self, after: int) -> bool:
        return all(one.sequences.next >= after or one.closed for one in self.consoles)
