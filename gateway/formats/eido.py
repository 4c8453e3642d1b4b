"""EIDO: an alarm as an Emergency Incident Data Object (NENA-STA-021.1b, JSON, version 1.0).

One object tells the whole incident as it stands after one event; every part has an id that stays the same
from event to event. ``docs/eido.md`` has the mapping, field by field.
"""

import json
from datetime import timedelta
from html import escape
from typing import Any, Final

from gateway.formats.eido_people import Component, callbacks, cautions, persons, prologue, vehicles
from gateway.formats.eido_words import INTERNAL_TEXT, NOT_REAL, PRIORITY, SECONDARY_STATUS, STALKING, statuses
from gateway.formats.leaving import (
    EXTENSION,
    LOCATION_KEPT,
    Leaving,
    agency_id,
    agent_id,
    part_id,
    telephone_uri,
)
from gateway.formats.pidf_lo import Target, instant_text, pidf_lo_of
from schemas.alarm import AlarmState, AlarmView, ShareReason, SourceKind
from schemas.position import Position
from schemas.press import Purpose
from schemas.session import OperatorName
from schemas.unit import AssignedUnit, UnitStatus

MEDIA_TYPE: Final = "application/json"
VERSION: Final = "1.0"


def eido_of(event_kind: str, alarm: AlarmView, leaving: Leaving) -> dict[str, Any]:
    """Return the incident after the event ``event_kind``; ``alarm`` is as that event left it."""
    at, agency = instant_text(leaving.at), agency_id(alarm.centre, leaving.domain)
    agents = _agents(alarm, leaving, at)
    found: dict[str, Any] = {
        "$id": incident_id(alarm, leaving.domain),
        "lastUpdateTimeStamp": at,
        "updatedByAgencyReference": {"$ref": agency},
        "eidoVersion": VERSION,
        "eidoExtensionId": [EXTENSION],
        "issuingElementIdentification": leaving.domain,
        "incidentComponent": _incident(event_kind, alarm, leaving, at),
        "agencyComponent": _agencies(alarm, leaving, at),
        "personComponent": persons(alarm, leaving, at, agency),
    }
    lists = {
        "agentComponent": agents,
        "callComponent": _calls(alarm, leaving, at),
        "callbackComponent": callbacks(alarm, leaving, at, agency),
        "locationComponent": _locations(alarm, leaving),
        "emergencyResourceComponent": [_resource(unit, alarm, leaving) for unit in alarm.units],
        "dispatchComponent": [_dispatch(unit, alarm, leaving) for unit in alarm.units],
        "cautionComponent": cautions(alarm, leaving, at, agency),
        "notesComponent": _notes(alarm, leaving, at),
        "vehicleComponent": vehicles(alarm, leaving, at, agency),
    }
    return found | {name: parts for name, parts in lists.items() if parts}


def incident_id(alarm: AlarmView, domain: str) -> str:
    """Return the incident's id (NENA-STA-010, 2.1.6)."""
    return f"urn:emergency:uid:incidentid:{alarm.alarm_id.hex}:{domain}"


def _incident(event_kind: str, alarm: AlarmView, leaving: Leaving, at: str) -> Component:
    agency = agency_id(alarm.centre, leaving.domain)
    real = alarm.purpose is Purpose.REAL
    text = INTERNAL_TEXT[alarm.source.kind]
    found = prologue(alarm, "incident", at, agency) | {
        "incidentTypeCommonRegistryText": STALKING if real else NOT_REAL,
        "incidentTypeInternalCode": alarm.source.kind.value,
        "incidentTypeInternalText": text if real else f"NOT REAL ({alarm.purpose}): {text}",
        "incidentStatusCommonRegistryText": statuses(event_kind, alarm),
        "incidentStatusInternalText": [alarm.state.value, event_kind],
        "internalIncidentId": str(alarm.alarm_id),
        "incidentCommonPriorityNumber": PRIORITY[alarm.purpose],
        "personReference": [{"$ref": one["$id"]} for one in persons(alarm, leaving, at, agency)],
        f"{EXTENSION}:purpose": alarm.purpose.value,
        f"{EXTENSION}:version": alarm.version,
        f"{EXTENSION}:pressCount": alarm.press_count,
    }
    places = [{"$ref": part_id(alarm, part)} for part, *_ in _placed(alarm) if part != "offender-place"]
    if places:
        found["locationReference"] = places
    if alarm.acknowledged_by is not None:
        found["agentReference"] = [{"$ref": _agent(alarm.acknowledged_by, alarm, leaving)}]
    if leaving.with_person and alarm.reference:
        found["documentIdentification"] = [alarm.reference]
    notes = _notes(alarm, leaving, at)
    if notes:
        found["notesReference"] = [{"$ref": note["$id"]} for note in notes]
    if alarm.closure is not None:
        found["dispositionComponent"] = [_disposition(alarm, agency)]
    return found


def _disposition(alarm: AlarmView, agency: str) -> Component:
    assert alarm.closure is not None  # noqa: S101 (told to whoever reads types; its caller asked)
    closure, code = alarm.closure, alarm.closure.disposition
    found = prologue(alarm, "disposition", instant_text(closure.at), agency) | {
        "dispositionCommonRegistryCode": code.code,
        "dispositionPrimaryIndicator": True,
        "dispositionDescriptionText": closure.outcome.value,
    }
    return found | ({"dispositionCategoryText": code.sub_code} if code.sub_code else {})


def _agencies(alarm: AlarmView, leaving: Leaving, at: str) -> list[Component]:
    """Return the centres: who owns it, whom it is shared with, whose units serve, who had it before."""
    shared = {
        share.centre: "TransferredTo" if share.reason is ShareReason.CROSSED else "Informational"
        for share in alarm.shared
    }
    serving = {unit.centre: "Dispatched" for unit in alarm.units if unit.centre != alarm.centre}
    roles = shared | serving | {alarm.centre: "CallReceiving"}
    for name in _names(alarm):
        roles.setdefault(name.centre or alarm.centre, "Assisting")
    owner = agency_id(alarm.centre, leaving.domain)
    return [
        {
            "$id": agency_id(centre, leaving.domain),
            "lastUpdateTimeStamp": at,
            "updatedByAgencyReference": {"$ref": owner},
            "agencyRoleDescriptionRegistryText": [role],
            "agencyType": ["police"],
            "incidentOwningAgencyIndicator": centre == alarm.centre,
        }
        for centre, role in sorted(roles.items())
    ]


def _names(alarm: AlarmView) -> list[OperatorName]:
    closed = alarm.closure.by if alarm.closure is not None else None
    who = [alarm.acknowledged_by, closed, *(unit.assigned_by for unit in alarm.units)]
    return [name for name in (*who, *(note.by for note in alarm.notes)) if name is not None]


def _agent(name: OperatorName, alarm: AlarmView, leaving: Leaving) -> str:
    return agent_id(name.operator_id, name.centre or alarm.centre, leaving.domain)


def _agents(alarm: AlarmView, leaving: Leaving, at: str) -> list[Component]:
    found = {}
    for name in _names(alarm):
        key = _agent(name, alarm, leaving)
        agency = agency_id(name.centre or alarm.centre, leaving.domain)
        card = ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", name.name]]]
        found[key] = {
            "$id": key,
            "lastUpdateTimeStamp": at,
            "updatedByAgencyReference": {"$ref": agency},
            "agentRoleRegistryText": ["Call Taking", "Dispatching"],
            "agencyReference": {"$ref": agency},
        } | ({"agentJcard": json.dumps(card, ensure_ascii=False)} if leaving.with_person else {})
    return list(found.values())


def _calls(alarm: AlarmView, leaving: Leaving, at: str) -> list[Component]:
    """Return her press as a call; an alarm that a zone raised is nobody's call."""
    if alarm.source.kind is SourceKind.PERIMETER:
        return []
    taken = alarm.acknowledged_at is not None
    state = "callEnd" if alarm.state is AlarmState.CLOSED else "callAnswered" if taken else "callBegin"
    found = prologue(alarm, "call", at, agency_id(alarm.centre, leaving.domain)) | {
        "$id": f"urn:emergency:uid:callid:{alarm.alarm_id.hex}:{leaving.domain}",
        "callStateRegistryText": state,
        "standardPrimaryCallType": "emergency",
        "localCallType": alarm.source.kind.value,
        "direction": "incoming",
        "callStartTimestamp": instant_text(alarm.trail.pressed_at or alarm.trail.received_at),
        "priorityIdentifier": "highest" if alarm.purpose is Purpose.REAL else "lowest",
        "personReference": [{"$ref": part_id(alarm, "victim")}],
    }
    if alarm.acknowledged_at is not None:
        found["answerDate"] = instant_text(alarm.acknowledged_at)
    if telephone_uri(alarm, leaving) is not None:
        found["callBackReference"] = {"$ref": part_id(alarm, "callback")}
    return [found]


def _placed(alarm: AlarmView) -> list[tuple[str, str, Position]]:
    """Return every place: where she was when it began if that is still known, is now, and where he is."""
    found = []
    first = next((fix for fix in alarm.positions if fix.fixed_at <= alarm.raised_at), None)
    if first is not None:
        found.append(("initial", "InitialIncident", first))
    if alarm.positions:
        found.append(("current", "CurrentIncident", alarm.positions[0]))
    if alarm.breach is not None:
        found.append(("offender-place", "Other", alarm.breach.offender))
    return found


def _locations(alarm: AlarmView, leaving: Leaving) -> list[Component]:
    agency = agency_id(alarm.centre, leaving.domain)
    found = []
    for part, kind, position in _placed(alarm):
        target = Target(
            entity=f"pres:{part_id(alarm, part).removeprefix('urn:uuid:')}@{leaving.domain}",
            device=part_id(alarm, f"{part}-device"),
            kept_until=leaving.at + LOCATION_KEPT,
        )
        component = prologue(alarm, part, instant_text(position.fixed_at), agency) | {
            "locationTypeDescriptionRegistryText": kind,
            "locationByValue": pidf_lo_of(position, target).decode(),
        }
        if part == "current" and leaving.location_url is not None and alarm.state is not AlarmState.CLOSED:
            component["locationByReferenceUrl"] = leaving.location_url
        if part == "offender-place":
            component["locationDescriptionText"] = "Where the suspect's tracker is"
        found.append(component)
    return found


def _resource(unit: AssignedUnit, alarm: AlarmView, leaving: Leaving) -> Component:
    gone = unit.status is UnitStatus.CLEARED
    # The kind of resource is our assumption, as no list of kinds was at hand.
    found = prologue(
        alarm, f"unit-{unit.unit_id}", instant_text(unit.status_at), agency_id(unit.centre, leaving.domain)
    ) | {
        "emergencyResourceTypeCommonRegistryText": "Other",
        "emergencyResourceTypeInternalText": "police_unit",
        "resourceAttributeRegistryText": ["Other"],
        "resourceAttributeInternalText": ["police_unit"],
        "emergencyResourceName": unit.name,
        "primaryUnitStatusRegistryText": "Available" if gone else "NotAvailable",
        "secondaryUnitStatusRegistryText": [
            "AssignmentCancelled" if unit.taken_away else SECONDARY_STATUS[unit.status]
        ],
        "agentReference": [{"$ref": _agent(unit.assigned_by, alarm, leaving)}],
    }
    if alarm.positions and not gone:
        found["unitDestinationReference"] = {"$ref": part_id(alarm, "current")}
    if unit.eta_s is not None and not gone:
        found["eta"] = instant_text(unit.status_at + timedelta(seconds=unit.eta_s))
    return found


def _dispatch(unit: AssignedUnit, alarm: AlarmView, leaving: Leaving) -> Component:
    agency = agency_id(unit.centre, leaving.domain)
    return prologue(alarm, f"dispatch-{unit.unit_id}", instant_text(unit.assigned_at), agency) | {
        "agencyReference": {"$ref": agency},
        "agentReference": {"$ref": _agent(unit.assigned_by, alarm, leaving)},
        "emergencyResourceReference": [{"$ref": part_id(alarm, f"unit-{unit.unit_id}")}],
    }


def _notes(alarm: AlarmView, leaving: Leaving, at: str) -> list[Component]:
    """Return the notes that travel with it; the standard's are HTML5, so what was written is escaped."""
    agency = agency_id(alarm.centre, leaving.domain)
    found = []
    if alarm.purpose is not Purpose.REAL:
        text = f"This is not real ({alarm.purpose}): send nobody."
        found.append(prologue(alarm, "not-real", at, agency) | {"notesActionComments": text})
    for note in alarm.notes if leaving.with_person else ():
        part = f"note-{note.at.isoformat()}-{note.by.operator_id}"
        found.append(
            prologue(alarm, part, instant_text(note.at), agency)
            | {"notesActionComments": escape(note.text)}
            | {"agentReference": {"$ref": _agent(note.by, alarm, leaving)}}
        )
    return found
