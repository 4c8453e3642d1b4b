"""The other virtual buttons speak as their models do."""

import asyncio

import pytest
from bleak import BleakScanner
from bleak.exc import BleakError
from bthome_ble import BTHomeBluetoothDeviceData
from habluetooth import BluetoothServiceInfoBleak

from ble_bridge.bench import bthome, itag, valrt
from ble_bridge.bench.bed import Bed, switched_on
from tests.support.ble import eventually
from tests.support.ble_phone import phone_for

KEY = bytes(range(16))


async def test_an_itag_notifies_each_press_to_anyone_and_is_silenced(bed: Bed):
    tag, heard = itag.VirtualItag(bed.air), []
    async with switched_on(tag), phone_for("iTAG") as phone:
        await phone.client.start_notify(itag.PRESS, lambda _c, value: heard.append(bytes(value)))
        for _ in range(2):
            tag.press()
        await eventually(lambda: heard == [itag.PRESSED] * 2)
        await phone.client.write_gatt_char(itag.ALERT_LEVEL, b"\x00", response=False)
        await eventually(lambda: tag.alert == b"\x00")
        assert not tag.encrypted


async def test_a_valrt_tells_nothing_before_its_word_and_its_presses_after(bed: Bed):
    pendant, heard = valrt.VirtualValrt(bed.air), []
    async with switched_on(pendant), phone_for("V.ALRT") as phone:
        await phone.client.start_notify(valrt.DETECTION, lambda _c, value: heard.append(bytes(value)))
        await phone.client.write_gatt_char(valrt.ENABLE, bytes([valrt.KEYS_ENABLED]), response=True)
        pendant.press()
        await phone.client.write_gatt_char(valrt.UNLOCK, valrt.UNLOCKING_WORD, response=True)
        pendant.press(long=True)
        await eventually(lambda: heard == [b"\x01", b"\x03", b"\x00"])
        await phone.client.write_gatt_char(valrt.ACKNOWLEDGE, valrt.RECEIVED, response=True)
        assert pendant.acknowledged == [valrt.RECEIVED]


async def test_a_valrt_hangs_up_on_who_does_not_know_the_word(bed: Bed):
    pendant = valrt.VirtualValrt(bed.air, unlock_deadline_s=0.2)
    async with switched_on(pendant), phone_for("V.ALRT") as phone:
        await phone.client.write_gatt_char(valrt.UNLOCK, b"wrong", response=True)
        await phone.until_lost()
        with pytest.raises(BleakError):
            await phone.client.read_gatt_char(valrt.BATTERY_LEVEL)


async def test_an_encrypted_advertisement_is_read_with_its_key_and_a_plain_one_is_refused(bed: Bed):
    button = bthome.VirtualBthomeButton(bed.air, KEY)
    parser = BTHomeBluetoothDeviceData(bindkey=KEY)
    events: list[tuple[str, int]] = []

    def heard(device, advertised):
        if bthome.SERVICE_DATA in advertised.service_data:
            info = BluetoothServiceInfoBleak.from_device_and_advertisement_data(
                device, advertised, "local", asyncio.get_running_loop().time(), False
            )
            parsed = parser.update(info).events.values()
            events.extend((event.event_type, int(parser.encryption_counter)) for event in parsed)

    async with switched_on(button), BleakScanner(heard, bluez={"filters": {"DuplicateData": True}}):
        await button.press(bthome.PRESS)
        await eventually(lambda: ("press", 1001) in events)
        await button.press(bthome.HOLD)
        await eventually(lambda: ("hold_press", 1002) in events)
        count = len(events)
        await button.send(bthome.plain_frame(bthome.PRESS))
        await button.send(button.sent[0])
        assert {counter for _event, counter in events[count:]} <= {1002}, "neither forged nor replayed"
