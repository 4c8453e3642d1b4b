"""The part of the composition root that supervises companions: it hears, judges and tells."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self

from dispatch.ports import Logged
from gateway.http.heartbeat import HeartbeatDoor
from gateway.ports import Clock
from gateway.settings import Settings
from gateway.store.companions import Companions
from gateway.store.connect import Pool
from gateway.store.presence import Presence
from gateway.store.protections import Protections, keep_counting
from gateway.store.reopened import Reopened
from gateway.store.supervision import Supervisor
from gateway.store.view import Viewer
from gateway.telemetry import Metrics


@dataclass(frozen=True, kw_only=True)
class Supervision:
    """What ``gateway.main`` needs of it."""

    door: HeartbeatDoor
    protections: Protections
    presence: Presence
    loops: tuple[Callable[[], Awaitable[None]], ...]

    @classmethod
    def of(
        cls,
        settings: Settings,
        pool: Pool,
        viewer: Viewer,
        publish: Callable[[Sequence[Logged]], None],
        companions: Companions,
        clock: Clock,
        metrics: Metrics,
    ) -> Self:
        """Put it together; nothing runs yet."""
        policy = settings.supervision
        presence = Presence(pool, clock, policy.limits, metrics)
        supervisor = Supervisor(pool, viewer, publish, policy, metrics)
        protections, reopened = Protections(pool), Reopened(pool, clock)
        return cls(
            door=HeartbeatDoor(
                companions, settings.public_urls, presence, reopened.of, policy, clock, metrics
            ),
            protections=protections,
            presence=presence,
            loops=(presence.run, supervisor.run, reopened.run, partial(keep_counting, protections, metrics)),
        )
