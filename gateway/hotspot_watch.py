"""Keeps hotspots as the files say, and tells a centre when an alarm is near one: after it, beside it.

Nothing waits for this: a press is committed and shown before it is looked at here, and what is found is
a notice. It changes no alarm, and no flag is ever a reason to send nobody.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from gateway.domain.notice import Detail, Notice
from gateway.failing import failed
from gateway.ports import Notices
from gateway.ports.hotspots import Flag, FreshAlarm, HotspotLooks, KeptFlags
from gateway.timing import HOTSPOT_LOOK_S, HOTSPOT_RECONCILE_S
from schemas.protection import Audience, NoticeKind


class HotspotWatch:
    """The loops of one node."""

    def __init__(self, flags: KeptFlags, looks: HotspotLooks, notices: Notices) -> None:
        self._flags = flags
        self._looks = looks
        self._notices = notices
        self._troubled: set[str] = set()

    async def run(self) -> None:
        """Keep flags and look at alarms, for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._repeat(self.keep, HOTSPOT_RECONCILE_S))
            tasks.create_task(self._repeat(self.look, HOTSPOT_LOOK_S))

    async def keep(self) -> None:
        """Keep flags as files say; take back what was said of alarms that are over."""
        while await self._flags.reconcile():  # until all is as it should be, or the rest does not open here
            pass
        for centre, subject in await self._looks.over():
            over = Notice(kind=NoticeKind.HOTSPOT, subject=subject, open=False)
            await self._notices.tell(centre, [over])

    async def look(self) -> None:
        """Hold new alarms against the flags of their centre. Raises ``DatabaseUnavailable``."""
        for alarm in await self._looks.fresh():
            flags = await self._flags.near(alarm.centre, alarm.position)
            if flags:
                await self._notices.tell(alarm.centre, [notice_of(alarm, flags)])
            await self._looks.looked(alarm)

    async def _repeat(self, act: Callable[[], Awaitable[None]], every_s: float) -> None:
        name = act.__name__
        while True:
            try:
                await act()
                self._troubled.discard(name)
            except Exception as error:  # noqa: BLE001 (the task's edge: a fault of the watch ends no node)
                failed("hotspots_watched")
                if name not in self._troubled:
                    structlog.get_logger().warning("hotspots_not_watched", error=type(error).__name__)
                self._troubled.add(name)
            await asyncio.sleep(every_s)


def notice_of(alarm: FreshAlarm, flags: Sequence[Flag]) -> Notice:
    """Tell whose flags she is near: her own file's, those of other files, those set by hand."""
    detail: Detail = {
        "own": sum(flag.registration_id == alarm.registration_id for flag in flags),
        "others": len({flag.registration_id for flag in flags} - {None, alarm.registration_id}),
        "by_hand": sum(flag.registration_id is None for flag in flags),
    }
    return Notice(
        kind=NoticeKind.HOTSPOT,
        subject=str(alarm.alarm_id),
        audience=(Audience.EVERYBODY,),
        reference=alarm.reference,
        detail=detail,
    )
