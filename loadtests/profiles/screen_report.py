"""How the console felt in a browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from loadtests.browser import Held, Motion
from loadtests.figures import Figure, Line, Panel, Report, spread_figures
from loadtests.growth import slope
from loadtests.measured import Faults, spread_of
from loadtests.profiles.base import Plan

PAINTED_MS: Final = 150.0
USABLE_MS: Final = 2_500.0
RELOADED_MS: Final = 1_500.0
TASK_MS: Final = 200.0
FRAME_MS: Final = 1000 / 30
GROWTH_MB: Final = 1.0
"""A thousand alarms may leave so much behind before the memory is not flat any more."""

NS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One run; ``held`` is what the page held after so many alarms had come and gone."""

    plan: Plan
    usable_ms: Sequence[float]
    painted_ms: Sequence[float]
    unpainted: int
    reloaded_ms: Sequence[float]
    motion: Motion
    longest_traced_ms: float | None
    held: Sequence[tuple[int, Held]]
    faults: Faults


def report(watched: Watched) -> Report:
    """Return the figures."""
    rate = watched.motion.rate
    heaps = [(float(done), one.heap_mb) for done, one in watched.held]
    nodes = [(float(done), float(one.nodes)) for done, one in watched.held]
    heap_slope, node_slope = slope(heaps), slope(nodes)
    painted = spread_of(round(one * NS) for one in watched.painted_ms)
    figures = [
        *spread_figures("painted", "commit to painted", painted, p99=PAINTED_MS),
        Figure("unpainted", "alarms never reported painted", float(watched.unpainted), "", 0.0),
        Figure("usable_ms", "usable after navigation, slowest", max(watched.usable_ms), "ms", USABLE_MS),
        Figure("reloaded_ms", "reload to whole, slowest", max(watched.reloaded_ms), "ms", RELOADED_MS),
        Figure("frames_per_s", "frames drawn, all moving", rate, "/s"),
        Figure("frame_ms", "a frame, on average", 1000 / rate if rate else None, "ms", FRAME_MS),
        Figure("task_ms", "longest task", watched.motion.longest_ms, "ms", TASK_MS),
        Figure("task_traced_ms", "longest task in the trace", watched.longest_traced_ms, "ms", TASK_MS),
        Figure("heap_mb", "memory of scripts at the end", heaps[-1][1], "MB"),
        Figure(
            "heap_growth_mb",
            "of it grown for 1,000 alarms",
            None if heap_slope is None else heap_slope * 1000,
            "MB",
            GROWTH_MB,
        ),
        Figure("nodes", "nodes of the document at the end", nodes[-1][1]),
        Figure(
            "node_growth",
            "of them grown for 1,000 alarms",
            None if node_slope is None else node_slope * 1000,
        ),
    ]
    return Report(
        title=f"the console in a browser, {watched.plan.companions} alarms",
        figures=figures,
        faults=watched.faults,
        panels=_panels(watched, heaps),
    )


def _panels(watched: Watched, heaps: Sequence[tuple[float, float]]) -> list[Panel]:
    painted = [(float(number), one) for number, one in enumerate(watched.painted_ms, 1)]
    return [
        Panel(
            title="commit to painted",
            across="alarm",
            up="ms",
            lines=[Line("painted", painted, ".")],
            levels={"wanted (p99)": PAINTED_MS},
        ),
        Panel(
            title="frames while all move",
            across="s",
            up="a second",
            lines=[Line("frames", watched.motion.by_second())],
            levels={"wanted": 30.0},
        ),
        Panel(
            title="memory of scripts",
            across="alarms opened and closed",
            up="MB",
            lines=[Line("after collecting garbage", heaps)],
        ),
    ]
