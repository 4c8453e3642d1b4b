"""A message of DC-09 in our words: data of events, in the order in which they are handed on."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pysiaalarm.utils.enums import MessageTypes

from gateway.gear.dc09.codes import ALIVE, UNKNOWN, Act, Meaning, described, meaning
from gateway.gear.dc09.message import Event, Message, read_time
from gateway.gear.said import Said
from gateway.gear.text import joined, line
from schemas.events import (
    AlarmCause,
    AlarmRaised,
    CancelRequested,
    ConditionKind,
    DeviceCondition,
    EventType,
    PositionUpdated,
)
from schemas.position import Position

LONGITUDE: Final = re.compile(r"(\d{1,3})([EW])(\d{1,2}(?:\.\d{1,10})?)$")
LATITUDE: Final = re.compile(r"(\d{1,3})([NS])(\d{1,2}(?:\.\d{1,10})?)$")
WORST: Final = (
    ConditionKind.TAMPERED,
    ConditionKind.FAILED,
    ConditionKind.BATTERY_FAILED,
    ConditionKind.LINK_LOST,
    ConditionKind.BATTERY_LOW,
    ConditionKind.OK,
)
Meant = tuple[tuple[Event | None, Meaning], ...]

IN_CLEAR: Final = "sent in clear, so its sender is not proven"

AGE_MAX_S: Final = 31_536_000.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A whole message in our words; ``dropped`` names what could not be read of it."""

    said: tuple[Said, ...]
    at: datetime | None
    dropped: tuple[str, ...]


def read(message: Message, received_at: datetime, *, clock_right: bool) -> Reading:
    """Say a message in our words. ``clock_right``: the panel's times may be believed."""
    dropped = list(_unread(message))
    if not clock_right:
        dropped.append("clock")
    at, age_s = _happened(message, clock_right=clock_right)
    place, odd = _position(message, at or received_at)
    dropped += odd
    meant: Meant = tuple((one, meaning(one)) for one in message.events) or ((None, _without_code(message)),)
    if not all(one.known for _, one in meant):
        dropped.append("code")
    said = tuple(_said(message, meant, place, at, age_s))
    return Reading(said=said, at=at, dropped=tuple(dropped))


def _said(
    message: Message,
    meant: Meant,
    place: Position | None,
    at: datetime | None,
    age_s: float | None,
) -> Iterable[Said]:
    acts = {one.act for _, one in meant}
    raising = [one for _, one in meant if one.act in {Act.ALARM, Act.TEST}]
    if raising:
        test = Act.ALARM not in acts
        cause = next((one.cause for one in raising if one.cause is AlarmCause.BUTTON), raising[0].cause)
        data = AlarmRaised(
            cause=cause,
            test=test,
            pressed_at=at,
            age_ms=None if age_s is None else age_s * 1000,
            positions=() if place is None else (place,),
            text=_text(message, meant),
        )
        yield Said(EventType.ALARM_RAISED, data)
    elif place is not None:
        yield Said(EventType.POSITION_UPDATED, PositionUpdated(positions=(place,)))
    if Act.CANCEL in acts:
        yield Said(EventType.CANCEL_REQUESTED, CancelRequested())
    conditions = {one.condition for _, one in meant if one.act is Act.CONDITION}
    if conditions or not acts - {Act.CONDITION}:
        worst = next((kind for kind in WORST if kind in conditions), ConditionKind.OK)
        yield Said(EventType.DEVICE_CONDITION, DeviceCondition(condition=worst))


def _without_code(message: Message) -> Meaning:
    """Take a message that says nothing as a sign of life; one that says what is not read is raised."""
    silent = message.header.token == MessageTypes.NULL.value or not message.payload.strip()
    return ALIVE if silent else UNKNOWN


def _text(message: Message, meant: Meant) -> str | None:
    parts = [described(event) for event, _ in meant if event is not None]
    if not parts:
        parts = [line(message.payload)]
    parts += message.texts
    parts += [value for letter in "ILSV" if (value := message.extension(letter))]
    if not message.header.encrypted:
        parts.append(IN_CLEAR)
    return joined(parts)


def _happened(message: Message, *, clock_right: bool) -> tuple[datetime | None, float | None]:
    """Return when it happened, and how long before the message by the panel's own clock."""
    stated = message.extension("H")
    occurred = None if stated is None else read_time(stated.lstrip("_"))
    age_s = None
    if occurred is not None and message.sent_at is not None:
        age_s = (message.sent_at - occurred).total_seconds()
        age_s = age_s if 0 <= age_s <= AGE_MAX_S else None
    at = (occurred or message.sent_at) if clock_right else None
    return at, age_s


def _position(message: Message, fixed_at: datetime) -> tuple[Position | None, list[str]]:
    """Read X and Y: degrees, hemisphere, minutes; the standard gives no radius."""
    x, y = message.extension("X"), message.extension("Y")
    if x is None and y is None:
        return None, []
    longitude, latitude = _degrees(LONGITUDE, x, 180, "W"), _degrees(LATITUDE, y, 90, "S")
    if longitude is None or latitude is None:
        return None, ["position"]
    return Position(latitude=latitude, longitude=longitude, fixed_at=fixed_at), []


def _degrees(form: re.Pattern[str], text: str | None, most: int, negative: str) -> float | None:
    found = form.match((text or "").strip())
    if found is None or float(found[3]) >= 60:
        return None
    value = int(found[1]) + float(found[3]) / 60
    if value > most:
        return None
    return -value if found[2] == negative else value


def _unread(message: Message) -> Iterable[str]:
    if message.header.encrypted and message.sent_at is None:
        yield "timestamp"
    stated = message.extension("H")
    if stated is not None and read_time(stated.lstrip("_")) is None:
        yield "H"
