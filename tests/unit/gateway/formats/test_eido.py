"""An alarm as EIDO: valid by the published schema, true, and silent about whom the receiver may not know."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.alarm import EventKind
from gateway.formats.cap import cap_of
from gateway.formats.eido import eido_of
from gateway.xml_text import parse_xml
from schemas.alarm import AlarmSource, AlarmView, SourceKind
from schemas.outcome import DISPOSITIONS, Outcome
from schemas.press import Purpose
from schemas.unit import UnitStatus
from tests.support.alarms_told import a_fix, a_full_alarm, a_unit, an_alarm, closed_as, leaving
from tests.support.eido_schema import CASES, problems

SAMPLE = json.loads((CASES / "Samples" / "Sample call transfer EIDO.json").read_text())


def told(alarm: AlarmView, kind: str = "alarm.raised", *, with_person: bool = True) -> dict[str, Any]:
    """The object, which is valid."""
    found = eido_of(kind, alarm, leaving(with_person=with_person))
    assert problems(found) == []
    return found


def test_the_published_sample_is_valid_so_the_check_is_not_stricter_than_the_standard() -> None:
    assert problems(SAMPLE) == []


def _without(name: str) -> Any:
    return lambda eido: eido.pop(name)


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (_without("agencyComponent"), "agencyComponent"),
        (_without("eidoVersion"), "eidoVersion"),
        (lambda eido: eido.update(eidoVersion="2.0"), "eidoVersion"),
        (lambda eido: eido["incidentComponent"].pop("incidentTypeCommonRegistryText"), "incidentComponent"),
        (lambda eido: eido["incidentComponent"].update(incidentCommonPriorityNumber="1"), "PriorityNumber"),
        (lambda eido: eido["cautionComponent"][0].update(cautionSeverity="dire"), "cautionSeverity"),
        (lambda eido: eido["callComponent"][0].update(callStartTimestamp="yesterday"), "callStartTimestamp"),
        (lambda eido: eido["personComponent"][0].pop("personIncidentRoleRegistryText"), "personComponent"),
        (lambda eido: eido["personComponent"][0]["ncPersonComponent"].update(name="One"), "name"),
        (lambda eido: eido["personComponent"][0]["ncPersonComponent"].update(nick=[]), "no such name"),
        (lambda eido: eido["personComponent"].pop(0), "no component has this id"),
        (lambda eido: eido["agentComponent"][0].update(agentRoleRegistryText=[]), "agentRoleRegistryText"),
    ],
)
def test_an_object_that_is_broken_in_one_place_is_found_out(spoil: Any, where: str) -> None:
    eido = eido_of("alarm.raised", a_full_alarm(), leaving())
    spoil(eido)
    found = problems(eido)
    assert found
    assert any(where in problem for problem in found), found


@pytest.mark.parametrize("kind", [*EventKind, "alarm.of_a_later_version"])
@pytest.mark.parametrize("with_person", [True, False])
def test_every_kind_of_event_is_told_validly(kind: str, *, with_person: bool) -> None:
    for alarm in (an_alarm(), a_full_alarm(), closed_as(Outcome.ARREST)):
        told(alarm, kind, with_person=with_person)


@pytest.mark.parametrize(
    ("alarm", "kind", "status"),
    [
        (an_alarm(), "alarm.raised", ["Active"]),
        (
            a_full_alarm(units=(a_unit(UnitStatus.DISPATCHED),)),
            "alarm.unit_assigned",
            ["Active", "ResourcesAssigned"],
        ),
        (a_full_alarm(units=(a_unit(),)), "alarm.unit_status", ["Active", "ResourcesEnroute"]),
        (
            a_full_alarm(units=(a_unit(UnitStatus.ON_SCENE),)),
            "alarm.unit_status",
            ["Active", "ResourcesOnscene"],
        ),
        (
            a_full_alarm(units=(a_unit(),)),
            "alarm.victim_moved",
            ["Active", "ResourcesEnroute", "NewLocation"],
        ),
        (an_alarm(), "alarm.reopened", ["Active", "ReOpened"]),
        (closed_as(Outcome.ARREST), "alarm.closed", ["Closed"]),
        (closed_as(Outcome.SLIP), "alarm.closed", ["Cancelled"]),
        (closed_as(Outcome.TEST), "alarm.expired", ["Cancelled"]),
    ],
)
def test_the_status_says_how_it_stands_and_what_is_new(
    alarm: AlarmView, kind: str, status: list[str]
) -> None:
    assert told(alarm, kind)["incidentComponent"]["incidentStatusCommonRegistryText"] == status


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_leaves_as_its_disposition(outcome: Outcome) -> None:
    (disposition,) = told(closed_as(outcome), "alarm.closed")["incidentComponent"]["dispositionComponent"]
    assert disposition["dispositionCommonRegistryCode"] == DISPOSITIONS[outcome].code
    assert disposition["dispositionDescriptionText"] == outcome


@pytest.mark.parametrize("purpose", sorted(set(Purpose) - {Purpose.REAL}))
def test_what_is_not_real_is_never_told_as_danger_even_to_who_does_not_know_our_extension(
    purpose: Purpose,
) -> None:
    eido = told(a_full_alarm(purpose=purpose), with_person=False)
    incident = eido["incidentComponent"]
    assert incident["incidentTypeCommonRegistryText"] == "ADMIN"
    assert incident["incidentTypeInternalText"].startswith("NOT REAL")
    assert incident["incidentCommonPriorityNumber"] == 5
    assert incident["urn:msa:extension:alarm:1:purpose"] == purpose
    assert eido["eidoExtensionId"] == ["urn:msa:extension:alarm:1"]
    assert "send nobody" in eido["notesComponent"][0]["notesActionComments"]


PRIVATE = (
    *(
        "Victim",
        "One&",
        "Offender",
        "Nobody",
        "Child One",
        "1990",
        "1988",
        "32400",
        "former",
        "tall",
        "white van",
    ),
    *("He owns", "A child", "Called", "GE.12", "PERIMETERNAME", "Operator One"),
)


def test_who_may_not_read_persons_is_told_of_roles_and_places_alone() -> None:
    eido = told(closed_as(Outcome.ARREST), with_person=False)
    text = json.dumps(eido).replace('"Victim"', "")
    assert [word for word in PRIVATE if word in text] == []
    roles = [person["personIncidentRoleRegistryText"] for person in eido["personComponent"]]
    assert roles == [["Victim"], ["Suspect"]]
    assert len(eido["locationComponent"]) == 3


def test_her_secret_words_leave_for_nobody() -> None:
    text = json.dumps(told(closed_as(Outcome.ARREST)))
    assert "SAFEWORD" not in text
    assert "DURESSWORD" not in text


def test_ids_stay_the_same_from_event_to_event_and_differ_between_alarms() -> None:
    def ids(alarm: AlarmView) -> set[str]:
        eido = told(alarm)
        return {part["$id"] for name in ("personComponent", "locationComponent") for part in eido[name]}

    assert ids(a_full_alarm()) == ids(a_full_alarm(version=10))
    other = a_full_alarm().model_copy(update={"alarm_id": a_full_alarm().registration_id})
    assert ids(a_full_alarm()).isdisjoint(ids(other))


def test_an_old_place_is_not_told_as_where_it_began() -> None:
    kinds = [
        place["locationTypeDescriptionRegistryText"]
        for place in told(an_alarm(positions=(a_fix(9), a_fix(8))))["locationComponent"]
    ]
    assert kinds == ["CurrentIncident"]


def test_a_zone_raises_no_call() -> None:
    eido = told(a_full_alarm(source=AlarmSource(kind=SourceKind.PERIMETER)))
    assert "callComponent" not in eido
    assert eido["incidentComponent"]["incidentTypeInternalCode"] == "perimeter"


ANYTHING = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
"""What a file can hold: neither NUL nor half a surrogate pair gets into one."""


@settings(deadline=None, max_examples=60)
@given(ANYTHING, ANYTHING, ANYTHING)
def test_whatever_stands_in_a_file_leaves_validly_in_every_format(name: str, text: str, phone: str) -> None:
    person = a_full_alarm().person
    assert person is not None and person.offender is not None  # noqa: PT018 (told to mypy)
    hers = person.victim.model_copy(update={"name": name, "phone": phone})
    his = person.offender.model_copy(update={"name": text, "vehicle": name, "description": text})
    circumstance = a_full_alarm().circumstances[0].model_copy(update={"text": text})
    alarm = a_full_alarm(
        person=person.model_copy(update={"victim": hers, "offender": his}),
        circumstances=(circumstance,),
        notes=(a_full_alarm().notes[0].model_copy(update={"text": text}),),
        reference=name,
    )
    json.loads(json.dumps(told(alarm), ensure_ascii=False).encode())
    assert parse_xml(cap_of("alarm.noted", alarm, leaving())).tag
