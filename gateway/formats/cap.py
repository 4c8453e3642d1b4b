"""CAP 1.2: an alarm as a Common Alerting Protocol message (OASIS, 1 July 2010).

Scope is ``Private`` always: it is for its addressees alone. One message tells one event; an ``Update`` or a
``Cancel`` stands for every earlier message of the alarm, the first of which can always be named.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from gateway.domain.position import radius_95
from gateway.formats.eido_words import INTERNAL_TEXT, STALKING, statuses
from gateway.formats.leaving import EXTENSION, Leaving
from gateway.xml_text import Element, add, root_of, write_xml
from schemas.alarm import AlarmState, AlarmView
from schemas.position import Position
from schemas.press import Purpose

CAP: Final = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE: Final = "application/cap+xml"

EVENT_CODE: Final = "APCO-2.103.2"
"""Names whose code the event code is."""

STATUS: Final[Mapping[Purpose, str]] = MappingProxyType(
    {
        Purpose.REAL: "Actual",
        Purpose.EXERCISE: "Exercise",
        Purpose.TEST: "Test",
        Purpose.CANARY: "System",
    }
)

_FORBIDDEN: Final = str.maketrans(dict.fromkeys(' ,<&"', "_"))
"""What an identifier, a sender and an address must not hold (3.2.1)."""


def cap_of(event_kind: str, alarm: AlarmView, leaving: Leaving) -> bytes:
    """Return the message that tells the event ``event_kind``."""
    root = root_of(f"{{{CAP}}}alert", {None: CAP})
    for name, text in _head(alarm, leaving):
        add(root, f"{{{CAP}}}{name}", text)
    _info(add(root, f"{{{CAP}}}info"), event_kind, alarm, leaving)
    return write_xml(root)


def message_id(alarm: AlarmView, version: int) -> str:
    """Return the identifier of the message about one version of an alarm, the same on every try."""
    return f"{alarm.alarm_id}.{version}"


def cap_time(at: datetime) -> str:
    """Return an instant as CAP writes it: whole seconds, and UTC as ``-00:00``, never ``Z`` (3.2.1)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")


def _head(alarm: AlarmView, leaving: Leaving) -> Iterator[tuple[str, str]]:
    """Name it; the sender is the gateway, as an alarm that changes its centre keeps its messages' names."""
    kind = _message_type(alarm)
    yield "identifier", message_id(alarm, alarm.version)
    yield "sender", leaving.domain
    yield "sent", cap_time(_sent(alarm, leaving))
    yield "status", STATUS[alarm.purpose]
    yield "msgType", kind
    yield "source", alarm.source.kind.value
    yield "scope", "Private"
    yield "addresses", " ".join(one.translate(_FORBIDDEN) for one in leaving.addresses) or leaving.domain
    yield "code", EXTENSION
    if alarm.purpose is not Purpose.REAL:
        yield "note", f"Not real ({alarm.purpose}): send nobody"
    if kind != "Alert":
        earlier = dict(leaving.earlier) | {1: alarm.raised_at}
        yield (
            "references",
            " ".join(
                f"{leaving.domain},{message_id(alarm, version)},{cap_time(at)}"
                for version, at in sorted(earlier.items())
                if version < alarm.version
            ),
        )
    yield "incidents", str(alarm.alarm_id)


def _sent(alarm: AlarmView, leaving: Leaving) -> datetime:
    """Return when it was sent: the first message when it was raised, so that all later ones can name it."""
    return alarm.raised_at if alarm.version == 1 else leaving.at


def _message_type(alarm: AlarmView) -> str:
    if alarm.version == 1:
        return "Alert"
    return "Cancel" if alarm.state is AlarmState.CLOSED else "Update"


def _info(info: Element, event_kind: str, alarm: AlarmView, leaving: Leaving) -> None:
    def say(name: str, text: str) -> None:
        add(info, f"{{{CAP}}}{name}", text)

    over = alarm.state is AlarmState.CLOSED
    say("language", "en")
    say("category", "Security")
    say("event", "Stalking alarm")
    say("responseType", "AllClear" if over else "Execute")
    say("urgency", "Past" if over else "Immediate")
    say("severity", "Extreme" if alarm.purpose is Purpose.REAL else "Minor")
    say("certainty", "Possible" if alarm.breach is not None and not alarm.breach.certain else "Observed")
    _valued(info, "eventCode", EVENT_CODE, STALKING)
    say("onset", cap_time(alarm.trail.pressed_at or alarm.trail.received_at))
    say("senderName", alarm.centre)
    say("headline", _headline(alarm))
    if leaving.with_person and alarm.circumstances:
        say("instruction", "\n".join(one.text for one in alarm.circumstances))
    for name, text in _parameters(event_kind, alarm, leaving):
        _valued(info, "parameter", f"{EXTENSION}:{name}", text)
    for description, position in _areas(alarm):
        area = add(info, f"{{{CAP}}}area")
        add(area, f"{{{CAP}}}areaDesc", description)
        add(area, f"{{{CAP}}}circle", circle_text(position))


def _headline(alarm: AlarmView) -> str:
    text = INTERNAL_TEXT[alarm.source.kind]
    return text if alarm.purpose is Purpose.REAL else f"NOT REAL ({alarm.purpose}): {text}"


def _parameters(event_kind: str, alarm: AlarmView, leaving: Leaving) -> Iterator[tuple[str, str]]:
    yield "purpose", alarm.purpose.value
    yield "eventKind", event_kind
    yield "version", str(alarm.version)
    yield "state", alarm.state.value
    yield "incidentStatus", " ".join(statuses(event_kind, alarm))
    yield "pressCount", str(alarm.press_count)
    if alarm.positions:
        yield "fixedAt", cap_time(alarm.positions[0].fixed_at)
        yield "radiusKnown", "true" if radius_95(alarm.positions[0]) is not None else "false"
    if alarm.closure is not None:
        yield "disposition", alarm.closure.disposition.code
        yield "outcome", alarm.closure.outcome.value
    for unit in alarm.units:
        yield "unit", f"{unit.name} {unit.status}"
    if alarm.breach is not None:
        yield "breachProbability", f"{alarm.breach.probability:.2f}"
    if leaving.with_person and alarm.person is not None:
        yield "victim", alarm.person.victim.name
        if alarm.person.victim.phone:
            yield "victimPhone", alarm.person.victim.phone
        if alarm.person.offender is not None:
            yield "suspect", alarm.person.offender.name


def _areas(alarm: AlarmView) -> Iterator[tuple[str, Position]]:
    if alarm.positions:
        yield "Where she is", alarm.positions[0]
    if alarm.breach is not None:
        yield "Where the suspect's tracker is", alarm.breach.offender


def circle_text(position: Position) -> str:
    """Return ``latitude,longitude radius`` with the radius in km that holds her with 95 % confidence.

    0 stands for a radius that nobody told (the standard's own word for a point); ``radiusKnown`` says so.
    """
    decimetres = math.ceil((radius_95(position) or 0.0) * 10)
    return f"{position.latitude:.6f},{position.longitude:.6f} {decimetres / 10_000:.4f}"


def _valued(info: Element, name: str, value_name: str, value: str) -> None:
    pair = add(info, f"{{{CAP}}}{name}")
    add(pair, f"{{{CAP}}}valueName", value_name)
    add(pair, f"{{{CAP}}}value", value)
