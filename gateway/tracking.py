"""The part of the composition root that follows victims: its adapters, its use cases, its loops."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import uuid4

from dispatch.hub import Hub
from dispatch.positions import Positions as PositionFanOut
from gateway.domain.track import Moved
from gateway.following import Following
from gateway.http.message_signatures import NONCE_KEPT
from gateway.http.positions import PositionsDoor
from gateway.ingest.positions import Positions
from gateway.ports import Clock, FixWriter, NewestFixes, Tracks
from gateway.store.connect import Pool, connect
from gateway.store.fixes import PostgresFixes
from gateway.store.last_fixes import PostgresLastFixes, last_fixes
from gateway.store.tracks import PostgresTracks
from gateway.telemetry import Metrics


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """What ``gateway.main`` needs of it."""

    door: PositionsDoor
    tracks: Tracks
    fixes: FixWriter
    loops: tuple[Callable[[], Any], ...]

    @classmethod
    def of(
        cls,
        database: str,
        pool: Pool,
        hub: Hub,
        door: Callable[[Positions], PositionsDoor],
        following: Callable[[NewestFixes], Following],
        clock: Clock,
        metrics: Metrics,
    ) -> Self:
        """Put it together; nothing runs yet. ``door`` and ``following`` are made of its parts."""
        node, tracks = uuid4(), PostgresTracks(pool, clock)
        source = PostgresLastFixes(pool, node)
        fan_out = PositionFanOut(source, hub.live, clock, metrics)
        hub.accompany(fan_out)
        follows = following(tracks)

        def moved(alarms: Sequence[Moved]) -> None:
            fan_out.take(last_fixes(alarms))
            follows.heard(alarms)

        fixes = PostgresFixes(
            lambda: connect(database, application_name="msa positions"),
            moved,
            source.forget,
            node,
            NONCE_KEPT,
            clock,
            metrics,
        )
        return cls(
            door=door(Positions(fixes)),
            tracks=tracks,
            fixes=fixes,
            loops=(fixes.run, fan_out.run, fan_out.follow, follows.run, follows.watch),
        )
