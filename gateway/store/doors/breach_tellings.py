"""Messages to victims about perimeters: asked for once, claimed by one node, ended once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.errors import SealBroken
from gateway.domain.rows import Row
from gateway.door_timing import BREACH_TOLD_WITHIN_S
from gateway.reporting.breach_telling import BreachTelling
from gateway.store.casework.scoped import record
from gateway.store.connect import Pool, acquire
from gateway.store.registrations import open_row
from gateway.store.sealing import Keyring

ASK: Final = """
INSERT INTO breach_telling (telling_id, registration_id, message)
VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"""

CLAIM: Final = """
WITH due AS (
    SELECT telling_id FROM breach_telling
     WHERE ended_at IS NULL AND due_at <= now() AND made_at > now() - make_interval(secs => $3)
     ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
UPDATE breach_telling t SET due_at = now() + make_interval(secs => $2), tries = t.tries + 1
  FROM due d, registration r
 WHERE t.telling_id = d.telling_id AND r.registration_id = t.registration_id AND r.population = 'real'
RETURNING t.telling_id, t.message, t.made_at, r.*"""

END: Final = """
UPDATE breach_telling SET ended_at = now(), outcome = $2
 WHERE telling_id = $1 AND ended_at IS NULL RETURNING 1"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresBreachTellings:
    """``gateway.reporting.breach_telling.BreachTellings``, and where they are asked for."""

    pool: Pool
    keyring: Keyring

    async def ask(self, telling_id: UUID, registration_id: UUID, message: str) -> None:
        """Have a victim told; the same id again changes nothing. Raises ``DatabaseUnavailable``."""
        async with acquire(self.pool) as database:
            await database.execute(ASK, telling_id, registration_id, message)

    async def claim(self, limit: int, again_s: float) -> Sequence[BreachTelling]:
        """Claim some that are due; a file is opened for her number only."""
        async with acquire(self.pool) as database:
            rows = await database.fetch(CLAIM, limit, again_s, BREACH_TOLD_WITHIN_S)
        return [self._telling(row) for row in rows]

    async def ended(self, telling: BreachTelling, outcome: str) -> None:
        """Say what became of one, in the journal too."""
        entry = Entry(
            kind=Kind.PERIMETER_TOLD,
            why=Why.SYSTEM,
            registration_id=telling.registration_id,
            facts={"message": telling.message, "outcome": outcome},
        )
        async with acquire(self.pool) as database, database.transaction():
            if await database.fetchval(END, telling.telling_id, outcome):
                await record(database, None, entry)

    def _telling(self, row: Row) -> BreachTelling:
        try:
            victim = open_row(self.keyring, row).person.victim
        except SealBroken:
            phone, language = None, None
        else:
            phone, language = victim.phone, victim.languages[0] if victim.languages else None
        return BreachTelling(
            telling_id=row["telling_id"],
            registration_id=row["registration_id"],
            message=row["message"],
            made_at=row["made_at"],
            phone=phone,
            language=language,
        )
