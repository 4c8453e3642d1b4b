"""What a press says of its own age at each sending."""

from dataclasses import replace
from datetime import timedelta

from ble_bridge.entry import Entry
from schemas.position import Position
from schemas.press import Press
from tests.support.companion import CompanionClock, an_entry


def sent(entry: Entry, clock: CompanionClock) -> Press:
    return entry.as_sent(era=clock.era, monotonic=clock.monotonic(), now=clock.now())


def test_the_age_grows_with_the_monotonic_clock_whatever_the_wall_clock_does():
    clock = CompanionClock()
    entry = an_entry(clock)
    clock.advance(4)
    clock.step(-86_400)
    assert sent(entry, clock).age_ms == 4000
    clock.step(3 * 86_400)
    assert sent(entry, clock).age_ms == 4000


def test_after_a_reboot_the_age_comes_from_the_wall_clock():
    clock = CompanionClock()
    entry = an_entry(clock)
    clock.reboot(90)
    assert sent(entry, clock).age_ms == 90_000


def test_after_a_reboot_with_a_clock_set_back_no_age_is_invented():
    clock = CompanionClock()
    entry = an_entry(clock)
    clock.reboot(90)
    clock.step(-3600)
    assert sent(entry, clock).age_ms is None


def test_a_latched_press_is_as_old_as_the_button_said():
    clock = CompanionClock()
    entry = replace(an_entry(clock), completed_s=clock.monotonic() - 600)
    clock.advance(1)
    assert sent(entry, clock).age_ms == 601_000


def test_a_press_whose_instant_nobody_knows_has_no_age():
    clock = CompanionClock()
    assert sent(replace(an_entry(clock), completed_s=None), clock).age_ms is None


def test_each_try_is_counted_and_keeps_its_press_id():
    clock = CompanionClock()
    first = an_entry(clock)
    third = first.failed(None).failed(None)
    assert (sent(first, clock).attempt, sent(third, clock).attempt) == (1, 3)
    assert sent(third, clock).press_id == first.press.press_id


def test_positions_grow_older_with_the_press():
    clock = CompanionClock()
    entry = an_entry(clock)
    fix = Position(latitude=51, longitude=3.7, fixed_at=clock.now() - timedelta(seconds=2), age_s=2.0)
    entry = replace(entry, press=entry.press.model_copy(update={"positions": (fix,)}))
    clock.advance(30)
    (position,) = sent(entry, clock).positions
    assert position.age_s == 32.0
    clock.reboot()
    clock.step(-86_400)
    (position,) = sent(entry, clock).positions
    assert position.age_s is None


def test_a_press_of_a_year_ago_is_sent_without_an_age_rather_than_refused():
    clock = CompanionClock()
    entry = an_entry(clock)
    clock.advance(400 * 86_400)
    assert sent(entry, clock).age_ms is None
