"""The part of the composition root that carries the centres' streams: the log, the hub, the doorbell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from dispatch.hub import Hub
from dispatch.ports import Logged
from dispatch.provisional import Provisionals
from gateway.bus.alone import NoNeighbours
from gateway.bus.nats_bus import NatsBus
from gateway.ports import Clock, Doorbell, Neighbours
from gateway.rereading import Put, Reread
from gateway.settings import Settings
from gateway.store.connect import Pool, connect
from gateway.store.doorbell import PostgresDoorbell
from gateway.store.sealing import Keyring
from gateway.store.stream import PostgresLog
from gateway.store.unopened import UnopenedFiles
from gateway.store.view import Viewer
from gateway.telemetry import Metrics


@dataclass(frozen=True, kw_only=True)
class Streaming:
    """What the other parts read, open and publish with; ``centres`` are those there are, by code."""

    centres: Sequence[str]
    keyring: Keyring
    unopened: UnopenedFiles
    viewer: Viewer
    log: PostgresLog
    hub: Hub
    provisionals: Provisionals
    neighbours: Neighbours
    publish: Callable[[Sequence[Logged]], None]
    loops: tuple[Callable[[], Any], ...]
    rereads: Mapping[str, Reread]

    @classmethod
    async def of(
        cls, settings: Settings, database: str, pool: Pool, streams: Pool, clock: Clock, metrics: Metrics
    ) -> Self:
        """Put it together; nothing runs yet but the first read of the streams (by a pool of their own)."""
        keyring = Keyring.of(settings)
        unopened = UnopenedFiles(pool, keyring, settings.kek_file, metrics.enrich_failures.inc)
        viewer = Viewer(keyring, unopened.failed)
        log = PostgresLog(streams, viewer)
        hub = Hub(log, clock, metrics)
        provisionals = Provisionals(clock, metrics)
        hub.accompany(provisionals)
        doorbell, neighbours = _between_nodes(settings, database, hub, metrics)
        centres = sorted(await log.bounds())
        for centre in centres:
            metrics.consoles.labels(centre).set_function(partial(hub.consoles, centre))
            for counter in (metrics.gap_filled, metrics.slow_consoles, metrics.writer_reconnects):
                counter.labels(centre)
        return cls(
            centres=centres,
            keyring=keyring,
            unopened=unopened,
            viewer=viewer,
            log=log,
            hub=hub,
            provisionals=provisionals,
            neighbours=neighbours,
            publish=partial(_publish, hub, doorbell),
            loops=(hub.run, hub.beat, doorbell.run, provisionals.run),
            rereads={"keys": partial(_keys, settings, keyring)},
        )


def _keys(settings: Settings, keyring: Keyring) -> Put:
    """Read the key file; what it wraps with counts from the next sealing on. Raises ``KeyFileRefused``."""
    return partial(keyring.follow, Keyring.read(settings.kek_file))


def _between_nodes(
    settings: Settings, database: str, hub: Hub, metrics: Metrics
) -> tuple[Doorbell, Neighbours]:
    """NATS carries both where there is one; else PostgreSQL's NOTIFY rings, and nobody is told more."""
    if settings.nats_urls:
        bus = NatsBus(settings, hub.ring, metrics)
        return bus, bus
    lines = partial(connect, database, application_name="msa doorbell")
    return PostgresDoorbell(lines, hub.ring, metrics), NoNeighbours()


def _publish(hub: Hub, doorbell: Doorbell, events: Sequence[Logged]) -> None:
    """Hand what was committed here to the consoles here, then tell the other nodes."""
    for centre in dict.fromkeys(event.centre for event in events):
        of_centre = [event for event in events if event.centre == centre]
        hub.publish(of_centre)
        doorbell.announce(centre, of_centre[-1].sequence)
