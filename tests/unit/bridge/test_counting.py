"""Skipped steps of a button's counter."""

from hypothesis import given
from hypothesis import strategies as st

from ble_bridge.counting import Counting, Gap
from ble_bridge.decoding import Step


def heard(counting: Counting, *counters: int, boot: int | None = 1) -> None:
    for counter in counters:
        counting.heard(Step(boot, counter))


def test_steps_in_a_row_leave_no_gap():
    counting = Counting()
    heard(counting, 5, 6, 7)
    assert counting.missed() == ()


def test_a_skipped_step_is_told_once_when_the_button_is_drained():
    counting = Counting()
    heard(counting, 5, 8)
    assert counting.missed() == (Gap(1, 6, 7),)
    assert counting.missed() == ()


def test_a_step_that_waited_on_the_button_is_not_missed():
    counting = Counting()
    heard(counting, 5, 8, 6, 7)
    assert counting.missed() == ()


def test_a_gap_across_a_restart_of_the_bridge_is_seen():
    counting = Counting(highest=Step(1, 5))
    heard(counting, 7)
    assert counting.missed() == (Gap(1, 6, 6),)


def test_a_button_that_starts_anew_starts_a_new_count():
    counting = Counting()
    heard(counting, 5)
    heard(counting, 1, 2, boot=2)
    assert counting.missed() == ()


def test_a_wild_jump_costs_no_memory():
    counting = Counting()
    heard(counting, 1, 2**32 - 1)
    (gap,) = counting.missed()
    assert gap.last == 2**32 - 2
    assert gap.last - gap.first < 256


@given(st.sets(st.integers(10, 60), min_size=1), st.randoms(use_true_random=False))
def test_whatever_the_order_the_gaps_are_the_steps_never_heard(counters, random):
    order = sorted(counters)
    random.shuffle(order)
    counting = Counting(highest=Step(1, 9))
    heard(counting, *order)
    told = [counter for gap in counting.missed() for counter in range(gap.first, gap.last + 1)]
    assert told == sorted(set(range(10, max(counters))) - counters)
