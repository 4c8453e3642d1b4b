"""One console: a websocket client that does as little as it can and checks every sequence."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter_ns
from typing import Any, Final, cast
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from loadtests.asking import Address, address_of
from loadtests.feed import Feed, Shown
from loadtests.frames import Frame, Handshake, Opcode, ProtocolBroken, client_frame, split
from loadtests.sequences import Sequences
from schemas.commands import AlarmCommand
from schemas.frames import SUBPROTOCOL, Attach, Cursor

ATTACH_DEADLINE_S: Final = 30.0
LEFT: Final = "left"
PONG: Final = client_frame(Opcode.TEXT, b'{"type":"pong"}')


@dataclass(frozen=True, slots=True)
class Desk:
    """Where consoles attach and as whom."""

    url: str
    cookie: str
    centre: str

    @property
    def address(self) -> Address:
        """Host and port."""
        return address_of(self.url)


class Console(asyncio.Protocol):
    """Attached once ``attached`` is done; ``ended`` once it is no longer, and ``closed`` says why.

    ``sequences`` is the account of a screen that was attached before, which this one continues.
    ``went_back`` counts positions older than what it had been shown of the same alarm.
    """

    def __init__(
        self,
        desk: Desk,
        feed: Feed,
        cursor: Cursor | None,
        sequences: Sequences | None = None,
        console: UUID | None = None,
    ) -> None:
        self._desk = desk
        self._feed = feed
        self._pieces = feed.pieces
        self._asked = cursor
        self._console = console or uuid4()
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._handshake: Handshake | None = Handshake(
            urlsplit(desk.url).netloc, "/v1/console", SUBPROTOCOL, desk.cookie
        )
        self._rest = b""
        self._transport: asyncio.Transport | None = None
        self.sequences = sequences or Sequences(cursor.sequence + 1 if cursor else 0)
        self.cursor = cursor
        self.attached: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ended = asyncio.Event()
        self.went_back = 0
        self._fixed_at: dict[str, datetime] = {}
        self.closed: str | None = None

    # --- the path that every delivery takes ------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Recognise a piece that was read before; everything else is read slowly."""
        now = perf_counter_ns()
        piece = self._pieces.get(data)
        if piece is not None and not self._rest and piece.first == self.sequences.next:
            self.sequences.next = piece.after
            piece.arrivals.append(now)
        elif not self._rest and (places := self._feed.places.get(data)) is not None:
            self._show(places, now)
        else:
            self._read(data, now)

    def _show(self, places: Iterable[Shown], now: int) -> None:
        for place in places:
            place.arrivals.append(now)
            before = self._fixed_at.get(place.alarm_id)
            if before is not None and place.fixed_at < before:
                self.went_back += 1
            self._fixed_at[place.alarm_id] = place.fixed_at

    # --- everything else -------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the websocket."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its class
        if self._handshake is not None:
            self._transport.write(self._handshake.request)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end."""
        self._fail(f"connection lost: {type(exc).__name__ if exc else 'closed by the gateway'}")

    def close(self) -> None:
        """Leave."""
        if self._transport is not None and self.closed is None:
            self._fail(LEFT)
            self._transport.write(client_frame(Opcode.CLOSE, (1000).to_bytes(2)))
            self._transport.close()

    def carry_out(self, command: AlarmCommand) -> asyncio.Future[dict[str, Any]]:
        """Send a command; the future is the ``result`` or ``refused`` frame.

        It raises ``ConnectionError`` when the console is closed first.
        """
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        if self.closed is not None:
            answer.set_exception(ConnectionError(self.closed))
            return answer
        self._answers[str(command.request_id)] = answer
        self._send(Opcode.TEXT, command.model_dump_json().encode())
        return answer

    def _read(self, data: bytes, now: int) -> None:
        try:
            received = self._rest + data
            if self._handshake is not None:
                opened = self._handshake.answer(received)
                if opened is None:
                    self._rest = received
                    return
                self._handshake, received = None, opened
            frames, self._rest = split(received)
            self._take(received, frames, now)
        except (ProtocolBroken, ValueError, KeyError) as error:
            self._fail(f"{type(error).__name__}: {error}")
            if self._transport is not None:
                self._transport.abort()

    def _take(self, received: bytes, frames: list[Frame], now: int) -> None:
        if frames and not self._rest:
            piece = self._pieces.get(received) or self._feed.learn(received, frames)
            if piece is not None:
                self.sequences.take(piece.first, piece.after)
                piece.arrivals.append(now)
                return
            if (places := self._feed.positions(received, frames)) is not None:
                self._show(places, now)
                return
        for frame in frames:
            self._handle(frame, now)

    def _handle(self, frame: Frame, now: int) -> None:
        if frame.opcode is Opcode.PING:
            self._send(Opcode.PONG, frame.payload)
        elif frame.opcode is Opcode.CLOSE:
            code = int.from_bytes(frame.payload[:2])
            self._fail(f"closed with {code}: {frame.payload[2:].decode(errors='replace')}")
        elif frame.opcode is Opcode.TEXT:
            piece = self._feed.event(frame.payload)
            if piece is not None:
                self.sequences.take(piece.first, piece.after)
                piece.arrivals.append(now)
            elif (shown := self._feed.position(frame.payload)) is not None:
                self._show((shown,), now)
            else:
                self._answer(json.loads(frame.payload))

    def _answer(self, told: dict[str, Any]) -> None:
        match told["type"]:
            case "welcome":
                cursors = {self._desk.centre: self._asked} if self._asked else {}
                attach = Attach(console=self._console, centres=(self._desk.centre,), cursors=cursors)
                self._send(Opcode.TEXT, attach.model_dump_json().encode())
            case "heartbeat":
                if self._transport is not None:
                    self._transport.write(PONG)
            case "snapshot":
                self.sequences.next = told["cursor"]["sequence"] + 1
            case "reset":
                self.sequences.gaps += 1
            case "result" | "refused" if (asked := self._answers.pop(told["request_id"], None)) is not None:
                asked.set_result(told)
            case "caught_up":
                self.cursor = Cursor.model_validate(told["cursor"])
                self.sequences.take(self.cursor.sequence + 1, self.cursor.sequence + 1)
                if not self.attached.done():
                    self.attached.set_result(None)

    def _send(self, opcode: Opcode, payload: bytes) -> None:
        if self._transport is not None:
            self._transport.write(client_frame(opcode, payload))

    def _fail(self, why: str) -> None:
        self.closed = self.closed or why
        self.ended.set()
        if not self.attached.done():
            self.attached.set_exception(ConnectionError(self.closed))
        for answer in self._answers.values():
            answer.set_exception(ConnectionError(self.closed))
        self._answers.clear()


async def attach(
    desk: Desk,
    feed: Feed,
    cursor: Cursor | None,
    sequences: Sequences | None = None,
    console: UUID | None = None,
) -> Console:
    """Open one console and wait until it is live.

    Raises:
        ConnectionError, TimeoutError: the gateway did not let it.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(ATTACH_DEADLINE_S):
        _, opened = await loop.create_connection(
            lambda: Console(desk, feed, cursor, sequences, console), *desk.address
        )
        await opened.attached
    return opened
