"""What was measured, for people (a table) and for scripts (JSON)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from loadtests.figures import BUSY_CORES, verdict
from loadtests.gateway_process import Target
from loadtests.measured import Faults, Measured, Spread
from loadtests.search import Highest

TARGETS_MS: Final = {100: (3.0, 4.0), 500: (6.5, 9.0), 2000: (20.0, 27.0)}
"""By consoles: p50 of the last console, p99 of all deliveries, at 10 alarms/s on two calm cores."""

COLUMNS: Final = (
    "N",
    "last console\np50/p99",
    "all receipts\np50/p99/max",
    "press commit\np50/p99",
    "CPU us each\n+ database",
    "RSS\nMB",
    "lost/doubled\n/gaps",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one number of consoles gave: every round, their medians, and the highest rate if asked."""

    rounds: tuple[Measured, ...]
    medians: Measured
    highest: Highest | None = None

    @property
    def all_rounds(self) -> tuple[Measured, ...]:
        """Every round there was, those of the search too."""
        return self.rounds + (self.highest.steps if self.highest else ())


def faults_of(outcomes: Iterable[Outcome]) -> Faults:
    """Add up what must never happen, over every round there was."""
    return sum((one.faults for outcome in outcomes for one in outcome.all_rounds), Faults())


def print_table(outcomes: Sequence[Outcome], target: Target, out: Console) -> None:
    """Print the medians of the rounds, one line for each number of consoles, then what to make of it."""
    table = Table(*COLUMNS, title=f"{outcomes[0].medians.rate:g} alarms/s to N consoles, in ms", box=SIMPLE)
    for outcome in outcomes:
        table.add_row(*_row(outcome.medians))
    out.print(table)
    if target.ready_s is not None:
        out.print(f"start to ready on an existing database: {target.ready_s:.1f} s")
    for outcome in outcomes:
        for remark in _remarks(outcome):
            out.print(f"{outcome.medians.consoles} consoles: {remark}", markup=False)
    out.print(verdict(faults_of(outcomes)))


def as_json(outcomes: Sequence[Outcome], target: Target) -> dict[str, Any]:
    """Return everything that was measured, every round of it."""
    faults = faults_of(outcomes)
    return {
        "ok": faults.none,
        "faults": asdict(faults),
        "url": target.url,
        "ready_s": target.ready_s,
        "outcomes": [_outcome_json(outcome) for outcome in outcomes],
    }


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    highest = outcome.highest
    return {
        "consoles": outcome.medians.consoles,
        "medians": _measured_json(outcome.medians),
        "rounds": [_measured_json(one) for one in outcome.rounds],
        "highest_rate": highest.rate if highest else None,
        "search": [_measured_json(one) for one in highest.steps] if highest else None,
    }


def _measured_json(measured: Measured) -> dict[str, Any]:
    return {**asdict(measured), "generator_bound": measured.generator_bound}


def _row(medians: Measured) -> tuple[str, ...]:
    faults = medians.faults
    return (
        str(medians.consoles),
        _spread(medians.last, "p50", "p99"),
        _spread(medians.receipt, "p50", "p99", "max"),
        _spread(medians.commit, "p50", "p99"),
        f"{_number(medians.gateway_cpu_us)} + {_number(medians.database_cpu_us)}",
        _number(medians.gateway_mb, 0),
        f"{faults.lost}/{faults.doubled}/{faults.gaps}",
    )


def _remarks(outcome: Outcome) -> Iterable[str]:
    medians = outcome.medians
    if medians.idle_cpu_us is not None:
        memory = _number(medians.console_kb, 0)
        yield f"at rest they cost {medians.idle_cpu_us:.1f} of those us, and {memory} kB each"
    again = medians.presses - medians.raised
    if again:
        yield f"{again} of {medians.presses} presses were further presses on open alarms, not new ones"
    if medians.strangers is not None and medians.strangers > BUSY_CORES:
        yield f"others kept {medians.strangers:.1f} cores busy; compare within this run only"
    if medians.others:
        yield f"{medians.others} events that no press made came in between; CPU is counted over them, too"
    if medians.generator_bound:
        yield "bound by the generator: the gateway may be faster than this"
    if outcome.highest is not None:
        at = outcome.highest.at
        tail = f"p99 {at.receipt.p99:.0f} ms" if at and at.receipt else "none was kept"
        bound = ", bound by the generator" if at and at.generator_bound else ""
        yield f"highest rate {outcome.highest.rate:.0f} alarms/s ({tail}{bound}; coarse: +-35 %)"


def _spread(spread: Spread | None, *names: str) -> str:
    return "-" if spread is None else "/".join(f"{getattr(spread, name):.1f}" for name in names)


def _number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
