"""A press's instants on our clock, whatever the companion's clock says."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.press import AGE_MAX, Placed, place_on_our_clock
from schemas.position import Position
from schemas.press import ButtonReading, Press

RECEIVED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def test_an_age_counts_more_than_a_clock() -> None:
    press = Press(press_id=uuid4(), age_ms=1500, pressed_at=RECEIVED - seconds(99), sent_at=RECEIVED)
    assert place_on_our_clock(press, RECEIVED).pressed_at == RECEIVED - seconds(1.5)


def test_a_clock_a_day_ahead_moves_nothing_and_is_flagged() -> None:
    day = timedelta(days=1)
    press = Press(
        press_id=uuid4(),
        pressed_at=RECEIVED + day - seconds(3),
        heard_at=RECEIVED + day - seconds(2),
        sent_at=RECEIVED + day,
    )
    placed = place_on_our_clock(press, RECEIVED)
    assert placed.pressed_at == RECEIVED - seconds(3)
    assert placed.trail.heard_at == RECEIVED - seconds(2)
    assert "clock_skew" in placed.flags
    assert "late" not in placed.flags


def test_the_network_stays_visible_between_clocks_that_agree() -> None:
    press = Press(press_id=uuid4(), age_ms=20, sent_at=RECEIVED - seconds(0.3))
    placed = place_on_our_clock(press, RECEIVED)
    assert placed.trail.sent_at == RECEIVED - seconds(0.3)
    assert placed.pressed_at == RECEIVED - seconds(0.32)


def test_an_old_press_is_flagged_as_late() -> None:
    placed = place_on_our_clock(Press(press_id=uuid4(), age_ms=31_000, latched=True), RECEIVED)
    assert {"late", "latched", "no_position"} <= set(placed.flags)


def test_a_fix_without_an_age_or_a_clock_is_never_fresh() -> None:
    fix = Position(latitude=51, longitude=3.7, fixed_at=RECEIVED)
    placed = place_on_our_clock(Press(press_id=uuid4(), positions=(fix,)), RECEIVED)
    assert placed.positions[0].fixed_at == RECEIVED - AGE_MAX
    assert "stale_position" in placed.flags


def test_positions_are_newest_first_on_our_clock() -> None:
    fixes = tuple(
        Position(latitude=51, longitude=3.7, fixed_at=RECEIVED, age_s=age) for age in (40.0, 2.0, 10.0)
    )
    placed = place_on_our_clock(Press(press_id=uuid4(), positions=fixes), RECEIVED)
    ages = [(RECEIVED - position.fixed_at).total_seconds() for position in placed.positions]
    assert ages == [2.0, 10.0, 40.0]
    assert "stale_position" not in placed.flags


def test_what_can_be_forged_or_simulated_is_flagged() -> None:
    fix = Position(latitude=51, longitude=3.7, fixed_at=RECEIVED, age_s=1, mock=True)
    button = ButtonReading(button_id="itag", driver="itag", forgeable=True)
    placed = place_on_our_clock(Press(press_id=uuid4(), positions=(fix,), button=button), RECEIVED)
    assert {"mock_position", "forgeable_button"} <= set(placed.flags)


INSTANTS = st.none() | st.datetimes(timezones=st.just(UTC))


@given(INSTANTS, INSTANTS, INSTANTS, st.none() | st.floats(0, 31_536_000_000))
def test_no_clock_makes_a_press_come_from_the_future_or_raise(
    pressed: datetime | None, heard: datetime | None, sent: datetime | None, age_ms: float | None
) -> None:
    press = Press(press_id=uuid4(), pressed_at=pressed, heard_at=heard, sent_at=sent, age_ms=age_ms)
    placed = place_on_our_clock(press, RECEIVED)
    assert RECEIVED - 2 * AGE_MAX <= placed.pressed_at <= RECEIVED
    assert_in_order(placed)


@given(st.floats(0, 2000), st.floats(0, 2000), st.floats(0, 2000), st.floats(-3, 3))
def test_the_instants_of_a_press_come_out_in_order(
    pressed_ms: float, heard_after_ms: float, sent_after_ms: float, ahead_s: float
) -> None:
    pressed = RECEIVED - seconds(6) + timedelta(milliseconds=pressed_ms) + seconds(ahead_s)
    heard = pressed + timedelta(milliseconds=heard_after_ms)
    sent = heard + timedelta(milliseconds=sent_after_ms)
    for age_ms in (None, heard_after_ms + sent_after_ms):
        for pressed_at in (None, pressed):
            press = Press(
                press_id=uuid4(), pressed_at=pressed_at, heard_at=heard, sent_at=sent, age_ms=age_ms
            )
            assert_in_order(place_on_our_clock(press, RECEIVED))


def assert_in_order(placed: Placed) -> None:
    trail = placed.trail
    chain = [placed.pressed_at, trail.heard_at, trail.sent_at, trail.received_at]
    told = [instant for instant in chain if instant is not None]
    assert told == sorted(told)
