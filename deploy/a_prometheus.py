"""A Prometheus of one's own for some minutes: started on a free port, asked over HTTP, ended."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from gateway.clock import SystemClock

START_S: Final = 30.0
EXEMPLARS: Final = "--enable-feature=exemplar-storage"


class QueryRefused(Exception):
    """Prometheus did not answer a query: it does not parse, or takes too long."""


@dataclass(frozen=True, slots=True)
class Series:
    """One series of an answer: its labels and its values at instants (seconds since 1970)."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


class Prometheus:
    """Asks a running Prometheus."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self._http = http
        self.url = url

    async def now(self, query: str) -> list[Series]:
        """Return each series with its newest value. Raises ``QueryRefused``."""
        found = await self._ask("query", {"query": query})
        if found["resultType"] == "scalar":
            return [Series({}, (_point(found["result"]),))]
        return [Series(one["metric"], (_point(one["value"]),)) for one in found["result"]]

    async def over(self, query: str, begin: float, end: float, step_s: float) -> list[Series]:
        """Return each series between two instants. Raises ``QueryRefused``."""
        found = await self._ask("query_range", {"query": query, "start": begin, "end": end, "step": step_s})
        return [Series(one["metric"], tuple(map(_point, one["values"]))) for one in found["result"]]

    async def exemplars(self, query: str) -> list[Mapping[str, str]]:
        """Return the labels of the exemplars of what a query asks for, of the last hour."""
        now = SystemClock().now().timestamp()
        found = await self._ask("query_exemplars", {"query": query, "start": now - 3600, "end": now})
        return [exemplar["labels"] for series in found for exemplar in series["exemplars"]]

    async def families(self) -> set[str]:
        """Return the names of all metrics that its targets describe, with or without a sample yet."""
        return set(await self._ask("metadata", {}))

    async def ready(self) -> bool:
        """Whether it answers queries."""
        try:
            return (await self._http.get(f"{self.url}/-/ready")).is_success
        except httpx.TransportError:
            return False

    async def _ask(self, what: str, parameters: Mapping[str, Any]) -> Any:
        answer = await self._http.get(f"{self.url}/api/v1/{what}", params=dict(parameters))
        told = answer.json()
        if told["status"] != "success":
            raise QueryRefused(told["error"])
        return told["data"]


@asynccontextmanager
async def a_prometheus(
    program: str, directory: Path, targets: Mapping[str, Sequence[str]], *, every_s: float = 5.0
) -> AsyncIterator[Prometheus]:
    """Run one for a ``with`` block that scrapes ``targets``: from job to ``host:port``."""
    jobs = [
        {"job_name": job, "honor_labels": True, "static_configs": [{"targets": list(addresses)}]}
        for job, addresses in targets.items()
    ]
    every = f"{round(every_s * 1000)}ms"
    file = directory / "prometheus.yml"
    # JSON is YAML too.
    file.write_text(
        json.dumps({"global": {"scrape_interval": every, "scrape_timeout": every}, "scrape_configs": jobs})
    )
    address = f"127.0.0.1:{_free_port()}"
    command = [program, f"--config.file={file}", f"--storage.tsdb.path={directory / 'data'}", EXEMPLARS]
    with (directory / "prometheus.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, f"--web.listen-address={address}", stdout=log, stderr=log
        )
        try:
            async with httpx.AsyncClient(timeout=30) as http:
                prometheus = Prometheus(http, f"http://{address}")
                await _started(prometheus, process)
                yield prometheus
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _started(prometheus: Prometheus, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(START_S):
        while not await prometheus.ready():
            if process.returncode is not None:
                raise RuntimeError(f"prometheus ended with {process.returncode}")
            await asyncio.sleep(0.1)


def _point(pair: Sequence[Any]) -> tuple[float, float]:
    return float(pair[0]), float(pair[1])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
