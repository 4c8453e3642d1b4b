"""What is asked of a database about itself, before a backup of it and after a restore."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from gateway.domain.errors import SchemaTooOld
from gateway.store import migrate
from gateway.store.connect import Role, connected

SERVER: Final = """
SELECT stream_epoch() AS epoch, current_setting('server_version_num')::int / 10000 AS major,
       current_database() AS database, current_user AS role, clock_timestamp() AS now,
       ARRAY(SELECT spcname::text FROM pg_tablespace WHERE oid >= 16384 ORDER BY 1) AS tablespaces,
       log_id, position, chain
  FROM chain_tip"""
CENTRES: Final = "SELECT centre_id, last_sequence FROM centre_stream ORDER BY centre_id"
CHAIN_AT: Final = """
SELECT chain FROM chain_link WHERE position = $1
 UNION ALL SELECT chain FROM chain_tip WHERE position = $1 LIMIT 1"""
LAST_PRESSES: Final = """
SELECT c.centre_id, count(p.press_id) AS presses, max(p.committed_at) AS last
  FROM centre c LEFT JOIN press p USING (centre_id) GROUP BY c.centre_id ORDER BY c.centre_id"""
ERASED: Final = """
SELECT registration_id FROM registration WHERE registration_id = ANY ($1::uuid[]) AND erased_at IS NULL"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A database at one instant; ``now`` is by the server's clock."""

    now: datetime
    schema: str | None
    major: int
    epoch: str
    database: str
    role: str
    tablespaces: list[str]
    log_id: UUID
    position: int
    chain: bytes
    centres: dict[str, int]


async def facts_of(url: str) -> Facts:
    """Ask. Raises ``DatabaseUnavailable`` and ``DatabaseRefused``; for an empty one ``SchemaTooOld``."""
    async with connected(url, application_name="msa backup", role=Role.TOOL) as connection:
        schema = await migrate.current(connection)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                row = await connection.fetchrow(SERVER)
                centres = await connection.fetch(CENTRES)
        except asyncpg.UndefinedTableError:
            raise SchemaTooOld(f"it has {schema or 'nothing'}, and no sealed log") from None
    assert row is not None  # noqa: S101 (the tip is one row from the first migration of the log on)
    return Facts(
        **dict(row),
        schema=schema,
        centres={one["centre_id"]: one["last_sequence"] for one in centres},
    )
