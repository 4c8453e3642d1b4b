"""Judging: silence and time, the best companion of several, what must never flap."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.domain.conditions import Heard
from gateway.domain.supervision import (
    FRESH_S,
    INSTALL_S,
    REPORT_MARGIN_S,
    Condition,
    Judgement,
    Supervised,
    SupervisionPolicy,
    Told,
    Watched,
    judge,
    judge_companion,
    protection,
    proves_life,
    reporting_class,
)
from schemas.protection import CompanionHeartbeat, Fault, FaultKind, ProtectionState
from tests.support.heartbeats import heartbeats, well

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LONG_AGO = AT - timedelta(days=30)
POLICY = SupervisionPolicy()
SILENT, NONE = FaultKind.COMPANION_SILENT, FaultKind.NO_COMPANION


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def a_companion(
    number: int = 1, *, heard_s: float | None = 0.0, said: CompanionHeartbeat | None = None, **more: Any
) -> Watched:
    heard = None if heard_s is None else Heard(heartbeat=said or well(), received_at=after(heard_s))
    return Watched(
        companion_id=UUID(int=number), enrolled_at=more.pop("enrolled_at", LONG_AGO), heard=heard, **more
    )


def a_file(*companions: Watched, **changes: Any) -> Supervised:
    values: dict[str, Any] = {"created_at": LONG_AGO, "companions": companions, **changes}
    return Supervised(registration_id=UUID(int=9), centre="BE-VOV", reference="GE.1", **values)


def told(
    state: ProtectionState, *kinds: FaultKind, since: datetime = LONG_AGO, centre: str = "BE-VOV"
) -> Told:
    faults = tuple(Fault(kind=kind, since=since) for kind in kinds)
    return Told(centre=centre, reference="GE.1", state=state, since=since, faults=faults)


def kinds(judged: Judgement | Condition) -> set[FaultKind]:
    return {fault.kind for fault in judged.faults}


def at(seconds: float, file: Supervised, resumed_at: datetime = LONG_AGO) -> Judgement:
    return judge(file, POLICY, resumed_at, after(seconds))


def of_companion(
    seconds: float, one: Watched, *, alarm: bool = False, resumed_at: datetime = LONG_AGO
) -> Condition:
    return judge_companion(one, POLICY, alarm_open=alarm, resumed_at=resumed_at, now=after(seconds))


# --- silence --------------------------------------------------------------------------------


@pytest.mark.parametrize(("within_s", "alarm"), [(180.0, False), (90.0, True)])
def test_a_companion_is_silent_a_margin_before_its_reporting_time_ends(
    within_s: float, *, alarm: bool
) -> None:
    just_before = of_companion(within_s - REPORT_MARGIN_S - 0.001, a_companion(), alarm=alarm)
    assert kinds(just_before) == set()
    assert just_before.next_at == after(within_s - REPORT_MARGIN_S)
    assert just_before.next_at is not None
    assert of_companion(within_s - REPORT_MARGIN_S, a_companion(), alarm=alarm).silent


def test_silence_began_when_it_was_heard_last() -> None:
    found = at(300, a_file(a_companion()))
    assert found.faults == (Fault(kind=SILENT, since=AT),)
    assert (found.state, found.next_at) == (ProtectionState.UNPROTECTED, None)


def test_an_outage_of_ours_is_no_silence_of_hers() -> None:
    assert kinds(of_companion(1000, a_companion(), resumed_at=after(990))) == set()
    assert of_companion(990 + 170, a_companion(), resumed_at=after(990)).silent


def test_who_was_silent_stays_so_through_an_outage_and_an_alarm_that_ends() -> None:
    silent = a_companion(before={SILENT: AT})
    assert of_companion(1000, silent, resumed_at=after(999)).silent
    assert of_companion(100, silent).silent


def test_who_is_heard_again_is_restored() -> None:
    found = at(
        1000,
        a_file(a_companion(heard_s=999, before={SILENT: AT}), told=told(ProtectionState.UNPROTECTED, SILENT)),
    )
    assert (found.state, found.faults, found.since) == (ProtectionState.PROTECTED, (), after(1000))


Step = tuple[float, CompanionHeartbeat | None, bool, bool]
STEPS = st.lists(
    st.tuples(st.floats(0.1, 400), st.none() | heartbeats(), st.booleans(), st.booleans()), max_size=12
)


def story(steps: Iterable[Step]) -> Iterable[tuple[bool, Condition]]:
    """Live through steps (seconds passed, a heartbeat or none, an alarm open, an outage just over)."""
    now, one, resumed_at = 0.0, a_companion(), LONG_AGO
    for seconds, said, alarm, outage in steps:
        now += seconds
        if said is not None:
            one = a_companion(heard_s=now, said=said, before=one.before)
        resumed_at = after(now) if outage else resumed_at
        found = of_companion(now, one, alarm=alarm, resumed_at=resumed_at)
        one = Watched(
            companion_id=one.companion_id, enrolled_at=one.enrolled_at, heard=one.heard, before=found.wrong
        )
        yield said is not None, found


@given(STEPS)
def test_without_a_heartbeat_nothing_gets_better(steps: list[Step]) -> None:
    before: Condition | None = None
    for heard, found in story(steps):
        if before is not None and not heard:
            assert found.wrong.keys() >= before.wrong.keys()
            worse = {FaultKind.BUTTON_BATTERY_CRITICAL, FaultKind.PHONE_BATTERY_CRITICAL} & kinds(found)
            assert worse or kinds(found) >= kinds(before)
            assert list(ProtectionState).index(protection(found.faults)) >= list(ProtectionState).index(
                protection(before.faults)
            )
        before = found


@given(STEPS)
def test_between_judgements_nothing_changes_before_the_instant_that_was_named(steps: list[Step]) -> None:
    """Sweeps may sleep until ``next_at``: judging at any moment before it says the same."""
    now, one = 0.0, a_companion()
    for seconds, said, alarm, _ in steps:
        now += seconds
        if said is not None:
            one = a_companion(heard_s=now, said=said, before=one.before)
        found = of_companion(now, one, alarm=alarm)
        one = Watched(
            companion_id=one.companion_id, enrolled_at=one.enrolled_at, heard=one.heard, before=found.wrong
        )
        assert found.next_at is None or found.next_at > after(now)
        horizon = 1e7 if found.next_at is None else (found.next_at - AT).total_seconds() - 0.001
        for moment in (now, (now + horizon) / 2, horizon):
            again = of_companion(max(now, moment), one, alarm=alarm)
            assert (again.faults, again.wrong) == (found.faults, found.wrong)


@given(st.lists(st.floats(1, POLICY.silent_after_s(alarm_open=True) - 0.001), min_size=1, max_size=20))
def test_heartbeats_within_the_patience_never_make_a_state_flap(gaps: list[float]) -> None:
    assume(sum(gaps) < 1e6)
    steps = [(gap, well(), True, False) for gap in gaps]
    assert all(found.faults == () for _, found in story(steps))


# --- conditions that last -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "kind", "patience_s"),
    [
        ({"button_link": "down"}, FaultKind.BUTTON_LINK_LOST, 180.0),
        ({"presses_waiting": 2}, FaultKind.PRESSES_WAITING, 60.0),
        ({"missing_permissions": ("bluetooth",)}, FaultKind.PERMISSION_MISSING, 60.0),
        ({"position_source": "off"}, FaultKind.NO_POSITION_SOURCE, 300.0),
    ],
)
def test_a_condition_becomes_a_fault_when_it_has_lasted(
    said: dict[str, Any], kind: FaultKind, patience_s: float
) -> None:
    def later(seconds: float) -> Watched:
        return a_companion(heard_s=seconds, said=well(**said), before={kind: AT})

    pending = of_companion(patience_s - 1, later(patience_s - 1))
    assert (kinds(pending), pending.next_at) == (set(), after(patience_s))
    assert of_companion(patience_s, later(patience_s)).faults == (Fault(kind=kind, since=AT),)


def test_critical_is_said_instead_of_low() -> None:
    assert kinds(of_companion(0, a_companion(said=well(phone_battery_pct=3)))) == {
        FaultKind.PHONE_BATTERY_CRITICAL
    }
    assert kinds(of_companion(0, a_companion(said=well(phone_battery_pct=15)))) == {
        FaultKind.PHONE_BATTERY_LOW
    }


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (FaultKind.NO_COMPANION, ProtectionState.UNPROTECTED),
        (FaultKind.COMPANION_SILENT, ProtectionState.UNPROTECTED),
        (FaultKind.BUTTON_LINK_LOST, ProtectionState.UNPROTECTED),
        (FaultKind.BUTTON_BATTERY_CRITICAL, ProtectionState.UNPROTECTED),
        (FaultKind.PHONE_BATTERY_CRITICAL, ProtectionState.UNPROTECTED),
        (FaultKind.PERMISSION_MISSING, ProtectionState.UNPROTECTED),
        (FaultKind.PRESSES_WAITING, ProtectionState.UNPROTECTED),
        (FaultKind.BUTTON_BATTERY_LOW, ProtectionState.DEGRADED),
        (FaultKind.PHONE_BATTERY_LOW, ProtectionState.DEGRADED),
        (FaultKind.CLOCK_WRONG, ProtectionState.DEGRADED),
        (FaultKind.NO_POSITION_SOURCE, ProtectionState.DEGRADED),
        (FaultKind.OUTDATED, ProtectionState.DEGRADED),
    ],
)
def test_each_fault_leaves_its_state(kind: FaultKind, state: ProtectionState) -> None:
    assert protection([Fault(kind=kind, since=AT)]) is state
    assert (
        protection([Fault(kind=kind, since=AT), Fault(kind=SILENT, since=AT)]) is ProtectionState.UNPROTECTED
    )


# --- a registration -------------------------------------------------------------------------


def test_a_file_is_as_protected_as_by_its_best_companion() -> None:
    low = a_companion(2, heard_s=290, said=well(phone_battery_pct=15))
    assert kinds(at(300, a_file(a_companion(1), low))) == {FaultKind.PHONE_BATTERY_LOW}
    assert kinds(at(300, a_file(a_companion(1), low, a_companion(3, heard_s=299)))) == set()
    assert at(300, a_file(a_companion(1), low)).state is ProtectionState.DEGRADED


@given(st.permutations([1, 2, 3]))
def test_of_equally_good_companions_always_the_same_one_speaks(order: list[int]) -> None:
    faulty = {
        1: a_companion(1, said=well(phone_battery_pct=15)),
        2: a_companion(2, said=well(button_battery_pct=15)),
        3: a_companion(3, said=well(companion_version="1.2.0", phone_battery_pct=12)),
    }
    file = a_file(*(faulty[number] for number in order))
    assert kinds(at(1, file)) == {FaultKind.PHONE_BATTERY_LOW}


def test_without_a_companion_she_is_not_protected_once_installing_should_be_over() -> None:
    fresh = a_file(created_at=AT)
    waiting = at(INSTALL_S - 1, fresh)
    assert (waiting.state, waiting.next_at) == (None, after(INSTALL_S))
    assert not waiting.differs(fresh)
    found = at(INSTALL_S, fresh)
    assert (found.state, kinds(found)) == (ProtectionState.UNPROTECTED, {NONE})
    assert found.differs(fresh)


def test_whose_last_companion_was_revoked_is_unprotected_at_once() -> None:
    file = a_file(created_at=AT, told=told(ProtectionState.PROTECTED))
    assert kinds(at(1, file)) == {NONE}
    replaced = a_file(a_companion(heard_s=None, enrolled_at=AT), told=told(ProtectionState.PROTECTED))
    assert kinds(at(1, replaced)) == {NONE}


def test_a_companion_that_was_never_heard_is_silent_once_installing_should_be_over() -> None:
    file = a_file(a_companion(heard_s=None, enrolled_at=AT))
    assert (at(INSTALL_S - 1, file).state, at(INSTALL_S - 1, file).next_at) == (None, after(INSTALL_S))
    assert at(INSTALL_S, file).faults == (Fault(kind=SILENT, since=AT),)
    assert at(INSTALL_S, file, resumed_at=after(10)).state is None


def test_a_state_keeps_its_since_while_its_faults_change() -> None:
    before = told(ProtectionState.DEGRADED, FaultKind.OUTDATED)
    found = at(1, a_file(a_companion(said=well(phone_battery_pct=15)), told=before))
    assert (found.state, found.since) == (ProtectionState.DEGRADED, LONG_AGO)
    assert found.differs(a_file(told=before))


def test_the_same_verdict_is_no_news_and_another_centre_is() -> None:
    low = a_companion(said=well(phone_battery_pct=15))
    same = a_file(low, told=told(ProtectionState.DEGRADED, FaultKind.PHONE_BATTERY_LOW))
    assert not at(1, same).differs(same)
    moved = a_file(low, told=told(ProtectionState.DEGRADED, FaultKind.PHONE_BATTERY_LOW, centre="BE-VAN"))
    assert at(1, moved).differs(moved)


def test_where_no_real_victim_is_nothing_is_judged_and_what_was_told_is_withdrawn() -> None:
    exercise = a_file(a_companion(heard_s=None), judged=False)
    assert (at(1e6, exercise).state, at(1e6, exercise).differs(exercise)) == (None, False)
    became = a_file(judged=False, told=told(ProtectionState.UNPROTECTED, NONE))
    assert at(1, became).differs(became)


# --- replays, classes -----------------------------------------------------------------------


def test_only_what_was_signed_later_than_all_before_proves_life() -> None:
    assert proves_life(AT, None, AT)
    assert proves_life(after(0.001), AT, AT)
    assert not proves_life(AT, AT, AT)
    assert not proves_life(after(-1), AT, AT)


def test_a_clock_that_was_far_ahead_and_is_right_again_proves_life() -> None:
    assert proves_life(AT, after(86_400), AT)
    assert not proves_life(AT, after(FRESH_S), AT)
    assert not proves_life(after(-FRESH_S - 1), after(86_400), AT)


@given(st.lists(st.floats(-200, 200), min_size=1, max_size=20), st.data())
def test_whatever_counted_once_never_counts_again(signed_s: list[float], data: st.DataObject) -> None:
    last: datetime | None = None
    counted: list[datetime] = []
    for seconds in signed_s:
        if proves_life(after(seconds), last, AT):
            last = after(seconds)
            counted.append(last)
    replayed = data.draw(st.sampled_from(counted))
    assert not proves_life(replayed, last, AT)


@pytest.mark.parametrize(
    ("seconds", "name"), [(20, "T6"), (21, "T5"), (90, "T5"), (180, "T4"), (181, "T3"), (3e6, None)]
)
def test_a_reporting_time_has_its_class(seconds: float, name: str | None) -> None:
    assert reporting_class(seconds) == name


def test_the_defaults_meet_their_classes() -> None:
    assert reporting_class(POLICY.link_loss_alarm_s) == "T5"
    assert reporting_class(POLICY.link_loss_s) == "T4"
