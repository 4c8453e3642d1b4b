"""What a heartbeat tells, and what of it cannot wait for the next one. Pure: time is an argument.

Only what this companion really knows is told. A desktop has no permissions to lose and nothing
better to compare its clock with, so of those it says nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID

from ble_bridge import timing
from ble_bridge.moment import Moment
from ble_bridge.ports import Fix, PhoneHealth
from schemas.protection import CompanionHeartbeat, LinkState, PositionSourceState

# Where a battery is low or critical is the gateway's to say, and its operator may set it: so from the
# first on every further step down is told at once, and up again.
BATTERY_WORTH_TELLING_PCT: Final = 25
BATTERY_STEP_PCT: Final = 5

_LONGEST_S: Final = 31_536_000.0

Urgent: TypeAlias = tuple[LinkState, int, int, UUID | None]


@dataclass(frozen=True, slots=True)
class Facts:
    """Where each fact comes from, at once. ``fixes`` is None without a source of positions."""

    version: str
    link: Callable[[], tuple[LinkState, float | None]]
    button_battery_pct: Callable[[], int | None]
    phone: Callable[[], PhoneHealth]
    fixes: Callable[[], Sequence[Fix]] | None
    presses_waiting: Callable[[], int]
    alarm_id: Callable[[], UUID | None]


def heartbeat_of(facts: Facts, now: Moment) -> CompanionHeartbeat:
    """Return the heartbeat of this moment."""
    phone, (link, since_s) = facts.phone(), facts.link()
    newest = next(iter(facts.fixes()), None) if facts.fixes is not None else None
    age_s = None if newest is None else max(0.0, now.s - newest.fixed_s)
    return CompanionHeartbeat(
        sent_at=now.at,
        companion_version=facts.version,
        phone_battery_pct=phone.battery_pct,
        phone_charging=phone.charging,
        button_battery_pct=facts.button_battery_pct(),
        button_link=link,
        button_link_since_s=_bounded(since_s),
        position_source=_source(age_s, has_source=facts.fixes is not None),
        last_fix_age_s=_bounded(age_s),
        presses_waiting=min(facts.presses_waiting(), 1_000_000),
        alarm_id=facts.alarm_id(),
    )


def urgent(heartbeat: CompanionHeartbeat) -> Urgent:
    """Return what must be told at once when it changes.

    The link, how low each battery is, and the alarm: while there is one a gateway wants to hear more often.
    """
    return (
        heartbeat.button_link,
        _worry(heartbeat.button_battery_pct),
        _worry(heartbeat.phone_battery_pct),
        heartbeat.alarm_id,
    )


def _source(age_s: float | None, *, has_source: bool) -> PositionSourceState:
    if not has_source:
        return PositionSourceState.OFF
    is_fresh = age_s is not None and age_s <= timing.FIX_FRESH_S
    return PositionSourceState.OK if is_fresh else PositionSourceState.NO_FIX


def _worry(battery_pct: int | None) -> int:
    """Return 0 for a battery that is well or unknown, and one more for each step it is below that."""
    if battery_pct is None or battery_pct > BATTERY_WORTH_TELLING_PCT:
        return 0
    return 1 + (BATTERY_WORTH_TELLING_PCT - battery_pct) // BATTERY_STEP_PCT


def _bounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(min(seconds, _LONGEST_S), 3)
