"""The outermost ASGI application: companions and consoles first, everything else to FastAPI.

Every HTTP answer but theirs leaves with the same security headers (``gateway.http.policy``). A companion
is no browser: the few headers of its answers are their own (``gateway.http.bare``).
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final

from gateway.http.heartbeat import PATH as HEARTBEAT_PATH
from gateway.http.policy import Headers, SecurityHeaders
from gateway.http.positions import PATH as POSITIONS_PATH
from gateway.http.press import PATH as PRESS_PATH

Message = MutableMapping[str, Any]
Application = Callable[..., Awaitable[None]]

CONSOLE_PATH: Final = "/v1/console"


class Front:
    """Routes by path: what companions send, console, what integrators send by the hundred, the rest."""

    def __init__(
        self,
        *,
        press: Application,
        heartbeat: Application,
        positions: Application,
        console: Application,
        rest: Application,
        headers: SecurityHeaders,
        doors: Mapping[str, Application] | None = None,
    ) -> None:
        self._press = press
        self._heartbeat = heartbeat
        self._positions = positions
        self._console = console
        self._rest = rest
        self._headers = headers
        self._doors = dict(doors or {})

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        """Hand one request or websocket to whom it concerns."""
        if scope["type"] == "websocket":
            if scope["path"] == CONSOLE_PATH:
                await self._console(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": 1000})
        elif scope["type"] == "http" and scope["path"] == PRESS_PATH:
            await self._press(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == HEARTBEAT_PATH:
            await self._heartbeat(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] in self._doors:
            await self._doors[scope["path"]](scope, receive, send)
        elif scope["type"] == "http" and POSITIONS_PATH.fullmatch(scope["path"]):
            await self._positions(scope, receive, send)
        else:
            await self._rest(scope, receive, _secured(scope, send, self._headers.of(scope.get("path", ""))))


def _secured(scope: Message, send: Any, security: Headers) -> Any:
    api = scope.get("path", "").startswith("/v1/")

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", []), *security]
            if api and not any(name == b"cache-control" for name, _ in headers):
                headers.append((b"cache-control", b"no-store"))
            message["headers"] = headers
        await send(message)

    return with_headers
