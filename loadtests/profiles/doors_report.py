"""What events of other systems cost presses, and what became of them."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from statistics import median
from typing import Final

from loadtests.figures import Figure, Line, Panel, Report, spread_figures, strangers_remark
from loadtests.integrators import KEPT, EventTally
from loadtests.judge import Delivered
from loadtests.measured import Faults, Spread, spread_of
from loadtests.profiles.base import Plan
from loadtests.usage import Usage, strangers

SINGLES_PER_S: Final = 250
BATCHES_PER_S: Final = 5
BATCH_SIZE: Final = 50
EVENTS_PER_S: Final = SINGLES_PER_S + BATCHES_PER_S * BATCH_SIZE

UNCHANGED: Final = 1.2
"""A press's p99 with events may be so many times what it is without them."""

SECOND: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Presses with or without events. ``lag_s``: from the last event sent until all were worked off."""

    visited: bool
    seconds: float
    tally: EventTally
    presses: Delivered
    lag_s: float | None
    turn: Spread | None
    before: Usage | None
    after: Usage | None
    faults: Faults


def report(plan: Plan, phases: Sequence[Phase]) -> Report:
    """Return the figures: medians over the rounds."""
    without = [one for one in phases if not one.visited]
    visited = [one for one in phases if one.visited]
    fates = reduce(add, (Counter(one.tally.fates()) for one in visited), Counter[str]())
    kept = sum(fates[fate] for fate in KEPT)
    sent = sum(fates.values())
    answers = spread_of(
        one.answered - one.scheduled for phase in visited for one in phase.tally.sent if one.answered
    )
    figures = [
        Figure("kept_per_s", "events kept", kept / sum(one.seconds for one in visited), "/s"),
        Figure("coalesced", "of them coalesced", float(fates["coalesced"])),
        *spread_figures("answer", "events to their answer", answers),
        Figure(
            "lag_s", "from the last event to all worked off", _median([one.lag_s for one in visited]), "s"
        ),
        *_compared("receipt", "press to receipt", without, visited, lambda one: one.presses.commit),
        *_compared("last", "press to last console", without, visited, lambda one: one.presses.last),
        *_costs("without", without),
        *_costs("with", visited),
    ]
    faults = reduce(add, (one.faults for one in phases), Faults())
    return Report(
        title=f"{EVENTS_PER_S} events/s of other systems beside {plan.rate:g} presses/s,"
        f" {plan.consoles[0]} consoles, {plan.rounds} x {plan.seconds:g} s",
        figures=figures,
        faults=faults + Faults(broken=tuple(_broken(fates, kept, sent, visited))),
        remarks=_remarks(phases),
        panels=[_panel("receipt", phases), _panel("last console", phases)],
    )


def _compared(
    key: str,
    words: str,
    without: Sequence[Phase],
    visited: Sequence[Phase],
    spread: Callable[[Phase], Spread | None],
) -> list[Figure]:
    figures: list[Figure] = []
    values: dict[tuple[str, str], float | None] = {}
    for name in ("p50", "p99"):
        for label, group in (("without", without), ("with", visited)):
            value = _median([getattr(found, name) if (found := spread(one)) else None for one in group])
            values[name, label] = value
            figures.append(
                Figure(f"{key}_{name}_{label}_ms", f"{words}, {name}, {label} events", value, "ms")
            )
    before, after = values["p99", "without"], values["p99", "with"]
    ratio = after / before if before and after else None
    figures.append(Figure(f"{key}_p99_ratio", f"{words}, p99, with : without", ratio, target=UNCHANGED))
    return figures


def _broken(fates: Counter[str], kept: int, sent: int, visited: Sequence[Phase]) -> list[str]:
    said = [f"{sent - kept} events were not kept: {dict(fates)}"] if kept < sent else []
    if any(one.lag_s is None for one in visited):
        said.append("events that were kept were not worked off")
    return said


def _costs(label: str, phases: Sequence[Phase]) -> list[Figure]:
    figures = []
    for key, words in (("gateway_ns", "the gateway"), ("database_ns", "its database")):
        shares = [
            100 * (getattr(one.after, key) - getattr(one.before, key)) / (one.seconds * SECOND)
            for one in phases
            if one.before is not None and one.after is not None
        ]
        name = key.removesuffix("_ns")
        said = f"CPU of {words}, {label} events"
        figures.append(Figure(f"{name}_cpu_{label}_pct", said, _median(shares), "%"))
    return figures


def _remarks(phases: Sequence[Phase]) -> list[str]:
    turns = [one.turn.p99 for one in phases if one.turn is not None]
    said = [f"the generator's turns took {max(turns):.1f} ms (p99, the worst phase)"] if turns else []
    others = [
        strangers(one.before, one.after, one.seconds)
        for one in phases
        if one.before is not None and one.after is not None
    ]
    return said + strangers_remark(max(others, default=None))


def _panel(title: str, phases: Sequence[Phase]) -> Panel:
    lines = []
    for visited, label in ((False, "without"), (True, "with")):
        group = [
            one.presses.commit if title == "receipt" else one.presses.last
            for one in phases
            if one.visited is visited
        ]
        for name, mark in (("p50", "o--"), ("p99", "o-")):
            points = [(at + 1.0, getattr(one, name)) for at, one in enumerate(group) if one is not None]
            lines.append(Line(f"{name} {label} events", points, mark))
    return Panel(title=f"press to {title}", across="round", up="ms", lines=lines)


def _median(values: Sequence[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return median(known) if known else None
