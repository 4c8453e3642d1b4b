"""Shows alarms with their file that were shown without it, as soon as it opens: un-enriched beats delayed."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import structlog

from gateway.domain.errors import GatewayError, NotAllowedNow
from gateway.domain.happenings import enrich
from gateway.failing import failed
from gateway.ports import BareAlarms, Changes, Fate, Proposal, Unopened
from gateway.timing import ENRICH_RETRY_S

TRIES = 8
"""How often a change that slips in between is decided on anew before the next look."""


@dataclass(frozen=True, kw_only=True)
class Enriching:
    """Looks at what this node could not open, for as long as it is open as an alarm.

    Each node does, as each showed its own consoles what it could not open: a file that several nodes
    could not open may be told of several times.
    """

    unopened: Unopened
    alarms: BareAlarms
    changes: Changes

    async def run(self) -> None:
        """Try again for ever."""
        while True:
            await asyncio.sleep(ENRICH_RETRY_S)
            try:
                await self.look()
            except GatewayError:
                pass  # the next look tries again
            except Exception as error:  # noqa: BLE001 (the task's edge: a fault of ours must not end the rest)
                failed("enriching")
                structlog.get_logger().error("not_enriched", error=type(error).__name__)

    async def look(self) -> None:
        """Tell of every alarm whose file opens now. Raises ``DatabaseUnavailable``."""
        for alarm_id, registration_id in (await self.unopened.readable()).items():
            if await self._told(alarm_id):
                self.unopened.forget(registration_id)

    async def _told(self, alarm_id: UUID) -> bool:
        for _ in range(TRIES):
            alarm = (await self.alarms.bare([alarm_id])).get(alarm_id)
            if alarm is None:
                return False
            try:
                (verdict,) = await self.changes.commit([Proposal(enrich(alarm))])
            except NotAllowedNow:  # it was closed meanwhile
                return True
            if verdict.fate is Fate.COMMITTED:
                return True
        return False
