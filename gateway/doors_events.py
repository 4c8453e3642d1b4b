"""The part of the composition root for events of other systems: the one way in, the inbox behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from gateway.doors_ground import Callers, Ground
from gateway.enduring import enduring
from gateway.http.doors.events import EventsDoor
from gateway.ingest.accept import Ingest
from gateway.ingest.event_alarms import EventAlarms
from gateway.ingest.intake import EventIntake, NoTrackers
from gateway.ingest.presses_ahead import presses_ahead
from gateway.ports import Intake, Trackers
from gateway.store.connect import connect
from gateway.store.doors.alarm_keys import PostgresAlarmKeys
from gateway.store.doors.claimant import Claimant
from gateway.store.doors.inbox import PostgresInbox
from gateway.store.doors.inbox_work import PostgresInboxWork
from gateway.store.doors.stand_in_names import StandInNames
from gateway.store.doors.stand_ins import PostgresStandIns
from gateway.stranger_watch import StrangerWatch
from gateway.working_off import InboxWatch, WorkingOff


@dataclass(frozen=True, kw_only=True)
class EventsIn:
    """``intake`` is what every other door hands its events to."""

    intake: Intake
    door: EventsDoor
    loops: tuple[Callable[[], Any], ...]

    @classmethod
    def of(cls, ground: Ground, callers: Callers, *, trackers: Trackers | None = None) -> Self:
        """Put it together; nothing runs yet."""
        keyring, default = ground.streaming.keyring, ground.centres.areas.default
        ahead = presses_ahead(ground.storing.writers.under_way)
        claimant = Claimant(lambda: connect(ground.database, application_name="msa claimant"), ground.clock)
        work = PostgresInboxWork(ground.pool, keyring, claimant, ground.clock)
        stand_ins = PostgresStandIns(ground.pool, keyring, ground.clock)
        worker = WorkingOff(
            work, callers.integrators, stand_ins, ground.effects, default, callers.measured, ahead
        )
        inbox = PostgresInbox(
            lambda: connect(ground.database, application_name="msa inbox"), keyring, worker.filled, ahead
        )
        watch = InboxWatch(
            work,
            ground.storing.notices,
            ground.streaming.centres,
            inbox.measured,
            ground.clock,
            callers.measured,
        )
        strangers = StrangerWatch(stand_ins, ground.storing.notices, default)
        alarms = EventAlarms(
            Ingest(ground.storing.writers, ground.clock, ground.centres.respond, ground.centres.areas),
            callers.integrators,
            stand_ins,
            PostgresAlarmKeys(ground.pool, keyring),
            ground.centres.areas,
        )
        intake = EventIntake(
            alarms, inbox, trackers or NoTrackers(), StandInNames(keyring).lane, ground.clock
        )
        return cls(
            intake=intake,
            door=EventsDoor(callers.principals, intake, ground.clock, callers.measured),
            loops=tuple(map(enduring, (inbox.run, worker.run, watch.run, strangers.run))),
        )
