"""Files that stand for somebody whom an integrator raised an alarm for and whom nobody linked.

One an integrator and subject, made by the first alarm. All that the integrator said of her is sealed in it
as in any file. Nobody reports, counts, reminds of or supervises it (``Population.STAND_IN``). It is archived
from the start: it is erased when files are, counted from its last alarm, and made anew by another one.
Beyond so many a day the subjects of an integrator share one, so that none of its alarms is dropped.
"""

import asyncio
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from gateway.domain.event_keys import stood_in_for
from gateway.domain.integrators import Inbound, Linked
from gateway.door_timing import FIX_LOOKS_AT_ONCE, STAND_INS_A_DAY, STRANGER_DAYS_KEPT
from gateway.ports import Clock
from gateway.store.connect import Database, Pool, acquire
from gateway.store.doors.stand_in_names import StandInNames
from gateway.store.sealing import Keyring
from schemas.events import AlarmRaised, ReportedPerson
from schemas.registration import ButtonPolicy, Person, Population, Victim

# The one named first goes before the others.
FIND: Final = """
SELECT registration_id, centre_id FROM registration
 WHERE registration_id = ANY ($1) AND wrapped_key IS NOT NULL
 ORDER BY array_position($1, registration_id) LIMIT 1"""

# Who has none of her own may be one of those who share one, while there are such; later she is nobody there.
FIND_OR_SHARED: Final = """
SELECT registration_id, centre_id FROM registration
 WHERE registration_id = ANY ($1::uuid[] || $2::uuid[]) AND wrapped_key IS NOT NULL
   AND (registration_id = ANY ($1)
        OR EXISTS (SELECT FROM stand_in_day d WHERE d.integrator_id = $3 AND d.day >= $4 AND d.shared > 0))
 ORDER BY array_position($1::uuid[] || $2::uuid[], registration_id) LIMIT 1"""
SHARED_DAYS: Final = timedelta(days=1)
"""An alarm of the evening may be open the next day."""

# One that was erased since, or whose alarm was made on another node a moment ago, is there already.
_MADE: Final = """
    INSERT INTO registration AS r (registration_id, centre_id, reference, key_id, wrapped_key, person_sealed,
                                   circumstances_sealed, sealed_version, policy, created_at, updated_at,
                                   population, state)
    {values}
        ON CONFLICT (registration_id) DO UPDATE
       SET key_id = EXCLUDED.key_id, wrapped_key = EXCLUDED.wrapped_key,
           person_sealed = EXCLUDED.person_sealed, circumstances_sealed = EXCLUDED.circumstances_sealed,
           sealed_version = EXCLUDED.sealed_version, updated_at = EXCLUDED.updated_at,
           reference = EXCLUDED.reference, erased_at = NULL
     WHERE r.wrapped_key IS NULL"""
_VALUES: Final = "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, 'archived'"

MAKE_UNCOUNTED: Final = _MADE.format(values=_VALUES)
MAKE: Final = f"""
WITH counted AS (
    INSERT INTO stand_in_day AS d (integrator_id, day, made) VALUES ($12, $13, 1)
        ON CONFLICT (integrator_id, day) DO UPDATE SET made = d.made + 1 WHERE d.made < $14
    RETURNING d.made)
{_MADE.format(values=_VALUES + " FROM counted")}"""  # noqa: S608 (words of the program's own)

SHARE: Final = """
INSERT INTO stand_in_day AS d (integrator_id, day, shared) VALUES ($1, $2, 1)
    ON CONFLICT (integrator_id, day) DO UPDATE SET shared = d.shared + 1"""

TOO_MANY: Final = """
SELECT integrator_id, i.name FROM stand_in_day d JOIN integrator i USING (integrator_id)
 WHERE d.day = $1 AND d.shared > 0"""
EVER: Final = "SELECT integrator_id::text AS subject FROM integrator"
FORGET: Final = "DELETE FROM stand_in_day WHERE day < $1"

VERSION: Final = "SELECT sealed_version FROM registration WHERE registration_id = $1"
FIRST: Final = 1
REFERENCE_DIGITS: Final = 8
NAME_MAX: Final = 100
SEVERAL: Final = "?"
"""The name on the stand-in that several share: it is nobody's."""


class PostgresStandIns:
    """``gateway.ports.inbox.StandIns`` and ``Strangers``; ``a_day``: how many each integrator may make."""

    def __init__(self, pool: Pool, keyring: Keyring, clock: Clock, a_day: int = STAND_INS_A_DAY) -> None:
        self._pool = pool
        self._keyring = keyring
        self._clock = clock
        self._a_day = a_day
        self._names = StandInNames(keyring)
        self._looks = asyncio.Semaphore(FIX_LOOKS_AT_ONCE)

    def may_be(self, event: Inbound) -> list[UUID]:
        """Return the ids of all files that may stand for the event's subject."""
        return [*self._names.own(event), *self._names.shared(event)]

    async def of(self, event: Inbound, centre: str, *, own: bool = False) -> Linked:
        """Return the file that stands for the event's subject; where there is none, what it would be."""
        names = self._names.own(event)
        shared = [] if own else self._names.shared(event)
        async with self._looks, acquire(self._pool) as database:
            who, since = event.integrator.integrator_id, self._today() - SHARED_DAYS
            row = await database.fetchrow(FIND_OR_SHARED, names, shared, who, since)
        if row is None:
            return stood_in_for(event, centre, names[0])
        found = row["registration_id"]
        return stood_in_for(event, row["centre_id"], found, shared=found in shared)

    async def ensure(self, event: Inbound, centre: str) -> Linked:
        """Return the file that stands for the event's subject; where there is none, make it at a centre."""
        names, shared = self._names.own(event), self._names.shared(event)
        async with acquire(self._pool) as database:
            row = await database.fetchrow(FIND, names)
            if row is None:
                await self._make(database, names[0], event, centre, person_of(event))
                row = await database.fetchrow(FIND, names)
            if row is None:
                await database.execute(SHARE, event.integrator.integrator_id, self._today())
                row = await database.fetchrow(FIND, shared)
            if row is None:
                nobody = Person(victim=Victim(name=f"{SEVERAL} {event.integrator.name}"[:NAME_MAX]))
                await self._make(database, shared[0], event, centre, nobody, counted=False)
        found, home = (shared[0], centre) if row is None else (row["registration_id"], row["centre_id"])
        return stood_in_for(event, home, found, shared=found in shared)

    async def too_many(self) -> dict[UUID, str]:
        """Return integrators whose alarms share a stand-in today, with their names; forget days gone by."""
        today = self._today()
        async with acquire(self._pool) as database:
            await database.execute(FORGET, today - timedelta(days=STRANGER_DAYS_KEPT))
            rows = await database.fetch(TOO_MANY, today)
        return {row["integrator_id"]: row["name"] for row in rows}

    async def ever(self) -> list[str]:
        """Return the ids of all integrators."""
        async with acquire(self._pool) as database:
            return [row["subject"] for row in await database.fetch(EVER)]

    def _today(self) -> date:
        return self._clock.now().date()

    async def _make(
        self,
        database: Database,
        identity: UUID,
        event: Inbound,
        centre: str,
        person: Person,
        *,
        counted: bool = True,
    ) -> None:
        """Make it, unless its integrator has made as many today as it may."""
        population = Population.EXERCISE if event.integrator.sandbox else Population.STAND_IN
        version = (await database.fetchval(VERSION, identity) or 0) + FIRST
        sealed = self._keyring.seal(identity, version, person, ())
        await database.execute(
            MAKE if counted else MAKE_UNCOUNTED,
            identity,
            centre,
            f"? {identity.hex[:REFERENCE_DIGITS]}",
            sealed.key_id,
            sealed.wrapped_key,
            sealed.person_sealed,
            sealed.circumstances_sealed,
            sealed.sealed_version,
            ButtonPolicy().model_dump(mode="json"),
            self._clock.now(),
            population,
            *((event.integrator.integrator_id, self._today(), self._a_day) if counted else ()),
        )


def person_of(event: Inbound) -> Person:
    """Return what the integrator said of her; her name is at least what it calls her."""
    said = event.data.person if isinstance(event.data, AlarmRaised) else None
    said = said or ReportedPerson()
    return Person(victim=Victim(name=said.name or event.subject, phone=said.phone, languages=said.languages))
