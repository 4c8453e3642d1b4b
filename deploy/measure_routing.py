"""Measure what routing costs a press, on the areas that the build derived.

``python deploy/measure_routing.py`` prints microseconds a press for kinds of positions all over
Belgium, in the order from the commonest to the dearest. It asserts nothing.
"""

import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gateway.domain.centres import CentreMap
from gateway.domain.routing import route
from gateway.geography import load_centres
from gateway.settings import Settings
from schemas.position import Position

PRESSES: Final = 5_000
AT: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOUTH, NORTH, WEST, EAST = 49.4, 51.6, 2.5, 6.5


def main() -> None:
    """Print a line for each kind of press."""
    began = time.perf_counter()
    areas = load_centres(Settings())
    print(f"read and prepared in {1000 * (time.perf_counter() - began):.0f} ms")
    if not areas.centres:
        raise SystemExit("no areas: python hatch_build.py --geodata")
    inside = _fixes(areas, inside=True)
    abroad = _fixes(areas, inside=False)
    print(f"{'us a press':40} {'mean':>7} {'p50':>7} {'p90':>7} {'p99':>7} {'max':>7}")
    for name, presses in (
        ("three fixes, radius 10 m", [_track(fix) for fix in inside]),
        ("one fix, radius 10 m", [(fix,) for fix in inside]),
        ("one fix, radius 400 m", [(_with(fix, radius_m=400.0),) for fix in inside]),
        ("one fix, radius 5 km", [(_with(fix, radius_m=5_000.0),) for fix in inside]),
        ("one fix, radius 20 km", [(_with(fix, radius_m=20_000.0),) for fix in inside]),
        ("within 500 m of another area", [(fix,) for fix in inside if len(areas.within(fix, 500)) > 1]),
        ("simulated", [(_with(fix, mock=True),) for fix in inside]),
        ("abroad, at most 5 km", [(fix,) for fix in abroad if areas.within(fix, 5_000)]),
        ("abroad, farther", [(fix,) for fix in abroad if not areas.within(fix, 5_000)]),
    ):
        _report(name, areas, presses)


def _fixes(areas: CentreMap, *, inside: bool) -> list[Position]:
    chance = random.Random(1)  # noqa: S311 (the same places each time)
    found: list[Position] = []
    while len(found) < PRESSES:
        fix = Position(
            latitude=chance.uniform(SOUTH, NORTH),
            longitude=chance.uniform(WEST, EAST),
            radius_m=10.0,
            fixed_at=AT,
        )
        if (areas.centre_of(fix) is not None) == inside:
            found.append(fix)
    return found


def _with(fix: Position, **changes: Any) -> Position:
    return fix.model_copy(update=changes)


def _track(fix: Position) -> tuple[Position, ...]:
    return tuple(_with(fix, fixed_at=AT - timedelta(seconds=age_s)) for age_s in (0, 5, 10))


def _report(name: str, areas: CentreMap, presses: Sequence[Sequence[Position]]) -> None:
    took = []
    for positions in presses:
        began = time.perf_counter_ns()
        route(areas, positions, "BE-VOV", AT)
        took.append((time.perf_counter_ns() - began) / 1000)
    took.sort()
    shares = (took[int(len(took) * share)] for share in (0.5, 0.9, 0.99))
    figures = (sum(took) / len(took), *shares, took[-1])
    print(f"{f'{name} ({len(took)})':40} " + " ".join(f"{figure:7.1f}" for figure in figures))


if __name__ == "__main__":
    main()
