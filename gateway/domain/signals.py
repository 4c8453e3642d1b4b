"""What the victim may feel of her alarm: derived from the alarm, never stored twice."""

from schemas.alarm import AlarmView
from schemas.signals import Signal, SignalKind, Signals


def signals_of(alarm: AlarmView, after: int) -> Signals:
    """Return the alarm's signals with an index above ``after``."""
    signals = [Signal(index=1, kind=SignalKind.COMMITTED, at=alarm.raised_at)]
    if alarm.acknowledged_at is not None:
        signals.append(Signal(index=2, kind=SignalKind.SEEN, at=alarm.acknowledged_at))
    return Signals(
        alarm_id=alarm.alarm_id,
        signals=tuple(signal for signal in signals if signal.index > after),
        last=max(after, len(signals)),
    )
