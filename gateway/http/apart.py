"""Metrics and probes on a port of their own, and nothing else there."""

from typing import Any, Final

from gateway.http.bare import Refusal, refuse
from gateway.http.front import Application, Message
from schemas.problems import ProblemKind

METRICS_PATH: Final = "/metrics"
PATHS: Final = frozenset({METRICS_PATH, "/livez", "/readyz", "/startupz"})


class Apart:
    """Answers what is asked of a node's state; ``rest`` is where those routes are."""

    def __init__(self, rest: Application) -> None:
        self._rest = rest

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        """Answer one request; there are no websockets here."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        elif scope["type"] == "http" and scope["path"] not in PATHS:
            await refuse(send, Refusal(ProblemKind.NOT_FOUND).problem)
        else:
            await self._rest(scope, receive, send)


class WithoutMetrics:
    """What the world may reach, once metrics are apart: there are none here."""

    def __init__(self, rest: Application) -> None:
        self._rest = rest

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        """Hand on everything else."""
        if scope["type"] == "http" and scope["path"].rstrip("/") == METRICS_PATH:
            await refuse(send, Refusal(ProblemKind.NOT_FOUND).problem)
        else:
            await self._rest(scope, receive, send)
