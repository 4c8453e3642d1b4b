"""Two scripted operators who live through every alarm: of both who take it exactly one gets it."""

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from loadtests.acts import Act, Acts
from loadtests.console import Console
from schemas.commands import Acknowledge, AddNote, AlarmCommand, Assign, Close, ReportUnit
from schemas.outcome import Outcome
from schemas.unit import UnitStatus

TAKEN_AFTER_S: Final = 1.0
STEP_S: Final = 1.5
CLOSE_TRIES: Final = 3

ALLOWED: Final = frozenset({"already-taken", "stale-version"})
"""What may be refused here: the one who is second, and a close over a press not seen yet."""


class Shift:
    """Operators at ``consoles``, with ``units`` to send.

    Each alarm is taken by both at once, written about (and the same note sent once more), answered by a
    unit where one is free, and closed. ``hear`` is given every event. ``wrong`` counts what must not be.
    """

    def __init__(self, acts: Acts, units: Sequence[UUID]) -> None:
        self.consoles: list[Console] = []
        self._acts = acts
        self._units = deque(units)
        self._versions: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.ended = 0
        self.wrong: Counter[str] = Counter()

    def hear(self, told: dict[str, Any]) -> None:
        """Note how an alarm stands; begin with one that is raised."""
        alarm = told.get("alarm")
        if alarm is None:
            return
        self.note(told)
        if told["kind"] == "alarm.raised":
            self.take(alarm["alarm_id"])

    def note(self, told: dict[str, Any]) -> None:
        """Note how an alarm stands, and leave it alone."""
        if alarm := told.get("alarm"):
            self._versions[alarm["alarm_id"]] = alarm["version"]

    def take(self, alarm_id: str) -> None:
        """Begin with an alarm of which something was noted."""
        task = asyncio.get_running_loop().create_task(self._live(alarm_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def busy(self) -> bool:
        """Whether some alarm is not closed yet."""
        return bool(self._tasks)

    async def stop(self) -> None:
        """Leave what is not ended."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _live(self, alarm_id: str) -> None:
        await asyncio.sleep(TAKEN_AFTER_S)
        taking = (self._ask(one, "acknowledge", self._acknowledge(alarm_id)) for one in self.consoles)
        taken = await asyncio.gather(*taking)
        winners = [one for one, act in zip(self.consoles, taken, strict=True) if act.done]
        lost = any(act.lost for act in taken)
        self.wrong["alarms that neither of two operators got"] += not winners and not lost
        self.wrong["alarms that both of two operators got"] += len(winners) > 1
        if not winners:
            return
        await self._write(winners[0], alarm_id)
        await asyncio.sleep(STEP_S)
        await self._send(winners[0], alarm_id)
        for _ in range(CLOSE_TRIES):
            outcome, note = Outcome.PREVENTED, "Load test."
            close = Close(**self._about(alarm_id), outcome=outcome, note=note)
            if (await self._ask(winners[0], "close", close)).done:
                self.ended += 1
                return

    async def _write(self, console: Console, alarm_id: str) -> None:
        note = AddNote(**self._about(alarm_id), text="Load test: on the phone with her.")
        first = await self._ask(console, "note", note)
        await self._acts.ask(console, "note", note, repeats=first)

    async def _send(self, console: Console, alarm_id: str) -> None:
        """Send a unit where one is free; closing the alarm sets it free again."""
        if not self._units:
            return
        unit_id = self._units.popleft()
        try:
            await self._ask(console, "assign", Assign(**self._about(alarm_id), unit_id=unit_id, eta_s=300))
            await asyncio.sleep(STEP_S)
            for status in (UnitStatus.ON_SCENE, UnitStatus.CLEARED):
                report = ReportUnit(**self._about(alarm_id), unit_id=unit_id, status=status)
                await self._ask(console, "unit_status", report)
                await asyncio.sleep(STEP_S)
        finally:
            self._units.append(unit_id)

    async def _ask(self, console: Console, kind: str, command: AlarmCommand) -> Act:
        return await self._acts.ask(console, kind, command)

    def _acknowledge(self, alarm_id: str) -> Acknowledge:
        return Acknowledge(**self._about(alarm_id))

    def _about(self, alarm_id: str) -> dict[str, Any]:
        return {"request_id": uuid4(), "alarm_id": alarm_id, "expected_version": self._versions[alarm_id]}
