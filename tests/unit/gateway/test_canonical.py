"""Canonical JSON: the same bytes from whoever writes the same value down."""

import json
import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.casework.canonical import _slowly, canonical, canonical_text, instant, number

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


# RFC 8785, appendix B, and section 3.2.3
@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"),
        (9007199254740994.0, "9007199254740994"),
        (-9999999999999998.0, "-9999999999999998"),
        (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"),
        (1e21, "1e+21"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.000001, "0.000001"),
        (333333333.3333333, "333333333.3333333"),
        (-0.0000033333333333333333, "-0.0000033333333333333333"),
        (51.05, "51.05"),
    ],
)
def test_a_number_is_written_as_ecmascript_does(value, written):
    assert number(value) == written
    assert canonical(value) == written.encode()


def test_keys_are_sorted_by_utf_16_and_nothing_is_escaped_that_need_not_be():
    value = {
        "\u20ac": 'Euro\u000f\n"\\/',
        "\r": 1,
        "\ufb33": 2,
        "1": 3,
        "\U0001f600": 4,
        "\u0080": 5,
        "\u00f6": 6,
    }
    assert canonical(value).decode() == (
        '{"\\r":1,"1":3,"\u0080":5,"\u00f6":6,"\u20ac":"Euro\\u000f\\n\\"\\\\/","\U0001f600":4,"\ufb33":2}'
    )


@given(VALUES)
def test_the_quick_way_and_the_slow_way_write_the_same_and_nothing_is_lost(value):
    written = canonical(value)
    assert written == _slowly(value).encode()
    assert canonical_text(written.decode()) == written
    assert json.loads(written, parse_int=float) == value
    assert canonical(json.loads(json.dumps(value, indent=3))) == written


def test_what_json_does_not_have_is_refused():
    for wrong in (math.nan, math.inf):
        with pytest.raises(ValueError, match="JSON"):
            canonical(wrong)
        with pytest.raises(ValueError, match="JSON"):
            number(wrong)


def test_an_instant_has_six_decimals_and_is_in_utc():
    at = datetime(2026, 3, 1, 9, 0, 0, 120, tzinfo=timezone(timedelta(hours=1)))
    assert instant(at) == "2026-03-01T08:00:00.000120Z"
    assert instant(datetime(2026, 3, 1, tzinfo=UTC)) == "2026-03-01T00:00:00.000000Z"
