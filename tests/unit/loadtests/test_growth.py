import os

from hypothesis import given
from hypothesis import strategies as st

from loadtests.growth import POINTS_MAX, read_process, slope


def test_a_planted_leak_is_found_under_noise_and_steps() -> None:
    leaking = [(second, 100 + 0.02 * second + (second % 7) * 0.1) for second in range(120)]
    found = slope(leaking)
    assert found is not None
    assert abs(found - 0.02) < 0.002


def test_a_spike_or_a_step_at_the_end_is_no_leak() -> None:
    flat = [(second, 100.0) for second in range(120)]
    assert slope([*flat[:-10], *((second, 150.0) for second, _ in flat[-10:])]) == 0.0


@given(st.floats(min_value=-5, max_value=5), st.integers(min_value=3, max_value=5 * POINTS_MAX))
def test_a_straight_line_has_its_own_slope_however_many_points_it_has(rise: float, count: int) -> None:
    found = slope([(float(second), rise * second) for second in range(count)])
    assert found is not None
    assert abs(found - rise) < 1e-6


def test_too_few_points_have_no_slope() -> None:
    assert slope([]) is None
    assert slope([(0, 1), (1, 2)]) is None
    assert slope([(1, 1), (1, 2), (1, 3)]) is None


def test_a_process_is_read_and_one_that_is_gone_is_not() -> None:
    reading = read_process(os.getpid(), 1.5)
    assert reading is not None
    assert reading.at_s == 1.5
    assert reading.rss_mb > 5
    assert reading.descriptors >= 3
    assert reading.threads >= 1
    assert read_process(None, 0) is None
    assert read_process(2**22 + 1, 0) is None
