"""What a round measured, as values; ``median_of`` joins rounds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from statistics import median
from typing import Any, Final

from hdrh.histogram import HdrHistogram

LONGEST_US: Final = 60_000_000
DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Spread:
    """Latencies in ms."""

    p50: float
    p99: float
    max: float


class Latencies:
    """A histogram of latencies given in ns, kept in us, with no value rounded by more than 0.1 %."""

    def __init__(self) -> None:
        self._histogram = HdrHistogram(1, LONGEST_US, DIGITS)

    def add(self, latency_ns: int, count: int = 1) -> None:
        """Count a latency; one below a microsecond counts as one."""
        self._histogram.record_value(min(max(1, latency_ns // 1000), LONGEST_US), count)

    def spread(self) -> Spread | None:
        """Return the percentiles; None when there is nothing to describe."""
        if not self._histogram.get_total_count():
            return None
        values = (self._histogram.get_value_at_percentile(percentile) for percentile in (50, 99, 100))
        return Spread(*(value / 1000 for value in values))


def spread_of(values_ns: Iterable[int]) -> Spread | None:
    """Describe durations in ns, in ms; None when there are none."""
    latencies = Latencies()
    for value in values_ns:
        latencies.add(value)
    return latencies.spread()


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What must never happen; every number is counted over all consoles and all sequences."""

    lost: int = 0
    doubled: int = 0
    gaps: int = 0
    refused: int = 0
    """Presses answered neither with a receipt nor as kept."""
    kept: int = 0
    """Presses that the gateway only kept (202): its database was away, or slower than 1.5 s."""
    unexplained: int = 0
    """Events of our registrations that no receipt names, or that differ from it or between consoles."""
    closed: tuple[str, ...] = ()
    """Why consoles were closed, each reason once."""
    broken: tuple[str, ...] = ()
    """Guarantees that did not hold, in words, each once."""

    @property
    def none(self) -> bool:
        """Whether everything arrived, everywhere, once and in order."""
        return self == Faults()

    def __add__(self, other: "Faults") -> "Faults":
        return Faults(
            lost=self.lost + other.lost,
            doubled=self.doubled + other.doubled,
            gaps=self.gaps + other.gaps,
            refused=self.refused + other.refused,
            kept=self.kept + other.kept,
            unexplained=self.unexplained + other.unexplained,
            closed=tuple(sorted({*self.closed, *other.closed})),
            broken=tuple(sorted({*self.broken, *other.broken})),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One round, or the medians of several; latencies count from the instant a press was due.

    ``receipt`` is over all deliveries, ``last`` over the last console of each alarm, ``commit`` over
    the receipts of the presses. CPU is per delivery; ``idle`` is the part of it that the same
    consoles cost while nothing happens. ``turn`` is how long turns of the generator's loop took
    while it waited for deliveries, by the time spent in them; ``late_ms`` how late it posted (p99).
    ``others`` are events that no press made, delivered in between.
    ``strangers`` is how many cores were busy with anything else on this machine.
    """

    consoles: int
    rate: float
    seconds: float
    presses: int
    raised: int
    others: int
    event_bytes: int
    receipt: Spread | None
    last: Spread | None
    commit: Spread | None
    gateway_cpu_us: float | None
    idle_cpu_us: float | None
    database_cpu_us: float | None
    gateway_mb: float | None
    console_kb: float | None
    turn: Spread | None
    late_ms: float
    strangers: float | None
    faults: Faults

    @property
    def generator_bound(self) -> bool:
        """Whether the generator, not the gateway, may have made the latencies what they are."""
        if self.turn is None or self.last is None:
            return False
        return self.turn.p99 > max(1.0, self.last.p50 / 4) or self.late_ms > max(1.0, self.last.p50)


def median_of(rounds: Sequence[Measured]) -> Measured:
    """Join rounds of the same kind: the median of each number, the sum of faults and presses."""
    first = rounds[0]
    joined = {
        field.name: _median([getattr(one, field.name) for one in rounds])
        for field in fields(first)
        if field.name not in {"consoles", "rate", "seconds", "presses", "raised", "others", "faults"}
    }
    return replace(
        first,
        **joined,
        presses=sum(one.presses for one in rounds),
        raised=sum(one.raised for one in rounds),
        others=sum(one.others for one in rounds),
        faults=sum((one.faults for one in rounds), Faults()),
    )


def _median(values: Sequence[Any]) -> Any:
    known = [value for value in values if value is not None]
    if not known:
        return None
    if isinstance(known[0], Spread):
        return Spread(*(median(getattr(one, name) for one in known) for name in ("p50", "p99", "max")))
    return median(known)
