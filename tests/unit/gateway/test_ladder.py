"""The ladder: everybody whom a level tells is told, once, and it never ends."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.alarm import seen_by
from gateway.domain.errors import NotAllowedNow
from gateway.domain.ladder import Ladder, Level, Surroundings, divert, escalate
from schemas.alarm import AlarmState, AlarmView, LadderStep, Share, ShareReason
from schemas.press import Purpose
from tests.support.dispatch import AT, an_alarm

NEIGHBOURS = ("BE-VWV", "BE-VBR", "BE-VAN")
NOBODY: frozenset[str] = frozenset()

ladders = st.builds(
    Ladder,
    levels=st.lists(st.tuples(st.sampled_from(LadderStep), st.integers(1, 60)), min_size=1, max_size=7).map(
        lambda pairs: tuple(
            Level(step, sum(s for _, s in pairs[: n + 1])) for n, (step, _) in enumerate(pairs)
        )
    ),
    repeat_s=st.floats(1, 600),
)
latenesses = st.one_of(st.just(0.0), st.floats(0, 10), st.floats(0, 100_000))
attended = st.frozensets(st.sampled_from(["BE-BRU", "BE-WLX", *NEIGHBOURS]))


def around(attended: frozenset[str] = NOBODY) -> Surroundings:
    return Surroundings(neighbours=NEIGHBOURS, national="BE-BRU", attended=attended)


@given(ladders, st.lists(latenesses, min_size=1, max_size=12), attended)
def test_whatever_is_late_each_rung_is_carried_out_once_and_in_order(
    ladder: Ladder, lates: list[float], attended: frozenset[str]
) -> None:
    alarm, level, done = an_alarm(), 1, list[LadderStep]()
    for late_s in lates:
        change = escalate(alarm, level, ladder, around(attended), AT, late_s)
        told = change.alarm.escalation
        assert told is not None
        rungs = [ladder.step_of(each) for each in range(level, told.level + 1)]
        assert told.steps == tuple(dict.fromkeys(rungs))
        done += rungs
        (following,) = change.due
        assert following.level == told.level + 1
        assert 0 <= following.after_s <= ladder.wait_s(following.level)
        assert change.alarm.escalates_at == AT + timedelta(seconds=following.after_s)
        assert set(told.to) <= set(seen_by(change.alarm))
        alarm, level = change.alarm, following.level
    wanted = [one.step for one in ladder.levels][: len(done)]
    assert done[: len(wanted)] == wanted
    assert all(rung is LadderStep.REMIND for rung in done[len(wanted) :])


@given(ladders, latenesses)
def test_a_level_is_owed_only_when_its_instant_has_passed(ladder: Ladder, late_s: float) -> None:
    level, rest_s = ladder.owed(1, late_s)
    passed_s = ladder.wait_s(1) + late_s
    assert level == max(1, sum(one.after_s <= passed_s for one in ladder.levels))
    assert 0 <= rest_s < ladder.wait_s(level + 1)


def test_a_level_told_late_does_not_delay_the_next() -> None:
    (following,) = escalate(an_alarm(), 1, Ladder(), around(), AT, late_s=0.75).due
    assert following.after_s == 19.25


@given(ladders, attended)
def test_a_diversion_tells_a_centre_where_somebody_sits_if_there_is_one(
    ladder: Ladder, attended: frozenset[str]
) -> None:
    change = divert(an_alarm(), 1, ladder, around(attended), AT)
    told = change.alarm.escalation
    assert told is not None
    assert told.reason == "no_console"
    assert told.level >= ladder.first_diversion
    if attended:
        assert attended.intersection(told.to)
    else:
        assert told.level == len(ladder.levels)
    assert all(share.reason is ShareReason.NO_CONSOLE for share in change.alarm.shared)


def test_a_diversion_goes_to_the_longest_border_behind_which_somebody_sits() -> None:
    change = divert(an_alarm(), 1, Ladder(), around(frozenset({"BE-VBR", "BE-VAN"})), AT)
    assert change.alarm.escalation is not None
    assert (change.alarm.escalation.step, change.alarm.escalation.to) == (LadderStep.NEIGHBOUR, ("BE-VBR",))


def test_without_anybody_beside_it_the_national_centre_is_told_at_once() -> None:
    change = divert(an_alarm(), 1, Ladder(), around(frozenset({"BE-BRU"})), AT)
    assert change.alarm.escalation is not None
    assert change.alarm.escalation.step is LadderStep.NATIONAL
    assert change.alarm.escalation.to == ("BE-VWV", "BE-BRU")


def test_without_anybody_anywhere_the_outside_is_told_at_once() -> None:
    change = divert(an_alarm(), 1, Ladder(), around(), AT)
    assert change.alarm.escalation is not None
    assert change.alarm.escalation.step is LadderStep.WEBHOOK
    assert LadderStep.SUPERVISOR in change.alarm.escalation.steps  # for whoever comes back


def test_a_centre_that_sees_the_alarm_already_is_told_when_only_there_somebody_sits() -> None:
    shared = (Share(centre="BE-VAN", reason=ShareReason.NEAR_BORDER, since=AT),)
    change = divert(an_alarm(shared=shared), 1, Ladder(), around(frozenset({"BE-VAN"})), AT)
    assert change.alarm.escalation is not None
    assert change.alarm.escalation.to == ("BE-VAN",)
    assert change.alarm.shared == shared


def test_a_reminder_to_empty_rooms_tells_somebody_who_has_come_elsewhere() -> None:
    told = divert(an_alarm(), 1, Ladder(), around(), AT).alarm
    reminded = escalate(told, 6, Ladder(), around(frozenset({"BE-WLX"})), AT)
    assert reminded.alarm.escalation is not None
    assert "BE-WLX" in reminded.alarm.escalation.to
    again = escalate(reminded.alarm, 7, Ladder(), around(frozenset({"BE-WLX", "BE-VAN"})), AT)
    assert "BE-VAN" not in seen_by(again.alarm)


def test_before_the_first_diversion_empty_rooms_are_waited_for() -> None:
    reminded = escalate(an_alarm(), 1, Ladder(), around(frozenset({"BE-VAN"})), AT)
    assert seen_by(reminded.alarm) == ("BE-VOV",)


@pytest.mark.parametrize(
    "alarm",
    [
        an_alarm(state=AlarmState.ACKNOWLEDGED, acknowledged_at=AT),
        an_alarm(state=AlarmState.CLOSED),
        an_alarm(purpose=Purpose.EXERCISE),
    ],
)
def test_nobody_is_told_of_what_is_answered_or_not_real(alarm: AlarmView) -> None:
    for act in (escalate, divert):
        with pytest.raises(NotAllowedNow):
            act(alarm, 1, Ladder(), around(), AT)


def test_a_level_that_was_told_is_not_told_again() -> None:
    told = escalate(an_alarm(), 3, Ladder(), around(), AT).alarm
    for level in (1, 3):
        with pytest.raises(NotAllowedNow):
            escalate(told, level, Ladder(), around(), AT)
