"""An alarm in words and colours for a terminal. Pure: what is shown, and the instant, are arguments."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from rich.console import Group
from rich.text import Text

from schemas.alarm import AlarmState, AlarmView, Breach, SourceKind, TrackingState
from schemas.frames import PositionFrame
from schemas.position import Position
from schemas.press import Purpose
from schemas.registration import Circumstance, Severity
from schemas.trail import AlarmTrail
from schemas.unit import UnitView

STALE_FIX_S: Final = 30.0
STATE_STYLE: Final = {
    AlarmState.RAISED: "bold white on red",
    AlarmState.ACKNOWLEDGED: "black on yellow",
    AlarmState.CLOSED: "dim",
}
SEVERITY_STYLE: Final = {Severity.CRITICAL: "bold red", Severity.HIGH: "yellow", Severity.NORMAL: ""}
SOURCE_WORD: Final = {
    SourceKind.APP_112: "the 112 app",
    SourceKind.DEVICE: "a device without a phone",
    SourceKind.ALARM_CENTRE: "an alarm centre",
    SourceKind.PERIMETER: "a forbidden zone",
}
RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}


KEPT: Final = "PROVISIONAL: received, not stored yet. The database is away: note on paper who goes"


def in_order(alarms: Iterable[AlarmView]) -> list[AlarmView]:
    """Order the queue: real before the rest, what nobody has first, the longest waiting on top."""
    return sorted(
        (alarm for alarm in alarms if alarm.purpose is not Purpose.CANARY),
        key=lambda alarm: (
            alarm.purpose is not Purpose.REAL,
            alarm.state is not AlarmState.RAISED,
            alarm.raised_at,
            alarm.alarm_id,
        ),
    )


def oldest_unanswered(alarms: Iterable[AlarmView]) -> AlarmView | None:
    """Return the real alarm that has waited longest for an answer."""
    return next((alarm for alarm in in_order(alarms) if alarm.state is AlarmState.RAISED), None)


def row(alarm: AlarmView, now: datetime, *, kept: bool = False) -> tuple[Text, ...]:
    """Return an alarm's line in the queue; ``kept``: it is not stored yet."""
    worst = min(alarm.circumstances, key=lambda one: RANK[one.severity], default=None)
    return (
        Text("provisional" if kept else _state_word(alarm), STATE_STYLE[alarm.state]),
        Text(lasting((now - alarm.raised_at).total_seconds())),
        Text(_name(alarm), "bold"),
        Text(alarm.centre),
        _breach(alarm.breach)
        if alarm.breach
        else Text(_headline(worst), SEVERITY_STYLE[worst.severity] if worst else "dim"),
    )


def detail(
    alarm: AlarmView, position: PositionFrame | None, now: datetime, offenders: Sequence[PositionFrame] = ()
) -> Group:
    """Return everything to know before going, the most important first."""
    banner = (
        "STALKING ALARM"
        if alarm.purpose is Purpose.REAL
        else f"{alarm.purpose.value.upper()} - no real alarm"
    )
    style = STATE_STYLE[alarm.state] if alarm.purpose is Purpose.REAL else "black on cyan"
    lines = [Text(f" {banner}  {_state_word(alarm)} ", style), Text()]
    lines += _source(alarm)
    lines += [Text("! coerced: she gave her duress word", "bold white on red")] if _coerced(alarm) else []
    lines += _offenders(alarm.breach, offenders, now) if alarm.breach else []
    lines += [_circumstance(one) for one in sorted(alarm.circumstances, key=lambda one: RANK[one.severity])]
    if not alarm.enriched:
        lines.append(Text("Her file cannot be shown yet; act on what is here.", "bold yellow"))
    lines += [Text(), *_people(alarm), Text(), *_where(alarm, position, now), Text(), *_course(alarm, now)]
    return Group(*lines)


def trail(found: AlarmTrail) -> Group:
    """Return an alarm's instants and legs."""
    lines = [Text("Trail", "bold")]
    for name, instant in found.trail:
        if isinstance(instant, datetime):
            lines.append(Text(f"{name:>16}  {instant:%H:%M:%S.%f}"[:-3]))
    for name, took in found.durations_ms:
        lines.append(Text(f"{name.replace('_', ' '):>24}  {'-' if took is None else f'{took:.0f} ms'}"))
    return Group(*lines)


def unit_line(unit: UnitView) -> str:
    """Return a unit as it is offered for an assignment."""
    state = unit.status.value.replace("_", " ") if unit.status else "free" if unit.on_duty else "off duty"
    return f"{unit.name}  ({unit.centre}, {state})"


def lasting(seconds: float) -> str:
    """Return a duration as a dispatcher reads it."""
    seconds = max(0, int(seconds))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"


def _state_word(alarm: AlarmView) -> str:
    if alarm.state is AlarmState.ACKNOWLEDGED and alarm.acknowledged_by is not None:
        return f"acknowledged by {alarm.acknowledged_by.name}"
    escalated = f", level {alarm.escalation.level}" if alarm.escalation else ""
    return f"{alarm.state.value}{escalated}" if alarm.state is AlarmState.RAISED else alarm.state.value


def _name(alarm: AlarmView) -> str:
    return alarm.person.victim.name if alarm.person else alarm.reference or str(alarm.registration_id)[:8]


def _coerced(alarm: AlarmView) -> bool:
    return alarm.cancel is not None and alarm.cancel.coerced


def _headline(worst: Circumstance | None) -> str:
    return f"{worst.kind.value}: {worst.text[:60]}" if worst else ""


def _breach(breach: Breach) -> Text:
    """Whether he is inside, how sure that is, and where from her."""
    if not breach.inside:
        said, style = "offender left the forbidden zone", "yellow"
    elif breach.certain:
        said, style = "offender inside the forbidden zone", "bold red"
    else:
        said, style = f"offender may be inside the forbidden zone ({breach.probability:.0%})", "bold yellow"
    if breach.distance_m is not None:
        said += f", {breach.distance_m:.0f} m {'from its middle' if breach.from_place else 'from her'}"
    if breach.approaching is not None:
        said += ", coming closer" if breach.approaching else ", going away"
    return Text(said if breach.of == 1 else f"{breach.number}/{breach.of}: {said}", style)


def _offenders(breach: Breach, told: Sequence[PositionFrame], now: datetime) -> list[Text]:
    newest = {frame.number: frame.position for frame in told}
    last = newest.get(breach.number)
    if last is None or last.fixed_at < breach.offender.fixed_at:
        newest[breach.number] = breach.offender
    of = max([breach.of, *newest])
    places = [_place(one, number, of, now) for number, one in sorted(newest.items())]
    return [Text("! ").append(_breach(breach)), *places]


def _place(newest: Position, number: int, of: int, now: datetime) -> Text:
    radius = f"within {newest.radius_m:.0f} m" if newest.radius_m is not None else "accuracy unknown"
    where = f"{newest.latitude:.5f}, {newest.longitude:.5f}, {radius}, {newest.method.value}"
    age = lasting((now - newest.fixed_at).total_seconds())
    return Text(f"          {'he' if of == 1 else f'offender {number}/{of}'} is at {where}, {age} old")


def _circumstance(one: Circumstance) -> Text:
    checked = f" (checked {one.checked_on})" if one.checked_on else ""
    return Text(f"[{one.severity.value}] {one.kind.value}: {one.text}{checked}", SEVERITY_STYLE[one.severity])


def _people(alarm: AlarmView) -> list[Text]:
    if alarm.person is None:
        return [Text(f"File {alarm.reference}")]
    victim, offender = alarm.person.victim, alarm.person.offender
    lines = [Text(f"Victim    {victim.name}, {victim.phone or 'no phone'}; file {alarm.reference}")]
    lines += [Text(f"          {address.label}: {address.text}") for address in victim.addresses]
    if offender is not None:
        known = "; ".join(
            word for word in (offender.relation, offender.vehicle, offender.description) if word
        )
        lines.append(Text(f"Offender  {offender.name}: {known}"))
    if alarm.person.safe_word:
        lines.append(Text(f"Safe word {alarm.person.safe_word}"))
    return lines


def _where(alarm: AlarmView, frame: PositionFrame | None, now: datetime) -> list[Text]:
    newest: Position | None = frame.position if frame else next(iter(alarm.positions), None)
    if newest is None:
        return [Text("Position  none is known", "bold yellow")]
    age_s = (now - newest.fixed_at).total_seconds()
    radius = f"within {newest.radius_m:.0f} m" if newest.radius_m is not None else "accuracy unknown"
    stale = "  POSITION STALE" if age_s > STALE_FIX_S else ""
    flags = f"  odd: {', '.join(frame.flags)}" if frame and frame.flags else ""
    words = (
        f"Position  {newest.latitude:.5f}, {newest.longitude:.5f}, {radius}, "
        f"{newest.method.value}, {lasting(age_s)} old{stale}{flags}"
    )
    lines = [Text(words, "bold yellow" if stale else "bold")]
    if alarm.tracking is TrackingState.LOST:
        lines.append(Text("          her position has stopped coming", "bold red"))
    if alarm.moved_m is not None:
        lines.append(Text(f"          she moved {alarm.moved_m:.0f} m since the team was sent", "yellow"))
    if alarm.crossed_to is not None:
        lines.append(Text(f"          she is in the area of {alarm.crossed_to}: hand over with F6", "yellow"))
    return lines


def _source(alarm: AlarmView) -> list[Text]:
    if alarm.source.kind is SourceKind.BUTTON:
        return []
    name = f" ({alarm.source.name})" if alarm.source.name else ""
    return [Text(f"From {SOURCE_WORD[alarm.source.kind]}{name}", "bold")]


def _told(alarm: AlarmView) -> list[str]:
    """Return what other systems said; the words themselves stand in the console's panels."""
    counted = ((alarm.messages, "chat messages"), (alarm.medical, "medical updates"), (alarm.calls, "calls"))
    lines = [f"Told      {count} {what}" for count, what in counted if count]
    if alarm.device is not None:
        battery = "" if alarm.device.battery_pct is None else f", battery {alarm.device.battery_pct} %"
        lines.append(f"Device    {alarm.device.condition.value.replace('_', ' ')}{battery}")
    return lines


def _course(alarm: AlarmView, now: datetime) -> list[Text]:
    lines = [
        Text(
            f"Unit      {unit.name}: {unit.status.value.replace('_', ' ')}"
            f"{f', expected in {lasting(unit.eta_s)}' if unit.eta_s else ''}"
            f", since {lasting((now - unit.status_at).total_seconds())}"
        )
        for unit in alarm.units
    ]
    lines += [
        Text(f"Also seen {share.centre}: {share.reason.value.replace('_', ' ')}") for share in alarm.shared
    ]
    lines += [Text(f"Note      {note.by.name}: {note.text}") for note in alarm.notes]
    lines += [Text(words, "yellow") for words in _told(alarm)]
    if alarm.press_count > 1:
        lines.append(Text(f"She pressed {alarm.press_count} times", "bold"))
    if alarm.flags:
        lines.append(Text(f"Odd       {', '.join(alarm.flags)}", "dim"))
    return lines
