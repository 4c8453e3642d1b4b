"""Bytes from buttons to readings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ble_bridge import decoding
from ble_bridge.decoding import Act, Battery, Drained, Edge, Raw, Step
from ble_bridge.reference_service import PatternCode, PressRecord
from schemas.press import Pattern

DECODERS = [
    decoding.reference_record,
    decoding.lbs_level,
    decoding.itag_click,
    decoding.valrt_event,
    decoding.battery_level,
]


def raw(value: bytes, heard_s: float = 100.0, *, asked: bool = False) -> Raw:
    return Raw("uuid", value, heard_s, asked)


@pytest.mark.parametrize("decode", DECODERS)
@given(value=st.binary(max_size=40))
def test_no_bytes_from_a_stranger_raise(decode, value):
    for reading in decode(raw(value)):
        assert isinstance(reading, Act | Battery | Drained | Edge)


def test_a_record_places_the_act_by_the_age_the_button_tells():
    record = PressRecord(PatternCode.HOLD, boot=7, counter=3, age_ms=2500, latched=True, battery_pct=80)
    assert decoding.reference_record(raw(record.encode())) == (
        Battery(80),
        Act(Pattern.HOLD, completed_s=97.5, heard_s=100.0, latched=True, step=Step(7, 3)),
    )


def test_an_act_whose_age_the_button_forgot_has_no_instant():
    record = PressRecord(PatternCode.SHORT, boot=7, counter=3, age_ms=None)
    (act,) = decoding.reference_record(raw(record.encode()))
    assert act == Act(Pattern.SHORT, completed_s=None, heard_s=100.0, step=Step(7, 3))


def test_a_record_of_no_press_says_that_the_button_is_drained():
    assert decoding.reference_record(raw(PressRecord(PatternCode.NONE, 7, 3).encode())) == (Drained(),)


def test_lbs_goes_down_and_up():
    assert decoding.lbs_level(raw(b"\x01")) == (Edge(down=True, at_s=100.0),)
    assert decoding.lbs_level(raw(b"\x00", asked=True)) == (Edge(down=False, at_s=100.0, asked=True),)


def test_an_itag_click_is_a_short_press_only_when_the_tag_sends_it_unasked():
    assert decoding.itag_click(raw(b"\x01")) == (Act(Pattern.SHORT, 100.0, 100.0),)
    assert decoding.itag_click(raw(b"\x01", asked=True)) == ()


@pytest.mark.parametrize(
    ("code", "reading"),
    [
        (b"\x00", (Edge(down=False, at_s=100.0),)),
        (b"\x01", (Edge(down=True, at_s=100.0),)),
        (b"\x03", (Act(Pattern.HOLD, 100.0, 100.0),)),
        (b"\x04", ()),
        (b"\x05", ()),
    ],
)
def test_valrt_codes_are_pushes_and_holds_but_falls_and_knocks_are_no_press(code, reading):
    assert decoding.valrt_event(raw(code)) == reading


@pytest.mark.parametrize(
    ("event", "pattern"),
    [("press", Pattern.SHORT), ("double_press", Pattern.DOUBLE), ("hold_press", Pattern.HOLD)],
)
def test_a_bthome_event_is_an_act_with_the_packets_counter(event, pattern):
    assert decoding.bthome_act(event, 12, 5.0) == Act(pattern, 5.0, 5.0, step=Step(None, 12))


def test_a_bthome_release_is_no_act():
    assert decoding.bthome_act("hold_release", 12, 5.0) is None
