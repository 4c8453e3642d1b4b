"""What an edit makes of a file: its review dates, its photos, the kinds it changed, what is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.casework.editing import SCREEN_LINES, changes, confirm, faults, screen_lines, settle
from gateway.domain.casework.review import INTERVALS, due_on, is_lower, reviews
from schemas.circumstances import RiskLevel
from schemas.registration import Address, Circumstance, CircumstanceKind, MeasureKind, Offender, Person
from tests.support.build import a_person, some_circumstances

TODAY = date(2026, 3, 2)
BEFORE = TODAY - timedelta(days=40)

kinds = st.sampled_from(CircumstanceKind)
days = st.none() | st.dates(min_value=date(2025, 1, 1), max_value=TODAY)
entries = st.builds(Circumstance, kind=kinds, text=st.sampled_from(["mes", "hond", "kind"]), checked_on=days)
files = st.lists(entries, max_size=6).map(tuple)


def dated(day: date | None) -> tuple[Person, tuple[Circumstance, ...]]:
    person = a_person().model_copy(update={"checked_on": day})
    return person, tuple(one.model_copy(update={"checked_on": day}) for one in some_circumstances())


def test_what_is_left_as_it_was_keeps_the_day_of_its_review_and_what_is_new_is_of_today() -> None:
    person, circumstances = dated(BEFORE)
    new = Circumstance(kind=CircumstanceKind.PET, text="Hond", checked_on=date(2020, 1, 1))
    worse = circumstances[0].model_copy(update={"text": "Heeft twee geweren"})
    kept, saved = settle((person, circumstances), (person, (new, circumstances[1], worse)), TODAY)
    assert kept.checked_on == BEFORE
    assert [one.checked_on for one in saved] == [TODAY, BEFORE, TODAY]


def test_nobody_sets_a_day_or_a_photo_by_an_edit() -> None:
    person, circumstances = dated(None)
    forged = person.model_copy(
        update={
            "checked_on": TODAY,
            "victim": person.victim.model_copy(update={"photo_version": 9}),
            "offender": Offender(name="Voorbeeld, Bert", relation="ex-partner", photo_version=4),
        }
    )
    entries = tuple(one.model_copy(update={"checked_on": TODAY}) for one in circumstances)
    before = (person, circumstances)
    assert settle(before, (forged, entries), TODAY) == before


@given(files, files)
def test_an_edit_saved_again_changes_nothing_more(before, wanted) -> None:
    once = settle((a_person(), before), (a_person(), wanted), TODAY)
    again = settle(once, once, TODAY + timedelta(days=1))
    assert again == once
    assert changes(once, again) == ()


@given(files, files)
def test_changes_name_exactly_the_kinds_that_differ(before, after) -> None:
    def of_kind(file, kind):
        return sorted(one.text for one in file if one.kind is kind)

    named = set(changes((a_person(), before), (a_person(), after))) - {"checked", "order"}
    assert named == {kind for kind in CircumstanceKind if of_kind(before, kind) != of_kind(after, kind)}


def test_changes_of_people_are_named_by_part_and_a_photo_apart() -> None:
    person, circumstances = dated(BEFORE)
    victim = person.victim.model_copy(update={"photo_version": 2})
    other = person.model_copy(update={"victim": victim, "duress_word": "regenjas", "offender": None})
    assert changes((person, circumstances), (other, circumstances)) == (
        "victim_photo",
        "offender",
        "duress_word",
    )
    assert changes(None, (person, circumstances)) == ("created",)
    assert changes((person, circumstances), (person, circumstances[::-1])) == ("order",)


def test_confirming_changes_days_alone() -> None:
    before = dated(BEFORE)
    person, circumstances = after = confirm(before, [1], TODAY, person=False)
    assert [person.checked_on, *(one.checked_on for one in circumstances)] == [BEFORE, BEFORE, TODAY]
    assert changes(before, after) == ("checked",)
    with pytest.raises(IndexError):
        confirm(before, [2], TODAY, person=True)


def test_a_file_that_fills_more_than_one_screen_is_refused_and_said_by_how_much() -> None:
    one = Circumstance(kind=CircumstanceKind.OTHER, text="x" * 500)
    assert screen_lines([one] * 4) == SCREEN_LINES
    assert faults(a_person(), (one,) * 4) == ()
    (fault,) = faults(a_person(), (one,) * 4 + (Circumstance(kind=CircumstanceKind.PET, text="Hond"),))
    assert fault.field == "circumstances"
    assert "43" in fault.message
    assert str(SCREEN_LINES) in fault.message


def test_every_fault_is_named_at_once() -> None:
    person = a_person()
    person = person.model_copy(
        update={
            "duress_word": "PARAPLU",
            "victim": person.victim.model_copy(
                update={"name": "", "addresses": (Address(label="", text="Dorp 1", latitude=51.0),)}
            ),
        }
    )
    wrong = Circumstance(kind=CircumstanceKind.PET, measure=MeasureKind.AREA_BAN, text="")
    assert [fault.field for fault in faults(person, (wrong,))] == [
        "person.victim.name",
        "person.duress_word",
        "person.victim.addresses.0",
        "circumstances.0.text",
        "circumstances.0.measure",
    ]


def test_the_intervals_are_those_of_viogen_and_shrink_as_the_danger_grows() -> None:
    assert {level.value: days for level, days in INTERVALS.items()} == {
        "extreme": 3,
        "high": 7,
        "medium": 30,
        "low": 60,
    }
    ranked = [INTERVALS[level] for level in RiskLevel]
    assert ranked == sorted(ranked, reverse=True)
    assert is_lower(RiskLevel.MEDIUM, RiskLevel.HIGH)
    assert not is_lower(RiskLevel.EXTREME, RiskLevel.HIGH)


def test_an_entry_falls_due_on_its_day_and_one_that_nobody_confirmed_is_due_at_once() -> None:
    person, circumstances = dated(TODAY - timedelta(days=7))
    circumstances = (circumstances[0].model_copy(update={"checked_on": None}), circumstances[1])
    due = reviews(person, circumstances, 7, TODAY)
    assert [(one.entry, one.overdue) for one in due] == [(None, True), (0, True), (1, True)]
    assert [one.overdue for one in reviews(person, circumstances, 8, TODAY)] == [False, True, False]
    assert due_on(None, 7) is None
