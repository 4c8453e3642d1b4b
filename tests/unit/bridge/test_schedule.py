"""Which press is sent next, and when."""

import random

from hypothesis import given
from hypothesis import strategies as st

from ble_bridge import timing
from ble_bridge.entry import Entry
from ble_bridge.schedule import Schedule
from schemas.press import Purpose
from tests.support.companion import CompanionClock, an_entry

CLOCK = CompanionClock()


def a_schedule(chance: float = 1.0) -> Schedule:
    return Schedule(retry_max_s=30.0, chance=lambda: chance)


def fails(schedule: Schedule, entry: Entry, now: float = 0.0, times: int = 1, *, is_way: bool = True) -> None:
    for _ in range(times):
        schedule.failed(entry, now, is_way=is_way)


def test_a_new_press_is_due_at_once():
    entry = an_entry(CLOCK)
    assert a_schedule().next([entry], now=0.0) is entry


def test_the_first_retry_is_immediate_and_the_second_is_not():
    schedule, entry = a_schedule(), an_entry(CLOCK)
    fails(schedule, entry, 10.0)
    assert schedule.next([entry], 10.0) is entry
    fails(schedule, entry, 10.0)
    assert schedule.next([entry], 10.0) is None
    assert schedule.wake_at([entry]) == 10.0 + timing.URGENT_S


def test_pauses_are_short_for_half_a_minute_then_double_up_to_the_policys_ceiling_for_ever():
    schedule, entry = a_schedule(), an_entry(CLOCK)
    now, pauses = 0.0, []
    for _ in range(200):
        fails(schedule, entry, now)
        wake = max(now, schedule.wake_at([entry]) or now)
        pauses.append(wake - now)
        now = wake
    assert pauses[: timing.URGENT_TRIES + 1] == [0.0] + [timing.URGENT_S] * timing.URGENT_TRIES
    assert pauses[timing.URGENT_TRIES + 1 :][:4] == [2.0, 4.0, 8.0, 16.0]
    assert pauses[-1] == 30.0 == max(pauses)


def test_the_pauses_of_a_press_of_its_own_fault_double_from_the_first():
    schedule, entry = a_schedule(), an_entry(CLOCK)
    now, pauses = 0.0, []
    for _ in range(6):
        fails(schedule, entry, now, is_way=False)
        wake = max(now, schedule.wake_at([entry]) or now)
        pauses.append(wake - now)
        now = wake
    assert pauses == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0]


def test_jitter_is_full_so_that_companions_do_not_march_in_step():
    schedule, entry = a_schedule(chance=0.0), an_entry(CLOCK)
    for _ in range(10):
        fails(schedule, entry, 5.0)
        assert schedule.next([entry], 5.0) is entry


def test_a_new_press_overtakes_the_pauses_of_older_ones_twice():
    schedule, old, new = a_schedule(), an_entry(CLOCK), an_entry(CLOCK)
    fails(schedule, old, times=2)
    assert schedule.next([old, new], 0.1) is new
    fails(schedule, new, 0.1)
    assert schedule.next([old, new], 0.1) is new
    fails(schedule, new, 0.1)
    assert schedule.next([old, new], 0.1) is None


def test_a_new_press_does_not_put_off_the_next_probe():
    schedule, old, new = a_schedule(), an_entry(CLOCK), an_entry(CLOCK)
    fails(schedule, old, times=2)
    due = schedule.wake_at([old])
    fails(schedule, new, 0.1, times=2)
    assert schedule.wake_at([old, new]) == due


def test_a_receipt_opens_the_way_for_everything_in_order():
    schedule = a_schedule()
    entries = [an_entry(CLOCK) for _ in range(10)]
    for entry in entries:
        fails(schedule, entry, times=2)
    assert schedule.next(entries, 0.0) is None
    sent = []
    waiting = list(entries)
    while due := schedule.next(waiting, timing.URGENT_S):
        sent.append(due)
        waiting.remove(due)
        schedule.receipted(due.press.press_id)
    assert sent == entries


def test_one_bad_press_is_not_sent_between_any_two_good_ones():
    for is_way in (True, False):
        schedule, bad = a_schedule(), an_entry(CLOCK)
        good = [an_entry(CLOCK) for _ in range(20)]
        assert drained_around(schedule, bad, good, is_way=is_way) <= 12


def drained_around(schedule: Schedule, bad: Entry, good: list[Entry], *, is_way: bool) -> int:
    """Send until all good ones are through; return how often the bad one was tried."""
    waiting, tries, now = [bad, *good], 0, 0.0
    while len(waiting) > 1:
        entry = schedule.next(waiting, now)
        if entry is None:
            now = schedule.wake_at(waiting) or now
        elif entry is bad:
            tries += 1
            fails(schedule, bad, now, is_way=is_way)
        else:
            waiting.remove(entry)
            schedule.receipted(entry.press.press_id)
    return tries


@given(st.integers(0, 2**32), st.integers(1, 8))
def test_a_press_that_breaks_the_way_itself_starves_nobody(seed, good):
    chance = random.Random(seed)
    schedule = Schedule(retry_max_s=30.0, chance=chance.random)
    bad, others = an_entry(CLOCK), [an_entry(CLOCK) for _ in range(good)]
    for entry in (bad, *others):
        fails(schedule, entry, times=2)
    assert drained_around(schedule, bad, others, is_way=True) <= 12


def test_a_refused_press_is_asked_again_seldom_but_for_ever():
    schedule, entry = a_schedule(), an_entry(CLOCK).failed("invalid")
    for _ in range(50):
        fails(schedule, entry, is_way=False)
        wake = schedule.wake_at([entry])
        assert wake is not None
        assert timing.PARKED_RETRY_S <= wake <= timing.PARKED_RETRY_S * (1 + timing.RECONNECT_JITTER)


def test_a_refused_press_leaves_the_way_open():
    schedule, refused, fine = a_schedule(), an_entry(CLOCK).failed("invalid"), an_entry(CLOCK)
    fails(schedule, fine, times=3)
    fails(schedule, refused, is_way=False)
    assert schedule.next([refused, fine], 0.0) is fine


def test_a_press_parked_in_an_earlier_run_is_asked_again_once_at_the_start():
    entry = an_entry(CLOCK).failed("invalid")
    assert a_schedule().next([entry], 0.0) is entry


def test_real_presses_stay_before_tests_because_the_outbox_lists_them_so():
    schedule = a_schedule()
    real, test = an_entry(CLOCK), an_entry(CLOCK, Purpose.TEST)
    assert schedule.next([real, test], 0.0) is real


def test_a_press_that_is_only_kept_is_asked_for_again_when_the_gateway_says_and_holds_up_nobody():
    schedule, kept, other = a_schedule(), an_entry(CLOCK), an_entry(CLOCK)
    fails(schedule, other, 0.0, times=3)
    schedule.kept(kept.press.press_id, 10.0, again_after_s=2.0)
    assert schedule.next([kept, other], 10.0) is other
    schedule.receipted(other.press.press_id)
    assert schedule.next([kept], 11.9) is None
    assert schedule.next([kept], 12.0) is kept
