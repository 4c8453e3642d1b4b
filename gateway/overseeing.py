"""The part of the composition root that tells supervisors how consoles and centres are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from dispatch.websocket import Endpoint
from gateway.consoles import ConsolesTold
from gateway.ports import Clock
from gateway.settings import Settings
from gateway.store.attendance import PostgresAttendance
from gateway.store.connect import Pool
from gateway.store.consoles import PostgresConsoles
from gateway.store.overview import PostgresOverviews


@dataclass(frozen=True, kw_only=True)
class Overseeing:
    """What ``gateway.main`` needs of it. A node's consoles count while its attendance is heard."""

    attendances: PostgresAttendance
    consoles: PostgresConsoles
    overviews: PostgresOverviews

    @classmethod
    def of(cls, settings: Settings, pool: Pool, clock: Clock) -> Self:
        """Put it together; nothing runs yet."""
        attendances = PostgresAttendance(pool, settings.node)
        return cls(
            attendances=attendances,
            consoles=PostgresConsoles(pool, clock, attendances.node_id, settings.node),
            overviews=PostgresOverviews(pool, clock),
        )

    def telling(self, endpoint: Endpoint) -> Callable[[], Any]:
        """Return the loop that says how the consoles of this endpoint are."""
        return ConsolesTold(self.consoles, endpoint.consoles, lambda: endpoint.canaries).run
