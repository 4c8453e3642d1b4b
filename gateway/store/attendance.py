"""Who attends which centre, written by each node for itself and believed while the node is heard."""

from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from gateway.ports import Presence
from gateway.store.connect import Pool, acquire
from gateway.timing import ATTENDANCE_GRACE_S, NODE_HEARD_S

BEAT: Final = "SELECT attend($1, $2, $3, $4, $5)"

PRESENCE: Final = """
SELECT c.centre_id, c.consoles, a.unattended_since IS NOT NULL AND c.consoles = 0 AS unattended
  FROM consoles_attending($1) c LEFT JOIN attendance a USING (centre_id)"""


class PostgresAttendance:
    """``gateway.ports.Attendances``. Each start of a process is another node: its consoles are new."""

    def __init__(self, pool: Pool, name: str) -> None:
        self._pool = pool
        self._name = name
        self.node_id = uuid4()

    async def beat(self, consoles: Mapping[str, int]) -> None:
        """Say that this node lives, and how many consoles attend each centre here."""
        counted = {centre: number for centre, number in consoles.items() if number}
        async with acquire(self._pool) as database:
            await database.execute(BEAT, self.node_id, self._name, counted, NODE_HEARD_S, ATTENDANCE_GRACE_S)

    async def presence(self) -> Presence:
        """Return who sits where, as the nodes that live have said."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(PRESENCE, NODE_HEARD_S)
        return Presence(
            consoles={row["centre_id"]: row["consoles"] for row in rows},
            unattended=frozenset(row["centre_id"] for row in rows if row["unattended"]),
        )
