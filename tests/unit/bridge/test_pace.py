"""How large batches are, and how long one waits for the next."""

from hypothesis import given
from hypothesis import strategies as st

from ble_bridge import timing
from ble_bridge.pace import Pace


def test_batches_grow_while_answers_are_quick_up_to_what_a_gateway_reads():
    pace, sizes = Pace(lambda: 1.0), []
    for second in range(10):
        sizes.append(pace.most)
        pace.arrived(pace.most, second, second + 0.1)
    assert sizes[:3] == [30, 60, 120]
    assert sizes[-1] == timing.FIXES_A_BATCH


def test_a_batch_that_had_room_left_proves_nothing_about_larger_ones():
    pace = Pace(lambda: 1.0)
    pace.arrived(1, 0.0, 0.1)
    assert pace.most == timing.FIXES_FIRST_BATCH


def test_a_slow_network_gets_smaller_batches():
    pace = Pace(lambda: 1.0)
    for second in range(20):
        pace.arrived(pace.most, second, second + 4.0)
    assert pace.most == 1


def test_the_next_batch_begins_a_second_after_the_last_one_began():
    pace = Pace(lambda: 1.0)
    pace.arrived(1, 10.0, 10.3)
    assert pace.due_s == 11.0


def test_after_an_outage_the_first_thing_sent_is_one_fix():
    pace = Pace(lambda: 1.0)
    for second in range(20):
        pace.failed(second * 20.0)
    assert pace.most == 1
    assert pace.is_failing


def test_pauses_grow_to_their_longest_and_end_with_the_first_answer():
    pace, pauses = Pace(lambda: 1.0), []
    for _ in range(8):
        pace.failed(0.0)
        pauses.append(pace.due_s)
    assert pauses == sorted(pauses)
    assert pauses[0] == 1.5
    assert pauses[-1] == timing.POSITIONS_RETRY_MAX_S + 0.5
    pace.arrived(1, 50.0, 50.1)
    assert pace.due_s == 51.0


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 40))
def test_no_chance_makes_a_failing_companion_spin_or_sleep_too_long(chance, failures):
    pace = Pace(lambda: chance)
    for _ in range(failures):
        pace.failed(100.0)
    assert 0.5 <= pace.due_s - 100.0 <= timing.POSITIONS_RETRY_MAX_S + 0.5


def test_where_every_gateway_refuses_it_is_asked_seldom():
    pace = Pace(lambda: 1.0)
    pace.failed(0.0, is_refused=True)
    assert pace.due_s > timing.POSITIONS_REFUSED_S
