"""One file as it is shown to who must know it now: its team, an alarm's operators, who was let in."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.rows import Row
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Pool
from gateway.store.sealing import Keyring
from gateway.store.view import sealed_of
from schemas.access import NeedToKnow
from schemas.session import Role

KNOWN: Final = """
SELECT r.registration_id, r.reference, r.centre_id, r.team, r.key_id, r.wrapped_key, r.person_sealed,
       r.circumstances_sealed, r.sealed_version, g.until, r.team = ANY (my_case_teams()) AS on_case
  FROM registration r
  LEFT JOIN LATERAL (SELECT max(until) FROM glass g WHERE g.registration_id = r.registration_id
                        AND g.asked_by = my_operator() AND g.allowed AND g.until > now()) AS g (until) ON true
 WHERE r.registration_id = $1"""


@dataclass(frozen=True, slots=True)
class PostgresNeedToKnow:
    """``gateway.http.casework.services.NeedsToKnow``."""

    pool: Pool
    keyring: Keyring

    async def of(self, scope: Scope, registration_id: UUID) -> NeedToKnow:
        """Show it, and write down that it was shown. Raises ``NotFound``, and writes that down too."""
        async with scoped(self.pool, scope) as database:
            row = await database.fetchrow(KNOWN, registration_id)
            why = Why.CASE if row is None else _why(scope, row)
            kind = Kind.LOOK_REFUSED if row is None else Kind.LOOKED
            facts = {"what": "need_to_know"}
            await record(
                database, scope, Entry(kind=kind, why=why, registration_id=registration_id, facts=facts)
            )
        if row is None:
            raise NotFound
        return self._view(row, why)

    def _view(self, row: Row, why: Why) -> NeedToKnow:
        view = NeedToKnow(
            registration_id=row["registration_id"],
            reference=row["reference"],
            centre=row["centre_id"],
            why=why,
            until=row["until"],
            readable=False,
        )
        try:
            person, circumstances = self.keyring.open(row["registration_id"], sealed_of(row))
        except SealBroken:
            return view
        return view.model_copy(update={"readable": True, "person": person, "circumstances": circumstances})


def _why(scope: Scope, row: Row) -> Why:
    if row["on_case"]:
        return Why.CASE if Role.CASE_OFFICER in scope.roles else Why.DECISION
    return Why.ALARM if row["until"] is None else Why.BREAK_GLASS
