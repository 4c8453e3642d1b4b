"""What a storm did, first without and then with thousands of open deadlines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from loadtests.acts import Act
from loadtests.figures import Figure, Line, Panel, Report, in_seconds, spread_figures, strangers_remark
from loadtests.judge import Delivered
from loadtests.ladder import Level
from loadtests.measured import Faults, Spread, spread_of

LATE_S: Final = 1.0
MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Told:
    """A level, and when the last console had it."""

    level: Level
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One storm. ``name`` begins its figures' keys, ``words`` says it to people."""

    name: str
    words: str
    began_at: datetime
    deadlines: float
    spread_out: Delivered
    at_once: Delivered
    told: tuple[Told, ...]
    acts: tuple[Act, ...]
    raised: int
    others: int
    strangers: float | None
    faults: Faults


def late_of(told: Iterable[Told], *, committed: bool) -> Spread | None:
    """Describe how late levels were committed, or had reached the last console."""
    late = (((one.level.committed_at if committed else one.told_at) - one.level.due_at) for one in told)
    return spread_of(max(0, one // MICROSECOND) * 1000 for one in late)


def report(phases: Sequence[Phase], title: str, faults: Faults) -> Report:
    """Return the figures of every phase; ``faults`` are those of what lies between them."""
    return Report(
        title=title,
        figures=[figure for phase in phases for figure in _figures(phase)],
        faults=sum((phase.faults for phase in phases), faults),
        remarks=[remark for phase in phases for remark in _remarks(phase)],
        panels=[_panel(phase) for phase in phases],
    )


def _figures(phase: Phase) -> list[Figure]:
    key, words = phase.name, phase.words
    committed, told = late_of(phase.told, committed=True), late_of(phase.told, committed=False)
    acts = spread_of(act.answered - act.asked for act in phase.acts if act.answered)
    lateness = [
        Figure(
            f"{key}_told_late_{name}_s",
            f"{words}: level late, last console, {name}",
            value,
            "s",
            target,
        )
        for name, value, target in (
            ("p50", in_seconds(told, "p50"), None),
            ("p99", in_seconds(told, "p99"), LATE_S),
            ("max", in_seconds(told, "max"), LATE_S),
        )
    ]
    commits = [
        Figure(f"{key}_committed_late_{name}_s", f"{words}: level late, commit, {name}", value, "s")
        for name, value in ((name, in_seconds(committed, name)) for name in ("p50", "p99", "max"))
    ]
    return [
        Figure(f"{key}_deadlines", f"{words}: deadlines open before", phase.deadlines),
        Figure(f"{key}_raised", f"{words}: alarms raised", float(phase.raised)),
        *spread_figures(f"{key}_last", f"{words}: press to last console", phase.spread_out.last)[:2],
        *spread_figures(f"{key}_at_once", f"{words}: the same of those at once", phase.at_once.last)[:2],
        Figure(f"{key}_levels", f"{words}: levels told", float(len(phase.told))),
        *lateness,
        *commits,
        *spread_figures(f"{key}_command", f"{words}: acknowledge to its answer", acts)[:2],
    ]


def _remarks(phase: Phase) -> list[str]:
    said = [f"{phase.words}: {phase.others} further events, neither of presses nor of levels"]
    return said + [f"{phase.words}: {remark}" for remark in strangers_remark(phase.strangers)]


def _panel(phase: Phase) -> Panel:
    numbers = sorted({one.level.level for one in phase.told})
    lines = [
        Line(
            f"level {number}",
            [
                (
                    (one.level.due_at - phase.began_at).total_seconds(),
                    (one.told_at - one.level.due_at).total_seconds(),
                )
                for one in phase.told
                if one.level.level == number
            ],
            ".",
        )
        for number in numbers
    ]
    return Panel(
        title=phase.words,
        across="due, s since the first press",
        up="s late at the last console",
        lines=lines,
        levels={"wanted": LATE_S},
    )
