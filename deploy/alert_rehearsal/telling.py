"""Prometheus and Alertmanager as they are deployed, and whoever is told: what came when."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import httpx
import yaml

from deploy.a_prometheus import Prometheus
from deploy.alert_rehearsal.scaling import alerting, write_rules
from deploy.ensure_tools import FOLDER, found

OBSERVABILITY: Final = Path(__file__).parents[1] / "observability"
READY_S: Final = 30.0
LOOK_S: Final = 0.5

TEMPLATES: Final = Path("/usr/share/prometheus/alertmanager")
WITH_TEMPLATES: Final = """
set -e; mount -t tmpfs none /usr/share; mkdir -p /usr/share/prometheus; cp -r "$1" /usr/share/prometheus/
shift; exec "$@"
"""
"""Debian's Alertmanager reads its templates from where its package is installed. Where it is only unpacked it
finds them there all the same, in a mount namespace of its own."""

Labels = Mapping[str, str]


@dataclass(kw_only=True)
class Told:
    """Everything that Alertmanager told, in order: when, whether it fires, its labels."""

    url: str = ""
    heard: list[tuple[float, bool, Labels]] = field(default_factory=list)

    def first(self, wanted: Labels, *, firing: bool, since: float) -> float | None:
        """Return when an alert with these labels was first told so, from ``since`` on."""
        return next(
            (
                at
                for at, is_firing, labels in list(self.heard)
                if at >= since and is_firing is firing and wanted.items() <= labels.items()
            ),
            None,
        )


@asynccontextmanager
async def listening() -> AsyncIterator[Told]:
    """Hear what Alertmanager tells, for a ``with`` block."""
    told = Told()

    class Heard(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            now = time.monotonic()
            told.heard += [(now, one["status"] == "firing", one["labels"]) for one in body["alerts"]]
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Heard) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        told.url = f"http://127.0.0.1:{server.server_port}"
        yield told
        server.shutdown()


@dataclass(kw_only=True)
class Watch:
    """The running Prometheus, whoever is told, the scrape targets' files, what was shortened."""

    prometheus: Prometheus
    told: Told
    targets: Path
    shortened: Mapping[tuple[str, str], str]

    async def firing(self, wanted: Labels) -> bool:
        """Whether Prometheus says now that an alert with these labels fires."""
        selector = ",".join(f'{name}="{value}"' for name, value in wanted.items())
        return bool(await self.prometheus.now(f'ALERTS{{alertstate="firing",{selector}}}'))


def write_targets(folder: Path, job: str, *addresses: str) -> None:
    """Say which addresses a job scrapes; Prometheus reads it within seconds."""
    fresh = folder / f".{job}"
    fresh.write_text(yaml.safe_dump([{"targets": list(addresses)}] if addresses else []))
    fresh.rename(folder / f"{job}.yml")


@asynccontextmanager
async def watched(directory: Path, ports: tuple[int, int], scale: float) -> AsyncIterator[Watch]:
    """Run both for a ``with`` block, on ``ports``; the targets' files are the caller's to write."""
    prometheus_port, alertmanager_port = ports
    async with listening() as told, httpx.AsyncClient(timeout=30) as http:
        shortened = write_rules(OBSERVABILITY / "rules", directory / "rules", scale)
        (directory / "alertmanager.yml").write_text(
            alerting(OBSERVABILITY / "alertmanager.yml", told.url, scale)
        )
        _write_prometheus(directory, alertmanager_port)
        urls = [f"127.0.0.1:{port}" for port in ports]
        async with (
            _running(
                http,
                directory,
                "alertmanager",
                urls[1],
                f"--storage.path={directory / 'alertmanager'}",
                "--cluster.listen-address=",
            ),
            _running(http, directory, "prometheus", urls[0], f"--storage.tsdb.path={directory / 'tsdb'}"),
        ):
            url = f"http://127.0.0.1:{prometheus_port}"
            targets = directory / "targets"
            yield Watch(prometheus=Prometheus(http, url), told=told, targets=targets, shortened=shortened)


def _write_prometheus(directory: Path, alertmanager_port: int) -> None:
    read = yaml.safe_load((OBSERVABILITY / "prometheus.yml").read_text(encoding="utf-8"))
    managers = read["alerting"]["alertmanagers"][0]
    managers["static_configs"] = [{"targets": [f"127.0.0.1:{alertmanager_port}"]}]
    (directory / "prometheus.yml").write_text(yaml.safe_dump(read), encoding="utf-8")


@asynccontextmanager
async def _running(
    http: httpx.AsyncClient, directory: Path, name: str, address: str, *arguments: str
) -> AsyncIterator[None]:
    command = [
        *_in_its_place(name),
        found(name) or name,
        f"--config.file={directory / name}.yml",
        f"--web.listen-address={address}",
        *arguments,
    ]
    with (directory / f"{name}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
        try:
            async with asyncio.timeout(READY_S):
                while not await _ready(http, address):
                    if process.returncode is not None:
                        raise RuntimeError((directory / f"{name}.log").read_text()[-500:])
                    await asyncio.sleep(LOOK_S)
            yield
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _in_its_place(name: str) -> list[str]:
    unpacked = FOLDER / str(TEMPLATES).lstrip("/")
    if name != "alertmanager" or TEMPLATES.exists() or not unpacked.exists():
        return []
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", WITH_TEMPLATES, "sh", str(unpacked)]


async def _ready(http: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await http.get(f"http://{address}/-/ready")).is_success
    except httpx.TransportError:
        return False
