"""Alarms as they are: one, the open ones, their first deliveries."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from gateway.domain.alarm import seen_by
from gateway.domain.rows import Row
from gateway.ports import FirstDelivery
from gateway.store.connect import Pool, acquire
from gateway.store.view import Viewer
from schemas.alarm import AlarmView

# Where she is now comes first; a change keeps it with the alarm (the trigger ``alarm_keeps_last_fix``).
# Each centre that sees an alarm has the same of it: a person reads the row of a centre of hers.
FIND: Final = """
SELECT with_last_fix(alarm_image(a), a.alarm_id)::text AS image, a.registration_id, a.key_id, a.wrapped_key,
       a.person_sealed, a.circumstances_sealed, a.sealed_version, a.notes_sealed
  FROM alarm a
 WHERE a.alarm_id = $1
 ORDER BY a.owner = a.centre_id DESC LIMIT 1"""

BARE: Final = """
SELECT a.alarm_id, with_last_fix(alarm_image(a), a.alarm_id)::text AS image FROM alarm a
 WHERE a.alarm_id = ANY ($1) AND a.owner = a.centre_id"""

OPEN: Final = """
SELECT with_last_fix(alarm_image(a), a.alarm_id)::text AS image, a.registration_id, a.key_id, a.wrapped_key,
       a.person_sealed, a.circumstances_sealed, a.sealed_version, a.notes_sealed
  FROM (SELECT DISTINCT ON (alarm_id) * FROM alarm
         WHERE centre_id = ANY ($1) AND state <> 'closed') AS a
 ORDER BY a.raised_at, a.alarm_id"""

FIRST_DELIVERY: Final = """
SELECT fanned_out_at, painted_at, delivered_at FROM delivery
 WHERE centre_id = ANY ($1) AND alarm_id = $2
 ORDER BY delivered_at LIMIT 1"""


class PostgresAlarms:
    """``gateway.ports.Alarms`` and ``gateway.ports.BareAlarms``."""

    def __init__(self, pool: Pool, viewer: Viewer) -> None:
        self._pool = pool
        self._viewer = viewer

    async def find(self, alarm_id: UUID) -> AlarmView | None:
        """Return the alarm, enriched, or None."""
        async with acquire(self._pool) as database:
            row = await database.fetchrow(FIND, alarm_id)
        return None if row is None else self._viewer.alarm(row)

    async def bare(self, alarm_ids: Sequence[UUID]) -> dict[UUID, AlarmView | None]:
        """Return those there are, without their files; None for one that cannot be read."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(BARE, list(alarm_ids))
        return {row["alarm_id"]: self._bare(row) for row in rows}

    def _bare(self, row: Row) -> AlarmView | None:
        try:
            return self._viewer.bare(row)
        except ValueError:
            return None

    async def open_of(self, centres: tuple[str, ...]) -> list[AlarmView]:
        """Return the open alarms of these centres, oldest first."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(OPEN, list(centres))
        return [self._viewer.alarm(row) for row in rows]

    async def first_delivery(self, alarm: AlarmView) -> FirstDelivery | None:
        """Return when the alarm was first drawn on a screen."""
        async with acquire(self._pool) as database:
            row = await database.fetchrow(FIRST_DELIVERY, list(seen_by(alarm)), alarm.alarm_id)
        return None if row is None else FirstDelivery(**row)
