"""Delays between tries."""

from hypothesis import given
from hypothesis import strategies as st

from ble_bridge import timing
from ble_bridge.backoff import Backoff


def test_delays_double_from_the_first_to_the_longest_and_go_on_for_ever():
    backoff = Backoff(chance=lambda: 0.5)
    delays = [backoff.delay_s() for _ in range(1000)]
    assert delays[:4] == [0.2, 0.4, 0.8, 1.6]
    assert set(delays[6:]) == {timing.RECONNECT_MAX_S}


def test_a_success_begins_anew():
    backoff = Backoff(chance=lambda: 0.5)
    for _ in range(5):
        backoff.delay_s()
    backoff.reset()
    assert backoff.delay_s() == timing.RECONNECT_FIRST_S


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 20))
def test_each_delay_is_jittered_by_at_most_a_fifth(chance, tries):
    plain, jittered = Backoff(chance=lambda: 0.5), Backoff(chance=lambda: chance)
    for _ in range(tries):
        assert abs(jittered.delay_s() / plain.delay_s() - 1) <= timing.RECONNECT_JITTER + 1e-9
