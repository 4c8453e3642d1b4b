from datetime import datetime, timedelta, timezone
from typing import Any, Final
from uuid import uuid4

from dispatch import timing
from dispatch.outlet import TCP_USER_TIMEOUT_MS
from schemas.alarm import (
    NOTES_SHOWN,
    AlarmSource,
    AlarmState,
    AlarmView,
    Breach,
    CancelRequest,
    Closure,
    DeviceReport,
    Escalation,
    LadderStep,
    Note,
    RoutedBy,
    Share,
    ShareReason,
    SourceKind,
    TrackingState,
    Trail,
)
from schemas.events import ConditionKind
from schemas.frames import MAX_FRAME_BYTES, Cursor, Event, PositionFrame, Snapshot
from schemas.outcome import Outcome
from schemas.position import Method, Position
from schemas.press import ButtonReading, Pattern, Press, Purpose
from schemas.registration import FILE_MAX_BYTES
from schemas.session import OperatorName
from schemas.unit import AssignedUnit, UnitStatus
from tests.support.build import a_person, the_largest_circumstances

CONSOLE_STALE_S = 6.0
CALL_SIGN = "\U0001f6a8" * 40
ALARM_MAX_BYTES = 52_500

LINE: Final = "\x01" * 200
"""The longest line: JSON writes each of these as six bytes, more than any printed character takes."""

AT: Final = datetime(2026, 12, 31, 23, 59, 59, 999_999, timezone(timedelta(hours=-11, minutes=-59)))
ODD: Final = ("mock", "stale", "from_future", "imprecise", "jump")
NUMBER: Final = 123.45678901234567
HEAD: Final = Cursor(epoch="f" * 40, sequence=2**63 - 1)


def the_largest_alarm() -> AlarmView:
    """An alarm that fills every field as far as the models and ``gateway.ingest`` let it."""
    person = a_person()
    position = Position(
        latitude=-89.12345678901234,
        longitude=-NUMBER,
        radius_m=NUMBER,
        confidence=0.12345678901234567,
        fixed_at=AT,
        age_s=NUMBER,
        method=Method.RECORDED,
        mock=True,
        speed_mps=NUMBER,
        heading_deg=NUMBER,
    )
    button = ButtonReading(button_id=LINE, driver=LINE, counter=2**32 - 1, boot=2**32 - 1, battery_pct=100)
    alarm = AlarmView(
        alarm_id=uuid4(),
        centre="BE-VOV",
        registration_id=uuid4(),
        reference=LINE,
        purpose=Purpose.EXERCISE,
        state=AlarmState.ACKNOWLEDGED,
        version=2**31 - 1,
        raised_at=AT,
        press_count=2**31 - 1,
        last_pressed_at=AT,
        pattern=Pattern.DOUBLE,
        verified=False,
        flags=tuple(f"dropped:{name}" for name in Press.model_fields) + ("signature_body_changed",) * 20,
        button=button,
        phone_battery_pct=100,
        positions=(position,) * 3,
        acknowledged_by=OperatorName(operator_id=uuid4(), name=LINE),
        acknowledged_at=AT,
        enriched=False,
        person=person,
        circumstances=the_largest_circumstances(person),
        **a_full_life(),
        source=AlarmSource(kind=SourceKind.ALARM_CENTRE, name=LINE),
        breach=a_breach(position),
        trail=Trail(
            **dict.fromkeys(Trail.model_fields, AT)
            | {"companion_skew_ms": -NUMBER, "trace_id": "f" * 32, "span_id": "f" * 16}
        ),
    )
    assert alarm.model_fields_set == set(AlarmView.model_fields)
    return alarm


def a_breach(position: Position) -> Breach:
    """The offender in a perimeter, with everything that may be known."""
    return Breach(
        perimeter_id=uuid4(),
        name=LINE,
        certain=False,
        probability=0.12345678901234567,
        distance_m=NUMBER,
        heading_deg=NUMBER,
        from_place=False,
        approaching=False,
        offender=position,
        judged_at=AT,
        inside=False,
    )


def a_full_life() -> dict[str, Any]:
    """What may happen to an alarm, all of it at once."""
    somebody = OperatorName(operator_id=uuid4(), name=LINE, centre="BE-VOV")
    unit = AssignedUnit(
        unit_id=uuid4(),
        centre="BE-VOV",
        name=CALL_SIGN,
        status=UnitStatus.DISPATCHED,
        assigned_at=AT,
        assigned_by=OperatorName(operator_id=uuid4(), name=CALL_SIGN, centre="BE-VOV"),
        status_at=AT,
        eta_s=86_400,
    )
    escalation = Escalation(
        level=99, step=LadderStep.SUPERVISOR, reason="no_console", at=AT, to=("BE-VOV",) * 11
    )
    closure = Closure(
        at=AT, by=somebody, outcome=Outcome.OFFENDER_NOT_FOUND, reviewed_by=somebody, reviewed_at=AT
    )
    return {
        "news_version": 2**31 - 1,
        "routed_by": RoutedBy.REGISTRATION,
        "test_until": AT,
        "shared": tuple(
            Share(centre="BE-VOV", reason=ShareReason.DOUBTFUL_POSITION, since=AT) for _ in range(10)
        ),
        "escalation": escalation,
        "escalates_at": AT,
        "lapses_at": AT,
        "lapses": 99,
        "units": (unit,) * 4,
        "tracking": TrackingState.ENDED,
        "tracking_until": AT,
        "assigned_position": Position(latitude=-89.1, longitude=-NUMBER, fixed_at=AT),
        "moved_m": NUMBER,
        "crossed_to": "BE-VOV",
        "cancel": CancelRequest(at=AT, coerced=True, word="unknown", count=99),
        "calls": 500,
        "messages": 1_000,
        "medical": 1_000,
        "device": DeviceReport(condition=ConditionKind.BATTERY_FAILED, battery_pct=100, at=AT),
        "closure": closure,
        "reopened": 99,
        "notes": tuple(Note(at=AT, by=somebody, text="\x01" * 300) for _ in range(NOTES_SHOWN)),
    }


def size_of(frame: AlarmView | Event | PositionFrame | Snapshot) -> int:
    return len(frame.model_dump_json().encode())


def test_the_numbers_keep_their_inequalities() -> None:
    assert timing.HEARTBEAT_S < CONSOLE_STALE_S
    assert timing.SILENCE_S >= 2 * timing.HEARTBEAT_S
    assert timing.SWEEP_S < timing.HEARTBEAT_S
    assert timing.POLL_S <= 1.0
    assert timing.CLOSE_GRACE_S <= timing.SILENCE_S
    assert timing.REPLAY_MAX >= timing.REPLAY_BATCH
    assert timing.FOLLOW_RETRY_S < timing.POLL_S
    assert TCP_USER_TIMEOUT_MS / 1000 < timing.SILENCE_S
    assert 2 * timing.POSITION_TICK_S <= timing.POSITION_EARLY_S < timing.POSITION_EVERY_S


def test_positions_fill_no_console_up_to_the_bound_at_which_it_is_closed() -> None:
    position = the_largest_alarm().positions[0]
    frame = PositionFrame(alarm_id=uuid4(), centre="BE-VOV", position=position, flags=ODD)
    tick = timing.POSITIONS_A_TICK * (size_of(frame) + 4)
    assert timing.POSITION_BACKLOG_BYTES + tick <= timing.WRITE_BUFFER_BYTES / 2


def test_the_largest_alarm_fits_into_one_frame_and_one_more_into_a_part_of_a_snapshot() -> None:
    alarm = the_largest_alarm()
    assert FILE_MAX_BYTES < size_of(alarm) <= ALARM_MAX_BYTES
    event = Event(centre="BE-VOV", cursor=HEAD, kind="alarm.pressed_again", at=AT, alarm=alarm)
    assert size_of(event) <= MAX_FRAME_BYTES
    part = Snapshot(centre="BE-VOV", cursor=HEAD, alarms=(), reason="too_far_behind", first=False, more=False)
    assert size_of(part) + timing.SNAPSHOT_PART_BYTES + ALARM_MAX_BYTES <= MAX_FRAME_BYTES
