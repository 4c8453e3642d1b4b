"""Says what follows from where victims are: decided on the alarm as it is, once, whoever got the fix.

Any node may get any fix. The one that stored it looks whether something may follow, and decides on
what is stored by then; a change is committed only on the version it was decided on, so that of two
nodes one says it, and the other finds nothing more to say. Silence nobody gets: each node looks for it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog

from gateway.domain.alarm import Change
from gateway.domain.errors import GatewayError, NotAllowedNow
from gateway.domain.following import Areas, calls_for_a_look, follow
from gateway.domain.response import POSITION_LOST_S, Response
from gateway.domain.track import Moved, ShownFix
from gateway.failing import failed
from gateway.ports import BareAlarms, Changes, Clock, Fate, NewestFixes, Proposal
from gateway.timing import AWAY_S, FOLLOWED_MAX, SILENT_MAX, SILENT_SWEEP_S
from schemas.alarm import AlarmState, AlarmView

ROUNDS: Final = 8
"""Things said of one alarm in a row, or tries to say one that something always slips in before."""


@dataclass(kw_only=True)
class Following:
    """``respond`` gives a centre's policy."""

    alarms: BareAlarms
    fixes: NewestFixes
    changes: Changes
    areas: Areas
    respond: Callable[[str], Response]
    clock: Clock
    _waiting: dict[UUID, None] = field(default_factory=dict)
    _some: asyncio.Event = field(default_factory=asyncio.Event)

    def heard(self, moved: Iterable[Moved]) -> None:
        """Hear of new last fixes; where something may follow, look soon. Never blocks."""
        at = self.clock.now()
        for alarm in moved:
            if alarm.state is not AlarmState.CLOSED and calls_for_a_look(
                alarm.owner, alarm.life, alarm.newest, self.areas, self.respond(alarm.owner), at
            ):
                self._look_at([alarm.alarm_id])

    async def run(self) -> None:
        """Look at what may have something to say, for ever."""
        while True:
            await self._some.wait()
            some = list(self._waiting)[:FOLLOWED_MAX]
            for alarm_id in some:
                del self._waiting[alarm_id]
            if not self._waiting:
                self._some.clear()
            try:
                await self.look(some)
            except GatewayError:
                await asyncio.sleep(AWAY_S)
                self._look_at(some)
            except Exception as error:  # noqa: BLE001 (the task's edge: a fault of ours must not end the rest)
                failed("alarms_followed")
                structlog.get_logger().error("positions_not_followed", error=type(error).__name__)

    async def watch(self) -> None:
        """Look for alarms whose position is lost, for ever."""
        while True:
            await asyncio.sleep(SILENT_SWEEP_S)
            try:
                self._look_at(await self.fixes.silent(POSITION_LOST_S, SILENT_MAX))
            except GatewayError:
                pass  # the next sweep finds them
            except Exception as error:  # noqa: BLE001 (the task's edge)
                failed("silence_looked_for")
                structlog.get_logger().error("silence_not_looked_for", error=type(error).__name__)

    async def look(self, alarm_ids: Sequence[UUID]) -> None:
        """Say everything there is to say of these alarms. Raises ``DatabaseUnavailable``."""
        for _ in range(ROUNDS):
            changes = await self._decided(alarm_ids)
            if not changes:
                return
            by_centres: dict[tuple[str, ...], list[Change]] = defaultdict(list)
            for change in changes:
                by_centres[change.centres].append(change)
            alarm_ids = [one for alike in by_centres.values() for one in await self._commit(alike)]

    async def _decided(self, alarm_ids: Sequence[UUID]) -> list[Change]:
        alarms = await self.alarms.bare(alarm_ids)
        newest = await self.fixes.newest(alarm_ids)
        changes = []
        for alarm_id, alarm in alarms.items():
            with suppress(NotAllowedNow):
                if (
                    alarm is not None
                    and (change := self._follow(alarm, newest.get(alarm_id, ()))) is not None
                ):
                    changes.append(change)
        return changes

    def _follow(self, alarm: AlarmView, newest: Sequence[ShownFix]) -> Change | None:
        return follow(alarm, newest, self.areas, self.respond(alarm.centre), self.clock.now())

    async def _commit(self, alike: Sequence[Change]) -> list[UUID]:
        """Commit changes that concern the same centres; return the alarms to look at once more."""
        try:
            verdicts = await self.changes.commit([Proposal(change) for change in alike])
        except GatewayError:
            raise
        except Exception as error:  # noqa: BLE001 (one that cannot be committed must stop no other)
            if len(alike) > 1:
                return [one for change in alike for one in await self._commit([change])]
            structlog.get_logger().error(
                "not_said",
                alarm_id=str(alike[0].alarm.alarm_id),
                kind=alike[0].kind,
                error=type(error).__name__,
            )
            return []
        again = {Fate.COMMITTED, Fate.CHANGED}
        return [
            change.alarm.alarm_id for change, one in zip(alike, verdicts, strict=True) if one.fate in again
        ]

    def _look_at(self, alarm_ids: Iterable[UUID]) -> None:
        self._waiting.update(dict.fromkeys(alarm_ids))
        if self._waiting:
            self._some.set()
