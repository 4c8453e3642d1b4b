"""Carries out what follows from committed events, on any node: notices, calls, a welcome; floods.

Nothing here is on the way of a press or of an acknowledgement, and nothing of it is lost with a node:
what follows is read from the streams, and how far that was done stands in the database.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog

from gateway.domain.flood import flood
from gateway.domain.follow_up import follow
from gateway.domain.notice import Detail, Notice
from gateway.domain.silence import many_silent
from gateway.failing import failed
from gateway.ports import Calls, FollowUps, Notices, Returned, Stretch
from gateway.timing import FLOOD_WATCH_S, FOLLOW_UP_S, SILENCE_WATCH_S
from schemas.protection import Audience, NoticeKind


@dataclass(kw_only=True)
class FollowUpService:
    """``calls`` is None where no outside is configured: then there is nobody to call."""

    follow_ups: FollowUps
    notices: Notices
    calls: Calls | None
    _troubled: set[str] = field(default_factory=set)

    async def run(self) -> None:
        """Follow for ever; what fails is done again."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._repeat(self.look, FOLLOW_UP_S))
            tasks.create_task(self._repeat(self.watch_floods, FLOOD_WATCH_S))
            tasks.create_task(self._repeat(self.watch_silence, SILENCE_WATCH_S))

    async def look(self) -> None:
        """Carry out what follows from what is new. Raises ``DatabaseUnavailable``."""
        await self._each((one.centre, self._follow(one)) for one in await self.follow_ups.claim())
        await self._each((one.centre, self._welcome(one)) for one in await self.follow_ups.returned())
        await self._each(
            (centre, self.notices.tell(centre, [_attended(other)]))
            for centre, other in await self.follow_ups.untrue()
        )

    async def watch_floods(self) -> None:
        """Tell supervisors when more comes than operators can answer. Raises ``DatabaseUnavailable``."""
        await self._each(
            (load.centre, self.notices.tell(load.centre, [notice]))
            for load in await self.follow_ups.loads()
            if (notice := flood(load)) is not None
        )

    async def watch_silence(self) -> None:
        """Tell when many fell silent together, which has one cause. Raises ``DatabaseUnavailable``."""
        await self._each(
            (silence.centre, self.notices.tell(silence.centre, [notice]))
            for silence in await self.follow_ups.silences()
            if (notice := many_silent(silence)) is not None
        )

    async def _each(self, acts: Iterable[tuple[str, Awaitable[Any]]]) -> None:
        """Do what concerns each centre beside the others."""
        await asyncio.gather(*(self._guarded(centre, act) for centre, act in acts))

    async def _guarded(self, centre: str, act: Awaitable[Any]) -> None:
        """Do what concerns one centre; its trouble is not another's."""
        try:
            await act
            self._troubled.discard(centre)
        except Exception as error:  # noqa: BLE001 (the edge: it is done again, events once the lease has ended)
            if centre not in self._troubled:
                structlog.get_logger().warning("follow_up_waits", centre=centre, error=type(error).__name__)
            self._troubled.add(centre)

    async def _follow(self, stretch: Stretch) -> None:
        wanted = follow(stretch.centre, await self.follow_ups.read(stretch))
        if wanted.calls and self.calls is not None:
            await self.calls.add(wanted.calls)
        if wanted.notices:
            kinds, subjects = zip(*wanted.notices, strict=True)
            held = await self.notices.open_of(stretch.centre, sorted(set(kinds)), sorted(set(subjects)))
            news = [notice for key, notice in wanted.notices.items() if notice.open != (key in held)]
            if news:
                await self.notices.tell(stretch.centre, news)
        await self.follow_ups.done(stretch)

    async def _welcome(self, returned: Returned) -> None:
        """Tell whoever has come back what went elsewhere meanwhile, if anything did."""
        if returned.diverted:
            detail: Detail = {"diverted": returned.diverted, "since": returned.vacant_since.isoformat()}
            notice = Notice(
                kind=NoticeKind.ATTENDED_AGAIN,
                subject=returned.centre,
                audience=(Audience.EVERYBODY,),
                detail=detail,
            )
            await self.notices.tell(returned.centre, [notice])
        await self.follow_ups.welcomed(returned)

    async def _repeat(self, act: Callable[[], Awaitable[None]], every_s: float) -> None:
        name = act.__name__
        while True:
            try:
                await act()
                self._troubled.discard(name)
            except Exception as error:  # noqa: BLE001 (the task's edge: it is done again)
                failed("follow_ups")
                if name not in self._troubled:
                    structlog.get_logger().warning("follow_up_waits", error=type(error).__name__)
                self._troubled.add(name)
            await asyncio.sleep(every_s)


def _attended(centre: str) -> Notice:
    return Notice(kind=NoticeKind.UNATTENDED, subject=centre, open=False)
