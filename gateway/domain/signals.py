"""What the victim may feel of her alarm: derived from the alarm, never stored twice."""

from datetime import datetime

from schemas.alarm import AlarmView
from schemas.signals import Signal, SignalKind, Signals
from schemas.unit import UnitStatus


def signals_of(alarm: AlarmView, after: int) -> Signals:
    """Return the alarm's signals with an index above ``after``.

    Only a unit that serves the alarm is on its way: not those of before it was closed and reopened.
    """
    sent = [unit.assigned_at for unit in alarm.units if unit.status is not UnitStatus.CLEARED]
    reached: dict[SignalKind, datetime | None] = {
        SignalKind.COMMITTED: alarm.raised_at,
        SignalKind.SEEN: alarm.acknowledged_at,
        SignalKind.UNIT_ON_THE_WAY: min(sent, default=None),
        SignalKind.CLOSED: alarm.closure.at if alarm.closure is not None else None,
    }
    signals = [
        Signal(index=index, kind=kind, at=at)
        for index, (kind, at) in enumerate(reached.items(), 1)
        if at is not None
    ]
    return Signals(
        alarm_id=alarm.alarm_id,
        signals=tuple(signal for signal in signals if signal.index > after),
        last=max(after, signals[-1].index),
    )
