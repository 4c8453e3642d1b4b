"""Short, double and hold from ups and downs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ble_bridge import timing
from ble_bridge.decoding import Act, Edge
from ble_bridge.detection import Detector, Repeats, State, is_alarm
from schemas.press import Pattern
from schemas.registration import ButtonPolicy

EVERYTHING = ButtonPolicy(alarm_patterns=(Pattern.SHORT, Pattern.DOUBLE, Pattern.HOLD))
HOLD_S, GAP_S = EVERYTHING.hold_s, EVERYTHING.double_gap_s


def play(detector: Detector, *edges: tuple[float, bool]) -> list[tuple[Pattern, float | None]]:
    """Feed (instant, down) pairs and then plenty of time; return what was done and when."""
    acts = [act for at_s, down in edges for act in detector.edge(Edge(down=down, at_s=at_s))]
    acts += detector.due(1e9)
    return [(act.pattern, act.completed_s) for act in acts]


def test_a_push_and_a_release_are_one_short_act_complete_at_the_release():
    assert play(Detector.under(EVERYTHING), (0, True), (0.2, False)) == [(Pattern.SHORT, 0.2)]


def test_two_pushes_within_the_gap_are_one_double_act():
    edges = (0, True), (0.1, False), (0.3, True), (0.4, False)
    assert play(Detector.under(EVERYTHING), *edges) == [(Pattern.DOUBLE, 0.4)]


def test_two_pushes_beyond_the_gap_are_two_short_acts():
    edges = (0, True), (0.1, False), (1.0, True), (1.1, False)
    assert play(Detector.under(EVERYTHING), *edges) == [(Pattern.SHORT, 0.1), (Pattern.SHORT, 1.1)]


def test_a_hold_fires_while_the_finger_is_still_down():
    detector = Detector.under(EVERYTHING)
    detector.edge(Edge(down=True, at_s=10.0))
    assert detector.deadline == 10.0 + HOLD_S
    assert detector.due(10.0 + HOLD_S - 0.001) == ()
    assert detector.due(10.0 + HOLD_S) == [Act(Pattern.HOLD, 10.0 + HOLD_S, 10.0 + HOLD_S)]
    assert detector.edge(Edge(down=False, at_s=20.0)) == []


def test_a_release_heard_late_cannot_turn_a_hold_into_a_short_act():
    detector = Detector.under(EVERYTHING)
    detector.edge(Edge(down=True, at_s=0.0))
    assert [act.pattern for act in detector.edge(Edge(down=False, at_s=HOLD_S + 5))] == [Pattern.HOLD]


def test_a_push_whose_release_is_lost_with_the_link_counts_as_a_hold():
    assert play(Detector.under(EVERYTHING), (0, True)) == [(Pattern.HOLD, HOLD_S)]


def test_a_push_again_held_is_a_short_act_and_a_hold():
    edges = (0, True), (0.1, False), (0.3, True)
    assert play(Detector.under(EVERYTHING), *edges) == [(Pattern.SHORT, 0.1), (Pattern.HOLD, 0.3 + HOLD_S)]


def test_without_a_double_in_the_policy_a_short_act_waits_for_nothing():
    detector = Detector.under(ButtonPolicy(alarm_patterns=(Pattern.SHORT,)))
    detector.edge(Edge(down=True, at_s=0.0))
    assert [act.pattern for act in detector.edge(Edge(down=False, at_s=0.1))] == [Pattern.SHORT]


def test_a_level_read_at_the_start_of_a_session_counts_only_when_it_is_news():
    detector = Detector.under(EVERYTHING)
    assert detector.edge(Edge(down=False, at_s=0.0, asked=True)) == []
    assert detector.edge(Edge(down=True, at_s=1.0, asked=True)) == []
    assert detector.edge(Edge(down=True, at_s=1.5, asked=True)) == []
    assert [act.pattern for act in detector.due(1.0 + HOLD_S)] == [Pattern.HOLD]


def test_a_hold_the_button_reports_itself_is_not_counted_twice():
    detector = Detector.under(EVERYTHING)
    detector.edge(Edge(down=True, at_s=0.0))
    told = Act(Pattern.HOLD, 1.5, 1.5)
    assert [act.pattern for act in detector.told(told)] == [Pattern.HOLD]
    assert detector.due(HOLD_S + 1) == ()
    assert detector.told(Act(Pattern.HOLD, 3.0, 3.0)) == ()


@pytest.mark.parametrize("pattern", list(Pattern))
def test_the_policy_decides_what_is_an_alarm(pattern):
    assert is_alarm(pattern, ButtonPolicy(alarm_patterns=(pattern,)))
    others = tuple(set(Pattern) - {pattern})
    assert not is_alarm(pattern, ButtonPolicy(alarm_patterns=others))
    assert is_alarm(Pattern.HOLD, ButtonPolicy())
    assert not is_alarm(Pattern.SHORT, ButtonPolicy())


def test_equal_values_within_50_ms_are_one_and_later_or_different_ones_are_not():
    repeats = Repeats()
    assert not repeats.is_repeat("a", b"\x01", 1.0)
    assert repeats.is_repeat("a", b"\x01", 1.0 + timing.REPEAT_S - 0.001)
    assert not repeats.is_repeat("b", b"\x01", 1.0)
    assert not repeats.is_repeat("a", b"\x00", 1.06)
    assert not repeats.is_repeat("a", b"\x01", 1.07)
    assert not repeats.is_repeat("a", b"\x01", 1.2)


@given(st.lists(st.tuples(st.floats(0.06, 5), st.floats(0.06, 5)), max_size=20))
def test_clean_pushes_are_each_counted_once_whatever_their_rhythm(pushes):
    now, edges = 0.0, []
    for down_s, up_s in pushes:
        edges += [(now, True), (now + down_s, False)]
        now += down_s + up_s
    weight = {Pattern.SHORT: 1, Pattern.DOUBLE: 2, Pattern.HOLD: 1}
    acts = play(Detector.under(EVERYTHING), *edges)
    assert sum(weight[pattern] for pattern, _ in acts) == len(pushes)
    assert sum(pattern is Pattern.HOLD for pattern, _ in acts) == sum(
        round(now, 9) >= HOLD_S for now in _downs(edges)
    )


def _downs(edges):
    return [up[0] - down[0] for down, up in zip(edges[::2], edges[1::2], strict=True)]


class Fingers(RuleBasedStateMachine):
    """Any order of ups, downs (also lost ones) and time: no push is lost, none counts twice."""

    def __init__(self):
        super().__init__()
        self.detector = Detector.under(EVERYTHING)
        self.now = 0.0
        self.downs = 0
        self.weight = 0
        self.last_completed = 0.0

    def took(self, acts):
        for act in acts:
            assert self.last_completed <= act.completed_s <= act.heard_s <= self.now
            self.last_completed = act.completed_s
            self.weight += 2 if act.pattern is Pattern.DOUBLE else 1

    @rule()
    def push(self):
        self.downs += 1
        self.took(self.detector.edge(Edge(down=True, at_s=self.now)))

    @rule()
    def release(self):
        self.took(self.detector.edge(Edge(down=False, at_s=self.now)))

    @rule(seconds=st.floats(0.06, 3))
    def wait_with_a_late_timer(self, seconds):
        self.now += seconds

    @precondition(lambda self: self.detector.deadline is not None)
    @rule()
    def wait_until_the_deadline(self):
        self.now = max(self.now, self.detector.deadline or 0.0)
        self.took(self.detector.due(self.now))

    @invariant()
    def every_push_is_counted_or_under_way(self):
        open_pushes = {State.PUSHED: 1, State.BETWEEN: 1, State.PUSHED_AGAIN: 2}
        assert self.weight + open_pushes.get(self.detector.state, 0) == self.downs

    def teardown(self):
        self.now += 1000
        self.took(self.detector.due(self.now))
        assert self.weight == self.downs


TestFingers = Fingers.TestCase
