"""A console's websocket from a program, made again whenever it is lost. Part of ``dispatch.client``."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Origin, Subprotocol

from dispatch.signing_in import COOKIE, origin_of
from schemas.frames import (
    MAX_FRAME_BYTES,
    SUBPROTOCOL,
    ConsoleFrame,
    Reconnect,
    ServerFrame,
    server_frame,
)
from schemas.problems import CloseCode

CONNECT_WAIT_S: Final = 5.0
SILENCE_S: Final = 8.0  # a heartbeat (5 s) and three for a slow network: the link is dead, make another
RETRY_FIRST_S: Final = 0.5
RETRY_MAX_S: Final = 5.0
STEADY_S: Final = 5.0  # a link that lived so long earns an immediate first try

FINAL_CODES: Final = frozenset(
    {
        CloseCode.MALFORMED,
        CloseCode.NOT_SIGNED_IN,
        CloseCode.NOT_YOUR_CENTRE,
        CloseCode.SUPERSEDED,
    }
)


class ConsoleClosedError(Exception):
    """The gateway closed the console for good; ``code`` and ``reason`` say why."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"the gateway closed the console with {code}{reason and f': {reason}'}")
        self.code = code
        self.reason = reason


class ConsoleLink:
    """One websocket at a time to one gateway.

    The first try after a loss is immediate, the next wait with full jitter up to ``RETRY_MAX_S``.
    """

    def __init__(
        self,
        base_url: str,
        cookie: str,
        *,
        receive: Callable[[ServerFrame], Awaitable[None]],
        lost: Callable[[], None],
    ) -> None:
        self._origin = origin_of(base_url)
        self._address = f"{self._origin.replace('http', 'ws', 1)}/v1/console"
        self._cookie = cookie
        self._receive = receive
        self._lost = lost
        self._socket: ClientConnection | None = None
        self._reconnect_after_s: float | None = None

    async def keep(self) -> None:
        """Keep a link until there is no use in it; raises ``ConsoleClosedError`` then."""
        failures = 0
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                code, reason = await self._hold()
            finally:
                self._lost()
            if code in FINAL_CODES:
                raise ConsoleClosedError(code, reason)
            lived_s = asyncio.get_running_loop().time() - begun
            failures = 0 if lived_s >= STEADY_S else failures + 1
            await asyncio.sleep(self._pause(failures))

    async def send(self, frames: Iterable[ConsoleFrame]) -> None:
        """Send what can be sent: the board repeats after the next attach what must not be lost."""
        for frame in frames:
            if self._socket is None:
                return
            try:
                await self._socket.send(frame.model_dump_json())
            except ConnectionClosed:
                return

    def _pause(self, failures: int) -> float:
        told, self._reconnect_after_s = self._reconnect_after_s, None
        if told is not None:
            return told
        if failures <= 1:
            return 0.0
        ceiling = min(RETRY_MAX_S, RETRY_FIRST_S * 2 ** min(failures, 8))
        return random.uniform(0, ceiling)  # noqa: S311 (jitter is not a secret)

    async def _hold(self) -> tuple[int, str]:
        """Hold one link until it ends; return its close code and reason."""
        try:
            async with connect(
                self._address,
                origin=Origin(self._origin),
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                additional_headers={"Cookie": f"{COOKIE}={self._cookie}"},
                compression=None,
                max_size=MAX_FRAME_BYTES,
                open_timeout=CONNECT_WAIT_S,
                close_timeout=1,
            ) as self._socket:
                await self._listen(self._socket)
        except ConnectionClosed as closed:
            if closed.rcvd is not None:
                return closed.rcvd.code, closed.rcvd.reason
        except InvalidStatus as refused:
            if refused.response.status_code in {401, 403}:
                return CloseCode.NOT_SIGNED_IN, "the opening was refused"
        except (OSError, TimeoutError, InvalidHandshake):
            pass  # not there now: the next try is due
        finally:
            self._socket = None
        return CloseCode.GOING_AWAY, ""

    async def _listen(self, socket: ClientConnection) -> None:
        while True:
            async with asyncio.timeout(SILENCE_S):
                text = await socket.recv()
            try:
                frame = server_frame.validate_json(text)
            except ValidationError:
                continue  # a frame of a later version: what it numbers shows as a gap, and is asked for
            if isinstance(frame, Reconnect):
                self._reconnect_after_s = frame.after_s
            await self._receive(frame)
