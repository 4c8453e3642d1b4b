"""The part of the composition root that tells other systems: receivers, and streams to read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from gateway.doors_formats import live_locations
from gateway.doors_ground import Ground
from gateway.enduring import enduring
from gateway.outbound.calling import Calls
from gateway.outbound.engine import Engine
from gateway.outbound.instruments import SendingInstruments
from gateway.outbound.live_location import LiveLocations
from gateway.outbound.payload import Bodies
from gateway.rereading import Reread
from gateway.settings import Settings
from gateway.store.doors.gaps import PostgresGaps
from gateway.store.doors.sendings import PostgresSendings
from gateway.store.doors.streams import PostgresStreams


@dataclass(frozen=True, kw_only=True)
class DoorsOut:
    """What ``gateway.doors`` needs of it."""

    streams: PostgresStreams
    bodies: Bodies
    locations: LiveLocations
    loops: tuple[Callable[[], Any], ...]
    rereads: Mapping[str, Reread]

    @classmethod
    def of(cls, ground: Ground) -> Self:
        """Put it together; nothing runs yet."""
        streaming, domain = ground.streaming, _domain(ground.settings)
        locations = live_locations(ground, domain)
        bodies = Bodies(domain, locations.url)
        calls = Calls.of(ground.settings)
        engine = Engine(
            sendings=PostgresSendings(ground.pool, streaming.keyring, streaming.viewer),
            gaps=PostgresGaps(ground.pool, streaming.keyring),
            notices=ground.storing.notices,
            calls=calls,
            clock=ground.clock,
            metrics=SendingInstruments(ground.metrics.registry),
            news=streaming.hub.news,
            bodies=bodies,
        )
        return cls(
            streams=PostgresStreams(ground.pool, streaming.viewer),
            bodies=bodies,
            locations=locations,
            loops=tuple(
                enduring(loop) for loop in (engine.run, engine.sweep, engine.tell_gaps, engine.clear)
            ),
            rereads={} if calls.ca_file is None else {"receivers_ca": calls.reread},
        )


def _domain(settings: Settings) -> str:
    """Return the host name by which the world knows this gateway; without any, one that nobody has."""
    known = urlsplit(settings.public_urls[0]).hostname if settings.public_urls else None
    return known or "msa.invalid"
