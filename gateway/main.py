"""The composition root: settings -> database -> adapters -> services -> one TaskGroup -> server.

Start: database, schema, keys, streams, then the socket; ``/startupz`` turns 200 last.
Stop (SIGTERM, ``gateway.leaving``): not ready, consoles told to come back, server stops taking, running
requests end, loops are cancelled, connections close, an embedded database stops.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from gateway import failing
from gateway.answering import Answering, Stores
from gateway.attaching import Attaching
from gateway.cancelling import Cancelling
from gateway.casework import Casework
from gateway.centre_files import CentreFiles
from gateway.clock import SystemClock
from gateway.doors import Doors
from gateway.doors_effects import effects_of
from gateway.doors_ground import Ground
from gateway.enriching import Enriching
from gateway.following import Following
from gateway.http.apart import Apart, WithoutMetrics
from gateway.http.app import build
from gateway.http.front import Application, Front
from gateway.http.live import Health, Live
from gateway.http.policy import SecurityHeaders
from gateway.http.positions import PositionsDoor
from gateway.http.press import PressDoor
from gateway.http.problems import Failures
from gateway.ingest.accept import Ingest
from gateway.moving import Moving
from gateway.node_watching import node_watching
from gateway.overseeing import Overseeing
from gateway.ports import Clock, NewestFixes
from gateway.provisionals import ShownProvisionals
from gateway.rereading import Rereading
from gateway.running import Node, run
from gateway.service_manager import ServiceManager, Sockets
from gateway.settings import Settings
from gateway.spooling import Spooling
from gateway.store import migrate, pool_waits
from gateway.store.connect import NODE_POOL_MAX, STREAM_POOL_MAX, Pool, create_pool
from gateway.store.database import opened
from gateway.storing import Storing
from gateway.streaming import Streaming
from gateway.supervising import Supervision
from gateway.telemetry import Metrics
from gateway.tracking import Tracking


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a node is put together from, each by the module that names it."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    centres: CentreFiles
    streaming: Streaming
    provisionals: ShownProvisionals
    storing: Storing
    spooling: Spooling
    tracking: Tracking
    overseeing: Overseeing
    supervision: Supervision
    attaching: Attaching
    answering: Answering
    casework: Casework
    doors: Doors


async def compose(settings: Settings, database: str, pool: Pool, streams: Pool, given: Sockets) -> Node:
    """Put the parts together; nothing runs yet but the first read of the streams."""
    parts = await _parts(settings, database, pool, streams, given)
    failing.counted_by(parts.metrics.of_node.tasks_failed)
    pool_waits.told_to(parts.metrics.of_node.waited)
    spool = parts.spooling.spool
    health = Health(database=lambda: parts.streaming.log.reachable, spool=lambda: spool.has_room)
    services = parts.attaching.services
    rest = build(services, _live(parts, health), parts.casework.services, parts.doors.services)
    rereading = _rereading(parts)
    endpoint = parts.attaching.endpoint
    moving = Moving(parts.streaming, endpoint, health, parts.clock, parts.metrics)
    return Node(
        settings=settings,
        health=health,
        hub=parts.streaming.hub,
        endpoint=endpoint,
        front=_front(parts, rest, apart="metrics" in given or settings.metrics_port is not None),
        states=Apart(rest),
        reread=rereading.soon,
        loops=(
            rereading.run,
            *parts.streaming.loops,
            parts.provisionals.run,
            *parts.attaching.loops,
            *parts.storing.loops,
            *parts.spooling.loops,
            *parts.tracking.loops,
            *parts.supervision.loops,
            *parts.answering.loops,
            *parts.casework.loops,
            *parts.doors.loops,
            _enriching(parts).run,
            moving.run,
            *node_watching(settings, pool, parts.streaming, endpoint, parts.clock, parts.metrics),
        ),
    )


async def _parts(settings: Settings, database: str, pool: Pool, streams: Pool, given: Sockets) -> Parts:
    clock, metrics = SystemClock(), Metrics()
    streaming = await Streaming.of(settings, database, pool, streams, clock, metrics)
    centres = await CentreFiles.read(settings, streaming.centres)
    storing = Storing.of(settings, database, pool, streaming, clock, metrics)
    companions = storing.companions
    await companions.load()
    spooling = await Spooling.of(settings, pool, streaming, storing.writers, clock, metrics)
    tracking = Tracking.of(
        database,
        pool,
        streaming.hub,
        door=lambda positions: PositionsDoor(companions, settings.public_urls, positions, clock, metrics),
        following=lambda fixes: _following(storing, centres, fixes, clock),
        clock=clock,
        metrics=metrics,
    )
    overseeing = Overseeing.of(settings, pool, clock)
    supervision = Supervision.of(
        settings, pool, streaming.viewer, streaming.publish, companions, clock, metrics
    )
    attaching = await Attaching.of(settings, streaming, storing, centres, overseeing, clock, metrics)
    attending = attaching.endpoint.attending
    stores = _stores(pool, storing, overseeing)
    effects = effects_of(settings, pool, storing, streaming, tracking, supervision, centres, clock)
    return Parts(
        settings=settings,
        clock=clock,
        metrics=metrics,
        centres=centres,
        streaming=streaming,
        provisionals=spooling.provisionals,
        storing=storing,
        spooling=spooling,
        tracking=tracking,
        overseeing=overseeing,
        supervision=supervision,
        attaching=attaching,
        answering=Answering.of(
            settings, stores, attending, centres.neighbourhood, centres.respond, clock, metrics
        ),
        casework=Casework.of(settings, pool, streaming.keyring, companions, storing.notices, clock, metrics),
        doors=Doors.of(
            Ground(
                settings=settings,
                database=database,
                pool=pool,
                streaming=streaming,
                storing=storing,
                centres=centres,
                effects=effects,
                clock=clock,
                metrics=metrics,
                dc09_listener=given.get("dc09"),
            )
        ),
    )


def _rereading(parts: Parts) -> Rereading:
    """Gather the files that are read again at SIGHUP."""
    return Rereading(
        {
            **parts.streaming.rereads,
            **parts.attaching.rereads,
            **parts.answering.rereads,
            **parts.casework.rereads,
            **parts.doors.rereads,
        }
    )


def _stores(pool: Pool, storing: Storing, overseeing: Overseeing) -> Stores:
    return Stores(
        pool=pool,
        alarms=storing.alarms,
        changes=storing.changes,
        notices=storing.notices,
        attendances=overseeing.attendances,
    )


def _following(storing: Storing, centres: CentreFiles, fixes: NewestFixes, clock: Clock) -> Following:
    return Following(
        alarms=storing.alarms,
        fixes=fixes,
        changes=storing.changes,
        areas=centres.areas,
        respond=centres.respond,
        clock=clock,
    )


def _enriching(parts: Parts) -> Enriching:
    return Enriching(
        unopened=parts.streaming.unopened, alarms=parts.storing.alarms, changes=parts.storing.changes
    )


def _front(parts: Parts, rest: Application, *, apart: bool) -> Front:
    """``apart``: metrics are served elsewhere."""
    storing, services = parts.storing, parts.attaching.services
    ingest = Ingest(storing.writers, parts.clock, parts.centres.respond, parts.centres.areas)
    press = PressDoor(
        storing.companions,
        parts.settings.public_urls,
        ingest,
        parts.spooling.presses,
        parts.clock,
        parts.metrics,
    )
    return Front(
        press=Failures(press),
        heartbeat=Failures(parts.supervision.door),
        positions=Failures(parts.tracking.door),
        console=parts.attaching.endpoint,
        rest=WithoutMetrics(rest) if apart else rest,
        headers=SecurityHeaders(services.basemap.sources),
        doors={path: Failures(door) for path, door in parts.doors.paths.items()},
    )


def _live(parts: Parts, health: Health) -> Live:
    storing = parts.storing
    return Live(
        hub=parts.streaming.hub,
        alarms=storing.alarms,
        looks=storing.looks,
        history=storing.history,
        units=storing.units,
        windows=storing.windows,
        protections=parts.supervision.protections,
        overviews=parts.overseeing.overviews,
        cancelling=Cancelling(alarms=storing.alarms, changes=storing.changes, clock=parts.clock),
        health=health,
        metrics=parts.metrics,
    )


@contextlib.asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[str]:
    """Open the database; the embedded one is brought to this program's schema, others must be."""
    with contextlib.ExitStack() as stack:
        url = await asyncio.to_thread(stack.enter_context, opened(settings))
        if settings.embedded:
            await migrate.upgrade(url)
        yield url


async def serve(
    settings: Settings,
    started: Callable[[str], None] | None = None,
    *,
    sockets: Sockets | None = None,
    manager: ServiceManager | None = None,
) -> None:
    """Run one node until it is told to stop; ``started`` is called with its base URL.

    ``sockets``: those that listen already, by name. ``manager``: whoever wants to hear how the node is.

    Raises:
        DatabaseRefused: the database cannot be trusted with presses, or has another schema.
    """
    async with (
        database_of(settings) as database,
        create_pool(database, application_name="msa gateway", min_size=2, max_size=NODE_POOL_MAX) as pool,
        create_pool(database, application_name="msa streams", max_size=STREAM_POOL_MAX) as streams,
    ):
        async with pool.acquire() as connection:
            await migrate.check(connection)
        given = sockets or {}
        node = await compose(settings, database, pool, streams, given)
        await node.hub.start()
        await run(node, given, manager or ServiceManager(None, None), started)
