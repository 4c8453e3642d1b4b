"""The people of an incident, their vehicles and what to beware of, as EIDO components.

Nothing of the file leaves for a receiver that may not read persons: then a person is a role, no more.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from gateway.formats.eido_words import CAUTION, CAUTION_SEVERITY, CautionSeverity
from gateway.formats.leaving import Leaving, part_id, telephone_uri
from schemas.alarm import AlarmView
from schemas.registration import Person

Component = dict[str, Any]


def prologue(alarm: AlarmView, part: str, at: str, agency: str) -> Component:
    """Return what every component begins with."""
    return {
        "$id": part_id(alarm, part),
        "lastUpdateTimeStamp": at,
        "updatedByAgencyReference": {"$ref": agency},
    }


def persons(alarm: AlarmView, leaving: Leaving, at: str, agency: str) -> list[Component]:
    """Return the victim, the offender if he is known of, and whoever is in danger with her."""
    person = alarm.person if leaving.with_person else None
    victim = prologue(alarm, "victim", at, agency) | {"personIncidentRoleRegistryText": ["Victim"]}
    if alarm.positions:
        victim["locationReference"] = [{"$ref": part_id(alarm, "current")}]
    if person is not None:
        victim["ncPersonComponent"] = _victim(person)
        if telephone_uri(alarm, leaving) is not None:
            victim["callBackReference"] = {"$ref": part_id(alarm, "callback")}
    found = [victim]
    if alarm.breach is not None or (person is not None and person.offender is not None):
        found.append(_suspect(alarm, person, at, agency))
    for index, one in enumerate(person.co_protected if person is not None else ()):
        said = [text for text in (one.relation, one.age_band) if text]
        found.append(
            prologue(alarm, f"co-protected-{index}", at, agency)
            | {"personIncidentRoleRegistryText": ["VictimRelative"]}
            | {"ncPersonComponent": _nc_person(one.name, None, (), ", ".join(said) or None)}
        )
    return found


def callbacks(alarm: AlarmView, leaving: Leaving, at: str, agency: str) -> list[Component]:
    """Return how she can be called."""
    uri = telephone_uri(alarm, leaving)
    if uri is None:
        return []
    return [prologue(alarm, "callback", at, agency) | {"callBackInformationUri": [uri]}]


def vehicles(alarm: AlarmView, leaving: Leaving, at: str, agency: str) -> list[Component]:
    """Return the offender's vehicle as the file describes it."""
    offender = alarm.person.offender if leaving.with_person and alarm.person is not None else None
    if offender is None or not offender.vehicle:
        return []
    return [
        prologue(alarm, "vehicle", at, agency)
        | {
            "ncVehicleComponent": {"description": [{"value": offender.vehicle}]},
            "vehicleRelationshipType": ["Suspect"],
            "vehicleRelationshipTimeStamp": at,
        }
    ]


def cautions(alarm: AlarmView, leaving: Leaving, at: str, agency: str) -> list[Component]:
    """Return what to beware of: what came with the alarm, and the file's circumstances as ranked there."""

    def caution(part: str, text: str, word: str, severity: CautionSeverity) -> Component:
        return prologue(alarm, part, at, agency) | {
            "cautionTypeInternalText": text,
            "cautionTypeCommonRegistryText": word,
            "cautionSeverity": severity,
            "cautionSource": agency,
        }

    found = [caution(part, text, "Other", severity) for part, text, severity in _of_the_alarm(alarm)]
    if leaving.with_person:
        found += [
            caution(f"caution-{index}", one.text, CAUTION[one.kind], CAUTION_SEVERITY[one.severity])
            for index, one in enumerate(alarm.circumstances)
        ]
    return found


def _of_the_alarm(alarm: AlarmView) -> Iterator[tuple[str, str, CautionSeverity]]:
    if alarm.cancel is not None and alarm.cancel.coerced:
        yield "coerced", "She was made to cancel: she gave her duress word", "highest"
    if alarm.breach is not None:
        sure = "is" if alarm.breach.certain else f"is with probability {alarm.breach.probability:.2f}"
        where = "in a zone he must stay out of" if alarm.breach.inside else "near such a zone; he left it"
        yield "breach", f"The offender {sure} {where}", "high"
    if not alarm.verified:
        yield "unverified", "The signature of her phone did not hold: call back", "normal"


def _victim(person: Person) -> Component:
    victim = person.victim
    return _nc_person(victim.name, victim.born_on, victim.languages, None)


def _suspect(alarm: AlarmView, person: Person | None, at: str, agency: str) -> Component:
    suspect = prologue(alarm, "offender", at, agency) | {"personIncidentRoleRegistryText": ["Suspect"]}
    offender = person.offender if person is not None else None
    if offender is not None:
        known_as = f"also known as {offender.also_known_as}" if offender.also_known_as else None
        said = "; ".join(text for text in (offender.relation, known_as, offender.description) if text)
        suspect["ncPersonComponent"] = _nc_person(offender.name, offender.born_on, (), said or None)
    if alarm.breach is not None:
        suspect["locationReference"] = [{"$ref": part_id(alarm, "offender-place")}]
    return suspect


def _nc_person(
    name: str, born_on: date | None, languages: tuple[str, ...], description: str | None
) -> Component:
    found: Component = {"name": [{"personFullName": [{"value": name}]}]}
    if born_on is not None:
        found["birthDate"] = [{"date": [{"value": born_on.isoformat()}]}]
    for index, language in enumerate(languages):
        kind = "primaryLanguage" if index == 0 else "secondaryLanguage"
        found.setdefault(kind, []).append({"languageName": [{"value": language}]})
    if description is not None:
        found["description"] = [{"value": description}]
    return found
