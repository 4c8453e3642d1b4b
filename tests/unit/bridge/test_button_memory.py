"""What a button keeps over a change of its battery, and what it keeps of more presses than fit."""

import pytest

from ble_bridge.bench.button_memory import ButtonMemory
from ble_bridge.reference_service import MAX_UNCONFIRMED, PatternCode, Settings


@pytest.fixture
def path(tmp_path):
    return tmp_path / "button.json"


def kept(memory):
    return [press.counter for press in memory.unconfirmed]


def press(memory, times=1):
    for _ in range(times):
        memory.keep(PatternCode.HOLD, latched=True, completed_at_s=1.0)


def test_a_power_cycle_changes_nothing_but_that_the_age_of_a_press_is_unknown(path):
    before = ButtonMemory.load(path, Settings(hold_ms=500))
    press(before, 3)
    after = ButtonMemory.load(path, Settings(hold_ms=999))
    assert (after.button_id, after.boot, after.counter) == (before.button_id, before.boot, 3)
    assert after.settings == Settings(hold_ms=500)
    assert kept(after) == [1, 2, 3]
    assert [press.completed_at_s for press in after.unconfirmed] == [None] * 3
    assert all(press.latched for press in after.unconfirmed)


def test_a_full_queue_keeps_the_first_seven_and_the_newest(path):
    memory = ButtonMemory.load(path, Settings())
    press(memory, MAX_UNCONFIRMED + 4)
    assert kept(memory) == [1, 2, 3, 4, 5, 6, 7, 12]


def test_a_confirmation_takes_one_press_and_only_of_this_boot(path):
    memory = ButtonMemory.load(path, Settings())
    press(memory, 3)
    memory.confirm(memory.boot, 2)
    memory.confirm(memory.boot ^ 1, 1)
    memory.confirm(memory.boot, 77)
    assert kept(memory) == [1, 3]
    assert kept(ButtonMemory.load(path, Settings())) == [1, 3]


def test_a_factory_reset_keeps_the_identity_and_starts_a_new_boot(path):
    memory = ButtonMemory.load(path, Settings(hold_ms=500))
    press(memory)
    identity, boot = memory.button_id, memory.boot
    memory.reset()
    again = ButtonMemory.load(path, Settings(hold_ms=500))
    assert again.button_id == identity
    assert again.boot != boot
    assert (again.counter, kept(again), again.settings) == (0, [], Settings())
