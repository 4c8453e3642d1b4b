"""The part of the composition root that consoles attach to: signing in, their endpoint, its loops."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from dispatch.websocket import Endpoint
from gateway.basemap import load_basemap
from gateway.centre_files import CentreFiles
from gateway.commands import AlarmCommands
from gateway.drawn_areas import DrawnAreas
from gateway.http.console import signed_in
from gateway.http.services import ByProvider, Services
from gateway.oidc.client import Client
from gateway.oidc.provider import Provider
from gateway.overseeing import Overseeing
from gateway.ports import Clock
from gateway.rereading import Put, Reread
from gateway.revoking import Guarded, Revoking
from gateway.settings import Settings
from gateway.storing import Storing
from gateway.streaming import Streaming
from gateway.telemetry import Metrics


@dataclass(frozen=True, kw_only=True)
class Attaching:
    """What ``gateway.main`` needs of it."""

    services: Services
    endpoint: Endpoint
    loops: tuple[Callable[[], Any], ...]
    rereads: Mapping[str, Reread]

    @classmethod
    async def of(
        cls,
        settings: Settings,
        streaming: Streaming,
        storing: Storing,
        centres: CentreFiles,
        overseeing: Overseeing,
        clock: Clock,
        metrics: Metrics,
    ) -> Self:
        """Put it together; nothing runs yet. Raises ``OidcRefused``."""
        operators = storing.operators
        services = await _services(settings, storing, centres, clock)
        commands = AlarmCommands(
            storing.alarms, storing.changes, storing.units, storing.notices, centres.respond, clock
        )
        endpoint = Endpoint(
            node=settings.node,
            hub=streaming.hub,
            log=streaming.log,
            commands=Guarded(commands, operators, clock),
            deliveries=storing.deliveries,
            sounds=overseeing.consoles,
            provisionals=streaming.provisionals,
            clock=clock,
            signed_in=partial(signed_in, services),
            closed=lambda code: metrics.closed.labels(str(code)).inc(),
        )
        revoking = Revoking(operators, endpoint.open)
        return cls(
            services=services,
            endpoint=endpoint,
            loops=(endpoint.sweep, revoking.run, overseeing.telling(endpoint)),
            rereads=_rereads(settings, services.oidc),
        )


async def _services(settings: Settings, storing: Storing, centres: CentreFiles, clock: Clock) -> Services:
    """Say what people sign in with, and what the console they get is drawn from."""
    return Services(
        settings=settings,
        basemap=await asyncio.to_thread(load_basemap, settings),
        drawn_areas=await asyncio.to_thread(DrawnAreas.of, centres.areas, settings),
        clock=clock,
        companions=storing.companions,
        operators=storing.operators,
        registrations=storing.registrations,
        oidc=_by_provider(settings, storing, clock),
    )


def _rereads(settings: Settings, oidc: ByProvider | None) -> Mapping[str, Reread]:
    return {} if oidc is None else {"oidc_secret": partial(_client, settings, oidc)}


def _client(settings: Settings, oidc: ByProvider) -> Put:
    """Read the client's secret; sign-ins that end after it is put in place use it. Raises ``OidcRefused``."""
    return partial(setattr, oidc.provider, "client", Client.of(settings))


def _by_provider(settings: Settings, storing: Storing, clock: Clock) -> ByProvider | None:
    """Say how people sign in at a provider. Raises ``OidcRefused``."""
    client = Client.of(settings)
    return None if client is None else ByProvider(Provider(client, clock), storing.sign_ins)
