"""Steps of the database's clock are told from time that passed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.clock_watch import REMEMBERED_S, STEP_S, ClockWatch, Reading

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def read(at_s: float, *, set_by_s: float = 0.0, took_s: float = 0.0) -> Reading:
    return Reading(START + timedelta(seconds=at_s + set_by_s), at_s - took_s, at_s + took_s)


@given(st.lists(st.tuples(st.floats(0.01, 3600), st.floats(0, 3), st.floats(-1, 1)), min_size=2, max_size=20))
def test_time_that_passes_is_no_step_however_slowly_it_is_read(
    readings: list[tuple[float, float, float]],
) -> None:
    watch, at_s = ClockWatch(), 0.0
    for passed_s, took_s, where in readings:
        at_s += passed_s + 2 * took_s
        reading = Reading(START + timedelta(seconds=at_s + where * took_s), at_s - took_s, at_s + took_s)
        assert watch.see(reading, 0) == 0
    assert watch.steps == ()


@given(st.floats(-86_400, 86_400).filter(lambda by_s: abs(by_s) > 2 * STEP_S))
def test_a_step_is_seen_once_and_as_large_as_it_was(by_s: float) -> None:
    watch = ClockWatch()
    watch.see(read(0), 7)
    assert watch.see(read(1, set_by_s=by_s), 9) == pytest.approx(by_s, abs=1e-5)
    assert watch.see(read(2, set_by_s=by_s), 9) == 0
    assert watch.delay_s(7) == pytest.approx(-by_s, abs=1e-5)
    assert watch.delay_s(8) == 0  # made after the last look before the step


def test_slewing_is_no_step() -> None:
    watch = ClockWatch()
    for second in range(100):
        assert watch.see(read(second, set_by_s=second * 0.0005), 1) == 0


def test_steps_add_up_for_deadlines_that_saw_both() -> None:
    watch = ClockWatch()
    watch.see(read(0), 5)
    watch.see(read(1, set_by_s=-10), 8)
    watch.see(read(2, set_by_s=-14), 8)
    assert (watch.delay_s(5), watch.delay_s(8), watch.delay_s(9)) == (14, 4, 0)


def test_a_step_is_forgotten_when_nothing_from_before_it_can_be_waiting() -> None:
    watch = ClockWatch()
    watch.see(read(0), 5)
    watch.see(read(1, set_by_s=-10), 5)
    watch.see(read(REMEMBERED_S + 2, set_by_s=-10), 5)
    assert watch.steps == ()
