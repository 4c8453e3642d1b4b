"""The composition root: settings -> database -> adapters -> services -> one TaskGroup -> server.

Start: database, schema, keys, streams, then the socket; ``/startupz`` turns 200 last.
Stop (SIGTERM): not ready, consoles told to come back, server stops taking, running requests end,
loops are cancelled, connections close, an embedded database stops.
"""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import structlog

from dispatch.hub import Hub
from dispatch.websocket import Endpoint
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
from gateway.http.app import build
from gateway.http.front import Front
from gateway.http.live import Health, Live
from gateway.http.policy import SecurityHeaders
from gateway.http.positions import PositionsDoor
from gateway.http.press import PressDoor
from gateway.http.problems import Failures
from gateway.http.server import Server, listening
from gateway.ingest.accept import Ingest
from gateway.node_watching import node_watching
from gateway.overseeing import Overseeing
from gateway.ports import Clock, NewestFixes
from gateway.settings import Settings
from gateway.store import migrate, pool_waits
from gateway.store.connect import Pool, create_pool
from gateway.store.database import opened
from gateway.storing import Storing
from gateway.streaming import Streaming
from gateway.supervising import Supervision
from gateway.telemetry import Metrics
from gateway.timing import DRAIN_S
from gateway.tracking import Tracking

POOL_MAX: Final = 12
"""Connections besides the held ones: requests, sweeps and their commits, consoles' reads."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a node is put together from, each by the module that names it."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    centres: CentreFiles
    streaming: Streaming
    storing: Storing
    tracking: Tracking
    overseeing: Overseeing
    supervision: Supervision
    attaching: Attaching
    answering: Answering
    casework: Casework
    doors: Doors


@dataclass(frozen=True, kw_only=True)
class Node:
    """One gateway process, ready to be run."""

    settings: Settings
    health: Health
    hub: Hub
    endpoint: Endpoint
    front: Front
    loops: tuple[Callable[[], Any], ...]


async def compose(settings: Settings, database: str, pool: Pool) -> Node:
    """Put the parts together; nothing runs yet but the first read of the streams."""
    parts = await _parts(settings, database, pool)
    failing.counted_by(parts.metrics.of_node.tasks_failed)
    pool_waits.told_to(parts.metrics.of_node.waited)
    health = Health(database=lambda: parts.streaming.log.reachable)
    return Node(
        settings=settings,
        health=health,
        hub=parts.streaming.hub,
        endpoint=parts.attaching.endpoint,
        front=_front(parts, health),
        loops=(
            *parts.streaming.loops,
            *parts.attaching.loops,
            *parts.storing.loops,
            *parts.tracking.loops,
            *parts.supervision.loops,
            *parts.answering.loops,
            *parts.casework.loops,
            *parts.doors.loops,
            _enriching(parts).run,
            *node_watching(
                settings, pool, parts.streaming, parts.attaching.endpoint, parts.clock, parts.metrics
            ),
        ),
    )


async def _parts(settings: Settings, database: str, pool: Pool) -> Parts:
    clock, metrics = SystemClock(), Metrics()
    streaming = await Streaming.of(settings, database, pool, clock, metrics)
    centres = await CentreFiles.read(settings, streaming.centres)
    storing = Storing.of(settings, database, pool, streaming, clock, metrics)
    companions = storing.companions
    await companions.load()
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
        storing=storing,
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
            )
        ),
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


def _front(parts: Parts, health: Health) -> Front:
    storing, services = parts.storing, parts.attaching.services
    ingest = Ingest(storing.writers, parts.clock, parts.centres.respond, parts.centres.areas)
    press = PressDoor(storing.companions, parts.settings.public_urls, ingest, parts.clock, parts.metrics)
    return Front(
        press=Failures(press),
        heartbeat=Failures(parts.supervision.door),
        positions=Failures(parts.tracking.door),
        console=parts.attaching.endpoint,
        rest=build(services, _live(parts, health), parts.casework.services, parts.doors.services),
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


async def serve(settings: Settings, started: Callable[[str], None] | None = None) -> None:
    """Run one node until it is told to stop; ``started`` is called with its base URL.

    Raises:
        DatabaseRefused: the database cannot be trusted with presses, or has another schema.
    """
    async with (
        database_of(settings) as database,
        create_pool(database, application_name="msa gateway", min_size=2, max_size=POOL_MAX) as pool,
    ):
        async with pool.acquire() as connection:
            await migrate.check(connection)
        node = await compose(settings, database, pool)
        await node.hub.start()
        listener = listening(settings.host, settings.port)
        server = Server(node.front)
        async with asyncio.TaskGroup() as tasks:
            loops = [tasks.create_task(loop()) for loop in node.loops]
            node.health.started = True
            gc.collect()
            gc.freeze()  # what lives as long as the process need not be looked at again
            url = f"http://{settings.host}:{listener.getsockname()[1]}"
            structlog.get_logger().info("started", node=settings.node, url=url)
            with _stopping(node, server, tasks):
                if started is not None:
                    started(url)
                await server.run_on(listener)
            for loop in loops:
                loop.cancel()


@contextlib.contextmanager
def _stopping(node: Node, server: Server, tasks: asyncio.TaskGroup) -> Iterator[None]:
    """Drain on SIGTERM and SIGINT; a second one ends at once."""

    async def drain() -> None:
        node.health.draining = True
        node.hub.wake()
        node.endpoint.drain(DRAIN_S)
        await asyncio.sleep(DRAIN_S if node.endpoint.attached else 0)
        server.should_exit = True

    def stop() -> None:
        if node.health.draining:
            server.force_exit = server.should_exit = True
        else:
            tasks.create_task(drain())

    loop = asyncio.get_running_loop()
    handled = (signal.SIGTERM, signal.SIGINT)
    with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows, or not the main thread
        for one in handled:
            loop.add_signal_handler(one, stop)
    try:
        yield
    finally:
        with contextlib.suppress(NotImplementedError, RuntimeError):
            for one in handled:
                loop.remove_signal_handler(one)
