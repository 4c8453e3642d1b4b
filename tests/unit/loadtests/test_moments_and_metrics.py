from datetime import timedelta
from math import inf
from time import perf_counter_ns

from loadtests.metrics import Metrics, quantile_between
from loadtests.moments import WallClock, instant


def test_an_instant_is_the_same_on_both_clocks() -> None:
    clock, now = WallClock(), perf_counter_ns()
    at = clock.at(now)
    assert clock.at(now + 1_500_000_000) - at == timedelta(seconds=1.5)
    assert abs(clock.ns(at) - now) < 2000
    assert abs(clock.now() - at) < timedelta(seconds=10)


def test_instants_of_frames_are_read_with_any_offset() -> None:
    assert instant("2026-03-02T10:00:00.5+01:00") == instant("2026-03-02T09:00:00.500Z")


def lag(*counts: float) -> Metrics:
    bounds = ("0.001", "0.1", "1.0", "+Inf")
    return Metrics({("lag_bucket", (("le", le),)): count for le, count in zip(bounds, counts, strict=True)})


def test_a_quantile_is_that_of_what_was_counted_in_between() -> None:
    before, after = lag(100, 100, 100, 100), lag(190, 199, 200, 200)
    assert quantile_between(before, after, "lag", 0.5) == 0.001
    assert quantile_between(before, after, "lag", 0.99) == 0.1
    assert quantile_between(before, after, "lag", 1.0) == 1.0
    assert quantile_between(before, lag(100, 100, 100, 101), "lag", 0.99) == inf
    assert quantile_between(after, after, "lag", 0.99) is None


def test_a_total_is_over_all_labels() -> None:
    metrics = Metrics({("open", (("kind", "a"),)): 2, ("open", (("kind", "b"),)): 3, ("other", ()): 9})
    assert metrics.total("open") == 5
