"""The protection board: the files of somebody's teams, the worst first, and how long each was how protected.

A change of protection keeps the sums of all time before it, so a stretch of time is the difference of two
look-ups. Before a file's first change nothing is known of it, and that time is in no sum.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import NotFound
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Pool
from schemas.protection_board import BoardFile, ProtectionChange

CHANGES_SHOWN: Final = 60
"""Changes of one file that are shown, the newest."""

DAY: Final = "interval '24 hours'"
MONTH: Final = "interval '30 days'"
SHARES: Final = "protection_shares"

NOT_FOLLOWED: Final = "('requested', 'heard', 'deliberated', 'granted', 'refused', 'closed', 'archived')"
"""Where a file's life is not, or no more, that she has a button which must work."""


def sums(instant: str) -> str:
    """Return the subquery for the sums of a registration ``r`` as of an instant."""
    return f"""(
        SELECT c.protected_s + CASE c.state WHEN 'protected' THEN p.lasted ELSE 0 END AS protected_s,
               c.degraded_s + CASE c.state WHEN 'degraded' THEN p.lasted ELSE 0 END AS degraded_s,
               c.unprotected_s + CASE c.state WHEN 'unprotected' THEN p.lasted ELSE 0 END AS unprotected_s
          FROM protection_change c
         CROSS JOIN LATERAL (SELECT extract(epoch FROM {instant} - c.at)::float8 AS lasted) AS p
         WHERE c.registration_id = r.registration_id AND c.at <= {instant}
         ORDER BY c.at DESC LIMIT 1)"""  # noqa: S608 (the instants are written below and in report_facts)


def stretch(until: str, since: str, function: str = "protection_stretch") -> str:
    """Return the JSON of the time between two sums; ``protection_shares`` makes the percentages alone."""
    parts = (
        f"greatest(0, coalesce({until}.{sum_s}, 0) - coalesce({since}.{sum_s}, 0))"
        for sum_s in ("protected_s", "degraded_s", "unprotected_s")
    )
    return f"{function}({', '.join(parts)})"


# A file that is still being installed was told to nobody, and yet she is not protected.
MINE: Final = """
SELECT r.registration_id, r.reference, r.team, r.centre_id AS centre, r.risk, r.state AS life,
       coalesce(p.state, 'unprotected') AS state, coalesce(p.since, r.created_at) AS since,
       coalesce(p.faults, CASE
           WHEN EXISTS (SELECT FROM companion k WHERE k.registration_id = r.registration_id
                           AND k.revoked_at IS NULL) THEN '[]'::jsonb
           ELSE jsonb_build_array(jsonb_build_object('kind', 'no_companion', 'since', r.created_at)) END
       ) AS faults
  FROM registration r
  LEFT JOIN protection p USING (registration_id)
 WHERE r.population = 'real' AND r.wrapped_key IS NOT NULL AND r.erased_at IS NULL"""

HEARD: Final = """
SELECT max(s.received_at) FROM companion k JOIN companion_state s USING (companion_id)
 WHERE k.registration_id = $1 AND k.revoked_at IS NULL"""

WORST_FIRST: Final = """
 ORDER BY array_position(ARRAY['unprotected', 'degraded', 'protected'], r.state),
          array_position(ARRAY['extreme', 'high', 'medium', 'low'], r.risk), r.since, r.reference"""

ROW: Final = f"""json_build_object(
    'registration_id', r.registration_id, 'reference', r.reference, 'team', r.team, 'centre', r.centre,
    'risk', r.risk, 'life', r.life, 'state', r.state, 'since', r.since, 'faults', r.faults,
    'day', {stretch("n", "d", SHARES)}, 'month', {stretch("n", "m", SHARES)})"""

SUMMED: Final = f"""
  LEFT JOIN LATERAL {sums("statement_timestamp()")} AS n ON true
  LEFT JOIN LATERAL {sums(f"(statement_timestamp() - {DAY})")} AS d ON true
  LEFT JOIN LATERAL {sums(f"(statement_timestamp() - {MONTH})")} AS m ON true"""

BOARD: Final = f"""
WITH mine AS MATERIALIZED ({MINE} AND r.state NOT IN {NOT_FOLLOWED} AND ($1::text IS NULL OR r.team = $1)),
shown AS MATERIALIZED (SELECT * FROM mine r {WORST_FIRST} LIMIT $2)
SELECT json_build_object('at', statement_timestamp(),
    'protected', (SELECT count(*) FROM mine WHERE state = 'protected'),
    'degraded', (SELECT count(*) FROM mine WHERE state = 'degraded'),
    'unprotected', (SELECT count(*) FROM mine WHERE state = 'unprotected'),
    'files', (SELECT coalesce(json_agg({ROW} {WORST_FIRST}), '[]') FROM shown r {SUMMED}))::text"""  # noqa: S608 (the parts stand above)

ONE: Final = f"""
WITH mine AS MATERIALIZED ({MINE} AND r.registration_id = $1)
SELECT {ROW}::text FROM mine r {SUMMED}"""  # noqa: S608 (the parts stand above)

CHANGES: Final = """
SELECT at, state, faults FROM protection_change
 WHERE registration_id = $1 ORDER BY at DESC LIMIT $2"""


class PostgresBoard:
    """Protection as a person may see it. Raises ``DatabaseUnavailable``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, scope: Scope, team: str | None, limit: int) -> str:
        """Return a ``schemas.protection_board.Board`` as JSON; the look is recorded.

        Of her teams, or of one of them. The database writes it as it goes out: a value for each of 5,000
        files would stand between a press and its answer for a third of a second.
        """
        async with scoped(self._pool, scope) as database:
            found: str = await database.fetchval(BOARD, team, limit)
            look = Entry(kind=Kind.LISTED, why=Why.CASE, team=team, facts={"page": "board"})
            await record(database, scope, look)
        return found

    async def one(
        self, scope: Scope, registration_id: UUID
    ) -> tuple[BoardFile, datetime | None, tuple[ProtectionChange, ...]]:
        """Return one file's protection, when a companion of hers was last heard, and the latest changes.

        The look is recorded. Raises ``NotFound``.
        """
        async with scoped(self._pool, scope) as database:
            image = await database.fetchval(ONE, registration_id)
            if image is None:
                raise NotFound
            heard_at: datetime | None = await database.fetchval(HEARD, registration_id)
            rows = await database.fetch(CHANGES, registration_id, CHANGES_SHOWN)
            file = BoardFile.model_validate_json(image)
            look = Entry(
                kind=Kind.LOOKED,
                why=Why.CASE,
                registration_id=registration_id,
                centre=file.centre,
                team=file.team,
                facts={"part": "protection"},
            )
            await record(database, scope, look)
        return file, heard_at, tuple(ProtectionChange.model_validate(dict(row)) for row in rows)
