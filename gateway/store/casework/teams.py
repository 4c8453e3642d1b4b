"""Case teams: those a person works for."""

from typing import Final

from gateway.domain.casework.scope import Scope
from gateway.store.casework.scoped import scoped
from gateway.store.connect import Pool
from schemas.casework import TeamView

MINE: Final = """
SELECT t.team, coalesce(z.name, c.name) AS name, coalesce(z.centre_id, c.centre_id) AS centre,
       z.arrondissement
  FROM unnest(my_teams()) AS t (team)
  LEFT JOIN zone z ON z.zone_id = t.team
  LEFT JOIN centre c ON c.centre_id = t.team
 WHERE coalesce(z.zone_id, c.centre_id) IS NOT NULL
 ORDER BY centre, z.zone_id IS NULL, name"""


class PostgresTeams:
    """Case teams as a person has them. Raises ``DatabaseUnavailable``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, scope: Scope) -> tuple[TeamView, ...]:
        """Return the teams of this scope, by centre and name."""
        async with scoped(self._pool, scope) as database:
            return tuple(TeamView.model_validate(dict(row)) for row in await database.fetch(MINE))
