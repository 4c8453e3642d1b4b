"""Whom an officer wants told about changes of one file's protection."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import NotFound, StaleVersion
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Database, Pool
from schemas.protection_board import Telling, TellingView

# The row of the file is held, so that of two who set it at once the second has not seen the first's.
FILE: Final = """
SELECT r.centre_id, r.team, coalesce(z.mail, '{}') <> '{}' AS addressed
  FROM registration r LEFT JOIN zone z USING (zone_id)
 WHERE r.registration_id = $1 AND r.population = 'real' AND r.wrapped_key IS NOT NULL"""
HELD: Final = f"{FILE} FOR NO KEY UPDATE OF r"

WISH: Final = """
SELECT victim, zone, version, set_at, set_by FROM protection_wish WHERE registration_id = $1"""

SET: Final = """
INSERT INTO protection_wish AS w (registration_id, victim, zone, version, set_at, set_by)
VALUES ($1, $2, $3, 1, now(), $4)
    ON CONFLICT (registration_id) DO UPDATE
   SET victim = EXCLUDED.victim, zone = EXCLUDED.zone, version = w.version + 1, set_at = EXCLUDED.set_at,
       set_by = EXCLUDED.set_by"""

# What is so by now is taken as told: a wish is for changes from here on.
BEGIN: Final = """
INSERT INTO protection_telling (registration_id, channel, lacking)
SELECT $1, $2, EXISTS (SELECT FROM protection p WHERE p.registration_id = $1 AND p.state <> 'protected')
    ON CONFLICT DO NOTHING"""
END: Final = "DELETE FROM protection_telling WHERE registration_id = $1 AND channel = $2"


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom this gateway can reach, as it is set up."""

    texts: bool = False
    mail: bool = False


class PostgresTellings:
    """Whom to tell. Raises ``DatabaseUnavailable``."""

    def __init__(self, pool: Pool, reach: Reach) -> None:
        self._pool = pool
        self._reach = reach

    async def of(self, scope: Scope, registration_id: UUID) -> TellingView:
        """Return what is set; the page around it recorded the look. Raises ``NotFound``."""
        async with scoped(self._pool, scope) as database:
            file = await database.fetchrow(FILE, registration_id)
            if file is None:
                raise NotFound
            return await self._view(database, registration_id, addressed=file["addressed"])

    async def set(self, scope: Scope, registration_id: UUID, wanted: Telling) -> TellingView:
        """Set it, if it is still as it was seen. Raises ``NotFound`` and ``StaleVersion``."""
        async with scoped(self._pool, scope) as database:
            file = await database.fetchrow(HELD, registration_id)
            if file is None:
                raise NotFound
            before = await self._view(database, registration_id, addressed=file["addressed"])
            if before.version != wanted.version:
                raise StaleVersion
            await database.execute(
                SET, registration_id, wanted.victim, wanted.zone, scope.who.model_dump(mode="json")
            )
            for channel, is_wanted in (("victim", wanted.victim), ("zone", wanted.zone)):
                await database.execute(BEGIN if is_wanted else END, registration_id, channel)
            act = Entry(
                kind=Kind.CHANGED,
                why=Why.CASE,
                registration_id=registration_id,
                centre=file["centre_id"],
                team=file["team"],
                facts={"part": "protection_telling", "victim": wanted.victim, "zone": wanted.zone},
            )
            await record(database, scope, act)
            return await self._view(database, registration_id, addressed=file["addressed"])

    async def _view(self, database: Database, registration_id: UUID, *, addressed: bool) -> TellingView:
        row = await database.fetchrow(WISH, registration_id)
        return TellingView(
            **({} if row is None else dict(row)),
            victim_reachable=self._reach.texts,
            zone_reachable=self._reach.mail and addressed,
        )
