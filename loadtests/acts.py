"""What scripted operators did: each command with its answer, and whether the stream tells the same."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import Any, Final, Protocol

from loadtests.feed import Seen
from schemas.commands import AlarmCommand

ANSWER_S: Final = 10.0
"""A command that has no answer after this has none."""

EVENT_OF: Final[Mapping[str, str]] = {
    "acknowledge": "alarm.acknowledged",
    "assign": "alarm.unit_assigned",
    "unit_status": "alarm.unit_status",
    "note": "alarm.noted",
    "close": "alarm.closed",
}


class CarriesOut(Protocol):
    """A console, as far as an operator needs it."""

    def carry_out(self, command: AlarmCommand) -> asyncio.Future[dict[str, Any]]:
        """Send a command."""


@dataclass(slots=True, eq=False)
class Act:
    """One command; instants in ns, 0 while they have not come.

    ``lost``: its console was closed first. ``repeats`` is the command that it is once more.
    """

    kind: str
    command: AlarmCommand
    asked: int
    repeats: "Act | None" = None
    answered: int = 0
    answer: dict[str, Any] = field(default_factory=dict)
    lost: bool = False

    @property
    def done(self) -> bool:
        """Whether it was carried out."""
        return self.answer.get("type") == "result"

    @property
    def refused(self) -> str | None:
        """The problem's last word, e.g. ``stale-version``; None when it was not refused."""
        problem = self.answer.get("problem")
        return None if problem is None else str(problem["type"]).rsplit(":", 1)[-1]


class Acts:
    """Every command of a run."""

    def __init__(self) -> None:
        self.all: list[Act] = []

    async def ask(
        self, console: CarriesOut, kind: str, command: AlarmCommand, repeats: Act | None = None
    ) -> Act:
        """Send a command and wait for its answer, at most ``ANSWER_S``."""
        act = Act(kind, command, perf_counter_ns(), repeats)
        self.all.append(act)
        answer = console.carry_out(command)
        await asyncio.wait({answer}, timeout=ANSWER_S)
        if answer.done():
            act.lost = answer.exception() is not None
            if not act.lost:
                act.answered, act.answer = perf_counter_ns(), answer.result()
        return act


def broken_acts(acts: Iterable[Act], events: Mapping[int, Seen], allowed: frozenset[str]) -> tuple[str, ...]:
    """Return what does not hold: each result is one event, each refusal one of those ``allowed``."""
    told = Counter((seen.alarm_id, seen.version, seen.kind) for seen in events.values())
    wrong: Counter[str] = Counter()
    results: Counter[tuple[Any, ...]] = Counter()
    for act in acts:
        if act.repeats is not None:
            same = act.lost or act.repeats.lost or act.answer == act.repeats.answer
            wrong[f"{act.kind} answered differently when it was repeated"] += not same
        elif act.done:
            key = (act.answer["alarm_id"], act.answer["version"], EVENT_OF[act.kind])
            results[key] += 1
            wrong[f"{act.kind} answered with a result that the stream does not tell"] += told[key] != 1
        elif act.refused is not None:
            wrong[f"{act.kind} refused as {act.refused}"] += act.refused not in allowed
        else:
            wrong[f"{act.kind} without an answer"] += not act.lost
    for (_, _, kind), count in results.items():
        wrong[f"{kind} given to more than one command"] += count > 1
    return tuple(f"{number} x {what}" for what, number in sorted(wrong.items()) if number)
