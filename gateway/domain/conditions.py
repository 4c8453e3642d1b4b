"""What a heartbeat shows to be wrong with a companion or its button: conditions, each since when.

A condition that lasts becomes a fault (``supervision``). Where a reading hovers about its limit, the
condition ends only well beyond it, so that no reading that hovers makes a state flap; what a heartbeat
does not tell is as it was told last.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from schemas.protection import (
    CompanionHeartbeat,
    DeviceHeartbeat,
    FaultKind,
    LinkState,
    PositionSourceState,
)

Conditions = Mapping[FaultKind, datetime]
"""What is wrong, and since when."""

BATTERY_BACK_PCT: Final = 5
"""A battery is well again so many percent above the limit below which it was not: readings jump by two or
three, with temperature and load."""

CLOCK_WRONG_S: Final = 60.0
CLOCK_RIGHT_AGAIN_S: Final = 30.0
"""A companion's clock further off than the first is wrong, as a press's is, until it is nearer than the
second; a slow network explains seconds."""

NO_FIX_S: Final = 3600.0
"""Position is lacking when the last fix is so old: indoors a receiver without a network often has none."""

LOCATION: Final = "location"
"""The permission without which presses still arrive, but without a position."""

NUMBER: Final = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where a condition begins. ``critical_pct`` + ``BATTERY_BACK_PCT`` <= ``low_pct``."""

    low_pct: int = 20
    critical_pct: int = 5
    oldest_version: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A heartbeat as it arrived; ``skew_s`` is how far the companion's clock was ahead of ours."""

    heartbeat: CompanionHeartbeat
    received_at: datetime
    skew_s: float = 0.0


def conditions(before: Conditions, heard: Heard, limits: Limits) -> dict[FaultKind, datetime]:
    """Return what is wrong after ``heard``, given what was wrong before it.

    A condition that holds on is as old as it was: a link that is down at each heartbeat counts as
    down throughout.
    """
    return {kind: before.get(kind) or _began(kind, heard) for kind in _wrong(before, heard, limits)}


def signs(heard: Heard, limits: Limits) -> str:
    """Return a short text that changes whenever ``conditions`` may: the rest need not be looked at.

    Two heartbeats with the same signs leave, one after the other, the same conditions.
    """
    said, skew_s = heard.heartbeat, abs(heard.skew_s)
    bands = (
        _band(said.button_battery_pct, limits),
        _band(said.phone_battery_pct, limits),
        _bit(said.phone_charging is True),
        said.button_link,
        _bit(_senses_missing(said)),
        _bit(_lacks_position(said)),
        _bit(skew_s > CLOCK_WRONG_S) + _bit(skew_s >= CLOCK_RIGHT_AGAIN_S),
        _bit(said.presses_waiting > 0),
        _bit(_is_outdated(said, limits)),
        _bit(said.alarm_id is not None),
    )
    device = (
        (said.device_fault or "-", f"{said.next_within_s:.0f}") if isinstance(said, DeviceHeartbeat) else ()
    )
    return " ".join((*bands, *device))


def version_of(words: str) -> tuple[int, ...]:
    """Return a version's numbers, to compare by; () where there are none."""
    return tuple(int(digits) for digits in NUMBER.findall(words))


def _wrong(before: Conditions, heard: Heard, limits: Limits) -> Iterator[FaultKind]:
    said, skew_s = heard.heartbeat, abs(heard.skew_s)
    yield from _of_batteries(before, said, limits)
    if said.button_link is LinkState.DOWN:
        yield FaultKind.BUTTON_LINK_LOST
    if _senses_missing(said):
        yield FaultKind.PERMISSION_MISSING
    if _lacks_position(said):
        yield FaultKind.NO_POSITION_SOURCE
    if isinstance(said, DeviceHeartbeat):  # its word comes by another system, whose way takes its time
        yield from _of_device(before, said)
    elif skew_s > CLOCK_WRONG_S or (skew_s >= CLOCK_RIGHT_AGAIN_S and FaultKind.CLOCK_WRONG in before):
        yield FaultKind.CLOCK_WRONG
    if said.presses_waiting > 0:
        yield FaultKind.PRESSES_WAITING
    if _is_outdated(said, limits):
        yield FaultKind.OUTDATED


def _of_device(before: Conditions, said: DeviceHeartbeat) -> Iterator[FaultKind]:
    """Yield what it told, and what it told before and did not take back."""
    if said.device_fault == "none":
        return
    for kind, word in ((FaultKind.DEVICE_TAMPERED, "tampered"), (FaultKind.DEVICE_FAILED, "failed")):
        if kind in before or said.device_fault == word:
            yield kind


def _of_batteries(before: Conditions, said: CompanionHeartbeat, limits: Limits) -> Iterator[FaultKind]:
    button, phone = said.button_battery_pct, said.phone_battery_pct
    for kind, percent, limit in (
        (FaultKind.BUTTON_BATTERY_LOW, button, limits.low_pct),
        (FaultKind.BUTTON_BATTERY_CRITICAL, button, limits.critical_pct),
        (FaultKind.PHONE_BATTERY_LOW, phone, limits.low_pct),
        (FaultKind.PHONE_BATTERY_CRITICAL, phone, limits.critical_pct),
    ):
        if kind is FaultKind.PHONE_BATTERY_CRITICAL and said.phone_charging is True:
            continue  # it is low all the same, but it will not die
        below = kind in before if percent is None else percent <= limit
        if below or (kind in before and percent is not None and percent < limit + BATTERY_BACK_PCT):
            yield kind


def _band(percent: int | None, limits: Limits) -> str:
    """Name the part of the scale within which no battery condition begins or ends."""
    if percent is None:
        return "-"
    edges = (limits.critical_pct, limits.low_pct)
    return "".join(_bit(percent <= edge) + _bit(percent < edge + BATTERY_BACK_PCT) for edge in edges)


def _senses_missing(said: CompanionHeartbeat) -> bool:
    """Whether a permission is missing without which the button is not heard, or nothing is sent."""
    return any(permission != LOCATION for permission in said.missing_permissions)


def _lacks_position(said: CompanionHeartbeat) -> bool:
    if said.position_source is PositionSourceState.NO_FIX:
        return said.last_fix_age_s is None or said.last_fix_age_s >= NO_FIX_S
    return said.position_source is PositionSourceState.OFF or LOCATION in said.missing_permissions


def _is_outdated(said: CompanionHeartbeat, limits: Limits) -> bool:
    version = version_of(said.companion_version or "")
    return bool(version) and version < limits.oldest_version


def _began(kind: FaultKind, heard: Heard) -> datetime:
    """Place the beginning of a condition: by the companion's monotonic age where it tells one."""
    said, age_s = heard.heartbeat, 0.0
    if kind is FaultKind.BUTTON_LINK_LOST:
        age_s = said.button_link_since_s or 0.0
    return heard.received_at - timedelta(seconds=age_s)


def _bit(holds: bool) -> str:  # noqa: FBT001 (the fact itself)
    return "1" if holds else "0"
