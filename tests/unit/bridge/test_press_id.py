"""The identity of a press."""

from datetime import UTC, datetime
from uuid import RFC_4122

from hypothesis import given
from hypothesis import strategies as st

from ble_bridge.decoding import Step
from ble_bridge.press_id import press_id_of, uuid7
from tests.support.clock import START

u32 = st.integers(0, 2**32 - 1)
steps = st.builds(Step, st.none() | u32, u32)
buttons = st.text(st.characters(codec="ascii", exclude_characters="/"), min_size=1, max_size=20)
instants = st.datetimes(datetime(1970, 1, 2), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis wants naive bounds)


@given(buttons, steps, instants, instants)
def test_two_companions_that_hear_one_press_agree_whatever_their_clocks(button, step, one, other):
    assert press_id_of(button, step, one) == press_id_of(button, step, other)


@given(st.lists(st.tuples(buttons, steps), min_size=2, max_size=20, unique=True))
def test_different_presses_never_share_an_id(presses):
    ids = {press_id_of(button, step, START) for button, step in presses}
    assert len(ids) == len(presses)


@given(buttons, steps)
def test_a_derived_id_is_a_uuid_of_version_5(button, step):
    press_id = press_id_of(button, step, START)
    assert (press_id.version, press_id.variant) == (5, RFC_4122)


def test_a_button_without_a_counter_gets_a_new_id_for_each_press():
    assert len({press_id_of("itag", None, START) for _ in range(1000)}) == 1000


@given(instants)
def test_a_uuid7_carries_its_millisecond_version_and_variant(now):
    made = uuid7(now)
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == int(now.timestamp() * 1000)


@given(instants, instants)
def test_uuid7_sorts_by_time_to_the_millisecond(one, other):
    earlier, later = sorted((one, other))
    if int(earlier.timestamp() * 1000) < int(later.timestamp() * 1000):
        assert uuid7(earlier) < uuid7(later)


@given(st.binary(min_size=10, max_size=10))
def test_uuid7_keeps_74_random_bits_apart_from_version_and_variant(noise):
    bits = uuid7(START, lambda _count: noise).int
    kept = (bits >> 64 & 0xFFF) << 62 | bits & ((1 << 62) - 1)
    assert kept == int.from_bytes(noise, "big") & ((1 << 74) - 1)


def test_the_example_of_rfc_9562_is_reproduced():
    noise = (0xCC3 << 62 | 0x18C4DC0C0C07398F).to_bytes(10, "big")
    made = uuid7(datetime.fromtimestamp(0x017F22E279B0 / 1000, UTC), lambda _count: noise)
    assert str(made) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_a_clock_before_1970_still_gives_an_id():
    assert uuid7(datetime(1969, 1, 1, tzinfo=UTC)).version == 7
