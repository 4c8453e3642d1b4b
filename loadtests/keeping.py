"""Screens that come back: each attaches again whenever its link is lost, as the real consoles do.

The first tries after a loss are immediate, the next wait with full jitter up to ``RETRY_MAX_S``, and
each continues from its cursor. The numbers are those of ``link.ts`` and of the Python client.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter_ns
from typing import Final
from uuid import uuid4

from loadtests.console import ATTACH_DEADLINE_S, LEFT, Console, Desk, attach
from loadtests.feed import Feed
from loadtests.pace import until
from loadtests.sequences import Sequences
from schemas.frames import Cursor

RETRY_FIRST_S: Final = 0.5
RETRY_MAX_S: Final = 5.0
STEADY_S: Final = 5.0
"""A link that lived so long earns an immediate first try."""

BACKOFF_DOUBLINGS: Final = 8
FINAL_CODES: Final = ("closed with 4400", "closed with 4401", "closed with 4403", "closed with 4409")
"""After these a console does not try again."""


def pause_s(failures: int, chance: float) -> float:
    """Return how long to wait after so many failures; ``chance`` is in [0, 1)."""
    if failures <= 1:
        return 0.0
    return chance * min(RETRY_MAX_S, RETRY_FIRST_S * 2.0 ** min(failures, BACKOFF_DOUBLINGS))


class Kept:
    """One screen. ``closed`` is why it gave up, ``attached_at`` (ns) when it went live; 0: it is not."""

    def __init__(self, desk: Desk, feed: Feed, cursor: Cursor | None) -> None:
        self.desk = desk
        self._feed = feed
        self._cursor = cursor
        self._id = uuid4()
        self.sequences = Sequences(cursor.sequence + 1 if cursor else 0)
        self.console: Console | None = None
        self.closed: str | None = None
        self.attached_at = 0
        self.losses: Counter[str] = Counter()

    async def keep(self) -> None:
        """Stay attached until cancelled, or until there is no use in trying."""
        failures = 0
        while self.closed is None:
            begun = asyncio.get_running_loop().time()
            why = await self._hold()
            self.attached_at = 0
            self.losses[why] += 1
            if why == LEFT or why.startswith(FINAL_CODES):
                self.closed = why
            lived_s = asyncio.get_running_loop().time() - begun
            failures = 0 if lived_s >= STEADY_S else failures + 1
            await asyncio.sleep(pause_s(failures, random.random()))

    def cursor(self) -> Cursor | None:
        """Return where it stands."""
        return self._cursor and Cursor(epoch=self._cursor.epoch, sequence=self.sequences.next - 1)

    def leave(self) -> None:
        """Close the screen for good."""
        if self.console is not None:
            self.console.close()

    async def _hold(self) -> str:
        """Hold one link until it ends; return why it did."""
        try:
            self.console = await attach(self.desk, self._feed, self.cursor(), self.sequences, self._id)
        except OSError as error:  # refused, reset, timed out
            return f"not attached: {type(error).__name__}"
        self._cursor = self.console.cursor
        self.attached_at = perf_counter_ns()
        await self.console.ended.wait()
        return self.console.closed or ""


class Screens:
    """Several that show the same stream; made by ``keeping``."""

    def __init__(self, kept: list[Kept], feed: Feed) -> None:
        self.kept = kept
        self.feed = feed
        self.head = 0

    def begin(self) -> None:
        """Begin a new account of sequences and losses."""
        self.head = max([self.head, *(one.sequences.next - 1 for one in self.kept)])
        self.feed.forget()
        for one in self.kept:
            one.sequences.forget(self.head)
            one.losses.clear()

    def missing(self, since: int) -> list[Kept]:
        """Return those that have not been attached at some time after ``since`` (ns), and still are."""
        return [one for one in self.kept if one.attached_at <= since]

    def hold(self, head: int) -> bool:
        """Whether each of them was told everything up to ``head``."""
        return all(one.sequences.next > head for one in self.kept)


@asynccontextmanager
async def keeping(desk: Desk, count: int) -> AsyncIterator[Screens]:
    """Have ``count`` screens attached while the block lasts; all but the first continue from its cursor."""
    feed = Feed()
    first = Kept(desk, feed, None)
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(first.keep())]
        await _attached([first])
        others = [Kept(desk, feed, first.cursor()) for _ in range(count - 1)]
        running += [tasks.create_task(one.keep()) for one in others]
        await _attached(others)
        yield Screens([first, *others], feed)
        for one, task in zip((first, *others), running, strict=True):
            one.leave()
            task.cancel()


async def _attached(screens: list[Kept]) -> None:
    """Wait for all of them. Raises ``ConnectionError``."""
    await until(lambda: all(one.attached_at or one.closed for one in screens), ATTACH_DEADLINE_S)
    if any(not one.attached_at for one in screens):
        said = Counter(why for one in screens for why in one.losses)
        raise ConnectionError(f"a console was not attached: {', '.join(said) or 'no answer'}")
