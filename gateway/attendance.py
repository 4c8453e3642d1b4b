"""Tells the database that this node lives and which centres are attended at its consoles."""

import asyncio
from collections.abc import Callable, Mapping

import structlog

from gateway.failing import failed
from gateway.ports import Attendances, Clock
from gateway.timing import ATTENDANCE_BEAT_S, LOOK_S


class Attendance:
    """``attending`` counts this node's consoles by centre: live, and heard from in time."""

    def __init__(
        self, attendances: Attendances, attending: Callable[[], Mapping[str, int]], clock: Clock
    ) -> None:
        self._attendances = attendances
        self._attending = attending
        self._clock = clock
        self._told: Mapping[str, int] | None = None
        self._told_at = 0.0

    async def run(self) -> None:
        """Say it when it changes, and each second in any case, for ever."""
        log = structlog.get_logger()
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 (the task's edge: it is said again at the next look)
                failed("attendance")
                if self._told is not None:
                    log.warning("attendance_not_written", error=type(error).__name__)
                self._told = None
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Say it if there is something to say. Raises ``DatabaseUnavailable``."""
        consoles, now = dict(self._attending()), self._clock.monotonic()
        if consoles != self._told or now - self._told_at >= ATTENDANCE_BEAT_S:
            await self._attendances.beat(consoles)
            self._told, self._told_at = consoles, now
