"""What follows from events is decided from the stream alone."""

import json
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.alarm import EventKind
from gateway.domain.flood import BEGINS_ABOVE, ENDS_BELOW, Load, flood
from gateway.domain.follow_up import FOLLOWED, Happened, follow
from gateway.domain.silence import AT_LEAST, SHARE, WINDOW_S, Silence, many_silent
from gateway.domain.supervision import SupervisionPolicy
from schemas.alarm import AlarmState, Escalation, LadderStep
from schemas.protection import NoticeKind
from tests.support.dispatch import AT

ALARM = uuid4()
SUPERVISOR = Escalation(level=2, step=LadderStep.SUPERVISOR, steps=(LadderStep.SUPERVISOR,), at=AT)
WEBHOOK = Escalation(
    level=5, step=LadderStep.WEBHOOK, steps=(LadderStep.SUPERVISOR, LadderStep.WEBHOOK), at=AT
)


def happened(kind: EventKind, state: AlarmState = AlarmState.RAISED, **changes: object) -> Happened:
    plain = Happened(kind=kind, at=AT, alarm_id=ALARM, owner="BE-VOV", state=state, version=3, raised_at=AT)
    return replace(plain, **changes)  # type: ignore[arg-type] # a test's own fields


def wishes(centre: str, *events: Happened) -> set[tuple[NoticeKind, bool]]:
    return {(notice.kind, notice.open) for notice in follow(centre, events).notices.values()}


def test_the_supervisor_level_raises_a_notice_and_an_answer_clears_it() -> None:
    told = happened(EventKind.ESCALATED, escalation=SUPERVISOR)
    assert (NoticeKind.ESCALATED, True) in wishes("BE-VOV", told)
    taken = happened(EventKind.ACKNOWLEDGED, AlarmState.ACKNOWLEDGED, escalation=SUPERVISOR)
    assert (NoticeKind.ESCALATED, False) in wishes("BE-VOV", told, taken)
    assert (NoticeKind.ESCALATED, True) in wishes("BE-VOV", taken, told)


def test_the_levels_after_it_leave_the_notice_alone() -> None:
    later = Escalation(level=3, step=LadderStep.NEIGHBOUR, steps=(LadderStep.NEIGHBOUR,), at=AT)
    assert (NoticeKind.ESCALATED, False) not in wishes(
        "BE-VOV", happened(EventKind.ESCALATED, escalation=later)
    )
    assert (NoticeKind.ESCALATED, True) not in wishes(
        "BE-VOV", happened(EventKind.ESCALATED, escalation=later)
    )


def test_a_climb_that_starts_anew_or_elsewhere_clears_the_notice() -> None:
    for event in (
        happened(EventKind.ACKNOWLEDGEMENT_LAPSED),
        happened(EventKind.TRANSFERRED, owner="BE-VAN"),
        happened(EventKind.REOPENED),
    ):
        assert (NoticeKind.ESCALATED, False) in wishes("BE-VOV", event)


def test_an_outcome_that_needs_a_second_look_stays_until_it_was_looked_at() -> None:
    closed = happened(EventKind.CLOSED, AlarmState.CLOSED, needs_second_look=True)
    assert (NoticeKind.SECOND_LOOK, True) in wishes("BE-VOV", closed)
    for after in (
        happened(EventKind.REVIEWED, AlarmState.CLOSED),
        happened(EventKind.REOPENED),
    ):
        assert (NoticeKind.SECOND_LOOK, False) in wishes("BE-VOV", closed, after)


def test_a_diversion_tells_the_supervisors_of_the_centres_that_were_told() -> None:
    told = Escalation(
        level=3, step=LadderStep.NEIGHBOUR, reason="no_console", at=AT, to=("BE-VAN",), steps=()
    )
    event = happened(EventKind.ESCALATED, escalation=told)
    (notice,) = (one for one in follow("BE-VAN", [event]).notices.values() if one.open)
    assert (notice.kind, notice.subject) == (NoticeKind.UNATTENDED, "BE-VOV")
    assert not any(one.open for one in follow("BE-VBR", [event]).notices.values())
    assert not any(one.open for one in follow("BE-VOV", [event]).notices.values())


def test_the_outside_is_called_once_for_a_level_of_a_climb_by_the_owner_alone() -> None:
    event = happened(EventKind.ESCALATED, escalation=WEBHOOK)
    (call,) = follow("BE-VOV", [event]).calls
    assert follow("BE-VOV", [event]).calls == [call]
    assert follow("BE-VAN", [event]).calls == []
    again = follow("BE-VOV", [replace(event, version=9)]).calls
    assert again[0].call_id != call.call_id
    body = json.loads(call.body)
    assert body["type"] == "alarm.escalated"
    assert set(body["data"]) == {"alarm_id", "centre", "level", "raised_at", "reason"}
    assert UUID(body["data"]["alarm_id"]) == ALARM


@given(st.lists(st.tuples(st.sampled_from(FOLLOWED), st.sampled_from(AlarmState), st.booleans()), max_size=8))
def test_nothing_but_a_raised_alarm_keeps_a_supervisor_told(
    story: list[tuple[EventKind, AlarmState, bool]],
) -> None:
    events = [
        happened(kind, state, escalation=SUPERVISOR if climbed else None) for kind, state, climbed in story
    ]
    wanted = wishes("BE-VOV", *events)
    if events and events[-1].state is not AlarmState.RAISED:
        assert (NoticeKind.ESCALATED, True) not in wanted


@pytest.mark.parametrize("consoles", [0, 1, 3])
def test_a_flood_is_counted_by_operator_and_does_not_come_and_go(consoles: int) -> None:
    operators = max(1, consoles)

    def told(fresh: int, *, flooded: bool) -> bool | None:
        notice = flood(Load(centre="BE-VOV", fresh=fresh, consoles=consoles, flooded=flooded))
        return None if notice is None else notice.open

    assert told(BEGINS_ABOVE * operators, flooded=False) is None
    assert told(BEGINS_ABOVE * operators + 1, flooded=False) is True
    assert told(BEGINS_ABOVE * operators + 9, flooded=True) is None
    assert told(ENDS_BELOW * operators, flooded=True) is None
    assert told(ENDS_BELOW * operators - 1, flooded=True) is False


@given(
    watched=st.integers(0, 2000), silent=st.integers(0, 2000), fresh=st.integers(0, 2000), told=st.booleans()
)
def test_one_cause_is_told_and_untold_and_never_both(
    watched: int, silent: int, fresh: int, *, told: bool
) -> None:
    fresh, silent = min(fresh, silent, watched), min(silent, watched)
    now = Silence(centre="BE-VOV", watched=watched, silent=silent, fresh=fresh, told=told)
    notice = many_silent(now)
    if notice is not None:
        assert notice.open is not told
        assert many_silent(replace(now, told=notice.open)) is None
        assert not notice.open or (fresh >= AT_LEAST and fresh >= SHARE * watched)


def test_companions_that_are_lost_together_are_told_within_one_window() -> None:
    assert 2 * SupervisionPolicy().link_loss_s <= WINDOW_S
