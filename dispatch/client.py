"""A console without a screen, for the demo, tests and integrators: resume is built in.

>>> cookie = await sign_in("http://127.0.0.1:8080", "operator", password)
>>> async with ConsoleClient("http://127.0.0.1:8080", cookie) as console:
...     async for applied in console:
...         for alarm in console.board.open_alarms():
...             await console.delivered(alarm.alarm_id)
...             await console.acknowledge(alarm.alarm_id)

A lost link is made again by itself, at once and then with full jitter, and each centre continues
from its cursor; what the iterator yields was applied exactly once and in order.
"""

import asyncio
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Final, Self
from uuid import UUID, uuid4

import httpx
from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Origin, Subprotocol

from dispatch.asking import ANSWER_WAIT_S
from dispatch.board import Board
from schemas.base import CentreId
from schemas.frames import (
    MAX_FRAME_BYTES,
    SUBPROTOCOL,
    ConsoleFrame,
    Event,
    Reconnect,
    Refused,
    Result,
    ServerFrame,
    Snapshot,
    server_frame,
)
from schemas.problems import CloseCode

COOKIE: Final = "__Host-msa"
SIGN_IN_WAIT_S: Final = 10.0  # argon2 takes a quarter of a second; the rest is the network
CONNECT_WAIT_S: Final = 5.0
SILENCE_S: Final = 8.0  # a heartbeat (5 s) and three for a slow network: the link is dead, make another
RETRY_FIRST_S: Final = 0.5
RETRY_MAX_S: Final = 5.0
STEADY_S: Final = 5.0  # a link that lived so long earns an immediate first try
UNREAD_MAX: Final = 1000  # applied and not yet read: beyond it the link is read no further

FINAL_CODES: Final = frozenset(
    {
        CloseCode.MALFORMED,
        CloseCode.NOT_SIGNED_IN,
        CloseCode.NOT_YOUR_CENTRE,
        CloseCode.SUPERSEDED,
    }
)

Applied = Event | Snapshot


class ConsoleClosedError(Exception):
    """The gateway closed the console for good; ``code`` says why."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the gateway closed the console with {code}")
        self.code = code


class CommandError(Exception):
    """An acknowledgement did not succeed; the root of the three below."""


class NotSentError(CommandError):
    """There is no link, the board knows no such raised alarm, or it is being asked for already."""


class RefusedError(CommandError):
    """The gateway changed nothing; ``refused`` has the problem and who has the alarm."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.problem.title)
        self.refused = refused


class UnansweredError(CommandError):
    """No answer in time, which means unknown and not 'not done'."""


async def sign_in(base_url: str, username: str, password: str) -> str:
    """Sign in with a local account and return the session cookie's value.

    Raises ``httpx.HTTPStatusError`` when refused.
    """
    return await _session(base_url, "/v1/session", {"username": username, "password": password})


async def sign_in_with_link(base_url: str, token: str) -> str:
    """Sign in with the secret of a one-time link and return the session cookie's value.

    Raises ``httpx.HTTPStatusError`` when refused.
    """
    return await _session(base_url, "/v1/session/link", {"token": token})


async def _session(base_url: str, path: str, body: dict[str, str]) -> str:
    async with httpx.AsyncClient(base_url=base_url, timeout=SIGN_IN_WAIT_S) as http:
        response = await http.post(path, json=body, headers={"Origin": _origin(base_url)})
    response.raise_for_status()
    # Not from the client's jar: that keeps a Secure cookie from an http address to itself.
    for header in response.headers.get_list("set-cookie"):
        if morsel := SimpleCookie(header).get(COOKIE):
            return morsel.value
    raise ValueError(f"the gateway answered without the cookie {COOKIE}")


def _origin(base_url: str) -> str:
    url = httpx.URL(base_url)
    return f"{url.scheme}://{url.netloc.decode()}"


class ConsoleClient:
    """One attached console: ``async with`` it, iterate over what was applied, act.

    ``centres`` narrows what is followed; empty means all of the operator's. ``board`` has the
    open alarms at any time. Iterate, even if only to drop what comes: a client that is not
    read stops reading its link, and the gateway closes it as too slow.
    """

    def __init__(
        self, base_url: str, cookie: str, *, centres: Sequence[CentreId] = (), console: UUID | None = None
    ) -> None:
        self.board = Board(console or uuid4(), centres)
        self._origin = _origin(base_url)
        self._address = f"{self._origin.replace('http', 'ws', 1)}/v1/console"
        self._cookie = cookie
        self._socket: ClientConnection | None = None
        self._unread: asyncio.Queue[Applied] = asyncio.Queue(UNREAD_MAX)
        self._answers: dict[UUID, asyncio.Future[Result | Refused]] = {}
        self._reconnect_after_s: float | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_linked(), name="console link")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Applied:
        """Wait for the next event or whole snapshot; ``ConsoleClosedError`` when there will be none."""
        if self._task is None:
            raise RuntimeError("use the client in an `async with`")
        if not self._unread.empty():
            return self._unread.get_nowait()
        reading = asyncio.ensure_future(self._unread.get())
        try:
            await asyncio.wait({reading, self._task}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                return reading.result()
        finally:
            reading.cancel()
        self._task.result()
        raise StopAsyncIteration

    async def acknowledge(self, alarm_id: UUID) -> Result:
        """Take a raised alarm; the gateway decides.

        Raises ``NotSentError``, ``RefusedError`` (somebody else has it) or
        ``UnansweredError``.
        """
        request_id = uuid4()
        frames = self.board.acknowledge(alarm_id, request_id, self._now())
        if not frames:
            raise NotSentError(f"alarm {alarm_id} cannot be asked for now")
        answer: asyncio.Future[Result | Refused] = asyncio.get_running_loop().create_future()
        self._answers[request_id] = answer
        try:
            async with asyncio.timeout(ANSWER_WAIT_S):
                await self._send(frames)
                answered = await answer
        except TimeoutError:
            self.board.tick(self._now())
            raise UnansweredError(f"no answer for alarm {alarm_id} in {ANSWER_WAIT_S} s") from None
        finally:
            del self._answers[request_id]
        if isinstance(answered, Refused):
            raise RefusedError(answered)
        return answered

    async def delivered(self, alarm_id: UUID, painted_at: datetime | None = None) -> bool:
        """Report an alarm drawn (now, if not said); False if that was reported before."""
        if alarm_id not in self.board.unpainted:
            return False
        at = painted_at or datetime.now(UTC)  # noqa: TID251 (the console's own clock is what the frame is for)
        await self._send(self.board.painted(alarm_id, at))
        return True

    # --- the link ------------------------------------------------------------------------

    async def _keep_linked(self) -> None:
        failures = 0
        while True:
            begun = self._now()
            code = await self._link()
            self.board.disconnected(self._now())
            if code in FINAL_CODES:
                raise ConsoleClosedError(code)
            failures = 0 if self._now() - begun >= STEADY_S else failures + 1
            await asyncio.sleep(self._pause(failures))

    def _pause(self, failures: int) -> float:
        told, self._reconnect_after_s = self._reconnect_after_s, None
        if told is not None:
            return told
        if failures <= 1:
            return 0.0
        ceiling = min(RETRY_MAX_S, RETRY_FIRST_S * 2 ** min(failures, 8))
        return random.uniform(0, ceiling)  # noqa: S311 (jitter is not a secret)

    async def _link(self) -> int:
        """Hold one link until it ends; return its close code."""
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
            return closed.rcvd.code if closed.rcvd else CloseCode.GOING_AWAY
        except InvalidStatus as refused:
            if refused.response.status_code in {401, 403}:
                return CloseCode.NOT_SIGNED_IN
        except (OSError, TimeoutError, InvalidHandshake):
            pass  # not there now: the next try is due
        finally:
            self._socket = None
        return CloseCode.GOING_AWAY

    async def _listen(self, socket: ClientConnection) -> None:
        while True:
            async with asyncio.timeout(SILENCE_S):
                text = await socket.recv()
            try:
                frame = server_frame.validate_json(text)
            except ValidationError:
                continue  # a frame of a later version: what it numbers shows as a gap, and is asked for
            await self._take(frame)

    async def _take(self, frame: ServerFrame) -> None:
        reaction = self.board.receive(frame, self._now())
        await self._send(reaction.send)
        if isinstance(frame, Result | Refused) and (answer := self._answers.get(frame.request_id)):
            if not answer.done():
                answer.set_result(frame)
        elif isinstance(frame, Reconnect):
            self._reconnect_after_s = frame.after_s
        for applied in reaction.applied:
            await self._unread.put(applied)

    async def _send(self, frames: Iterable[ConsoleFrame]) -> None:
        for frame in frames:
            if self._socket is None:
                return
            try:
                await self._socket.send(frame.model_dump_json())
            except ConnectionClosed:
                return  # the board repeats after the next attach what must not be lost

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
