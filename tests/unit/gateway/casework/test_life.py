"""The life of a file: no path skips a gate, whatever the order; every refusal names what is missing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from gateway.domain.casework.case import Case, Found, Life, Moment
from gateway.domain.casework.days import day_of
from gateway.domain.casework.effects import System, Wish
from gateway.domain.casework.life import (
    MAGISTRATE,
    OFFICER,
    RULES,
    TABLE,
    Taken,
    awaited,
    begin,
    next_steps,
    take,
    turn_of,
)
from gateway.domain.casework.reminders import pending_of, reminders_of
from gateway.domain.casework.terms import end_of, months_on
from gateway.domain.errors import FieldInvalid, GatewayError, NotAllowedNow, NotYours
from schemas.life import FileState, Gate, Procedure, ReminderKind, StepKind, Turn
from schemas.session import Role
from schemas.steps import NewStep
from tests.support.file_history import History

NOW: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY: Final = date(2026, 3, 2)
PROVEN: Final = Found(proof_press=True, proof_position=True)
BOTH: Final = OFFICER | MAGISTRATE
AT: Final = Moment(now=NOW, urgent_decision_days=5)
step_of: Final[TypeAdapter[NewStep]] = TypeAdapter(NewStep)

FIELDS: Final[dict[str, dict[str, Any]]] = {
    "heard": {"willing": True, "agreement_signed": True},
    "deliberated": {"forum": "case_consultation", "risk_assessed": True, "advice": "grant"},
    "granted": {"threat": "life_threatening", "context": "domestic", "ground": "hij dreigt haar te doden"},
    "refused": {"reason": "other_measure", "ground": "andere maatregel"},
    "evaluated": {"advice": "extend"},
    "extended": {"ground": "nog steeds bedreigd"},
    "closed": {"reason": "danger_over", "ground": "geen gevaar meer"},
    "transferred": {"to": "BE-5345", "ground": "zij verhuisde"},
}


def a(kind: str, on: date = TODAY, **changes: Any) -> NewStep:
    return step_of.validate_python({"kind": kind, "on_date": on, **FIELDS.get(kind, {}), **changes})


def a_file(procedure: Procedure = Procedure.STANDARD, *, pv: bool = True, on: date = TODAY) -> Case:
    return begin(procedure, "BE-5415", on, AT, pv_number=pv).case


def after(case: Case, *steps: str | Wish, found: Found = PROVEN, at: Moment = AT) -> Case:
    for step in steps:
        wish = a(step, at.today) if isinstance(step, str) else step
        roles = frozenset[Role]() if isinstance(wish, System) else BOTH
        case = take(case, wish, roles, found, at).case
    return case


GRANTED: Final = ("heard", "deliberated", "granted", "victim_support_notified")


def test_the_standard_procedure_goes_from_request_to_archive():
    case = after(a_file(), *GRANTED, "installed")
    assert (case.state, case.ends_on) == (FileState.INSTALLED, date(2026, 12, 2))
    case = after(case, "evaluated", "extended")
    assert case.ends_on == date(2027, 9, 2)
    assert after(case, "closed", "archived").state is FileState.ARCHIVED


def test_the_urgent_procedure_installs_first_and_the_rest_follows_while_it_works():
    case = after(a_file(Procedure.URGENT), "installed")
    assert case.state is FileState.INSTALLED
    assert case.decide_by == end_of(date(2026, 3, 7))
    assert pending_of(case, AT).decide_by == case.decide_by
    assert case.life.support_by == NOW + timedelta(days=1)
    case = after(case, "victim_support_notified", "heard", "deliberated", "granted")
    assert (case.state, case.decide_by, case.ends_on) == (FileState.INSTALLED, None, date(2026, 12, 2))


def test_an_urgent_decision_that_is_late_is_said_and_ends_nothing_and_can_still_be_made():
    case = after(a_file(Procedure.URGENT), "installed", "victim_support_notified")
    late = Moment(now=NOW + timedelta(days=6))
    overdue = take(
        case, System(kind=StepKind.DECISION_OVERDUE, on_date=late.today), frozenset(), PROVEN, late
    )
    assert overdue.case.state is FileState.INSTALLED
    assert overdue.case.life.overdue
    assert pending_of(overdue.case, late).decision_overdue
    decided = after(overdue.case, "heard", "deliberated", "granted", at=late)
    assert not pending_of(decided, late).decision_overdue


def test_an_urgent_alarm_that_is_refused_stays_until_the_magistrate_closes_the_file():
    case = after(a_file(Procedure.URGENT), "installed", "victim_support_notified", "refused")
    assert case.state is FileState.INSTALLED
    assert (awaited(case, AT), turn_of(case, AT)) == (StepKind.CLOSED, Turn.MAGISTRATE)
    with pytest.raises(NotAllowedNow, match="undecided"):
        after(case, "granted")
    assert after(case, a("closed", reason="refused")).state is FileState.CLOSED


@pytest.mark.parametrize(
    ("before", "step", "found", "missing"),
    [
        ((), "deliberated", PROVEN, "does not follow"),
        ((), "granted", PROVEN, "does not follow"),
        ((a("heard", willing=False),), "deliberated", PROVEN, "missing: willing"),
        ((a("heard", agreement_signed=False), "deliberated"), "granted", PROVEN, "missing: agreement_signed"),
        (("heard", a("deliberated", risk_assessed=False)), "granted", PROVEN, "missing: risk_assessed"),
        (("heard", "deliberated"), a("granted", context="other"), PROVEN, "missing: ground"),
        (("heard", "deliberated"), a("granted", threat="not_threatening"), PROVEN, "missing: ground"),
        (("heard", "deliberated", a("heard", willing=False)), "granted", PROVEN, "missing: willing$"),
        (GRANTED[:3], "installed", PROVEN, "missing: support_notified"),
        ((*GRANTED, a("heard", agreement_signed=False)), "installed", PROVEN, "missing: agreement_signed$"),
        (GRANTED, "installed", Found(), "missing: proof_press, proof_position"),
        (GRANTED, "installed", Found(proof_press=True), "missing: proof_position"),
        ((*GRANTED, a("heard", willing=False)), "installed", PROVEN, "missing: willing"),
        ((*GRANTED, "installed"), "extended", PROVEN, "missing: evaluated"),
        ((*GRANTED, "installed"), "closed", replace(PROVEN, alarm_open=True), "missing: no_open_alarm"),
        ((*GRANTED, "installed"), "transferred", replace(PROVEN, alarm_open=True), "missing: no_open_alarm"),
        ((*GRANTED, "installed", "closed"), "heard", PROVEN, "does not follow"),
    ],
)
def test_a_step_that_lacks_something_is_refused_and_says_what(
    before: tuple[str | NewStep, ...], step: str | NewStep, found: Found, missing: str
):
    case = after(a_file(), *before)
    with pytest.raises(NotAllowedNow, match=missing):
        after(case, step, found=found)


URGENT_GRANTED: Final = ("installed", "heard", "deliberated", "victim_support_notified", "granted")


@pytest.mark.parametrize(
    ("before", "step", "found", "missing"),
    [
        ((), "installed", Found(proof_position=True), "missing: proof_press$"),
        ((), "installed", Found(proof_press=True), "missing: proof_position$"),
        ((), "granted", PROVEN, "does not follow"),
        (("installed",), "deliberated", PROVEN, "missing: willing$"),
        (("installed", "heard", "victim_support_notified"), "granted", PROVEN, "risk_assessed, deliberated$"),
        (URGENT_GRANTED[:3], "granted", PROVEN, "missing: support_notified$"),
        ((*URGENT_GRANTED[:4], a("heard", willing=False)), "granted", PROVEN, "missing: willing$"),
        (
            (*URGENT_GRANTED[:4], a("heard", agreement_signed=False)),
            "granted",
            PROVEN,
            "missing: agreement_signed$",
        ),
        (URGENT_GRANTED[:4], a("granted", context="other"), PROVEN, "missing: ground$"),
        (URGENT_GRANTED, "granted", PROVEN, "missing: undecided$"),
        (URGENT_GRANTED, "refused", PROVEN, "missing: undecided$"),
        (URGENT_GRANTED, "heard", PROVEN, "missing: undecided$"),
        (URGENT_GRANTED, "deliberated", PROVEN, "missing: undecided$"),
        (URGENT_GRANTED, "victim_support_notified", PROVEN, "missing: support_open$"),
        (("installed",), "evaluated", PROVEN, "missing: granted$"),
        (("installed",), "extended", PROVEN, "missing: granted, evaluated$"),
        (("installed",), System(kind=StepKind.DECISION_OVERDUE, on_date=TODAY), PROVEN, "decision_late$"),
        (URGENT_GRANTED, System(kind=StepKind.EVALUATION_DUE, on_date=TODAY), PROVEN, "evaluation_near$"),
        (("multi_agency_began",), "multi_agency_began", PROVEN, "out_of_multi_agency$"),
        ((), "multi_agency_ended", PROVEN, "in_multi_agency$"),
    ],
)
def test_the_urgent_procedure_skips_nothing_either(
    before: tuple[str, ...], step: str | Wish, found: Found, missing: str
):
    case = after(a_file(Procedure.URGENT), *before)
    with pytest.raises(NotAllowedNow, match=missing):
        after(case, step, found=found)


@pytest.mark.parametrize("procedure", Procedure)
def test_without_a_police_report_nothing_goes_on(procedure: Procedure):
    if procedure is Procedure.URGENT:
        with pytest.raises(NotAllowedNow, match="pv_number"):
            a_file(procedure, pv=False)
        return
    case = a_file(procedure, pv=False)
    with pytest.raises(NotAllowedNow, match="pv_number"):
        after(case, "heard")
    assert after(case, a("heard", pv_number="GE.43.LB.012345/2026")).life.pv_number


@pytest.mark.parametrize(
    ("step", "on", "why"),
    [
        ("heard", TODAY + timedelta(days=1), "in the future"),
        ("heard", TODAY - timedelta(days=31), "more than 30 days ago"),
        ("heard", TODAY - timedelta(days=21), "before the step it follows"),
        ("closed", TODAY - timedelta(days=8), "which a decision cannot be"),
    ],
)
def test_a_date_that_cannot_be_is_refused_in_words(step: str, on: date, why: str):
    case = a_file(on=TODAY - timedelta(days=20))
    with pytest.raises(FieldInvalid, match=why):
        after(case, a(step, on))


def test_a_day_is_a_day_in_brussels():
    almost = Moment(now=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))  # half past midnight of the 2nd there
    assert almost.today == date(2026, 7, 2)
    assert end_of(date(2026, 3, 28)) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert day_of(end_of(date(2026, 3, 29)) - timedelta(seconds=1)) == date(2026, 3, 29)  # a day of 23 hours


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (date(2026, 3, 2), date(2026, 12, 2)),
        (date(2026, 5, 31), date(2027, 2, 28)),
        (date(2027, 5, 31), date(2028, 2, 29)),
    ],
)
def test_nine_months_are_calendar_months(begins: date, ends: date):
    assert months_on(begins, 9) == ends


@pytest.mark.parametrize(
    ("ends_on", "why"), [(TODAY, "over before it begins"), (date(2027, 3, 3), "later than 12 months")]
)
def test_a_term_that_cannot_be_is_refused(ends_on: date, why: str):
    case = after(a_file(), "heard", "deliberated")
    with pytest.raises(FieldInvalid, match=why):
        after(case, a("granted", ends_on=ends_on))


def test_reminders_come_six_weeks_and_two_weeks_before_the_end_and_on_the_day_and_stay():
    case = after(a_file(), *GRANTED, "installed")
    assert case.ends_on is not None
    given = {
        days: [
            one.kind for one in reminders_of(case, Moment(now=end_of(case.ends_on - timedelta(days=days))))
        ]
        for days in (44, 43, 16, 15, 2, 1, -200)
    }
    both = [ReminderKind.SIX_WEEKS, ReminderKind.TWO_WEEKS]
    every = [*both, ReminderKind.DUE]
    assert given == {44: [], 43: both[:1], 16: both[:1], 15: both, 2: both, 1: every, -200: every}


def test_who_may_not_take_a_step_is_told_so_before_anything_about_the_file():
    case = after(a_file(), "heard", "deliberated")
    with pytest.raises(NotYours):
        take(case, a("granted"), OFFICER, Found(), AT)
    with pytest.raises(NotYours):
        take(case, a("installed"), MAGISTRATE, Found(), AT)
    with pytest.raises(NotYours):
        take(case, a("closed"), frozenset({Role.SUPERVISOR, Role.ADMIN}), Found(), AT)


def test_what_comes_next_is_said_with_what_it_lacks():
    case = after(a_file(pv=False))
    assert {step.kind: (step.missing, step.asks) for step in next_steps(case, Found(), AT)} == {
        StepKind.HEARD: ((), (Gate.PV_NUMBER,)),
        StepKind.VICTIM_SUPPORT_NOTIFIED: ((), ()),
        StepKind.CLOSED: ((), ()),
        StepKind.TRANSFERRED: ((), ()),
        StepKind.MULTI_AGENCY_BEGAN: ((), ()),
    }


LIKELY: Final = st.sampled_from([True, True, True, True, False])
GARBLED: Final[dict[str, st.SearchStrategy[dict[str, Any]]]] = {
    "heard": st.fixed_dictionaries({
        "willing": LIKELY,
        "agreement_signed": LIKELY,
        "pv_number": st.sampled_from([None, "GE.43.LB.012345/2026"]),
    }),
    "deliberated": st.fixed_dictionaries({"risk_assessed": LIKELY}),
    "granted": st.fixed_dictionaries({
        "threat": st.sampled_from(["life_threatening", "threatening", "not_threatening"]),
        "context": st.sampled_from(["domestic", "honour", "other"]),
    }),
}  # fmt: skip
PATHS: Final = {
    Procedure.STANDARD: (*GRANTED, "installed", "evaluated", "extended", "evaluated", "closed", "archived"),
    Procedure.URGENT: (
        "installed",
        "heard",
        "deliberated",
        "victim_support_notified",
        "granted",
        "evaluated",
        "extended",
        "closed",
        "archived",
    ),
}
KINDS: Final = sorted({*PATHS[Procedure.STANDARD], "refused", "transferred", "multi_agency_began"})


@st.composite
def wishes(draw: st.DrawFn, procedure: Procedure) -> list[Wish]:
    """The way a file goes, with steps left out, garbled, repeated, and others in between."""
    found: list[Wish] = []
    for kind in PATHS[procedure]:
        act = draw(st.sampled_from(["keep"] * 8 + ["skip", "garble", "stray", "time"]))
        if act == "stray":
            found.append(a(draw(st.sampled_from(KINDS))))
        if act == "time":
            late = draw(st.sampled_from([StepKind.EVALUATION_DUE, StepKind.DECISION_OVERDUE]))
            found.append(System(kind=late, on_date=TODAY))
        if act == "garble" and kind in GARBLED:
            found.append(a(kind, **draw(GARBLED[kind])))
        elif act != "skip":
            found.append(a(kind))
    return found


FINDINGS: Final = st.builds(
    Found,
    alarm_open=st.sampled_from([False] * 15 + [True]),
    proof_press=st.sampled_from([True] * 15 + [False]),
    proof_position=st.sampled_from([True] * 15 + [False]),
)
DECIDED: Final = {StepKind.GRANTED, StepKind.REFUSED, StepKind.EXTENDED, StepKind.CLOSED}
ROLES: Final = st.sampled_from([BOTH] * 20 + [OFFICER, MAGISTRATE, frozenset({Role.ADMIN})])


def walk(procedure: Procedure, tries: Iterable[tuple[Wish, Found, frozenset[Role]]], *, pv: bool) -> None:
    """Try each step; whatever is taken must have skipped nothing, ended no alarm, and been decided by law."""
    case, told = a_file(procedure, pv=pv), History(procedure, pv=pv)
    for wish, found, roles in tries:
        taken = tried(case, wish, roles, found)
        if taken is None:
            continue
        told.allows(wish, found)
        assert wish.kind not in DECIDED or Role.MAGISTRATE in roles
        still = taken.case.state is FileState.INSTALLED or wish.kind is StepKind.CLOSED
        assert still or case.state is not FileState.INSTALLED, "only closing ends an alarm"
        case = taken.case
        told.steps.append(wish)
        assert Life.read(case.life.kept()) == case.life


@settings(max_examples=150)
@given(data=st.data(), procedure=st.sampled_from(Procedure), pv=LIKELY)
def test_no_order_of_steps_skips_a_gate(data: st.DataObject, procedure: Procedure, *, pv: bool):
    steps = data.draw(wishes(procedure))
    tries = [(wish, data.draw(FINDINGS), data.draw(ROLES)) for wish in steps]
    walk(procedure, tries, pv=pv or procedure is Procedure.URGENT)


WRONG: Final = (
    a("heard", willing=False),
    a("heard", agreement_signed=False),
    a("deliberated", risk_assessed=False),
    a("granted", context="other"),
    a("granted", threat="not_threatening"),
)
FOUND: Final = (
    PROVEN,
    Found(proof_position=True),
    Found(proof_press=True),
    replace(PROVEN, alarm_open=True),
)


@pytest.mark.parametrize("procedure", Procedure)
def test_no_way_with_two_steps_left_out_and_one_gone_wrong_skips_a_gate(procedure: Procedure):
    path = [a(kind) for kind in PATHS[procedure]]
    for left in {way for many in (0, 1, 2) for way in combinations(range(len(path)), many)}:
        way = [step for place, step in enumerate(path) if place not in left]
        instead = [[wrong if step.kind is wrong.kind else step for step in way] for wrong in WRONG]
        between = [[*way[:place], wrong, *way[place:]] for wrong in WRONG[:2] for place in range(len(way))]
        for found in FOUND:
            for one in (way, *instead, *between):
                walk(procedure, [(step, found, BOTH) for step in one], pv=True)


def tried(case: Case, wish: Wish, roles: frozenset[Role], found: Found) -> Taken | None:
    try:
        return take(case, wish, roles, found, AT)
    except GatewayError:
        return None


def test_each_step_that_is_offered_without_anything_missing_can_be_taken():
    case = a_file()
    for kind in (*GRANTED, "installed", "evaluated", "extended", "closed", "archived"):
        offered = {step.kind: step for step in next_steps(case, PROVEN, AT)}
        assert offered[StepKind(kind)].missing == ()
        case = after(case, kind)


def test_every_step_of_a_person_stands_in_the_table_and_the_systems_own_are_nobodys():
    assert {rule.kind for rule in TABLE} == set(StepKind)
    assert {rule.kind for rule in RULES.values() if not rule.by} == {
        StepKind.IMPORTED,
        StepKind.EVALUATION_DUE,
        StepKind.DECISION_OVERDUE,
    }
