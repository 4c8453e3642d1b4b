import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ingest.batch import read_batch
from schemas.track import BATCH_MAX

GOOD = {"index": 1, "latitude": 51.0, "longitude": 3.7, "fixed_at": "2026-03-02T09:00:00Z"}


def read(fixes: Any, **changes: Any) -> Any:
    return read_batch(json.dumps({"fixes": fixes, **changes}).encode())


@pytest.mark.parametrize(
    "bad",
    [
        None,
        7,
        "x",
        [],
        {},
        {**GOOD, "index": 0},
        {**GOOD, "latitude": 91},
        {**GOOD, "longitude": "\ud800"},
        {**GOOD, "fixed_at": "2026-03-02T09:00:00"},
        {name: value for name, value in GOOD.items() if name != "index"},
    ],
)
def test_a_fix_without_index_place_or_instant_is_dropped_and_the_others_stay(bad: Any) -> None:
    reading = read([GOOD, bad, {**GOOD, "index": 2}])
    assert ([fix.index for fix in reading.fixes], reading.dropped) == ([1, 2], 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [("heading_deg", 360), ("speed_mps", -1), ("method", "magic"), ("radius_m", "wide"), ("confidence", 0)],
)
def test_a_fix_with_a_broken_detail_is_kept_without_it(name: str, value: Any) -> None:
    reading = read([{**GOOD, name: value, "mock": True}])
    (fix,) = reading.fixes
    assert (reading.dropped, fix.mock) == (0, True)
    assert getattr(fix, name) == type(fix).model_fields[name].default


def test_a_broken_battery_or_instant_costs_no_fix() -> None:
    reading = read([GOOD], sent_at="soon", phone_battery_pct=101)
    assert (len(reading.fixes), reading.sent_at, reading.phone_battery_pct) == (1, None, None)


def test_more_fixes_than_a_batch_should_hold_are_read_all_the_same() -> None:
    assert len(read([{**GOOD, "index": n} for n in range(1, BATCH_MAX + 2)]).fixes) == BATCH_MAX + 1


def test_an_empty_batch_is_read() -> None:
    assert read([]).fixes == ()


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    read_batch(body)
    read_batch(b'{"fixes":[' + body + b"]}")


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from([*GOOD, "mock", "age_s", "method"]), inner)
        ),
    )
)
def test_no_json_makes_it_raise(found: Any) -> None:
    reading = read([GOOD, found])
    assert len(reading.fixes) + reading.dropped == 2
