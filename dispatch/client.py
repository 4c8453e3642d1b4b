"""A console without a screen, for the demo, tests and integrators: resume is built in.

This program takes every alarm that is raised at the operator's centres:

    import asyncio, os
    from dispatch.client import ConsoleClient, sign_in

    async def main() -> None:
        url = os.environ["MSA_URL"]
        cookie = await sign_in(url, os.environ["MSA_OPERATOR"], os.environ["MSA_PASSWORD"])
        async with ConsoleClient(url, cookie) as console:
            async for _ in console:
                for alarm in console.board.open_alarms():
                    await console.delivered(alarm.alarm_id)
                    if alarm.state == "raised":
                        await console.acknowledge(alarm.alarm_id)

    asyncio.run(main())

A lost link is made again by itself, at once and then with full jitter, and each centre continues
from its cursor; what has a sequence is yielded exactly once and in order. Beside it comes a newer
position, and a press that is only kept, or its end. Each command waits for the gateway's answer and
returns it, or raises a ``CommandError``.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID, uuid4

from dispatch.asking import ANSWER_WAIT_S
from dispatch.board import Board
from dispatch.console_link import ConsoleClosedError, ConsoleLink
from dispatch.signing_in import COOKIE, sign_in, sign_in_with_link
from schemas.base import CentreId
from schemas.commands import (
    AddNote,
    Assign,
    ClearNotice,
    Close,
    Command,
    Reopen,
    ReportUnit,
    Review,
    SetDuty,
    ShelveNotice,
    Transfer,
    UnshelveNotice,
)
from schemas.frames import (
    ConsoleFrame,
    Event,
    PositionFrame,
    Provisional,
    ProvisionalOver,
    Refused,
    Result,
    ServerFrame,
    Snapshot,
    Welcome,
)
from schemas.outcome import Outcome
from schemas.problems import CloseCode, Problem
from schemas.protection import ShelvingReason
from schemas.unit import UnitStatus

__all__ = [
    "COOKIE",
    "CommandError",
    "CommandNotSent",
    "CommandRefused",
    "CommandUnanswered",
    "ConsoleClient",
    "ConsoleClosedError",
    "Told",
    "sign_in",
    "sign_in_with_link",
]

UNREAD_MAX: Final = 1000  # told and not yet read: beyond it the link is read no further

Told = Event | Snapshot | PositionFrame | Provisional | ProvisionalOver


class CommandError(Exception):
    """A command did not succeed; the root of the three below."""


class CommandNotSent(CommandError):
    """There is no link, or nothing such can be asked for now; nothing went out."""


class CommandRefused(CommandError):
    """The gateway changed nothing; ``problem`` says why, ``taken_by`` who has the alarm."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.problem.title)
        self.problem: Problem = refused.problem
        self.taken_by = refused.taken_by

    @property
    def slug(self) -> str:
        """The last segment of the problem's type, e.g. ``stale-version``."""
        return self.problem.type.rsplit(":", 1)[-1]


class CommandUnanswered(CommandError):
    """No answer in time, which means unknown and not 'not done'."""


class ConsoleClient:
    """One attached console: ``async with`` it, iterate over what it is told, act.

    ``centres`` narrows what is followed; empty means all of the operator's. Those that are not the
    operator's are left out and stand in ``board.foreign``; when nothing is left, iterating raises
    ``ConsoleClosedError`` with 4403. ``board`` has the whole picture at any time. Iterate, even if
    only to drop what comes: a client that is not read stops reading its link, and the gateway
    closes it as too slow.

    Every command raises ``CommandNotSent``, ``CommandRefused`` or ``CommandUnanswered`` (after
    ``ANSWER_WAIT_S``, across lost links), and ``pydantic.ValidationError`` for an argument that the
    contract does not allow. ``version`` is the version of the alarm that the operator saw; left out,
    it is the one on the board, which must then have the alarm. Nothing refused is tried again.
    """

    def __init__(
        self, base_url: str, cookie: str, *, centres: Sequence[CentreId] = (), console: UUID | None = None
    ) -> None:
        self.board = Board(console or uuid4(), centres)
        self._link = ConsoleLink(base_url, cookie, receive=self._take, lost=self._lost)
        self._unread: asyncio.Queue[Told] = asyncio.Queue(UNREAD_MAX)
        self._reading: asyncio.Future[Told] | None = None  # kept when whoever waits gives up: it may be full
        self._answers: dict[UUID, asyncio.Future[Result | Refused]] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._link.keep(), name="console link")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        ending = [one for one in (self._task, self._reading) if one is not None]
        for one in ending:
            one.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Told:
        """Wait for the next event, whole snapshot, or frame beside; ``ConsoleClosedError`` at the end."""
        if self._task is None:
            raise RuntimeError("use the client in an `async with`")
        if self._reading is None:
            if not self._unread.empty():
                return self._unread.get_nowait()
            self._reading = asyncio.ensure_future(self._unread.get())
        either: set[asyncio.Future[Any]] = {self._reading, self._task}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if self._reading.done():
            told, self._reading = self._reading.result(), None
            return told
        self._task.result()
        raise StopAsyncIteration

    @property
    def stale(self) -> bool:
        """Whether the board may be older than what the gateway has."""
        return self.board.stale(self._now())

    async def delivered(self, alarm_id: UUID, painted_at: datetime | None = None) -> bool:
        """Report an alarm drawn (now, if not said); False if that was reported before."""
        if alarm_id not in self.board.unpainted:
            return False
        at = painted_at or datetime.now(UTC)  # noqa: TID251 (the console's own clock is what the frame is for)
        await self._link.send(self.board.painted(alarm_id, at))
        return True

    # --- commands ------------------------------------------------------------------------

    async def acknowledge(self, alarm_id: UUID) -> Result:
        """Take a raised alarm; of several who try exactly one gets it."""
        request_id = uuid4()
        return await self._answered(request_id, self.board.acknowledge(alarm_id, request_id, self._now()))

    async def assign(
        self,
        alarm_id: UUID,
        unit_id: UUID,
        *,
        eta_s: int | None = None,
        force: bool = False,
        version: int | None = None,
    ) -> Result:
        """Send a unit; with ``force`` also one that has another open alarm."""
        about = self._about(alarm_id, version)
        return await self.carry_out(Assign(**about, unit_id=unit_id, eta_s=eta_s, force=force))

    async def unit_status(
        self,
        alarm_id: UUID,
        unit_id: UUID,
        status: UnitStatus,
        *,
        eta_s: int | None = None,
        version: int | None = None,
    ) -> Result:
        """Say where an assigned unit stands."""
        about = self._about(alarm_id, version)
        return await self.carry_out(ReportUnit(**about, unit_id=unit_id, status=status, eta_s=eta_s))

    async def note(self, alarm_id: UUID, text: str, *, version: int | None = None) -> Result:
        """Write something down; for a closed alarm say the version."""
        return await self.carry_out(AddNote(**self._about(alarm_id, version), text=text))

    async def transfer(
        self, alarm_id: UUID, to: CentreId, *, note: str | None = None, version: int | None = None
    ) -> Result:
        """Hand the alarm to a centre; an operator of that centre takes it over so."""
        return await self.carry_out(Transfer(**self._about(alarm_id, version), to=to, note=note))

    async def close(
        self, alarm_id: UUID, outcome: Outcome, note: str, *, version: int | None = None
    ) -> Result:
        """End it, saying how; give the version that was on the screen, as a stale one is refused."""
        return await self.carry_out(Close(**self._about(alarm_id, version), outcome=outcome, note=note))

    async def reopen(self, alarm_id: UUID, note: str, *, version: int) -> Result:
        """Raise a closed alarm again; its version is not on the board."""
        return await self.carry_out(Reopen(**self._about(alarm_id, version), note=note))

    async def review(self, alarm_id: UUID, note: str | None = None, *, version: int) -> Result:
        """Agree with how an alarm was closed; its version is not on the board."""
        return await self.carry_out(Review(**self._about(alarm_id, version), note=note))

    async def unit_duty(self, unit_id: UUID, *, on_duty: bool) -> Result:
        """Put a unit on or off duty."""
        return await self.carry_out(SetDuty(request_id=uuid4(), unit_id=unit_id, on_duty=on_duty))

    async def clear_notice(self, centre: CentreId, notice_id: UUID) -> Result:
        """Say that a notice is dealt with."""
        return await self.carry_out(ClearNotice(request_id=uuid4(), centre=centre, notice_id=notice_id))

    async def shelve_notice(
        self, centre: CentreId, notice_id: UUID, for_s: int, reason: ShelvingReason
    ) -> Result:
        """Put a notice aside for so many seconds."""
        about = {"request_id": uuid4(), "centre": centre, "notice_id": notice_id}
        return await self.carry_out(ShelveNotice.model_validate({**about, "for_s": for_s, "reason": reason}))

    async def unshelve_notice(self, centre: CentreId, notice_id: UUID) -> Result:
        """Take a notice off the shelf."""
        return await self.carry_out(UnshelveNotice(request_id=uuid4(), centre=centre, notice_id=notice_id))

    async def carry_out(self, command: Command) -> Result:
        """Send any command and wait for its answer."""
        return await self._answered(command.request_id, self.board.ask(command, self._now()))

    def _about(self, alarm_id: UUID, version: int | None) -> dict[str, Any]:
        """Return what every command on an alarm begins with, under a request id of its own."""
        if version is None:
            alarm = self.board.find(alarm_id)
            if alarm is None:
                raise CommandNotSent(f"alarm {alarm_id} is not open here: say which version you saw")
            version = alarm.version
        return {"request_id": uuid4(), "alarm_id": alarm_id, "expected_version": version}

    async def _answered(self, request_id: UUID, frames: Sequence[ConsoleFrame]) -> Result:
        if not frames:
            raise CommandNotSent("there is no link, or this cannot be asked for now")
        answer: asyncio.Future[Result | Refused] = asyncio.get_running_loop().create_future()
        self._answers[request_id] = answer
        try:
            async with asyncio.timeout(ANSWER_WAIT_S):
                await self._link.send(frames)
                answered = await answer
        except TimeoutError:
            raise CommandUnanswered(f"no answer in {ANSWER_WAIT_S} s") from None
        finally:
            del self._answers[request_id]
            self.board.tick(self._now())
        if isinstance(answered, Refused):
            raise CommandRefused(answered)
        return answered

    # --- the link ------------------------------------------------------------------------

    async def _take(self, frame: ServerFrame) -> None:
        reaction = self.board.receive(frame, self._now())
        if isinstance(frame, Welcome) and not self.board.centres:
            foreign = ", ".join(self.board.foreign) or "none is yours"
            raise ConsoleClosedError(CloseCode.NOT_YOUR_CENTRE, f"not your centre: {foreign}")
        await self._link.send(reaction.send)
        if isinstance(frame, Result | Refused):
            self._settle(frame)
        for applied in reaction.applied:
            await self._unread.put(applied)
        for beside in (reaction.placed, reaction.kept):
            if beside is not None:
                await self._unread.put(beside)

    def _settle(self, frame: Result | Refused) -> None:
        answer = self._answers.get(frame.request_id)
        if answer is not None and not answer.done():
            answer.set_result(frame)

    def _lost(self) -> None:
        self.board.disconnected(self._now())

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
