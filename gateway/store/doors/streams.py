"""The centres' streams as other systems read them: alarms only, and each that is told is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from dispatch.ports import Bounds
from gateway.domain.integrators import Integrator
from gateway.domain.receivers import PURPOSES, SANDBOX_PURPOSES, Told
from gateway.ports import Read
from gateway.store.connect import Database, Pool, acquire
from gateway.store.doors.told import COLUMNS, EARLIER, disclosed, told_of
from gateway.store.view import Viewer
from schemas.integrators import IntegratorScope
from schemas.press import Purpose

READ_ON: Final = 5_000
"""Events of any kind that one look reads past: some tens of milliseconds."""

BOUNDS: Final = """
SELECT coalesce(s.first_kept, 1) AS first_kept, coalesce(s.last_sequence, 0) AS head,
       stream_epoch() AS epoch
  FROM centre c LEFT JOIN centre_stream s USING (centre_id)
 WHERE c.centre_id = $1"""

TOLD_BEFORE: Final = EARLIER.format(
    alarm="e.alarm_id", centre="e.centre_id", sequence="e.sequence", told="true"
)
OPEN_BEFORE: Final = EARLIER.format(
    alarm="a.alarm_id", centre="c.centre_id", sequence="s.last_sequence + 1", told="true"
)

EVENTS: Final = f"""
SELECT e.centre_id AS centre, e.sequence, e.kind, e.alarm_id, stream_epoch() AS epoch,
       CASE WHEN $6 THEN ({TOLD_BEFORE}) END AS earlier, {COLUMNS}
  FROM stream_event e
  JOIN alarm a ON a.centre_id = e.centre_id AND a.alarm_id = e.alarm_id
 WHERE e.centre_id = $1 AND e.sequence > $2 AND e.sequence <= $3 AND e.subject = 'alarm'
   AND e.image ->> 'purpose' = ANY ($4)
 ORDER BY e.sequence LIMIT $5"""  # noqa: S608 (columns of the program's own)

# One statement sees one state: the counter and what it counts belong together.
OPEN: Final = f"""
SELECT c.centre_id AS centre, coalesce(s.last_sequence, 0) AS sequence, stream_epoch() AS epoch,
       'alarm.snapshot' AS kind, statement_timestamp() AS at, a.alarm_id, a.purpose,
       CASE WHEN a.alarm_id IS NOT NULL THEN alarm_image(a)::text END AS image, a.registration_id, a.key_id,
       a.wrapped_key, a.person_sealed, a.circumstances_sealed, a.sealed_version, a.notes_sealed,
       CASE WHEN $3 THEN ({OPEN_BEFORE}) END AS earlier
  FROM centre c
  LEFT JOIN centre_stream s ON s.centre_id = c.centre_id
  LEFT JOIN alarm a ON a.centre_id = c.centre_id AND a.state <> 'closed' AND a.purpose = ANY ($2)
 WHERE c.centre_id = $1
 ORDER BY a.raised_at, a.alarm_id"""  # noqa: S608 (words of the program's own)


# Of the centres that see it, the one that has it now.
NEWEST: Final = f"""
SELECT e.centre_id AS centre, e.sequence, e.kind, e.alarm_id, stream_epoch() AS epoch,
       NULL AS earlier, {COLUMNS}
  FROM stream_event e
  JOIN alarm a ON a.centre_id = e.centre_id AND a.alarm_id = e.alarm_id
 WHERE e.alarm_id = $1 AND e.centre_id = ANY ($2) AND e.subject = 'alarm'
   AND e.image ->> 'purpose' = ANY ($3)
 ORDER BY a.owner = a.centre_id DESC, e.sequence DESC LIMIT 1"""  # noqa: S608 (columns of the program's own)


@dataclass(frozen=True, slots=True)
class PostgresStreams:
    """``gateway.ports.Streams``."""

    pool: Pool
    viewer: Viewer

    async def bounds(self, centre: str) -> Bounds | None:
        """Return what can be read; None: there is no such centre."""
        async with acquire(self.pool) as database:
            row = await database.fetchrow(BOUNDS, centre)
        return None if row is None else Bounds(**row)

    async def read(
        self,
        reader: Integrator,
        centre: str,
        after: int,
        limit: int,
        purposes: Sequence[Purpose],
        *,
        earlier: bool = False,
    ) -> Read:
        """Read on; each alarm that is told goes into the journal with it, or neither does."""
        async with acquire(self.pool) as database, database.transaction():
            bounds = Bounds(**(await database.fetch(BOUNDS, centre))[0])
            up_to = min(bounds.head, after + READ_ON)
            rows = await database.fetch(EVENTS, centre, after, up_to, list(purposes), limit, earlier)
            if len(rows) == limit:
                up_to = rows[-1]["sequence"]
            person = IntegratorScope.PERSONS in reader.scopes
            events = [told_of(row, self.viewer, person=person) for row in rows]
            await _write_down(database, reader, centre, events)
        return Read(bounds.epoch, up_to, events)

    async def snapshot(
        self, reader: Integrator, centre: str, purposes: Sequence[Purpose], *, earlier: bool = False
    ) -> Read:
        """Return the open alarms as of one cursor."""
        async with acquire(self.pool) as database, database.transaction():
            rows = await database.fetch(OPEN, centre, list(purposes), earlier)
            person = IntegratorScope.PERSONS in reader.scopes
            events = [
                told_of(row, self.viewer, person=person, snapshot=True)
                for row in rows
                if row["alarm_id"] is not None
            ]
            await _write_down(database, reader, centre, events)
        return Read(rows[0]["epoch"], rows[0]["sequence"], events)

    async def newest(self, reader: Integrator, alarm_id: UUID) -> Told | None:
        """Return an alarm after its last event."""
        purposes = SANDBOX_PURPOSES if reader.sandbox else PURPOSES
        async with acquire(self.pool) as database, database.transaction():
            row = await database.fetchrow(NEWEST, alarm_id, list(reader.centres), list(purposes))
            if row is None:
                return None
            told = told_of(row, self.viewer, person=IntegratorScope.PERSONS in reader.scopes)
            await _write_down(database, reader, told.centre, [told], what="eido")
        return told


async def _write_down(
    database: Database, reader: Integrator, centre: str, told: Sequence[Told], what: str = "stream"
) -> None:
    by = {"operator_id": str(reader.integrator_id), "name": reader.name}
    with_person = any(one.person for one in told)
    facts: dict[str, Any] = {"what": what, "person": with_person}
    await disclosed(database, by, centre, facts, told)
