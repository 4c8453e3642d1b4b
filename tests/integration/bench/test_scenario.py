"""The life of the reference button as unmodified bleak sees it on bed B."""

import pytest
from bleak.exc import BleakError

from ble_bridge import reference_service as service
from ble_bridge.bench import radio
from ble_bridge.bench.bed import Bed
from ble_bridge.reference_service import Identity, PatternCode, Settings, Stage
from tests.support.ble import eventually
from tests.support.ble_phone import phone_for

pytestmark = pytest.mark.usefixtures("agent")

FELT = (Stage.COMMITTED, Stage.SEEN, Stage.UNIT_ON_THE_WAY)


async def test_a_hold_is_heard_encrypted_and_confirmed_and_again_after_a_lost_link_without_pairing(bed: Bed):
    async with phone_for(bed.button.name) as phone:
        assert not bed.button.encrypted
        await phone.pair_and_subscribe()
        assert bed.button.encrypted
        assert await bed.button.bonded()

        for turn in (1, 2):
            made = await bed.button.press(PatternCode.HOLD)
            heard = await phone.next_press()
            assert (heard.pattern, heard.boot, heard.counter) == (PatternCode.HOLD, made.boot, turn)
            assert not heard.latched
            for stage in FELT:
                await phone.confirm(heard, stage)

            bed.button.carry_away()
            await phone.until_lost()
            bed.button.bring_back()
            await phone.connect()
            assert bed.button.encrypted
            await phone.subscribe()
        assert phone.presses.empty()
    felt = [(vibration.counter, vibration.stage) for vibration in bed.button.vibrations]
    assert felt == [(counter, stage) for counter in (1, 2) for stage in FELT]


async def test_each_act_on_the_button_is_told_as_what_it_was(bed: Bed):
    async with phone_for(bed.button.name) as phone:
        await phone.pair_and_subscribe()
        for counter, pattern in enumerate((PatternCode.SHORT, PatternCode.DOUBLE, PatternCode.HOLD), start=1):
            await bed.button.press(pattern)
            heard = await phone.next_press()
            assert (heard.pattern, heard.counter) == (pattern, counter)
            assert heard.battery_pct == bed.button.battery_pct


async def test_a_short_absence_loses_neither_the_link_nor_what_was_said_meanwhile(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(radio, "SUPERVISION_TIMEOUT_S", 60.0)  # shorter than that, on any machine
    async with phone_for(bed.button.name) as phone:
        await phone.pair_and_subscribe()
        bed.button.carry_away()
        made = await bed.button.press(PatternCode.HOLD)
        await eventually(lambda: bed.air.unheard > 0)
        bed.button.bring_back()
        assert (await phone.next_press()).counter == made.counter
        assert not phone.lost.is_set()


async def test_presses_made_while_nobody_listens_wait_in_order_until_each_is_confirmed(bed: Bed):
    for _ in range(2):
        await bed.button.press(PatternCode.HOLD)
    async with phone_for(bed.button.name) as phone:
        await phone.pair_and_subscribe()
        for counter in (1, 2):
            press = await phone.read_press()
            assert (press.pattern, press.counter, press.latched) == (PatternCode.HOLD, counter, True)
            await phone.confirm(press, Stage.COMMITTED)
        none = await phone.read_press()
        assert (none.is_press, none.boot, none.counter) == (False, press.boot, 2)


async def test_a_confirmation_said_twice_is_felt_once(bed: Bed):
    async with phone_for(bed.button.name) as phone:
        await phone.pair_and_subscribe()
        await bed.button.press(PatternCode.HOLD)
        heard = await phone.next_press()
        for _ in range(2):
            await phone.confirm(heard, Stage.COMMITTED)
    assert len(bed.button.vibrations) == 1


async def test_a_dismissed_press_leaves_the_queue_and_is_not_felt(bed: Bed):
    async with phone_for(bed.button.name) as phone:
        await phone.pair_and_subscribe()
        await bed.button.press(PatternCode.SHORT)
        await phone.confirm(await phone.next_press(), Stage.DISMISSED)
        assert not (await phone.read_press()).is_press
    assert bed.button.vibrations == []


async def test_settings_are_read_written_and_obeyed_and_bad_ones_refused(bed: Bed):
    async with phone_for(bed.button.name) as phone:
        await phone.pair_and_subscribe()
        wanted = Settings(hold_ms=150, double_gap_ms=60)
        await phone.client.write_gatt_char(service.SETTINGS, wanted.encode(), response=True)
        assert Settings.decode(bytes(await phone.client.read_gatt_char(service.SETTINGS))) == wanted
        for bad in (b"\x00\x00\x00\x00", b"\x01"):
            with pytest.raises(BleakError):
                await phone.client.write_gatt_char(service.SETTINGS, bad, response=True)
        assert bed.button.memory.settings == wanted
        await bed.button.press(PatternCode.HOLD)
        heard = await phone.next_press()
        assert heard.pattern is PatternCode.HOLD


async def test_its_identity_is_readable_and_the_button_serves_as_a_plain_led_button_too(bed: Bed):
    async with phone_for(bed.button.name) as phone:
        identity = Identity.decode(bytes(await phone.client.read_gatt_char(service.IDENTITY)))
        assert identity.button_id == bed.button.memory.button_id
        await phone.pair_and_subscribe()
        pushes = []
        await phone.client.start_notify(service.LBS_BUTTON, lambda _c, value: pushes.append(bytes(value)))
        bed.button.press_down()
        bed.button.press_up()
        await eventually(lambda: pushes == [b"\x01", b"\x00"])
        await phone.client.write_gatt_char(service.LBS_LED, b"\x01", response=True)
        assert bed.button.led == b"\x01"
        bed.button.set_battery(12)
        assert bytes(await phone.client.read_gatt_char(service.BATTERY_LEVEL)) == bytes([12])
