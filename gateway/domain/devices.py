"""What the condition of a device that needs no phone of ours says, in the words of supervision."""

from typing import Literal

from gateway.domain.conditions import Limits
from schemas.events import ConditionKind, DeviceCondition
from schemas.protection import DEVICE_NEXT_WITHIN_S, DeviceHeartbeat, LinkState


def heartbeat_of(said: DeviceCondition, limits: Limits) -> DeviceHeartbeat:
    """Return it as a heartbeat. A battery is as bad as the word for it, whatever the number beside it."""
    return DeviceHeartbeat(
        button_battery_pct=_battery(said, limits),
        button_link=_link(said.condition),
        device_fault=_fault(said.condition),
        next_within_s=said.next_within_s or DEVICE_NEXT_WITHIN_S,
    )


def _battery(said: DeviceCondition, limits: Limits) -> int | None:
    most = {
        ConditionKind.BATTERY_LOW: limits.low_pct,
        ConditionKind.BATTERY_FAILED: limits.critical_pct,
    }.get(said.condition)
    if most is None:
        return said.battery_pct
    return most if said.battery_pct is None else min(said.battery_pct, most)


def _link(condition: ConditionKind) -> LinkState:
    if condition is ConditionKind.LINK_LOST:
        return LinkState.DOWN
    return LinkState.UP if condition is ConditionKind.OK else LinkState.UNKNOWN


def _fault(condition: ConditionKind) -> Literal["none", "tampered", "failed"] | None:
    match condition:
        case ConditionKind.OK:
            return "none"
        case ConditionKind.TAMPERED:
            return "tampered"
        case ConditionKind.FAILED:
            return "failed"
    return None
