"""Whatever a known companion sends becomes a press that can be stored."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ingest.tolerant import read_press
from schemas.press import Pattern, Purpose
from tests.support.hostile import PRESS_ID, READABLE, UNREADABLE, body, raw


def test_a_right_body_is_read_whole_and_nothing_is_dropped() -> None:
    reading = read_press(body(age_ms=12, companion_version="1.0"))
    assert reading.dropped == ()
    assert (reading.press.age_ms, reading.press.companion_version) == (12, "1.0")


@pytest.mark.parametrize("name", READABLE)
def test_a_broken_field_is_dropped_and_the_press_is_read(name: str) -> None:
    reading = read_press(READABLE[name])
    assert reading.press.press_id == UUID(PRESS_ID)
    assert reading.press.purpose == Purpose.REAL
    json.dumps(reading.press.model_dump(mode="json"), allow_nan=False).encode()


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_body_without_a_press_gets_an_id_of_its_own_bytes(name: str) -> None:
    first, second = read_press(UNREADABLE[name]), read_press(UNREADABLE[name])
    assert first.press.press_id == second.press.press_id
    assert "press_id" in first.dropped
    assert len({read_press(one).press.press_id for one in UNREADABLE.values()}) == len(UNREADABLE)


def test_what_was_dropped_is_named_and_what_was_good_is_kept() -> None:
    reading = read_press(READABLE["wrong types everywhere"])
    assert {"pattern", "sent_at", "age_ms", "button", "positions"} <= set(reading.dropped)
    assert reading.press.pattern is Pattern.HOLD


def test_the_good_positions_of_a_list_survive_the_bad_ones() -> None:
    good = '{"latitude": 51.0, "longitude": 3.7, "fixed_at": "2026-03-02T09:00:00Z"}'
    bad = '{"latitude": NaN, "longitude": 3.7, "fixed_at": "2026-03-02T09:00:00Z"}'
    reading = read_press(raw(f'"positions": [{bad}, {good}]'))
    assert [position.latitude for position in reading.press.positions] == [51.0]
    assert reading.dropped == ("positions",)


def test_the_good_fields_of_a_button_survive_the_bad_ones() -> None:
    reading = read_press(body(button={"button_id": "b1", "driver": "lbs", "counter": -1, "bonded": True}))
    assert reading.press.button is not None
    assert (reading.press.button.button_id, reading.press.button.bonded) == ("b1", True)
    assert reading.press.button.counter is None


def test_of_doubled_keys_the_first_counts() -> None:
    reading = read_press(READABLE["doubled keys"])
    assert reading.press.press_id == UUID(PRESS_ID)
    assert reading.press.pattern is Pattern.HOLD
    assert "duplicate_key" in reading.dropped


@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(junk: bytes) -> None:
    read_press(junk)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["pattern", "pressed_at", "sent_at", "age_ms", "button", "positions", "attempt", "latched", "purpose"]
)


@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_any_json_in_any_field_leaves_a_storable_press_of_the_same_id(fields: dict[str, object]) -> None:
    reading = read_press(json.dumps({"press_id": PRESS_ID, **fields}).encode())
    assert reading.press.press_id == UUID(PRESS_ID)
    text = json.dumps(reading.press.model_dump(mode="json"), allow_nan=False)
    assert "\\u0000" not in text
    text.encode()
