"""What a play showed, in numbers: what must hold, what was seen, and whether it holds."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

from rich.table import Table

from deploy.rehearsal.load import Asked
from deploy.rehearsal.playing import Play
from deploy.rehearsal.timeline import Timeline
from gateway.drill.verdict import Kind
from gateway.drill.watching import Watcher
from schemas.frames import CaughtUp

COMMITTED = frozenset({200, 201})


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that must hold (``wanted`` empty: only told)."""

    what: str
    seen: str
    wanted: str = ""
    holds: bool | None = None


@dataclass(slots=True)
class Report:
    """The rows of one play."""

    name: str
    rows: list[Row] = field(default_factory=list)
    timeline: Timeline | None = None

    def tell(self, what: str, seen: object) -> None:
        """Add a figure that nothing is wanted of."""
        self.rows.append(Row(what, str(seen)))

    def want(self, what: str, seen: object, wanted: str, *, holds: bool) -> None:
        """Add a figure that must hold."""
        self.rows.append(Row(what, str(seen), wanted, holds))

    @property
    def holds(self) -> bool:
        """Whether everything that must hold does."""
        return all(row.holds is not False for row in self.rows)

    def table(self) -> Table:
        """Return it for people."""
        table = Table(title=self.name, title_justify="left")
        for heading in ("what", "seen", "wanted", ""):
            table.add_column(heading)
        for row in self.rows:
            table.add_row(
                row.what, row.seen, row.wanted, {True: "holds", False: "FAILS", None: ""}[row.holds]
            )
        return table

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {"name": self.name, "holds": self.holds, "rows": [asdict(row) for row in self.rows]}


def common(report: Report, play: Play, *, refused_wanted: int | None) -> None:
    """Add what every play is asked: requests, refusals, and the history checker's verdict."""
    report.timeline = Timeline.of(play)
    firsts = [one for one in play.load.asked if one.first]
    refused = [one for one in firsts if one.refused]
    kinds = Counter(one.kind for one in firsts)
    report.tell(
        "requests", f"{len(firsts)} ({', '.join(f'{n} {kind}' for kind, n in sorted(kinds.items()))})"
    )
    what = "refused: not answered 2xx the first time"
    seen = _words_of(refused)
    if refused_wanted is None:
        report.tell(what, seen)
    else:
        report.want(what, seen, str(refused_wanted), holds=len(refused) <= refused_wanted)
    verdict = play.verdict
    if verdict is None:
        return
    lost = sum(one.kind in {Kind.LOST, Kind.REFUSED} for one in verdict.violations)
    doubled = sum(one.kind in {Kind.DOUBLED, Kind.SECOND_ALARM} for one in verdict.violations)
    gaps = sum(one.kind in {Kind.GAP, Kind.BROKEN_STREAM} for one in verdict.violations)
    others = len(verdict.violations) - lost - doubled - gaps
    report.tell(
        "presses; consoles", f"{len({one.press_id for one in play.history.tries})}; {len(play.watchers)}"
    )
    report.want("lost", lost, "0", holds=lost == 0)
    report.want("doubled", doubled, "0", holds=doubled == 0)
    report.want("gaps on any console", gaps, "0", holds=gaps == 0)
    words = "; ".join(f"{one.kind}: {one.what}" for one in verdict.violations if one.kind in _OTHER)[:200]
    report.want("anything else that is wrong", f"{others} {words}".strip(), "0", holds=others == 0)
    presses = [one for one in play.load.asked if one.kind == "press" and not one.refused]
    report.tell("a press answered, p50 / p99 / longest", spread(one.ended - one.began for one in presses))
    report.tell("a press at every console of its centre, p50 / p99 / longest", spread(shown(play)))
    again = sum(not one.first for one in play.load.asked if one.kind == "press")
    report.tell("presses sent again by their companion", again)


_OTHER = frozenset(Kind) - {
    Kind.LOST,
    Kind.REFUSED,
    Kind.DOUBLED,
    Kind.SECOND_ALARM,
    Kind.GAP,
    Kind.BROKEN_STREAM,
}


def _words_of(refused: Sequence[Asked]) -> str:
    by = Counter(f"{one.kind} {one.status or ''} {one.what}" for one in refused)
    return str(len(refused)) + (
        f" ({', '.join(f'{n} {what}' for what, n in by.most_common(6))})" if refused else ""
    )


def spread(values: Iterable[float]) -> str:
    """Return median, p99 and longest of some times (s), in ms."""
    found = sorted(values)
    if not found:
        return "none"
    at = [found[min(len(found) - 1, int(len(found) * share))] * 1000 for share in (0.5, 0.99)]
    return f"{at[0]:.0f} / {at[1]:.0f} / {found[-1] * 1000:.0f} ms"


def shown(play: Play) -> list[float]:
    """Return how long each press took from its first sending to the last console of its centre (s)."""
    began: dict[Any, float] = {}
    at: dict[tuple[str, int], Any] = {}
    for one in play.history.tries:
        began[one.press_id] = min(began.get(one.press_id, one.began), one.began)
        if one.told is not None and one.node != "canary":
            at[one.told.centre, one.told.sequence] = one.press_id
    last: dict[tuple[str, int], float] = {}
    for watcher in play.watchers:
        for place, when in watcher.heard().items():
            last[place] = max(last.get(place, 0.0), when)
    return [last[place] - began[press_id] for place, press_id in at.items() if place in last]


def gap_after(play: Play, instant: float, statuses: frozenset[int] = COMMITTED) -> tuple[float, float]:
    """Return the longest silence of such answers to presses that ends after ``instant``.

    First from the instant to the end of the silence, then how long it was (s).
    """
    ends = sorted(
        one.ended
        for one in play.load.asked
        if one.kind == "press" and one.status in statuses and one.ended > instant - 1
    )
    pairs = [(later - earlier, later) for earlier, later in pairwise(ends) if later > instant]
    longest, end = max(pairs, default=(float("inf"), float("inf")))
    return end - instant, longest


def statuses_after(play: Play, instant: float) -> str:
    """Count the answers to presses that were sent from ``instant`` on, also to those sent again."""
    by = Counter(
        str(one.status or one.what) for one in play.load.asked if one.kind == "press" and one.began >= instant
    )
    return ", ".join(f"{number} {status}" for status, number in by.most_common())


def caught_up_after(watcher: Watcher, instant: float) -> float | None:
    """Return how long after ``instant`` (s) a console was caught up over another link; None: it was not."""
    for number, link in enumerate(watcher.history.links):
        opened = link.frames[0][0] if link.frames else None
        if number == 0 or opened is None or opened < instant:
            continue
        for at, frame in link.frames:
            if isinstance(frame, CaughtUp):
                return at - instant
    return None
