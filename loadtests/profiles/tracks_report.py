"""What following many victims cost, and how old a position is when it is seen."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from loadtests.feed import Shown
from loadtests.figures import Figure, Line, Panel, Report, spread_figures, strangers_remark
from loadtests.judge import Delivered
from loadtests.measured import Faults, Spread, spread_of
from loadtests.profiles.base import Plan
from loadtests.tracker import FIXES_A_BEAT, Tally
from loadtests.usage import Usage, strangers

PRESS_MS: Final = 150.0
SECOND: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One run. ``turn`` is how long turns of the generator's loop took, as in an alarms' round."""

    plan: Plan
    tally: Tally
    shown: Sequence[Shown]
    presses: Delivered
    turn: Spread | None
    before: Usage | None
    after: Usage | None
    faults: Faults

    def ages(self) -> Iterator[tuple[int, int]]:
        """Yield when (ns) each position that was shown was fixed, and its age at the last console."""
        for one in self.shown:
            fixed = self.tally.fixed.get((one.alarm_id, one.latitude))
            if fixed is not None:
                yield fixed, max(one.arrivals) - fixed


def report(followed: Followed) -> Report:
    """Return the figures."""
    plan, tally = followed.plan, followed.tally
    kept = tally.stored + tally.known
    frames = len(followed.shown)
    arrivals = sum(len(one.arrivals) for one in followed.shown)
    answers = spread_of(one.answered - one.scheduled for one in tally.sent if one.answered)
    figures = [
        Figure("stored_per_s", "positions stored", kept / plan.seconds, "/s"),
        Figure("shown_share", "share of them shown (one a second an alarm)", frames / max(1, kept)),
        Figure("reach", "share of consoles that each reached", arrivals / max(1, frames * plan.consoles[0])),
        *spread_figures("age", "age at the last console", spread_of(age for _, age in followed.ages())),
        *spread_figures("batch", "batch of fixes to its answer", answers),
        Figure("put_off", "batches put off and sent again", float(tally.put_off)),
        *spread_figures("press_last", "press to last console", followed.presses.last, p99=PRESS_MS),
        *spread_figures("press_receipt", "press to receipt", followed.presses.commit, p99=PRESS_MS),
        *_costs(followed),
    ]
    rate = plan.companions * FIXES_A_BEAT
    return Report(
        title=f"{plan.companions} alarms followed, {rate} positions/s, {plan.consoles[0]} consoles",
        figures=figures,
        faults=followed.faults,
        remarks=_remarks(followed),
        panels=_panels(followed),
    )


def _costs(followed: Followed) -> list[Figure]:
    before, after = followed.before, followed.after
    if before is None or after is None:
        return []
    ns = followed.plan.seconds * SECOND
    return [
        Figure(
            "gateway_cpu_pct",
            "CPU of the gateway, of one core",
            _pct(before.gateway_ns, after.gateway_ns, ns),
            "%",
        ),
        Figure(
            "database_cpu_pct", "CPU of its database", _pct(before.database_ns, after.database_ns, ns), "%"
        ),
        Figure(
            "generator_cpu_pct",
            "CPU of the generator",
            _pct(before.generator_ns, after.generator_ns, ns),
            "%",
        ),
        Figure("rss_mb", "memory of the gateway", after.gateway_kb / 1024, "MB"),
        Figure("rss_growth_mb", "of it grown meanwhile", (after.gateway_kb - before.gateway_kb) / 1024, "MB"),
    ]


def _pct(before: int, after: int, ns: float) -> float:
    return 100 * (after - before) / ns


def _remarks(followed: Followed) -> list[str]:
    before, after, turn = followed.before, followed.after, followed.turn
    said = [] if turn is None else [f"the generator's turns took {turn.p99:.1f} ms (p99, by their length)"]
    if before is not None and after is not None:
        said += strangers_remark(strangers(before, after, followed.plan.seconds))
    return said


def _panels(followed: Followed) -> list[Panel]:
    first = min(followed.tally.fixed.values(), default=0)
    by_second: defaultdict[int, list[int]] = defaultdict(list)
    for fixed, age in followed.ages():
        by_second[(fixed - first) // SECOND].append(age)
    spreads = {second: spread_of(ages) for second, ages in sorted(by_second.items())}
    lines = [
        Line(name, [(second, getattr(one, name)) for second, one in spreads.items() if one is not None])
        for name in ("p50", "p99", "max")
    ]
    shown = Line("shown", [(second, len(ages)) for second, ages in sorted(by_second.items())])
    return [
        Panel(title="age at the last console", across="s", up="ms", lines=lines),
        Panel(title="positions shown", across="s", up="a second", lines=[shown]),
    ]
