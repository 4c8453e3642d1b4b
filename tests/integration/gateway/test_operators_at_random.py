"""Operators at two nodes do whatever comes to mind while victims press and links are cut; then: judged."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from gateway.drill.watching import Watcher
from gateway.store.connect import Connection
from schemas.alarm import AlarmState, AlarmView
from schemas.commands import Acknowledge, AddNote, Assign, Close, Command, Reopen, ReportUnit, Transfer
from schemas.frames import Event, Result
from schemas.outcome import Outcome
from schemas.unit import UnitStatus
from tests.support.pressing import load
from tests.support.two_nodes import naming, two_nodes
from tests.support.wait import until

CENTRES: Final = ("BE-VOV", "BE-VAN", "BE-VBR")
SEED: Final = 20260302
COMMANDS: Final = 40
COMMANDS_MAX: Final = 400
KINDS: Final = {"acknowledge", "note", "assign", "transfer", "close"}
ADD_UNIT: Final = """
INSERT INTO unit (centre_id, unit_id, name, on_duty, since) VALUES ($1, $2, $3, true, now())"""
UNOWED: Final = """
SELECT count(*) FROM alarm a WHERE a.owner = a.centre_id AND a.purpose = 'real' AND (
    CASE WHEN a.state = 'raised' THEN 'escalate'
         WHEN a.state = 'acknowledged' AND NOT EXISTS (
              SELECT FROM jsonb_array_elements(a.life -> 'units') AS u WHERE u ->> 'status' <> 'cleared')
         THEN 'lapse' END
    IS DISTINCT FROM (SELECT min(d.kind) FROM deadline d
                       WHERE d.alarm_id = a.alarm_id AND d.kind IN ('escalate', 'lapse')))"""


class Hand:
    """An operator who does things in no order."""

    def __init__(self, watcher: Watcher, units: list[UUID], number: int) -> None:
        self.done: Counter[str] = Counter()
        self._watcher = watcher
        self._units = units
        self._random = random.Random(SEED + number)

    async def work(self, enough: Callable[[], bool]) -> None:
        """Do so many things, and go on while it is not enough: when they come late, most are refused."""
        for number in range(COMMANDS_MAX):
            if number >= COMMANDS and enough():
                return
            if number % 15 == 14:
                await self._watcher.cut()
            await until("there is something to do", self._ready)
            command = self._command()
            try:
                async with asyncio.timeout(5):
                    answer = await self._watcher.ask(command)
            except (LookupError, TimeoutError):
                self.done["unknown"] += 1
                continue
            self.done[command.type if isinstance(answer, Result) else "refused"] += 1

    def _ready(self) -> bool:
        return self._watcher.node is not None and self._watcher.board.linked and any(self._open())

    def _open(self) -> list[AlarmView]:
        return list(self._watcher.board.open_alarms())

    def _command(self) -> Command:
        """Choose something to do to an alarm on the board, or to one that was closed."""
        closed = [
            event.alarm
            for event in self._watcher.history.applied
            if isinstance(event, Event) and event.alarm is not None and event.kind == "alarm.closed"
        ]
        if closed and self._random.random() < 0.1:
            return Reopen(**naming(self._random.choice(closed)), note="toch niet")
        return self._about(self._random.choice(self._open()))

    def _about(self, alarm: AlarmView) -> Command:
        if alarm.state is AlarmState.RAISED and self._random.random() < 0.7:
            return Acknowledge(**naming(alarm))
        unit_id = self._random.choice(self._units)
        options: list[Command] = [
            AddNote(**naming(alarm), text=f"nota {uuid4()}"),
            Assign(**naming(alarm), unit_id=unit_id, force=self._random.random() < 0.5),
            Assign(**naming(alarm), unit_id=unit_id),
            ReportUnit(**naming(alarm), unit_id=unit_id, status=self._random.choice(list(UnitStatus))),
            Transfer(**naming(alarm), to=self._random.choice(CENTRES)),
            Close(**naming(alarm), outcome=Outcome.PREVENTED, note="afgelopen"),
        ]
        return self._random.choice(options)


async def test_whatever_operators_do_at_two_nodes_the_history_holds(
    database: str, tmp_path: Path, connection: Connection
) -> None:
    async with two_nodes(database, tmp_path) as pair:
        units = [uuid4() for _ in range(4)]
        for number, unit_id in enumerate(units):
            await connection.execute(ADD_UNIT, CENTRES[number % 3], unit_id, f"eenheid {number}")
        watchers = [
            await pair.console("a1", pair.a, *CENTRES),
            await pair.console("b1", pair.b, *CENTRES),
            await pair.console("a2", pair.a, CENTRES[0]),
            await pair.console("b2", pair.b, *CENTRES[1:]),
        ]
        nodes = [pair.a, pair.b]
        pressers = [await pair.presser(nodes[n % 2], centre=CENTRES[n % 3]) for n in range(5)]
        hands = [Hand(watcher, units, number) for number, watcher in enumerate(watchers)]
        async with load(pressers) as pressing:
            await asyncio.gather(*(hand.work(lambda: all_done(hands).keys() >= KINDS) for hand in hands))
            await pressing.stop()
        done = all_done(hands)
        verdict = await pair.verdict()
        assert verdict.holds, verdict
    assert await connection.fetchval(UNOWED) == 0
    assert done["unknown"] < COMMANDS
    assert done.keys() >= KINDS, done


def all_done(hands: Iterable[Hand]) -> Counter[str]:
    return sum((hand.done for hand in hands), Counter[str]())
