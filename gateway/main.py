"""The composition root: settings -> database -> adapters -> services -> one TaskGroup -> server.

Start: database, schema, keys, streams, then the socket; ``/startupz`` turns 200 last.
Stop (SIGTERM): not ready, consoles told to come back, server stops taking, running requests end,
loops are cancelled, connections close, an embedded database stops.
"""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import structlog

from dispatch.hub import Hub
from dispatch.ports import Logged
from dispatch.websocket import Endpoint
from gateway.answering import Answering, Stores
from gateway.basemap import load_basemap
from gateway.cancelling import Cancelling
from gateway.clock import SystemClock
from gateway.commands import AlarmCommands
from gateway.domain.centres import CentreMap
from gateway.domain.provinces import Provinces
from gateway.drawn_areas import DrawnAreas
from gateway.enriching import Enriching
from gateway.following import Following
from gateway.geography import check_known, load_centres
from gateway.http.app import build
from gateway.http.console import signed_in
from gateway.http.front import Front
from gateway.http.live import Health, Live
from gateway.http.policy import security_headers
from gateway.http.positions import PositionsDoor
from gateway.http.press import PressDoor
from gateway.http.problems import Failures
from gateway.http.server import Server, listening
from gateway.http.services import ByProvider, Services
from gateway.ingest.accept import Ingest
from gateway.oidc.client import Client
from gateway.oidc.provider import Provider
from gateway.overseeing import Overseeing
from gateway.ports import Clock
from gateway.responses import Responses, check_answering, load_responses
from gateway.revoking import Guarded, Revoking
from gateway.settings import Settings
from gateway.store import migrate
from gateway.store.alarms import PostgresAlarms
from gateway.store.canaries import keep_canaries_few
from gateway.store.changes import PostgresChanges
from gateway.store.companions import Companions
from gateway.store.connect import Pool, connect, create_pool
from gateway.store.database import opened
from gateway.store.deliveries import FirstSeen, PostgresDeliveries
from gateway.store.doorbell import PostgresDoorbell
from gateway.store.history import PostgresHistory
from gateway.store.housekeeping import keep_house
from gateway.store.notices import PostgresNotices
from gateway.store.oidc_sign_ins import OidcSignIns
from gateway.store.operators import Operators
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from gateway.store.stream import PostgresLog
from gateway.store.units import PostgresUnits
from gateway.store.unopened import UnopenedFiles
from gateway.store.view import Viewer
from gateway.store.windows import PostgresWindows
from gateway.store.writer import Writers
from gateway.supervising import Supervision
from gateway.telemetry import Metrics
from gateway.timing import DRAIN_S, LOOP_TICK_S
from gateway.tracking import Tracking

POOL_MAX: Final = 12
"""Connections besides the held ones: requests, sweeps and their commits, consoles' reads."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """Everything one gateway process is made of."""

    settings: Settings
    metrics: Metrics
    health: Health
    hub: Hub
    endpoint: Endpoint
    front: Front
    loops: tuple[Callable[[], Any], ...]


async def compose(settings: Settings, database: str, pool: Pool) -> Node:
    """Put the parts together; nothing runs yet but the first read of the streams."""
    clock, metrics = SystemClock(), Metrics()
    keyring = Keyring.of(settings)
    unopened = UnopenedFiles(pool, keyring, settings.kek_file, metrics.enrich_failures.inc)
    viewer = Viewer(keyring, unopened.failed)
    log = PostgresLog(pool, viewer)
    hub = Hub(log, clock, metrics)
    centres = sorted(await log.bounds())
    areas = await _areas(settings, centres)
    respond = _responses(settings, centres).of
    companions = Companions(pool, clock)
    await companions.load()
    operators = Operators(pool, clock, settings.session_hours, settings.session_watch_hours)
    doorbell = PostgresDoorbell(lambda: connect(database, application_name="msa doorbell"), hub.ring, metrics)

    def publish(events: Sequence[Logged]) -> None:
        """Hand what was committed here to the consoles here, then tell the other nodes."""
        for centre in dict.fromkeys(event.centre for event in events):
            of_centre = [event for event in events if event.centre == centre]
            hub.publish(of_centre)
            doorbell.announce(centre, of_centre[-1].sequence)

    alarms, history = PostgresAlarms(pool, viewer), PostgresHistory(pool, viewer, keyring)
    changes = PostgresChanges(pool, viewer, keyring, publish, metrics)
    units = PostgresUnits(pool, viewer, publish)
    notices = PostgresNotices(pool, viewer, publish)
    windows = PostgresWindows(pool, notices)
    deliveries = PostgresDeliveries(pool, clock, partial(_shown, settings, metrics))
    writers = Writers(
        centres,
        lambda centre: connect(database, application_name=f"msa writer {centre}"),
        viewer,
        publish,
        metrics,
    )
    tracking = Tracking.of(
        database,
        pool,
        hub,
        door=lambda positions: PositionsDoor(companions, settings.public_urls, positions, clock, metrics),
        following=lambda fixes: Following(
            alarms=alarms, fixes=fixes, changes=changes, areas=areas, respond=respond, clock=clock
        ),
        clock=clock,
        metrics=metrics,
    )
    overseeing = Overseeing.of(settings, pool, clock)
    supervision = Supervision.of(settings, pool, viewer, publish, companions, clock, metrics)
    health = Health(database=lambda: log.reachable)
    for centre in centres:
        metrics.consoles.labels(centre).set_function(partial(hub.consoles, centre))
    services = Services(
        settings=settings,
        basemap=await asyncio.to_thread(load_basemap, settings),
        drawn_areas=await asyncio.to_thread(DrawnAreas.of, areas, settings),
        clock=clock,
        companions=companions,
        operators=operators,
        registrations=Registrations(pool, keyring, clock),
        oidc=_by_provider(settings, pool, clock),
    )
    endpoint = Endpoint(
        node=settings.node,
        hub=hub,
        log=log,
        commands=Guarded(AlarmCommands(alarms, changes, units, notices, respond, clock), operators, clock),
        deliveries=deliveries,
        sounds=overseeing.consoles,
        clock=clock,
        signed_in=partial(signed_in, services),
        closed=lambda code: metrics.closed.labels(str(code)).inc(),
    )
    answering = Answering.of(
        settings,
        Stores(
            pool=pool,
            alarms=alarms,
            changes=changes,
            notices=notices,
            attendances=overseeing.attendances,
        ),
        endpoint.attending,
        areas if areas.centres else Provinces(areas.default),
        respond,
        clock,
        metrics,
    )
    ingest = Ingest(writers, clock, respond, areas)
    door = PressDoor(companions, settings.public_urls, ingest, clock, metrics)
    live = Live(
        hub=hub,
        alarms=alarms,
        history=history,
        tracks=tracking.tracks,
        units=units,
        windows=windows,
        protections=supervision.protections,
        overviews=overseeing.overviews,
        cancelling=Cancelling(alarms=alarms, changes=changes, clock=clock),
        health=health,
        metrics=metrics,
    )
    return Node(
        settings=settings,
        metrics=metrics,
        health=health,
        hub=hub,
        endpoint=endpoint,
        front=Front(
            press=Failures(door),
            heartbeat=Failures(supervision.door),
            positions=Failures(tracking.door),
            console=endpoint,
            rest=build(services, live),
            headers=security_headers(services.basemap.sources),
        ),
        loops=(
            hub.run,
            hub.beat,
            endpoint.sweep,
            Revoking(operators, endpoint.open).run,
            writers.run,
            *tracking.loops,
            Enriching(unopened=unopened, alarms=alarms, changes=changes).run,
            *supervision.loops,
            deliveries.run,
            doorbell.run,
            companions.run,
            windows.run,
            *answering.loops,
            overseeing.telling(endpoint),
            partial(keep_house, operators),
            partial(keep_canaries_few, pool),
            partial(_measure_lag, metrics),
        ),
    )


def _responses(settings: Settings, known: Sequence[str]) -> Responses:
    """Read how the centres answer. Raises ``ResponsesRefused``."""
    responses = load_responses(settings)
    check_answering(responses, known)
    return responses


def _by_provider(settings: Settings, pool: Pool, clock: Clock) -> ByProvider | None:
    """Say how people sign in at a provider. Raises ``OidcRefused``."""
    client = Client.of(settings)
    return None if client is None else ByProvider(Provider(client, clock), OidcSignIns(pool, clock))


async def _areas(settings: Settings, known: Sequence[str]) -> CentreMap:
    """Read the centres' areas. Raises ``CentresRefused``; a checkout that was not built has none."""
    areas = await asyncio.to_thread(load_centres, settings)
    check_known(areas, known)
    if not areas.centres:
        structlog.get_logger().warning("centre_areas_missing", routing="by registration only")
    return areas


def _shown(settings: Settings, metrics: Metrics, seen: FirstSeen) -> None:
    """Judge an alarm's first delivery by the budget."""
    took_s = (seen.delivered_at - seen.received_at).total_seconds()
    metrics.delivery.labels(seen.purpose).observe(max(0.0, took_s))
    if took_s * 1000 > settings.latency_budget_ms:
        metrics.budget_breaches.labels(seen.purpose).inc()
        structlog.get_logger().warning(
            "latency_budget_breached",
            alarm_id=str(seen.alarm_id),
            centre=seen.centre,
            purpose=seen.purpose,
            took_ms=round(took_s * 1000),
            budget_ms=settings.latency_budget_ms,
        )


async def _measure_lag(metrics: Metrics) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LOOP_TICK_S
        await asyncio.sleep(LOOP_TICK_S)
        metrics.loop_lag.observe(max(0.0, loop.time() - due))


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
