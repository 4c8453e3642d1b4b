from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.plausibility import JUMP_MPS, STALE_S, UNKNOWN_RADIUS_M, judge_fix
from tests.support.fixes import AT, a_fix, fixes

GENT = (51.0543, 3.7174)
BRUSSELS = (50.8467, 4.3525)


def test_a_fresh_fix_a_walk_away_from_the_one_before_is_plausible():
    assert judge_fix(a_fix(51.0544, 3.7175), a_fix(*GENT, age_s=5), AT) == ()
    assert judge_fix(a_fix(*GENT), None, AT) == ()


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("mock", {"mock": True}),
        ("stale", {"age_s": STALE_S + 1}),
        ("from_future", {"age_s": -60}),
        ("imprecise", {"radius_m": 30_000}),
        ("imprecise", {"radius_m": 13_000, "confidence": 0.68}),
    ],
)
def test_what_is_odd_is_named_alone(code, changes):
    assert judge_fix(a_fix(*GENT, **changes), None, AT) == (code,)


def test_from_gent_to_brussels_takes_minutes():
    brussels = a_fix(*BRUSSELS)
    assert judge_fix(brussels, a_fix(*GENT, age_s=61), AT) == ("jump",)
    assert judge_fix(brussels, a_fix(*GENT, age_s=1 + 50_200 / JUMP_MPS), AT) == ()


def test_a_jump_is_a_jump_in_whichever_order_the_fixes_came():
    assert judge_fix(a_fix(*GENT, age_s=61), a_fix(*BRUSSELS), AT) == ("jump",)


def test_circles_that_nearly_meet_are_no_jump():
    near = a_fix(GENT[0] + 0.009, GENT[1], age_s=1)  # 1 km
    assert judge_fix(near, a_fix(*GENT, age_s=1), AT) == ("jump",)
    assert judge_fix(near, a_fix(*GENT, age_s=1, radius_m=950), AT) == ()
    assert judge_fix(near, a_fix(*GENT, age_s=10, radius_m=None), AT) == ()


def test_two_fixes_of_one_second_are_not_infinitely_fast():
    few_metres = a_fix(GENT[0] + (UNKNOWN_RADIUS_M / 111_000), GENT[1], radius_m=1)
    assert judge_fix(few_metres, a_fix(*GENT, radius_m=1), AT) == ()


@given(fixes(), st.none() | fixes(), st.timedeltas(timedelta(-1), timedelta(1)))
def test_no_fix_makes_it_raise(fix, before, later):
    assert set(judge_fix(fix, before, AT + later)) <= {"mock", "stale", "jump", "imprecise", "from_future"}
