"""Police zones, as an administrator keeps them."""

from collections.abc import Sequence
from typing import Final

from gateway.store.connect import Pool, acquire
from schemas.zone import Zone

ALL: Final = """
SELECT zone_id AS zone, name, centre_id AS centre, arrondissement, language, mail, report_at
  FROM zone ORDER BY centre_id, zone_id"""

SERVING: Final = """
SELECT DISTINCT zone_id, centre_id FROM registration WHERE zone_id IS NOT NULL AND wrapped_key IS NOT NULL"""

SAVE: Final = """
INSERT INTO zone (zone_id, centre_id, name, arrondissement, language, mail, report_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (zone_id) DO UPDATE
   SET centre_id = EXCLUDED.centre_id, name = EXCLUDED.name, arrondissement = EXCLUDED.arrondissement,
       language = EXCLUDED.language, mail = EXCLUDED.mail, report_at = EXCLUDED.report_at"""


class PostgresZones:
    """Police zones. Raises ``DatabaseUnavailable``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def all(self) -> tuple[Zone, ...]:
        """Return every zone, by centre and number."""
        async with acquire(self._pool) as database:
            return tuple(Zone.model_validate(dict(row)) for row in await database.fetch(ALL))

    async def serving(self) -> dict[str, str]:
        """Return the centre of each zone that has files."""
        async with acquire(self._pool) as database:
            return {row["zone_id"]: row["centre_id"] for row in await database.fetch(SERVING)}

    async def save(self, zones: Sequence[Zone]) -> None:
        """Save all of them or none, each replacing the one of its number."""
        rows = [
            (
                one.zone,
                one.centre,
                one.name,
                one.arrondissement,
                one.language,
                list(one.mail),
                one.report_at.replace(tzinfo=None),
            )
            for one in zones
        ]
        async with acquire(self._pool) as database, database.transaction():
            await database.executemany(SAVE, rows)
