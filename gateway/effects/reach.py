"""The alarms an event is about: found, changed once, tried again where something slips in between."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.domain.alarm import Change
from gateway.domain.errors import DatabaseUnavailable, NoOpenAlarm
from gateway.domain.integrators import Inbound, Linked
from gateway.effects.keys import request_of
from gateway.ports import BareAlarms, Changes, Clock, Fate, Proposal
from gateway.ports.effects import ClosedAlarm, OpenAlarms
from gateway.ports.inbox import StandIns
from schemas.alarm import AlarmView

TRIES: Final = 8
"""How often a change that slips in between is decided on anew."""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How the handlers get at alarms. All raise ``DatabaseUnavailable``."""

    hers: OpenAlarms
    stand_ins: StandIns
    alarms: BareAlarms
    changes: Changes
    clock: Clock

    async def open_of(self, linked: Linked) -> Sequence[UUID]:
        """Return her open alarms, the real one first."""
        return await self.hers.open_of(linked.registration_id)

    async def whose(self, event: Inbound, linked: Linked) -> tuple[Linked, Sequence[UUID]]:
        """Return whom an event is about and her open alarms.

        Of who was linked meanwhile that is what stood in for her, while only that has an open alarm.
        """
        alarms = await self.open_of(linked)
        if linked.known and not alarms:
            stood_in = await self.stand_ins.of(event, linked.centre, own=True)
            if raised := await self.open_of(stood_in):
                return stood_in, raised
        return linked, alarms

    async def whom(self, event: Inbound, linked: Linked) -> Linked:
        """Return whom an event is about, as ``whose`` does."""
        return (await self.whose(event, linked))[0]

    async def one_of(self, event: Inbound, linked: Linked) -> UUID | None:
        """Return the alarm that what is said is about; None: it was said before, and she has none by now.

        Raises:
            NoOpenAlarm: it may be on its way.
        """
        alarms = await self.open_of(linked)
        if alarms:
            return alarms[0]
        if await self.changes.answer(request_of(event)) is None:
            raise NoOpenAlarm
        return None

    async def closed_of(self, event: Inbound, linked: Linked, since: datetime) -> ClosedAlarm | None:
        """Return the alarm that was closed last since then, of her or of what stood in for her.

        A real one goes before any other, as of those that are open: a test that follows it rings nowhere.
        """
        stood_in = await self.stand_ins.of(event, linked.centre, own=True)
        return await self.hers.closed_last([linked.registration_id, stood_in.registration_id], since)

    async def change(
        self,
        event: Inbound,
        alarm_id: UUID,
        decide: Callable[[AlarmView, datetime], Change | None],
        *,
        part: str = "",
    ) -> bool:
        """Commit what ``decide`` makes of the alarm as it is, once for this event; False: nothing.

        ``part``: of an event that changes it more than once, which change this is.

        Raises:
            NotAllowedNow: the alarm is closed by now, or not any more.
        """
        for _ in range(TRIES):
            alarm = (await self.alarms.bare([alarm_id])).get(alarm_id)
            if alarm is None:
                raise NoOpenAlarm
            change = decide(alarm, self.clock.now())
            if change is None:
                return False
            (verdict,) = await self.changes.commit([Proposal(change, request_of(event, part))])
            if verdict.fate in {Fate.COMMITTED, Fate.REPEATED}:
                return True
        raise DatabaseUnavailable("the alarm changes too fast")
