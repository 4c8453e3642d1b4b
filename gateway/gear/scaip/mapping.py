"""A request of SCAIP (``mrq``) in our words, and what is wrong with it (``snu``)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final

from gateway.gear.said import Said
from gateway.gear.scaip.codes import PRESSED, Act, Meaning, MessageType, cause_of, meaning
from gateway.gear.scaip.place import position_of
from gateway.gear.text import joined, line
from gateway.xml_text import Element, local_name
from schemas.events import (
    AlarmRaised,
    CancelRequested,
    DeviceCondition,
    EventType,
    PositionUpdated,
    ReportedPerson,
)
from schemas.position import Position

ROOT: Final = "mrq"
PLACE: Final = "lge"
PHONE: Final = re.compile(r"(?:[a-z-]+:)?(\+?[0-9][0-9 ()./-]{2,30})$")
UNREADABLE: Final = -1
SUBJECT_PART: Final = 60
SHOWN: Final = ("stt", "dte", "lte", "ite")


class StatusNumber(IntEnum):
    """``snu`` of the answer: 0 is handled, not received."""

    HANDLED = 0
    TOO_LONG = 1
    INVALID_FORMAT = 2
    WRONG_CONTENT = 3
    HOLD = 4
    NOT_TREATED = 5
    BUSY = 6
    TAG_MISSING = 7
    REFERENCE_MISSING = 10
    UNDEFINED = 99


@dataclass(frozen=True, slots=True)
class Request:
    """An ``mrq``: its tags with their texts, and those of ``lge``."""

    tags: Mapping[str, str]
    place: Mapping[str, str]

    def number(self, tag: str) -> int | None:
        """Return a code; units write it with or without zeros in front (``0010``, ``10``)."""
        text = self.tags.get(tag)
        if text is None:
            return None
        return int(text) if re.fullmatch(r"[0-9]{1,5}", text) else UNREADABLE


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A request in our words. ``names``: whom it is about, the nearest first. ``status``: what is wrong."""

    said: tuple[Said, ...]
    names: tuple[str, ...]
    dropped: tuple[str, ...]
    status: StatusNumber
    wrong: str = ""


def read_request(root: Element) -> Request | None:
    """Take a document apart; None: it is no ``mrq``. Of a tag that stands twice the first counts."""
    if local_name(root) != ROOT:
        return None
    tags: dict[str, str] = {}
    place: dict[str, str] = {}
    for child in root:
        name = local_name(child)
        if name == PLACE:
            for inner in child:
                place.setdefault(local_name(inner), _text(inner))
        else:
            tags.setdefault(name, _text(child))
    return Request(
        {name: text for name, text in tags.items() if text},
        {name: text for name, text in place.items() if text},
    )


def read(request: Request, received_at: datetime) -> Reading:
    """Say a request in our words.

    What lacks a tag that must be there is told so, and what it says is taken all the same if it is bad news.
    """
    status, wrong = _fault(request)
    kind = _kind(request)
    code, device = request.number("stc"), request.number("dty")
    meant = meaning(kind, code, device)
    place, unread = position_of(request.place, received_at)
    dropped = [*unread, *(tag for tag in ("stc", "dty", "pri") if request.number(tag) == UNREADABLE)]
    if not meant.known and "stc" not in dropped:
        dropped.append("code")
    said = tuple(_said(request, meant, place))
    if status is not StatusNumber.HANDLED:
        said = tuple(one for one in said if one.bad_news)
    return Reading(said=said, names=_names(request), dropped=tuple(dropped), status=status, wrong=wrong)


def _said(request: Request, meant: Meaning, place: Position | None) -> Iterable[Said]:
    code, device = request.number("stc"), request.number("dty")
    if meant.act in {Act.ALARM, Act.TEST}:
        yield Said(
            EventType.ALARM_RAISED,
            AlarmRaised(
                cause=cause_of(code, device),
                test=meant.act is Act.TEST,
                positions=() if place is None else (place,),
                person=_person(request),
                text=_words(request, meant),
            ),
        )
        return
    if meant.act is Act.CANCEL:
        yield Said(EventType.CANCEL_REQUESTED, CancelRequested())
    else:
        yield Said(EventType.DEVICE_CONDITION, DeviceCondition(condition=meant.condition))
    if place is not None:
        yield Said(EventType.POSITION_UPDATED, PositionUpdated(positions=(place,)))


def _fault(request: Request) -> tuple[StatusNumber, str]:
    if "ref" not in request.tags:
        return StatusNumber.REFERENCE_MISSING, "ref is missing"
    missing = [tag for tag in ("cid", "dty") if tag not in request.tags]
    if missing:
        return StatusNumber.TAG_MISSING, f"{' and '.join(missing)} missing"
    if request.tags.get("mty", "ME").upper() not in set(MessageType):
        return StatusNumber.WRONG_CONTENT, "mty is none of ME, RE, IN, PI"
    return StatusNumber.HANDLED, ""


def _kind(request: Request) -> MessageType:
    try:
        return MessageType(request.tags.get("mty", "ME").upper())
    except ValueError:
        return MessageType.MESSAGE


def _names(request: Request) -> tuple[str, ...]:
    """Return what it may be linked by: the unit and its device, the unit."""
    unit, device = _name(request.tags.get("cid", "")), _name(request.tags.get("did", ""))
    whole = f"scaip:{unit or 'unknown'}"
    return (f"{whole}/{device}", whole) if device.strip("0") else (whole,)


def _name(text: str) -> str:
    return re.sub(r"[^!-~]", "", text)[:SUBJECT_PART]


def _person(request: Request) -> ReportedPerson | None:
    """Return the number by which the unit can be called (``crd``), where it is one."""
    found = PHONE.match(request.tags.get("crd", "").lower())
    return None if found is None else ReportedPerson(phone=line(found[1]))


def _words(request: Request, meant: Meaning) -> str | None:
    code = request.tags.get("stc", "")
    parts = [f"SCAIP {line(code, 10)} {meant.words}".strip() if code else ""]
    parts.append(PRESSED.get(request.number("dty") or 0, ""))
    parts += [request.tags.get(tag, "") for tag in SHOWN]
    named = [tag for tag in ("lco", "lva", "ico", "pri") if tag in request.tags]
    parts += [f"{tag} {line(request.tags[tag], 10)}" for tag in named]
    if request.number("cha") == 1:
        parts.append("asks to be called back")
    return joined(parts)


def _text(element: Element) -> str:
    return (element.text or "").strip()
