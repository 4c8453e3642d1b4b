"""One console's side of the conversation, sans I/O: text and time in, effects out.

Does not read the log, write to a socket or know a clock; ``websocket`` does. Every frame a console
may send is handled here, and so is everything it may do wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from dispatch import timing
from schemas.commands import Command
from schemas.frames import (
    MAX_FRAME_BYTES,
    Attach,
    Condition,
    ConsoleFrame,
    Cursor,
    Delivered,
    Pong,
    console_frame,
)
from schemas.problems import CloseCode
from schemas.session import OperatorView

PONG: Final = '{"type":"pong"}'
"""Most frames are this one, spelt like this: it need not be parsed to be understood."""


@dataclass(frozen=True, slots=True)
class Follow:
    """Serve these centres from these cursors to console ``console``; ends what was served before."""

    console: UUID
    cursors: Mapping[str, Cursor | None]


@dataclass(frozen=True, slots=True)
class Ask:
    """Carry out a command and send its answer."""

    command: Command


@dataclass(frozen=True, slots=True)
class Note:
    """An alarm was drawn on the screen of ``console``."""

    console: UUID
    delivered: Delivered


@dataclass(frozen=True, slots=True)
class Report:
    """How the console is now; it is told that this is known."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Close:
    """Close the websocket, saying why in words."""

    code: CloseCode
    reason: str


Effect = Follow | Ask | Note | Report | Close


@dataclass(slots=True)
class Session:
    """The state of one console: whose it is, when it last spoke, how much it may still say."""

    operator: OperatorView
    heard_at: float
    console: UUID | None = None
    centres: frozenset[str] = frozenset()
    _tokens: float = field(default=float(timing.FRAMES_BURST))

    def receive(self, text: str, now: float) -> Effect | None:
        """Take one frame at monotonic time ``now``; at most one effect comes of it."""
        if not self._allow(now):
            return Close(CloseCode.TOO_MANY_FRAMES, "too many frames")
        if text == PONG:
            return None
        if len(text) > MAX_FRAME_BYTES:
            return Close(CloseCode.TOO_LARGE, "frame larger than 64 KiB")
        try:
            frame = console_frame.validate_json(text)
        except (ValidationError, RecursionError) as error:
            return Close(CloseCode.MALFORMED, _where(error))
        return self._handle(frame)

    def expired(self, now: float) -> Close | None:
        """Close a console that has been silent too long."""
        if now - self.heard_at < timing.SILENCE_S:
            return None
        return Close(CloseCode.TOO_SLOW, f"silent for {timing.SILENCE_S:.0f} s")

    def _handle(self, frame: ConsoleFrame) -> Effect | None:
        match frame:
            case Attach():
                return self._attach(frame)
            case Delivered():
                return self._delivered(frame)
            case Condition():
                return Report(frame)
            case Pong():
                return None
            case _:
                return Ask(frame) if self.console else Close(CloseCode.MALFORMED, "attach first")

    def _allow(self, now: float) -> bool:
        self._tokens = min(
            float(timing.FRAMES_BURST), self._tokens + (now - self.heard_at) * timing.FRAMES_PER_S
        )
        self.heard_at = now
        self._tokens -= 1
        return self._tokens >= 0

    def _attach(self, frame: Attach) -> Effect:
        foreign = set(frame.centres) - set(self.operator.centres)
        if foreign:
            return Close(CloseCode.NOT_YOUR_CENTRE, f"not your centre: {min(foreign)}")
        if self.console is not None and frame.console != self.console:
            return Close(CloseCode.MALFORMED, "a connection is one console")
        self.console = frame.console
        self.centres |= set(frame.centres)
        return Follow(frame.console, {centre: frame.cursors.get(centre) for centre in frame.centres})

    def _delivered(self, frame: Delivered) -> Effect:
        if self.console is None or frame.centre not in self.centres:
            return Close(CloseCode.NOT_YOUR_CENTRE, "delivered for a centre that is not attached")
        return Note(self.console, frame)


def _where(error: ValidationError | RecursionError) -> str:
    """Name the place that is wrong, never its content (a close reason holds 123 bytes)."""
    if isinstance(error, RecursionError):
        return "malformed: nested too deeply"
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "frame"
    return f"malformed: {place}: {first['type']}"[:120]
