"""A finger becomes exactly the act it was, at the instant it was complete."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ble_bridge.bench.gesture import Act, Finger, Gesture
from ble_bridge.reference_service import PatternCode, Settings

SETTINGS = Settings(hold_ms=2000, double_gap_ms=400)


def acts(steps):
    """Play (instant in s, finger) steps, giving each deadline when it comes."""
    gesture, made = Gesture(SETTINGS), []
    for at_s, finger in [*steps, (float("inf"), None)]:
        while gesture.deadline_s is not None and gesture.deadline_s <= at_s:
            if act := gesture.feel(Finger.DEADLINE, gesture.deadline_s):
                made.append(act)
        if finger and (act := gesture.feel(finger, at_s)):
            made.append(act)
    return made


DOWN, UP = Finger.DOWN, Finger.UP


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param([(0, DOWN), (0.2, UP)], [Act(PatternCode.SHORT, 0.2)], id="short"),
        pytest.param(
            [(0, DOWN), (0.2, UP), (0.5, DOWN), (0.6, UP)], [Act(PatternCode.DOUBLE, 0.6)], id="double"
        ),
        pytest.param([(0, DOWN), (9, UP)], [Act(PatternCode.HOLD, 2.0)], id="hold, told before the release"),
        pytest.param([(0, DOWN)], [Act(PatternCode.HOLD, 2.0)], id="hold that never ends"),
        pytest.param(
            [(0, DOWN), (0.2, UP), (0.5, DOWN)], [Act(PatternCode.HOLD, 2.5)], id="tap and hold is a hold"
        ),
        pytest.param(
            [(0, DOWN), (0.1, UP), (0.6, DOWN), (0.7, UP)],
            [Act(PatternCode.SHORT, 0.1), Act(PatternCode.SHORT, 0.7)],
            id="two pushes too far apart are two short presses",
        ),
        pytest.param([(0, UP), (1, UP)], [], id="a bounce is nothing"),
    ],
)
def test_a_finger_makes(steps, expected):
    assert acts(steps) == expected


@given(st.lists(st.tuples(st.floats(0.001, 5), st.sampled_from([DOWN, UP])), max_size=30))
def test_every_push_that_lasts_makes_a_hold_and_no_act_comes_from_nothing(gaps):
    steps, now = [], 0.0
    for gap, finger in gaps:
        now += gap
        steps.append((now, finger))
    made = acts(steps)
    down_s = [at for at, finger in steps if finger is DOWN]
    assert len(made) <= len(down_s)
    assert [act.completed_at_s for act in made] == sorted(act.completed_at_s for act in made)
    assert all(act.completed_at_s >= down_s[0] for act in made)


def test_new_settings_hold_from_the_next_push():
    gesture = Gesture(SETTINGS)
    gesture.settings = Settings(hold_ms=100)
    gesture.feel(DOWN, 0.0)
    assert gesture.deadline_s == pytest.approx(0.1)
