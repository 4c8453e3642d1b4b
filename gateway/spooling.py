"""The part of the composition root for while PostgreSQL is away: the spool, the replay, files from memory."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from gateway.domain.away import Away
from gateway.enduring import enduring
from gateway.ingest.keeping import KeepingPresses
from gateway.ingest.replaying import Replaying
from gateway.ports import Clock, Presses
from gateway.provisionals import ShownProvisionals
from gateway.settings import Settings
from gateway.store.connect import Pool
from gateway.store.known_files import KnownSealedFiles
from gateway.store.spool import DiskSpool
from gateway.streaming import Streaming
from gateway.telemetry import Metrics


@dataclass(frozen=True, kw_only=True)
class Spooling:
    """What presses are given to, and whether there is room for more."""

    presses: KeepingPresses
    spool: DiskSpool
    provisionals: ShownProvisionals
    loops: tuple[Callable[[], Any], ...]

    @classmethod
    async def of(
        cls,
        settings: Settings,
        pool: Pool,
        streaming: Streaming,
        writers: Presses,
        clock: Clock,
        metrics: Metrics,
    ) -> Self:
        """Put it together; nothing is replayed yet. Raises ``SpoolRefused``, ``DatabaseUnavailable``."""
        files = KnownSealedFiles(pool, clock)
        await files.look()
        spool = DiskSpool.of(settings, streaming.keyring, clock, metrics.of_spool)
        shown = ShownProvisionals.of(settings, streaming, files.file_of, streaming.neighbours)
        away = Away()
        replaying = Replaying(writers, spool, shown, away, clock, metrics.of_spool)
        return cls(
            presses=KeepingPresses(writers, spool, shown, away),
            spool=spool,
            provisionals=shown,
            loops=(spool.hold, enduring(replaying.run), enduring(files.run)),
        )
