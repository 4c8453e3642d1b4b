"""What a story is played with: its consoles, its phone, what was told so far."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from gateway.clock import SystemClock
from gateway.domain.ladder import Ladder
from gateway.drill.drive import Drive
from gateway.drill.evidence import Evidence
from gateway.drill.history import History, Try
from gateway.drill.phone import Phone
from gateway.drill.seat import Seat
from gateway.drill.stage import Stage
from gateway.store.connect import connected
from schemas.alarm import AlarmView
from schemas.commands import Command
from schemas.frames import Refused, Result
from schemas.press import Press, Receipt

STORED = "SELECT sequence FROM press WHERE press_id = $1 AND alarm_id = $2"
HOLD = "SELECT FROM centre_stream WHERE centre_id = $1 FOR UPDATE"


@dataclass(kw_only=True)
class Day:
    """The story so far."""

    stage: Stage
    ladder: Ladder
    evidence: Evidence
    say: Callable[[str], None]
    history: History = field(default_factory=History)
    seats: dict[str, Seat] = field(default_factory=dict)
    clock: SystemClock = field(default_factory=SystemClock)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    drive: Drive = field(init=False)
    phone: Phone = field(init=False)
    alarm_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.drive = Drive(self.clock)

    def shown(self, seat: str) -> AlarmView:
        """Return the alarm as a seat shows it. Raises ``LookupError``."""
        alarm = self.seats[seat].alarm(self.alarm_id)
        if alarm is None:
            raise LookupError(f"{seat} does not show the alarm")
        return alarm

    def position(self, seat: str) -> str:
        """Return where she is as a seat shows it, in words."""
        last = self.seats[seat].watcher.board.position(self.alarm_id)
        if last is None:
            return "not shown"
        age_s = (self.clock.now() - last.position.fixed_at) / timedelta(seconds=1)
        radius = f"within {last.position.radius_m:.0f} m at 95 %" if last.position.radius_m else "no radius"
        return f"shown with {last.position.method.value}, {radius}, {age_s:.0f} s old"

    async def sit(self, name: str, *, first: int = 0) -> Seat:
        """Open a console, ``first`` numbering the node it tries first."""
        urls = [*self.stage.urls[first:], *self.stage.urls[:first]]
        seat = await self.stack.enter_async_context(Seat.taken(self.stage.accounts[name], urls, self.history))
        self.seats[name] = seat
        return seat

    async def ask(self, seat: str, command: Callable[..., Command], **fields: Any) -> Result | Refused:
        """Have somebody give a command on the alarm as their screen shows it."""
        alarm = self.shown(seat)
        return await self.seats[seat].do(
            command(request_id=uuid4(), alarm_id=alarm.alarm_id, expected_version=alarm.version, **fields)
        )

    async def pressed(self, press: Press, *, first: int = 0, extra: dict[str, Any] | None = None) -> Receipt:
        """Post a press and keep what was told of it for the history checker."""
        began = asyncio.get_running_loop().time()
        receipt = await self.phone.press(press, first=first, extra=extra)
        self.history.tries.append(
            Try(
                press_id=press.press_id,
                registration_id=self.phone.registration_id,
                node=self.stage.urls[first],
                began=began,
                ended=asyncio.get_running_loop().time(),
                status=200 if receipt.seen_before else 201,
                receipt=receipt,
            )
        )
        return receipt

    async def stored(self, receipt: Receipt) -> bool:
        """Tell whether the database has the press as its receipt says."""
        async with connected(self.stage.database, application_name="msa drill") as database:
            found = await database.fetchval(STORED, receipt.press_id, receipt.alarm_id)
        return bool(found == receipt.sequence)


@asynccontextmanager
async def stuck(database: str, centre: str) -> AsyncIterator[None]:
    """Hold a centre's stream, as somebody stuck would, for a ``with`` block."""
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("BEGIN")
        await connection.execute(HOLD, centre)
        yield
    finally:
        await connection.close()
