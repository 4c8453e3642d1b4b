"""Alarms of other systems: from an event to a press on the same path as every other.

An alarm is raised for a subject that nobody linked as well, on a file that stands for it; and however
little of it could be read. Its key holds it to the file that it was first raised for.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from gateway.domain.centres import CentreMap
from gateway.domain.errors import DatabaseUnavailable, GatewayError
from gateway.domain.event_keys import key_of
from gateway.domain.integrators import Inbound, Linked
from gateway.door_timing import ALARMS_AT_ONCE, ALARMS_OF_ONE_COMMITTED, ALARMS_OF_ONE_LOOKED_UP
from gateway.ingest.accept import Ingest, Sender
from gateway.ingest.event_results import CONTENT_DIFFERS, digest_of, failed, told_of_alarm
from gateway.ingest.tolerant import Reading
from gateway.ingest.turns import Turns
from gateway.ports import Integrators
from gateway.ports.inbox import AlarmKeys, Held, StandIns
from gateway.timing import COMMIT_DEADLINE_S
from schemas.alarm import AlarmSource, SourceKind
from schemas.events import AlarmCause, AlarmRaised, EventResult
from schemas.press import Press, Purpose
from schemas.registration import Population

NO_FILE: Final = "no_file"
SHARED_FILE: Final = "shared_file"
"""Its integrator has made so many stand-ins today that this one stands for several people."""

SOURCES: Final[Mapping[AlarmCause, SourceKind]] = {
    AlarmCause.APP: SourceKind.APP_112,
    AlarmCause.BUTTON: SourceKind.DEVICE,
    AlarmCause.AUTOMATIC: SourceKind.ALARM_CENTRE,
    AlarmCause.OTHER: SourceKind.ALARM_CENTRE,
    AlarmCause.PERIMETER: SourceKind.PERIMETER,
}


class EventAlarms:
    """Raises what other systems say is an alarm."""

    def __init__(
        self,
        ingest: Ingest,
        integrators: Integrators,
        stand_ins: StandIns,
        keys: AlarmKeys,
        centres: CentreMap,
    ) -> None:
        self._ingest = ingest
        self._integrators = integrators
        self._stand_ins = stand_ins
        self._keys = keys
        self._centres = centres
        self._gate = asyncio.Semaphore(ALARMS_AT_ONCE)
        self._looked_up = Turns(ALARMS_OF_ONE_LOOKED_UP, COMMIT_DEADLINE_S)
        self._committed = Turns(ALARMS_OF_ONE_COMMITTED, COMMIT_DEADLINE_S)

    async def raise_one(self, event: Inbound, received_at: datetime) -> EventResult:
        """Return once the alarm is committed, or not known to be; it never raises."""
        try:
            return await self._raise(event, received_at)
        except GatewayError as error:
            return failed(event.source, event.event_id, error)

    async def _raise(self, event: Inbound, received_at: datetime) -> EventResult:
        key = key_of(event)
        who = event.integrator.integrator_id
        async with self._looked_up.of(who), self._gate:
            linked = await self._linked(event)
            held = await self._held(key, linked, event, received_at)
        reading = Reading(press_of(key, event, received_at), event.dropped)
        sender = self._sender(event, linked, held)
        async with self._committed.of((who, linked.centre)):
            receipt = await self._ingest.accept(reading, event.raw, sender, received_at)
        structlog.get_logger().info(
            "alarm_of_integrator",
            outcome="seen_before" if receipt.seen_before else "committed",
            press_id=str(key),
            alarm_id=str(receipt.alarm_id),
            centre=receipt.centre,
            purpose=receipt.purpose,
            sequence=receipt.sequence,
            flags=receipt.flags,
        )
        differs = (CONTENT_DIFFERS,) if held.differs and receipt.seen_before else ()
        return told_of_alarm(event, receipt, *differs)

    def _sender(self, event: Inbound, linked: Linked, held: Held) -> Sender:
        """Say who sent it; held to a stand-in it has no file, though its subject was linked since."""
        stands_in = not linked.known or held.registration_id in self._stand_ins.may_be(event)
        flags = (NO_FILE, SHARED_FILE) if linked.shared else (NO_FILE,)
        return Sender(
            companion_id=event.integrator.integrator_id,
            registration_id=held.registration_id,
            centre=linked.centre,
            verified=True,
            flags=flags if stands_in else (),
            source=source_of(event),
        )

    async def _linked(self, event: Inbound) -> Linked:
        """Find her file. What a sandbox raises is an exercise: it never reaches a real one."""
        linked = await self._integrators.linked(event.integrator, event.subject)
        if linked is None or (event.integrator.sandbox and linked.population is not Population.EXERCISE):
            return await self._stand_ins.ensure(event, self._centre(event))
        return linked

    def _centre(self, event: Inbound) -> str:
        """Return where a file that is made for it belongs: where it says she is, else the default."""
        positions = event.data.positions if isinstance(event.data, AlarmRaised) else ()
        found = self._centres.centre_of(positions[0]) if positions and self._centres.centres else None
        return found or self._centres.default

    async def _held(self, key: UUID, linked: Linked, event: Inbound, received_at: datetime) -> Held:
        """Hold the event to its file. Bookkeeping holds up no alarm: at worst it is told twice."""
        try:
            return await self._keys.hold(key, linked.registration_id, digest_of(event), received_at)
        except DatabaseUnavailable:
            return Held(registration_id=linked.registration_id, differs=False)


def press_of(key: UUID, event: Inbound, received_at: datetime) -> Press:
    """Return the press that an alarm is. The other system's clock is taken for ours, as servers' are."""
    data = event.data
    if not isinstance(data, AlarmRaised):
        raise TypeError(event.type)
    return Press(
        press_id=key,
        purpose=Purpose.TEST if data.test else Purpose.REAL,
        pattern=data.pattern,
        pressed_at=data.pressed_at or event.time,
        sent_at=received_at,
        age_ms=data.age_ms,
        phone_battery_pct=data.battery_pct,
        positions=data.positions,
    )


def source_of(event: Inbound) -> AlarmSource:
    """Return what an alarm came from, and from whom."""
    cause = event.data.cause if isinstance(event.data, AlarmRaised) else AlarmCause.OTHER
    return AlarmSource(kind=SOURCES[cause], name=event.integrator.name)
