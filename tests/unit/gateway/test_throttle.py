from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.throttle import Throttle


def test_a_burst_then_one_at_a_time():
    throttle = Throttle(burst=3, every_s=10)
    assert [throttle.allow("a", 0) for _ in range(4)] == [True, True, True, False]
    assert not throttle.allow("a", 9.9)
    assert throttle.allow("a", 10)
    assert not throttle.allow("a", 10)


def test_keys_do_not_disturb_each_other():
    throttle = Throttle(burst=1, every_s=10)
    assert throttle.allow("a", 0)
    assert throttle.allow("b", 0)


def test_memory_is_bounded():
    throttle = Throttle(burst=1, every_s=10, keys_kept=2)
    assert all(throttle.allow(key, 0) for key in "abc")
    assert throttle.allow("a", 0)
    assert not throttle.allow("c", 0)


@given(st.lists(st.floats(0, 20), max_size=60), st.integers(1, 5))
def test_never_more_than_the_burst_and_the_rate(waits, burst):
    throttle, now, allowed = Throttle(burst=burst, every_s=5), 100.0, []
    for wait in waits:
        now += wait
        if throttle.allow("a", now):
            allowed.append(now)
    for first in range(len(allowed)):
        for last in range(first, len(allowed)):
            assert last - first + 1 <= burst + (allowed[last] - allowed[first]) / 5 + 1e-6
