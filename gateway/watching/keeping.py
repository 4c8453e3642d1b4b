"""The loops of one node: what is in force, where everybody stands, which trackers are silent."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from gateway.domain.notice import Notice
from gateway.door_timing import BOOK_S, SUPERVISE_TRACKERS_S, TRACKERS_A_SWEEP
from gateway.failing import failed
from gateway.ports import Notices
from gateway.ports.perimeters import PerimeterBooks, TrackerStates
from gateway.watching.board import Board
from gateway.watching.following import Following
from gateway.watching.lane import TrackerLane, silence_notice
from gateway.watching.sight import SightKeeping


@dataclass(kw_only=True)
class PerimeterKeeping:
    """Keeps the board as the database has it, and looks for silence."""

    board: Board
    books: PerimeterBooks
    lane: TrackerLane
    following: Following
    sight: SightKeeping
    states: TrackerStates
    notices: Notices
    told: Callable[[int, int], None]
    """Hears how many perimeters and trackers there are."""
    _over: bool = False
    """Whether there may be notices and watches of what is over; until they are done with."""

    async def run(self) -> None:
        """Look at everything in turn, for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._repeat(self.look, BOOK_S))
            tasks.create_task(self._repeat(self.supervise, SUPERVISE_TRACKERS_S))

    async def look(self) -> None:
        """Read what is in force, if it changed, and where everybody is. Raises ``DatabaseUnavailable``."""
        book = await self.books.changed()
        if book is not None:
            self.board.put(book)
            self.told(len(book.perimeters), len(book.trackers))
            self._over = True
        await self.following.carry_out_all(self.board.put_watches(await self.books.watches()))
        followed = self.board.of_victims
        self.lane.with_alarm = await self.books.with_alarm(followed) if followed else frozenset()
        around = self.board.around_victims
        if around:
            await self.following.carry_out_all(self.board.put_victims(await self.books.victims(around)))
        await self.books.arm_anew()
        if self._over:
            await self._take_back()
            self._over = False
        await self.sight.look()

    async def _take_back(self) -> None:
        """Take back notices of perimeters and trackers that are no more; their watches begin from far."""
        over = await self.books.over()
        for one in over:
            await self.notices.tell(one.centre, [Notice(kind=one.kind, subject=one.subject, open=False)])
        await self.sight.take_back()
        await self.books.forget()

    async def supervise(self) -> None:
        """Tell which trackers are silent. Raises ``DatabaseUnavailable``."""
        silent = await self.states.silent(TRACKERS_A_SWEEP)
        for tracker_id in silent:
            tracker = self.board.tracker(tracker_id)
            if tracker is not None:
                near = self.board.was_near(tracker_id)
                await self.notices.tell(tracker.centre, [silence_notice(tracker, silent=True, near=near)])
                if tracker_id not in await self.states.note_silent([tracker_id]):  # heard meanwhile
                    await self.notices.tell(tracker.centre, [silence_notice(tracker, silent=False)])

    async def _repeat(self, act: Callable[[], Awaitable[None]], every_s: float) -> None:
        troubled = False
        while True:
            try:
                await act()
                troubled = False
            except Exception as error:  # noqa: BLE001 (the task's edge: a fault of the watch ends no node)
                failed("perimeters_kept")
                if not troubled:
                    structlog.get_logger().warning(
                        "perimeters_not_watched", what=act.__name__, error=type(error).__name__
                    )
                troubled = True
            await asyncio.sleep(every_s)
