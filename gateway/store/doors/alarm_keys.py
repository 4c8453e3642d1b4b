"""Which file each event raised an alarm of: known for ever, though its subject is linked elsewhere since."""

from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.ports.inbox import Held
from gateway.store.connect import Pool, acquire
from gateway.store.doors.event_digests import EventDigests
from gateway.store.sealing import Keyring

# What another node puts in meanwhile is not in this statement's snapshot: asked again, it is.
HOLD: Final = """
WITH put AS (INSERT INTO alarm_event (event_key, registration_id, digest, first_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT DO NOTHING RETURNING registration_id, digest)
SELECT registration_id, digest FROM put
 UNION ALL SELECT registration_id, digest FROM alarm_event WHERE event_key = $1"""

ERASED: Final = b""
"""The digest of what was said of a file that is erased: nobody knows any more."""


class PostgresAlarmKeys:
    """``gateway.ports.AlarmKeys``."""

    def __init__(self, pool: Pool, keyring: Keyring) -> None:
        self._pool = pool
        self._digests = EventDigests(keyring)

    async def hold(self, key: UUID, registration_id: UUID, digest: bytes, at: datetime) -> Held:
        """Keep that an event is about a file, unless it is known already; return what is kept."""
        written = self._digests.written(digest)
        async with acquire(self._pool) as database:
            row = await database.fetchrow(HOLD, key, registration_id, written, at)
            row = row or await database.fetchrow(HOLD, key, registration_id, written, at)
        if row is None:
            return Held(registration_id=registration_id, differs=False)
        differs = row["digest"] != ERASED and not self._digests.same(row["digest"], digest)
        return Held(registration_id=row["registration_id"], differs=differs)
