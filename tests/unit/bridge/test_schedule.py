"""Which press is sent next, and when."""

from ble_bridge import timing
from ble_bridge.schedule import Schedule
from schemas.press import Purpose
from tests.support.companion import CompanionClock, an_entry

CLOCK = CompanionClock()


def a_schedule(chance: float = 1.0) -> Schedule:
    return Schedule(retry_max_s=30.0, chance=lambda: chance)


def test_a_new_press_is_due_at_once():
    entry = an_entry(CLOCK)
    assert a_schedule().next([entry], now=0.0) is entry


def test_the_first_retry_is_immediate_and_the_second_is_not():
    schedule, entry = a_schedule(), an_entry(CLOCK)
    schedule.failed(entry, 10.0)
    assert schedule.next([entry], 10.0) is entry
    schedule.failed(entry, 10.0)
    assert schedule.next([entry], 10.0) is None
    assert schedule.wake_at([entry]) == 10.0 + timing.RETRY_STEP_S


def test_pauses_double_up_to_the_policys_ceiling_and_stay_there_for_ever():
    schedule, entry = a_schedule(), an_entry(CLOCK)
    pauses: list[float] = []
    for _ in range(2000):
        schedule.failed(entry, 0.0)
        pauses.append(schedule.wake_at([entry]) or 0.0)
    assert pauses[:4] == [0.0, 0.5, 1.0, 2.0]
    assert pauses[-1] == 30.0 == max(pauses)


def test_jitter_is_full_so_that_companions_do_not_march_in_step():
    schedule, entry = a_schedule(chance=0.0), an_entry(CLOCK)
    for _ in range(10):
        schedule.failed(entry, 5.0)
        assert schedule.wake_at([entry]) == 5.0


def test_a_new_press_overtakes_the_pauses_of_older_ones():
    schedule, old, new = a_schedule(), an_entry(CLOCK), an_entry(CLOCK)
    schedule.failed(old, 0.0)
    schedule.failed(old, 0.0)
    assert schedule.next([old, new], 0.1) is new


def test_a_receipt_opens_the_way_for_everything_that_waits():
    schedule, first, second = a_schedule(), an_entry(CLOCK), an_entry(CLOCK)
    for _ in range(8):
        schedule.failed(first, 0.0)
        schedule.failed(second, 0.0)
    schedule.receipted(second.press.press_id)
    assert schedule.next([first], 0.0) is first


def test_one_bad_press_is_not_sent_between_any_two_good_ones():
    schedule, bad = a_schedule(), an_entry(CLOCK)
    good = [an_entry(CLOCK) for _ in range(20)]
    sent = []
    waiting = [bad, *good]
    while entry := schedule.next(waiting, 0.0):
        sent.append(entry)
        if entry is bad:
            schedule.failed(bad, 0.0)
        else:
            waiting.remove(entry)
            schedule.receipted(entry.press.press_id)
    assert [entry for entry in sent if entry is not bad] == good
    assert sent.count(bad) <= 4


def test_a_refused_press_is_asked_again_seldom_but_for_ever():
    schedule, entry = a_schedule(), an_entry(CLOCK).failed("invalid")
    for _ in range(50):
        schedule.failed(entry, 0.0)
        wake = schedule.wake_at([entry])
        assert wake is not None
        assert timing.PARKED_RETRY_S <= wake <= timing.PARKED_RETRY_S * (1 + timing.RECONNECT_JITTER)


def test_real_presses_stay_before_tests_because_the_outbox_lists_them_so():
    schedule = a_schedule()
    real, test = an_entry(CLOCK), an_entry(CLOCK, Purpose.TEST)
    assert schedule.next([real, test], 0.0) is real
    schedule.failed(real, 0.0)
    schedule.failed(real, 0.0)
    assert schedule.next([real, test], 0.0) is test
