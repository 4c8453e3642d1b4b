"""Reading a centre's stream: its bounds, its events, its open alarms as of one cursor."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, Literal

import asyncpg

from dispatch.ports import Bounds, Logged, LogUnavailable, Shown
from gateway.domain.errors import DatabaseUnavailable
from gateway.store.connect import Database, Pool, acquire
from gateway.store.pool_waits import STREAM_POOL
from gateway.store.view import Viewer
from schemas.frames import Cursor

# A centre that was added has a stream from its first press on; until then it has an empty one.
BOUNDS: Final = """
SELECT c.centre_id, coalesce(s.first_kept, 1) AS first_kept, coalesce(s.last_sequence, 0) AS last_sequence,
       stream_epoch() AS epoch
  FROM centre c LEFT JOIN centre_stream s ON s.centre_id = c.centre_id"""

# Images are JSON text here: they go to the consoles as they are.
READ: Final = """
SELECT e.sequence, e.kind, e.at, e.alarm_id, e.image::text AS image,
       e.image ->> 'purpose' AS purpose, e.subject, e.done_by,
       stream_epoch() AS epoch, a.registration_id, a.key_id, a.wrapped_key, a.person_sealed,
       a.circumstances_sealed, a.sealed_version, a.notes_sealed
  FROM stream_event e
  LEFT JOIN alarm a ON a.centre_id = e.centre_id AND a.alarm_id = e.alarm_id
 WHERE e.centre_id = $1 AND e.sequence > $2 AND e.sequence <= $3
 ORDER BY e.sequence
 LIMIT $4"""

# One statement sees one state: the counter and what it counts belong together.
SNAPSHOT: Final = """
SELECT coalesce(s.last_sequence, 0) AS last_sequence, stream_epoch() AS epoch, a.alarm_id, a.purpose,
       CASE WHEN a.alarm_id IS NOT NULL THEN alarm_image(a)::text END AS image, a.registration_id, a.key_id,
       a.wrapped_key, a.person_sealed, a.circumstances_sealed, a.sealed_version, a.notes_sealed,
       ARRAY(SELECT unit_image(u)::text FROM unit u WHERE u.centre_id = $1 ORDER BY u.name) AS units,
       ARRAY(SELECT notice_image(n)::text FROM notice n
              WHERE n.centre_id = $1 AND n.cleared_at IS NULL ORDER BY n.raised_at) AS notices,
       ARRAY(SELECT protection_image(p)::text FROM protection p
              WHERE p.centre_id = $1 AND p.state <> 'protected' ORDER BY p.since) AS protections
  FROM centre c
  LEFT JOIN centre_stream s ON s.centre_id = c.centre_id
  LEFT JOIN alarm a ON a.centre_id = c.centre_id AND a.state <> 'closed'
 WHERE c.centre_id = $1
 ORDER BY a.raised_at, a.alarm_id"""

OTHER_THINGS: Final[tuple[Literal["units", "notices", "protections"], ...]] = (
    "units",
    "notices",
    "protections",
)


class PostgresLog:
    """``dispatch.ports.StreamLog`` on the primary."""

    def __init__(self, pool: Pool, viewer: Viewer) -> None:
        self._pool = pool
        self._viewer = viewer
        self.reachable = False
        """Whether the last question was answered; one is asked each second."""
        self.answers = 0
        """How many were answered so far."""

    async def bounds(self) -> dict[str, Bounds]:
        """Return the bounds of every centre."""
        async with self._reading() as database:
            rows = await database.fetch(BOUNDS)
        return {
            row["centre_id"]: Bounds(
                epoch=row["epoch"], first_kept=row["first_kept"], head=row["last_sequence"]
            )
            for row in rows
        }

    async def read(self, centre: str, *, after: int, up_to: int, limit: int) -> Sequence[Logged]:
        """Return the events with ``after`` < sequence <= ``up_to``, in order, at most ``limit``."""
        async with self._reading() as database:
            rows = await database.fetch(READ, centre, after, up_to, limit)
        return [self._viewer.event(row, centre, row["epoch"]) for row in rows]

    async def snapshot(self, centre: str) -> tuple[Cursor, Sequence[Shown]]:
        """Return what the centre has as of one cursor, each thing as its JSON."""
        async with self._reading() as database:
            rows = await database.fetch(SNAPSHOT, centre)
        cursor = Cursor(epoch=rows[0]["epoch"], sequence=rows[0]["last_sequence"])
        shown = [
            Shown("alarms", self._viewer.alarm_json(row), row["purpose"])
            for row in rows
            if row["alarm_id"] is not None
        ]
        for field in OTHER_THINGS:
            shown += (Shown(field, image.encode()) for image in rows[0][field])
        return cursor, shown

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Database]:
        """Borrow a connection; every way of not getting an answer is ``LogUnavailable``."""
        try:
            async with acquire(self._pool, STREAM_POOL) as database:
                yield database
            self.reachable = True
            self.answers += 1
        except (DatabaseUnavailable, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            self.reachable = False
            raise LogUnavailable(type(error).__name__) from error
