"""What of a track waits, and what of it goes first."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ble_bridge import timing
from ble_bridge.backlog import Backlog, WaitingFix
from ble_bridge.moment import Moment
from ble_bridge.ports import Fix
from schemas.position import Method
from tests.support.clock import START


def a_waiting(index: int) -> WaitingFix:
    return WaitingFix(index, Fix(51.0, 3.7, float(index), START, Method.GNSS), "boot-1")


def indexes(backlog: Backlog, most: int) -> list[int]:
    return [fix.index for fix in backlog.batch(most)]


def test_after_an_outage_the_newest_go_first_and_then_the_oldest():
    backlog = Backlog(a_waiting(index) for index in range(1, 101))
    assert indexes(backlog, 10) == list(range(91, 101))
    backlog.sent(backlog.batch(10))
    assert indexes(backlog, 10) == list(range(1, 11))


def test_what_is_taken_while_the_backlog_drains_travels_with_the_oldest():
    backlog = Backlog(a_waiting(index) for index in range(1, 101))
    backlog.sent(backlog.batch(10))
    backlog.add(a_waiting(101))
    assert indexes(backlog, 10) == [*range(1, 10), 101]


def test_a_batch_that_is_too_small_for_all_the_newest_holds_the_very_newest():
    backlog = Backlog(a_waiting(index) for index in range(1, 11))
    assert indexes(backlog, 1) == [10]


@given(st.integers(1, 400), st.integers(1, 50), st.data())
def test_every_fix_arrives_once_whatever_the_sizes_and_losses(number, most, data):
    backlog, arrived = Backlog(), []
    for index in range(1, number + 1):
        backlog.add(a_waiting(index))
        if data.draw(st.booleans()):
            batch = backlog.batch(data.draw(st.integers(1, most)))
            assert [fix.index for fix in batch] == sorted({fix.index for fix in batch})
            if data.draw(st.booleans()):
                backlog.sent(batch)
                arrived += [fix.index for fix in batch]
    while backlog:
        batch = backlog.batch(most)
        assert 0 < len(batch) <= most
        backlog.sent(batch)
        arrived += [fix.index for fix in batch]
    assert sorted(arrived) == list(range(1, number + 1))


def test_a_full_backlog_is_thinned_where_it_is_oldest_and_keeps_both_ends(monkeypatch):
    monkeypatch.setattr(timing, "FIXES_WAITING_MOST", 100)
    backlog = Backlog()
    gone: list[int] = []
    for index in range(1, 1001):
        gone += backlog.add(a_waiting(index))
        assert len(backlog) <= 100
    left = indexes(backlog, 1000)
    assert sorted([*gone, *left]) == list(range(1, 1001))
    assert left[0] == 1
    assert left[-50:] == list(range(951, 1001))
    steps = [after - before for before, after in itertools.pairwise(left)]
    assert steps == sorted(steps, reverse=True)


def test_an_age_holds_across_a_restart_of_the_machine_and_is_unknown_where_the_clock_was_set_back():
    waiting = a_waiting(100)
    assert waiting.age_s(Moment(START, 130.0, "boot-1")) == 30.0
    assert waiting.age_s(Moment(START.replace(hour=10), 5.0, "boot-2")) == 3600.0
    assert waiting.age_s(Moment(START.replace(hour=8), 5.0, "boot-2")) is None
