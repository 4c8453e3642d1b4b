"""What lies between the instants of an alarm's trail."""

from datetime import datetime

from schemas.alarm import AlarmView, Trail
from schemas.trail import AlarmTrail, Durations


def trail_of(
    alarm: AlarmView, *, fanned_out_at: datetime | None, delivered_at: datetime | None, budget_ms: int
) -> AlarmTrail:
    """Complete an alarm's trail with its first delivery and judge it against the budget."""
    trail = alarm.trail.model_copy(update={"fanned_out_at": fanned_out_at, "delivered_at": delivered_at})
    shown_ms = _between(trail.received_at, trail.delivered_at)
    return AlarmTrail(
        alarm_id=alarm.alarm_id,
        trail=trail,
        durations_ms=_durations(trail),
        budget_ms=budget_ms,
        within_budget=None if shown_ms is None else shown_ms <= budget_ms,
    )


def _durations(trail: Trail) -> Durations:
    return Durations(
        button_to_bridge=_between(trail.pressed_at, trail.heard_at),
        bridge_to_commit=_between(trail.heard_at, trail.committed_at),
        commit_to_delivered=_between(trail.committed_at, trail.delivered_at),
        pressed_to_delivered=_between(trail.pressed_at, trail.delivered_at),
        pressed_to_acknowledged=_between(trail.pressed_at, trail.acknowledged_at),
    )


def _between(earlier: datetime | None, later: datetime | None) -> float | None:
    if earlier is None or later is None:
        return None
    return round((later - earlier).total_seconds() * 1000, 3)
