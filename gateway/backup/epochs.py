"""Each restore is an epoch of its own: by the timeline alone, all restores of one archive would be one."""

import secrets
from typing import Final

from gateway.store.connect import Role, connected

TOKEN_BYTES: Final = 4
KNOWN: Final = "SELECT to_regclass('restoration') IS NOT NULL"
MARK: Final = """
INSERT INTO restoration (token, restored_at) VALUES ($1, clock_timestamp())
ON CONFLICT (last) DO UPDATE SET token = excluded.token, restored_at = excluded.restored_at"""


async def begin_epoch(url: str) -> None:
    """Mark a restored database, so that no console goes on from what another restore of it has told.

    A schema that is too old to be marked is left as it is: looking at it says that it is old.
    Raises ``DatabaseUnavailable``, ``DatabaseRefused``.
    """
    async with connected(url, application_name="msa db restore", role=Role.TOOL) as connection:
        if await connection.fetchval(KNOWN):
            await connection.execute(MARK, secrets.token_hex(TOKEN_BYTES))
