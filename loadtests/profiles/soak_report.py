"""What a gateway held over time, and whether it grew."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from loadtests.acts import Act
from loadtests.figures import Figure, Line, Panel, Report, spread_figures, strangers_remark
from loadtests.growth import Reading, slope
from loadtests.judge import Delivered
from loadtests.measured import Faults, spread_of
from loadtests.metrics import Metrics, quantile_between
from loadtests.profiles.base import Plan
from loadtests.tracker import Tally
from loadtests.usage import Usage, strangers

WARM_UP: Final = 1 / 3
"""This share of the time is left out before anything is judged to grow."""

GROWTH_MB_PER_MIN: Final = 0.5
DESCRIPTORS_PER_MIN: Final = 1.0
LAG_MS: Final = 100.0
LAG: Final = "msa_event_loop_lag_seconds"
MINUTE_S: Final = 60.0
SECOND: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Soaked:
    """One run."""

    plan: Plan
    readings: Sequence[Reading]
    metrics_before: Metrics
    metrics_after: Metrics
    before: Usage | None
    after: Usage | None
    presses: Delivered
    acts: Sequence[Act]
    ended: int
    tally: Tally
    heartbeats: int
    visitors: int
    logged: Counter[str]
    faults: Faults

    @property
    def warm(self) -> list[Reading]:
        """The readings after the warm-up."""
        return [one for one in self.readings if one.at_s >= self.plan.seconds * WARM_UP]

    def per_minute(self, of: Callable[[Reading], float]) -> float | None:
        """Return how fast something grew after the warm-up."""
        found = slope([(one.at_s, of(one)) for one in self.warm])
        return None if found is None else found * MINUTE_S


def report(soaked: Soaked) -> Report:
    """Return the figures."""
    lag = quantile_between(soaked.metrics_before, soaked.metrics_after, LAG, 0.99)
    acts = spread_of(act.answered - act.asked for act in soaked.acts if act.answered)
    figures = [
        *_held(soaked),
        Figure("loop_lag_p99_ms", "loop lag, p99 below", None if lag is None else lag * 1000, "ms", LAG_MS),
        *spread_figures("press_last", "press to last console", soaked.presses.last),
        *spread_figures("command", "command to its answer", acts),
        Figure("commands", "commands", float(len(soaked.acts))),
        Figure("ended", "alarms raised, answered and closed", float(soaked.ended)),
        Figure("positions", "positions stored", float(soaked.tally.stored)),
        Figure("put_off", "batches of them put off", float(soaked.tally.put_off)),
        Figure("heartbeats", "heartbeats", float(soaked.heartbeats)),
        Figure("visitors", "consoles that came and went", float(soaked.visitors)),
        Figure("errors_logged", "errors that the gateway logged", float(soaked.logged.total()), "", 0.0),
    ]
    plan = soaked.plan
    return Report(
        title=f"{plan.seconds:g} s of everything: {plan.rate:g} presses/s, {plan.consoles[0]} consoles",
        figures=figures,
        faults=soaked.faults,
        remarks=_remarks(soaked),
        panels=_panels(soaked),
    )


def _held(soaked: Soaked) -> list[Figure]:
    warm = soaked.warm
    if not warm:
        return []
    third = warm[-max(1, len(warm) // 3) :]
    memory, descriptors = soaked.per_minute(_rss), soaked.per_minute(_descriptors)
    figures = [
        Figure("rss_warm_mb", "memory after the warm-up", warm[0].rss_mb, "MB"),
        Figure("rss_end_mb", "memory in the end (median of the last part)", median(map(_rss, third)), "MB"),
        Figure("rss_growth_mb_per_min", "memory grows by", memory, "MB/min", GROWTH_MB_PER_MIN),
        Figure("descriptors_max", "open descriptors, most", float(max(map(_descriptors, warm)))),
        Figure("descriptors_growth_per_min", "they grow by", descriptors, "/min", DESCRIPTORS_PER_MIN),
        Figure("threads_max", "threads, most", float(max(one.threads for one in warm))),
    ]
    if soaked.before is not None and soaked.after is not None:
        ns = soaked.after.gateway_ns - soaked.before.gateway_ns
        figures.append(
            Figure("gateway_cpu_pct", "CPU of one core", 100 * ns / SECOND / soaked.plan.seconds, "%")
        )
    return figures


def _remarks(soaked: Soaked) -> list[str]:
    said = []
    grows = soaked.per_minute(_rss)
    if grows is not None:
        grew = "grew" if grows > GROWTH_MB_PER_MIN else "did not grow"
        said.append(f"memory {grew} after the warm-up ({grows:+.2f} MB/min, by the median of all slopes)")
    said += [f"logged as an error: {event} ({number})" for event, number in soaked.logged.most_common()]
    refused = Counter(f"{act.kind}: {act.refused}" for act in soaked.acts if act.refused)
    said += [f"refused, as it should be: {what} ({number})" for what, number in refused.most_common()]
    if soaked.before is not None and soaked.after is not None:
        said += strangers_remark(strangers(soaked.before, soaked.after, soaked.plan.seconds))
    return said


def _panels(soaked: Soaked) -> list[Panel]:
    def over_time(of: Callable[[Reading], float]) -> list[tuple[float, float]]:
        return [(one.at_s, of(one)) for one in soaked.readings]

    memory, descriptors = Line("RSS", over_time(_rss)), Line("descriptors", over_time(_descriptors))
    return [
        Panel(title="memory of the gateway", across="s", up="MB", lines=[memory]),
        Panel(title="open descriptors", across="s", up="", lines=[descriptors]),
    ]


def _rss(reading: Reading) -> float:
    return reading.rss_mb


def _descriptors(reading: Reading) -> float:
    return float(reading.descriptors)
