"""A node's life: its loops and its servers in one task group, from the first signal it takes to the last."""

import asyncio
import gc
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog

from dispatch.hub import Hub
from dispatch.websocket import Endpoint
from gateway.http.apart import Apart
from gateway.http.front import Front
from gateway.http.live import Health
from gateway.http.server import Server, listening
from gateway.leaving import Handlers, Leaving, on_signals
from gateway.service_manager import ServiceManager, Sockets
from gateway.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Node:
    """One gateway process, ready to be run."""

    settings: Settings
    health: Health
    hub: Hub
    endpoint: Endpoint
    front: Front
    states: Apart
    reread: Callable[[], None]
    loops: tuple[Callable[[], Any], ...]


async def run(
    node: Node, given: Sockets, manager: ServiceManager, started: Callable[[str], None] | None
) -> None:
    """Run a node until it is told to stop, and all its loops with it."""
    settings = node.settings
    listener = given.get("http") or listening(settings.host, settings.port)
    apart = _apart(settings, given)
    server, states = Server(node.front), Server(node.states)
    leaving = Leaving(
        health=node.health,
        hub=node.hub,
        endpoint=node.endpoint,
        server=server,
        drain_s=settings.drain_s,
        shared="http" in given,
        begun=partial(manager.tell, "STOPPING=1"),
    )
    async with asyncio.TaskGroup() as tasks:
        loops = [tasks.create_task(loop()) for loop in (*node.loops, manager.prove_life)]
        if apart is not None:
            tasks.create_task(states.run_on(apart))
        node.health.started = True
        gc.collect()
        gc.freeze()  # what lives as long as the process need not be looked at again
        url = _url(settings.host, listener)
        metrics = url if apart is None else _url(settings.metrics_host, apart)
        structlog.get_logger().info("started", node=settings.node, url=url, metrics=f"{metrics}/metrics")
        with on_signals({**leaving.handlers(tasks), **_hangup(node.reread)}):
            if started is not None:
                started(url)
            manager.tell("READY=1")
            await server.run_on(listener)
        states.should_exit = True
        for loop in loops:
            loop.cancel()


def _hangup(reread: Callable[[], None]) -> Handlers:
    """Return what SIGHUP does, where there is one."""
    return {signal.SIGHUP: reread} if hasattr(signal, "SIGHUP") else {}


def _apart(settings: Settings, given: Sockets) -> socket.socket | None:
    if "metrics" in given:
        return given["metrics"]
    if settings.metrics_port is None:
        return None
    return listening(settings.metrics_host, settings.metrics_port)


def _url(host: str, listener: socket.socket) -> str:
    """Return where a listener is; a unix socket by its path."""
    address = listener.getsockname()
    return f"unix:{address}" if isinstance(address, str) else f"http://{host}:{address[1]}"
