"""Alarms as people look at them over HTTP: under the database's policies, and each look written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.domain.alarm import seen_by
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import NotFound
from gateway.domain.rows import Row
from gateway.ports import AlarmQuery, Clock, FirstDelivery
from gateway.store.alarms import FIND, OPEN, PostgresAlarms
from gateway.store.casework.as_person import PersonsPool
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Pool
from gateway.store.history import CLOSED, PostgresHistory
from gateway.store.sealing import Keyring
from gateway.store.tracks import PostgresTracks, Who
from gateway.store.view import Viewer
from schemas.alarm import AlarmView
from schemas.press import Purpose
from schemas.timeline import AlarmNotes, Timeline
from schemas.track import Track


@dataclass(frozen=True, slots=True)
class PostgresAlarmLooks:
    """``gateway.http.live.AlarmLooks``."""

    pool: Pool
    viewer: Viewer
    keyring: Keyring
    clock: Clock

    async def one(self, scope: Scope, alarm_id: UUID, what: str) -> AlarmView:
        """Return an alarm of her centres; ``what`` of it is looked at goes into the journal.

        Raises ``NotFound``, which is written down too.
        """
        async with scoped(self.pool, scope) as database:
            row = await database.fetchrow(FIND, alarm_id)
            alarm = None if row is None else self.viewer.alarm(row)
            hidden = alarm is None or scope.centres.isdisjoint(seen_by(alarm))
            kind = Kind.LOOK_REFUSED if hidden else Kind.LOOKED
            await record(
                database, scope, Entry(kind=kind, why=Why.ALARM, alarm_id=alarm_id, facts={"what": what})
            )
        if alarm is None or hidden:
            raise NotFound
        return alarm

    async def open_of(self, scope: Scope, purposes: Sequence[Purpose]) -> list[AlarmView]:
        """Return the open alarms of her centres, oldest first."""
        return await self._list(scope, OPEN, sorted(scope.centres), purposes=purposes)

    async def closed(self, scope: Scope, query: AlarmQuery) -> list[AlarmView]:
        """Return closed alarms of her centres, the one raised last first."""
        wanted = (list(query.purposes), query.awaiting_review, query.before, query.limit)
        return await self._list(scope, CLOSED, sorted(scope.centres), *wanted, purposes=query.purposes)

    async def first_delivery(self, scope: Scope, alarm: AlarmView) -> FirstDelivery | None:
        """Return when an alarm was first drawn on a screen."""
        return await PostgresAlarms(self._hers(scope), self.viewer).first_delivery(alarm)

    async def track(
        self, scope: Scope, alarm_id: UUID, before: datetime | None, limit: int, who: Who = "victim"
    ) -> Track:
        """Return where she has been, or the offender."""
        return await PostgresTracks(self._hers(scope), self.clock, who).read(alarm_id, before, limit)

    async def notes(self, scope: Scope, alarm_id: UUID) -> AlarmNotes:
        """Return all notes of an alarm, newest first."""
        return await PostgresHistory(self._hers(scope), self.viewer, self.keyring).notes(alarm_id)

    async def timeline(self, scope: Scope, alarm_id: UUID) -> Timeline:
        """Return every event of an alarm."""
        return await PostgresHistory(self._hers(scope), self.viewer, self.keyring).timeline(alarm_id)

    def _hers(self, scope: Scope) -> Pool:
        return PersonsPool.of(self.pool, scope)

    async def _list(
        self, scope: Scope, question: str, *given: object, purposes: Sequence[Purpose]
    ) -> list[AlarmView]:
        """Return what is found, and write down each that is shown: a list has everything of them."""
        async with scoped(self.pool, scope) as database:
            rows: Sequence[Row] = await database.fetch(question, *given)
            alarms = [alarm for alarm in map(self.viewer.alarm, rows) if alarm.purpose in purposes]
            looked = [
                Entry(kind=Kind.LOOKED, why=Why.ALARM, alarm_id=alarm.alarm_id, facts={"what": "list"})
                for alarm in alarms
            ]
            await record(database, scope, *looked)
        return alarms
