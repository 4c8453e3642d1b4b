"""Looking back: alarms that are over, all notes of one, all events of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway.domain.errors import SealBroken
from gateway.domain.timeline import Told, timeline_of
from gateway.ports import AlarmQuery
from gateway.store.connect import Pool, acquire
from gateway.store.sealing import Keyring
from gateway.store.view import Viewer, sealed_of
from schemas.alarm import AlarmView, Note
from schemas.centre import CentreView
from schemas.timeline import AlarmNotes, Timeline

# An alarm that several of the centres see is listed once.
CLOSED: Final = """
SELECT alarm_image(a)::text AS image, a.registration_id, a.key_id, a.wrapped_key,
       a.person_sealed, a.circumstances_sealed, a.sealed_version, a.notes_sealed
  FROM alarm a
 WHERE a.centre_id = ANY ($1) AND a.state = 'closed' AND a.purpose = ANY ($2)
   AND a.centre_id = (SELECT min(b.centre_id) FROM alarm b
                       WHERE b.alarm_id = a.alarm_id AND b.centre_id = ANY ($1))
   AND (NOT $3 OR (a.life #>> '{closure,needs_second_look}')::boolean)
   AND ($4::uuid IS NULL OR (a.raised_at, a.alarm_id) <
        (SELECT b.raised_at, b.alarm_id FROM alarm b WHERE b.alarm_id = $4 LIMIT 1))
 ORDER BY a.raised_at DESC, a.alarm_id DESC
 LIMIT $5"""

NOTES: Final = """
SELECT registration_id, key_id, wrapped_key, person_sealed, circumstances_sealed, sealed_version, notes_sealed
  FROM alarm WHERE alarm_id = $1 ORDER BY owner = centre_id DESC LIMIT 1"""

TOLD: Final = """
SELECT centre_id, sequence, kind, at, image, done_by FROM stream_event WHERE alarm_id = $1"""

CENTRES: Final = "SELECT centre_id AS centre, name FROM centre ORDER BY centre_id"


@dataclass(frozen=True, slots=True)
class PostgresHistory:
    """``gateway.ports.History``."""

    pool: Pool
    viewer: Viewer
    keyring: Keyring

    async def closed(self, centres: Sequence[str], query: AlarmQuery) -> list[AlarmView]:
        """Return closed alarms of these centres, the one raised last first."""
        wanted = (list(centres), list(query.purposes), query.awaiting_review, query.before, query.limit)
        async with acquire(self.pool) as database:
            rows = await database.fetch(CLOSED, *wanted)
        return [self.viewer.alarm(row) for row in rows]

    async def notes(self, alarm_id: UUID) -> AlarmNotes:
        """Return all notes of an alarm, newest first."""
        async with acquire(self.pool) as database:
            row = await database.fetchrow(NOTES, alarm_id)
        if row is None or row["notes_sealed"] is None:
            return AlarmNotes(alarm_id=alarm_id, readable=True, notes=())
        try:
            written = self.keyring.open_notes(row["registration_id"], sealed_of(row), row["notes_sealed"])
        except SealBroken:
            return AlarmNotes(alarm_id=alarm_id, readable=False, notes=())
        notes = tuple(Note.model_validate(one) for one in written)
        return AlarmNotes(alarm_id=alarm_id, readable=True, notes=notes)

    async def timeline(self, alarm_id: UUID) -> Timeline:
        """Return every event of an alarm, from whichever streams tell it."""
        async with acquire(self.pool) as database:
            rows = await database.fetch(TOLD, alarm_id)
        told = [
            Told(
                centre=row["centre_id"],
                sequence=row["sequence"],
                kind=row["kind"],
                at=row["at"],
                image=row["image"],
                by=row["done_by"],
            )
            for row in rows
        ]
        return timeline_of(alarm_id, told)

    async def centres(self) -> list[CentreView]:
        """Return the centres there are, by code."""
        async with acquire(self.pool) as database:
            rows = await database.fetch(CENTRES)
        return [CentreView(centre=row["centre"], name=row["name"]) for row in rows]
