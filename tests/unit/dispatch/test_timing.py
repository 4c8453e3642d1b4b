from datetime import datetime, timedelta, timezone
from typing import Final
from uuid import uuid4

from dispatch import timing
from dispatch.outlet import TCP_USER_TIMEOUT_MS
from schemas.alarm import AlarmState, AlarmView, OperatorName, Trail
from schemas.frames import MAX_FRAME_BYTES, Cursor, Event, Snapshot
from schemas.position import Method, Position
from schemas.press import ButtonReading, Pattern, Press, Purpose
from schemas.registration import FILE_MAX_BYTES
from tests.support.build import a_person, the_largest_circumstances

CONSOLE_STALE_S = 6.0
ALARM_MAX_BYTES = 36_000

LINE: Final = "\x01" * 200
"""The longest line: JSON writes each of these as six bytes, more than any printed character takes."""

AT: Final = datetime(2026, 12, 31, 23, 59, 59, 999_999, timezone(timedelta(hours=-11, minutes=-59)))
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
        trail=Trail(**dict.fromkeys(Trail.model_fields, AT) | {"companion_skew_ms": -NUMBER}),
    )
    assert alarm.model_fields_set == set(AlarmView.model_fields)
    return alarm


def size_of(frame: AlarmView | Event | Snapshot) -> int:
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


def test_the_largest_alarm_fits_into_one_frame_and_one_more_into_a_part_of_a_snapshot() -> None:
    alarm = the_largest_alarm()
    assert FILE_MAX_BYTES < size_of(alarm) <= ALARM_MAX_BYTES
    event = Event(centre="BE-VOV", cursor=HEAD, kind="alarm.pressed_again", at=AT, alarm=alarm)
    assert size_of(event) <= MAX_FRAME_BYTES
    part = Snapshot(centre="BE-VOV", cursor=HEAD, alarms=(), reason="too_far_behind", first=False, more=False)
    assert size_of(part) + timing.SNAPSHOT_PART_BYTES + ALARM_MAX_BYTES <= MAX_FRAME_BYTES
