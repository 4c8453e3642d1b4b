"""The reference button through the whole bridge, on bed B."""

from pathlib import Path

from ble_bridge.bench.bed import Bed
from ble_bridge.reference_service import PatternCode, Stage
from schemas.press import Pattern
from schemas.signals import SignalKind
from tests.integration.bridge.conftest import Companion, running_bridge
from tests.support.ble import eventually
from tests.support.companion_gateway import CompanionGateway


def felt(bed: Bed) -> list[Stage]:
    return [vibration.stage for vibration in bed.button.vibrations]


async def test_a_hold_becomes_one_committed_press_from_a_bonded_encrypted_button(
    companion: Companion, bed: Bed
):
    made = await bed.button.press(PatternCode.HOLD)
    await companion.until_committed(1)
    (press,) = companion.gateway.presses
    assert press.pattern is Pattern.HOLD
    assert press.button is not None
    assert (press.button.boot, press.button.counter) == (made.boot, made.counter)
    assert (press.button.bonded, press.button.encrypted, press.button.forgeable) == (True, True, False)
    assert press.button.button_id == bed.button.memory.button_id.hex()
    assert press.button.battery_pct == 87
    assert press.age_ms is not None
    assert press.age_ms < 2000
    assert not press.latched


async def test_the_victim_feels_committed_then_seen_then_a_unit_on_the_way(companion: Companion, bed: Bed):
    await bed.button.press(PatternCode.HOLD)
    await eventually(lambda: felt(bed) == [Stage.COMMITTED])
    (receipt,) = companion.gateway.store.values()
    await companion.gateway.signal(receipt.alarm_id, SignalKind.SEEN)
    await eventually(lambda: felt(bed) == [Stage.COMMITTED, Stage.SEEN])
    await companion.gateway.signal(receipt.alarm_id, SignalKind.UNIT_ON_THE_WAY)
    await eventually(lambda: felt(bed)[-1] is Stage.UNIT_ON_THE_WAY)
    assert [told["kind"] for told in companion.events.of("signal")] == ["seen", "unit_on_the_way"]


async def test_nothing_is_felt_before_the_gateway_has_it(companion: Companion, bed: Bed):
    companion.gateway.always = "503"
    await bed.button.press(PatternCode.HOLD)
    await eventually(lambda: len(companion.gateway.presses) >= 3)
    assert felt(bed) == []
    assert len(bed.button.memory.unconfirmed) == 1
    companion.gateway.always = "work"
    await eventually(lambda: felt(bed) == [Stage.COMMITTED])
    assert bed.button.memory.unconfirmed == []
    assert len({press.press_id for press in companion.gateway.presses}) == 1


async def test_an_act_that_is_no_alarm_leaves_the_queue_unfelt_and_unsent(companion: Companion, bed: Bed):
    await bed.button.press(PatternCode.SHORT)
    await eventually(lambda: companion.events.of("dismissed") != [])
    await eventually(lambda: bed.button.memory.unconfirmed == [])
    assert felt(bed) == []
    assert companion.gateway.presses == []


async def test_her_policy_is_written_to_the_button(companion: Companion, bed: Bed):
    await eventually(lambda: bed.button.memory.settings.hold_ms == 300)
    assert bed.button.memory.settings.double_gap_ms == 50


async def test_latched_presses_made_out_of_reach_all_arrive_oldest_first(companion: Companion, bed: Bed):
    bed.button.carry_away()
    await companion.until_down()
    made = [await bed.button.press(PatternCode.HOLD) for _ in range(3)]
    assert all(press.latched for press in made)
    bed.button.bring_back()
    await companion.until_committed(3)
    presses = companion.gateway.presses
    assert [press.button.counter for press in presses if press.button] == [press.counter for press in made]
    assert all(press.latched for press in presses)
    assert (presses[0].age_ms or 0) > 600
    assert companion.events.of("missed") == []


async def test_presses_the_button_had_no_room_for_are_told_as_missed(companion: Companion, bed: Bed):
    await bed.button.press(PatternCode.HOLD)
    await eventually(lambda: felt(bed) == [Stage.COMMITTED])
    bed.button.carry_away()
    await companion.until_down()
    for _ in range(10):
        bed.button.memory.keep(PatternCode.HOLD, latched=True, completed_at_s=0.0)
    bed.button.bring_back()
    await companion.until_committed(9)
    await eventually(lambda: companion.events.of("missed") != [])
    (missed,) = companion.events.of("missed")
    assert (missed["first"], missed["last"]) == (9, 10)


async def test_a_second_bridge_that_hears_the_same_press_names_it_alike(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    gateway.always = "503"
    async with running_bridge(tmp_path / "one", gateway) as first:
        await first.until_up()
        await bed.button.press(PatternCode.HOLD)
        await eventually(lambda: len(gateway.presses) >= 1)
    gateway.always = "work"
    async with running_bridge(tmp_path / "two", gateway) as second:
        await second.until_committed(1)
    assert len({press.press_id for press in gateway.presses}) == 1
