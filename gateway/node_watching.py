"""The part of the composition root by which a node watches itself: its disks, its certificates, its tasks."""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from dispatch.websocket import Endpoint
from gateway.certificates import first_end, served_end
from gateway.enduring import enduring
from gateway.measuring import measure_lag
from gateway.node_metrics import NodeMetrics
from gateway.ports import Clock
from gateway.settings import Settings
from gateway.store import migrate
from gateway.store.connect import Pool
from gateway.store.node_watch import NodeWatch
from gateway.streaming import Streaming
from gateway.telemetry import Metrics
from gateway.timing import CERTIFICATES_AGAIN_S, CERTIFICATES_LOOK_S, DISKS_LOOK_S

DISTRIBUTION: Final = "msa-gateway"

Loop = Callable[[], Any]


def node_watching(
    settings: Settings, pool: Pool, streaming: Streaming, endpoint: Endpoint, clock: Clock, metrics: Metrics
) -> Sequence[Loop]:
    """Have what is known already read at each scrape; return the loops that look for the rest."""
    of_node = metrics.of_node
    of_node.built(version(DISTRIBUTION), migrate.head())
    of_node.read_from(
        database_up=lambda: streaming.log.reachable,
        unsent_s=streaming.hub.oldest_unsent_s,
        unsent_bytes=endpoint.largest_unsent,
    )
    return (
        NodeWatch(pool, clock, of_node).run,
        partial(measure_lag, metrics),
        enduring(partial(measure_disks, settings, of_node)),
        enduring(partial(measure_certificates, settings, of_node)),
    )


async def measure_disks(settings: Settings, metrics: NodeMetrics) -> None:
    """Measure how full the disks are, until cancelled. Raises ``OSError``."""
    places = {"data": settings.data_dir, "spool": settings.spool}
    while True:
        for where, path in places.items():
            usage = await asyncio.to_thread(shutil.disk_usage, _there(path))
            metrics.disk_free.labels(where).set(usage.free / usage.total)
        await asyncio.sleep(DISKS_LOOK_S)


def _there(path: Path) -> Path:
    """Return the directory, or what it will be made in."""
    return next(one for one in (path, *path.absolute().parents) if one.exists())


async def measure_certificates(settings: Settings, metrics: NodeMetrics) -> None:
    """Look when certificates end, until cancelled; what cannot be read is not said."""
    urls = [url for url in settings.public_urls if url.startswith("https://")]
    while True:
        own = settings.dc09_tls_certificate
        ends = {
            "dc09": [None if own is None else await asyncio.to_thread(first_end, own)],
            "public": [await served_end(url) for url in urls],
        }
        for which, found in ends.items():
            if known := [end.timestamp() for end in found if end is not None]:
                metrics.certificates.labels(which).set(min(known))
        is_whole = None not in ends["public"]
        await asyncio.sleep(CERTIFICATES_LOOK_S if is_whole else CERTIFICATES_AGAIN_S)
