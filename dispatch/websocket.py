"""``WS /v1/console``: moves bytes between one socket and one session, and runs what it asks for.

Owns the tasks of one connection (one follower a centre), all in one TaskGroup that ends with it.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch import timing
from dispatch.canary import is_canary
from dispatch.follow import encode, follow
from dispatch.hub import Hub
from dispatch.lane import Console
from dispatch.outlet import Outlet
from dispatch.ports import Admission, AttachedConsole, Clock, Commands, Deliveries, Sounds, StreamLog
from dispatch.provisional import Provisionals
from dispatch.session import Ask, Close, Effect, Follow, Note, Report, Session
from dispatch.withheld import Withheld
from schemas.base import Wire
from schemas.commands import Command
from schemas.frames import SUBPROTOCOL, Condition, Cursor, Noted, Reconnect, Welcome
from schemas.problems import CloseCode

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
SignedIn = Callable[[Mapping[str, Any]], Awaitable[Admission | Close]]
ConsoleKey = tuple[UUID, UUID]


@dataclass(kw_only=True)
class Endpoint:
    """The ASGI application of the console's websocket.

    ``signed_in`` takes the ASGI scope and returns the session that its cookie names, or why it is
    closed (no session, another site's origin).
    """

    node: str
    hub: Hub
    log: StreamLog
    commands: Commands
    deliveries: Deliveries
    sounds: Sounds
    provisionals: Provisionals
    clock: Clock
    signed_in: SignedIn
    closed: Callable[[int], None]

    def __post_init__(self) -> None:
        self._attached: dict[ConsoleKey, Connection] = {}
        self._open: set[Connection] = set()
        self._canaries: dict[str, datetime] = {}

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection until it ends."""
        await receive()
        outlet: Outlet = scope["msa.outlet"]
        wanted = SUBPROTOCOL if SUBPROTOCOL in scope["subprotocols"] else None
        who = await self.signed_in(scope)
        await send({"type": "websocket.accept", "subprotocol": wanted})
        if isinstance(who, Close) or wanted is None:
            # Accepted first: a browser sees a close code, but not the status of a refused handshake.
            close = who if isinstance(who, Close) else Close(CloseCode.MALFORMED, f"speak {SUBPROTOCOL}")
            self.closed(close.code)
            outlet.close(close.code, close.reason, timing.CLOSE_GRACE_S)
            return
        connection = Connection(self, who, outlet)
        self._open.add(connection)
        try:
            await connection.serve(receive)
        finally:
            self._open.discard(connection)

    async def sweep(self) -> None:
        """Close, for ever, the consoles that have been silent too long."""
        while True:
            await asyncio.sleep(timing.SWEEP_S)
            now = self.clock.monotonic()
            for connection in tuple(self._open):
                connection.close_if_silent(now)

    def supersede(self, console: UUID, by: "Connection") -> None:
        """Keep one connection a console: its operator's newest."""
        key = by.key_of(console)
        older = self._attached.get(key)
        self._attached[key] = by
        if older is not None and older is not by:
            older.close(Close(CloseCode.SUPERSEDED, "opened elsewhere"))

    def forget(self, console: UUID, connection: "Connection") -> None:
        """Drop the entry of a connection that ended."""
        key = connection.key_of(console)
        if self._attached.get(key) is connection:
            del self._attached[key]

    @property
    def attached(self) -> int:
        """How many consoles are attached."""
        return len(self._attached)

    def open(self) -> tuple["Connection", ...]:
        """Return the connections that are open, attached or not yet."""
        return tuple(connection for connection in self._open if connection.is_open)

    def largest_unsent(self) -> int:
        """Return the bytes that the console furthest behind has not taken yet."""
        return max((connection.console.outlet.unsent() for connection in self._open), default=0)

    def consoles(self) -> tuple[AttachedConsole, ...]:
        """Return how the attached consoles are, canary ones not among them."""
        now = self.clock.monotonic()
        found = (connection.attached(now) for connection in self._attached.values())
        return tuple(console for console in found if console is not None)

    @property
    def canaries(self) -> Mapping[str, datetime]:
        """When a canary console here last reported a canary drawn, by centre."""
        return self._canaries

    def canary_drawn(self, centre: str) -> None:
        """Hear that a canary of this centre was drawn at a canary console here."""
        self._canaries[centre] = self.clock.now()

    def attending(self) -> Counter[str]:
        """Return how many consoles attend each centre here.

        Live or read anew, heard from in time, and able to answer: who only watches takes no alarm, and
        nobody sits at a wall display.
        """
        now, at = self.clock.monotonic(), self.clock.now()
        absent = (
            one for one in self._open if one.is_quiet(now) or one.is_wall or one.admission.only_watches(at)
        )
        return self.hub.attending(frozenset(one.console for one in absent))

    def drain(self, spread_s: float) -> None:
        """Tell every console to come back, each a little later than the one before."""
        for index, connection in enumerate(tuple(self._attached.values())):
            connection.send(Reconnect(after_s=spread_s * index / len(self._attached)))

    async def move(self, spread_s: float) -> int:
        """Send every console elsewhere, one after the other; return how many. Whoever comes later stays."""
        leaving = self.open()
        for connection in leaving:
            connection.send(Reconnect(after_s=0))
            connection.close(Close(CloseCode.GOING_AWAY, "another node has news"))
            await asyncio.sleep(spread_s / len(leaving))
        return len(leaving)


class Connection:
    """One accepted websocket."""

    def __init__(self, endpoint: Endpoint, admission: Admission, outlet: Outlet) -> None:
        self.admission = admission
        self._condition: Condition | None = None
        self._since = endpoint.clock.now()
        self._sound_since: datetime | None = None
        self._sound_noted: tuple[object, ...] = ()
        self._endpoint = endpoint
        self._session = Session(operator=admission.operator, heard_at=endpoint.clock.monotonic())
        self._outlet = outlet
        self.console = Console(
            outlet,
            restart=self._restart,
            canary=is_canary(admission.operator),
            withheld=Withheld(admission.withheld) if admission.withheld else None,
        )
        self._followers: dict[str, asyncio.Task[None]] = {}
        self._tasks = asyncio.TaskGroup()

    async def serve(self, receive: Receive) -> None:
        """Greet, then take frames until either side closes."""
        self._outlet.on_closed = self._leave
        self._endpoint.hub.enter(self.console)
        self.send(
            Welcome(
                node=self._endpoint.node,
                server_time=self._endpoint.clock.now(),
                operator=self._session.operator,
                heartbeat_s=timing.HEARTBEAT_S,
                commands_until=self.admission.commands_until,
            )
        )
        try:
            async with self._tasks:
                await self._listen(receive)
                for follower in self._followers.values():
                    follower.cancel()
        finally:
            self._outlet.shut()
            if self._session.console is not None:
                self._endpoint.forget(self._session.console, self)

    def send(self, frame: Wire) -> None:
        """Write one frame to this console alone."""
        self._outlet.write(encode(frame))

    @property
    def is_open(self) -> bool:
        """Whether neither side has closed it."""
        return self._outlet.is_open

    def attached(self, now: float) -> AttachedConsole | None:
        """Return how it is; None: it is not attached, or a canary console, at which nobody sits."""
        if self._session.console is None or self.console.canary:
            return None
        return AttachedConsole(
            console=self._session.console,
            operator=self._session.operator,
            centres=self._session.centres,
            since=self._since,
            heard_s=now - self._session.heard_at,
            condition=self._condition,
            sound_since=self._sound_since,
        )

    def key_of(self, console: UUID) -> ConsoleKey:
        """Return what tells a console apart: its id alone is its own choice, and supervisors see it."""
        return self._session.operator.operator_id, console

    def close(self, close: Close) -> None:
        """End the conversation, saying why; ``_listen`` then sees the disconnect."""
        if not self.is_open:
            return
        self._endpoint.closed(close.code)
        self._outlet.close(close.code, close.reason, timing.CLOSE_GRACE_S)

    @property
    def is_wall(self) -> bool:
        """Whether it says that it shows the wall display."""
        return self._condition is not None and self._condition.wall

    def is_quiet(self, now: float) -> bool:
        """Whether it has not been heard from in time, so that nobody may sit there any more."""
        return now - self._session.heard_at > timing.ATTENDS_S

    def close_if_silent(self, now: float) -> None:
        """End a conversation in which the console has not spoken for too long."""
        if expired := self._session.expired(now):
            self.close(expired)

    async def _listen(self, receive: Receive) -> None:
        clock = self._endpoint.clock
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            if text is None:
                self.close(Close(CloseCode.MALFORMED, "frames are JSON text"))
                continue
            self._act(self._session.receive(text, clock.monotonic()))

    def _act(self, effect: Effect | None) -> None:
        match effect:
            case Follow(console, cursors) if self.is_open:  # a closed one would close the newer one
                self._endpoint.supersede(console, self)
                self._note_sound()
                self._endpoint.provisionals.attached(self.console, cursors)
                for centre, cursor in cursors.items():
                    self._follow(centre, cursor)
            case Ask(command):
                self._tasks.create_task(self._carry_out(command))
            case Note(console, delivered):
                fanned_out_at = self._endpoint.hub.fanned_out_at(delivered.alarm_id, delivered.sequence)
                self._endpoint.deliveries.record(self._session.operator, console, delivered, fanned_out_at)
                if self.console.canary:
                    self._endpoint.canary_drawn(delivered.centre)
            case Report(condition):
                self._report(condition)
                self.send(Noted(server_time=self._endpoint.clock.now()))
            case Close():
                self.close(effect)

    def _report(self, condition: Condition) -> None:
        if self._condition is None or condition.sound != self._condition.sound:
            self._sound_since = self._endpoint.clock.now()
        self._condition = condition
        self._note_sound()

    def _note_sound(self) -> None:
        """Have it recorded what the siren does, once it is known whose it is, and at each change."""
        attached = self.attached(self._endpoint.clock.monotonic())
        if attached is None or self._condition is None:
            return
        sound = (self._condition.sound, self._condition.silenced_until)
        if sound != self._sound_noted:
            self._sound_noted = sound
            self._endpoint.sounds.record(attached)

    async def _carry_out(self, command: Command) -> None:
        answer = await self._endpoint.commands.carry_out(self.admission, command)
        if isinstance(answer, Close):
            self.close(answer)
        else:
            self.send(answer)

    def _leave(self) -> None:
        self._endpoint.hub.leave(self.console)
        self._endpoint.provisionals.left(self.console)

    def _restart(self, centre: str) -> None:
        self._follow(centre, Cursor(epoch="0", sequence=0))  # no log has this epoch: reset and snapshot

    def _follow(self, centre: str, cursor: Cursor | None) -> None:
        if (before := self._followers.get(centre)) is not None:
            before.cancel()
        self._endpoint.hub.leave_lane(centre, self.console)
        self._followers[centre] = self._tasks.create_task(self._serve_centre(centre, cursor))

    async def _serve_centre(self, centre: str, cursor: Cursor | None) -> None:
        try:
            await follow(self._endpoint.hub, self._endpoint.log, self.console, centre, cursor)
        except TimeoutError:
            self.close(Close(CloseCode.TOO_SLOW, "too slow: resume"))
