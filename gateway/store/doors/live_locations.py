"""Looks at open alarms by other systems that hold a ticket; each look stands in the journal."""

from typing import Final
from uuid import UUID

from gateway.domain.casework.journal import Kind, Why
from gateway.store.connect import Pool, acquire
from gateway.store.view import Viewer
from schemas.alarm import AlarmView
from schemas.integrators import IntegratorScope

KEYS_USE: Final = b"live_location"
"""What the keys of the addresses are derived for: the same on every node."""

# What is looked at is written down by the statement that reads it.
LOOK: Final = f"""
WITH holder AS (
    SELECT i.integrator_id, i.name, i.centres, i.sandbox FROM integrator i
     WHERE i.integrator_id = $2 AND i.disabled_at IS NULL
       AND i.scopes @> ARRAY['{IntegratorScope.STREAMS}']::text[]),
seen AS (
    SELECT a.alarm_id, a.registration_id, a.centre_id, h.integrator_id, h.name,
           with_last_fix(alarm_image(a), a.alarm_id)::text AS image
      FROM alarm a CROSS JOIN holder h
     WHERE a.alarm_id = $1 AND a.owner = a.centre_id AND a.state <> 'closed'
       AND EXISTS (SELECT FROM alarm s WHERE s.alarm_id = $1 AND s.centre_id = ANY (h.centres))
       AND (NOT h.sandbox OR a.purpose IN ('exercise', 'test'))),
logged AS (
    INSERT INTO journal (kind, done_by, roles, registration_id, alarm_id, centre_id, reason, facts)
    SELECT '{Kind.DISCLOSED}', jsonb_build_object('operator_id', integrator_id, 'name', name),
           ARRAY['integrator'], registration_id, alarm_id, centre_id, '{Why.ALARM}',
           jsonb_build_object('way', 'live_location')
      FROM seen)
SELECT image FROM seen"""  # noqa: S608 (words of ours)


class PostgresLocationLooks:
    """``gateway.ports.live_location.LocationLooks``."""

    def __init__(self, pool: Pool, viewer: Viewer) -> None:
        self._pool = pool
        self._viewer = viewer

    async def look(self, alarm_id: UUID, holder: UUID) -> AlarmView | None:
        """Return the alarm without its file, once that is written into the journal."""
        async with acquire(self._pool) as database:
            row = await database.fetchrow(LOOK, alarm_id, holder)
        return None if row is None else self._viewer.bare(row)
