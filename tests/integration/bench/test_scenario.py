"""The life of a button as unmodified bleak sees it on bed B."""

import asyncio

import pytest
from bleak import BleakClient, BleakScanner

from ble_bridge import reference_service as service
from ble_bridge.bench.bed import Bed
from ble_bridge.reference_service import Confirmation, PatternCode, PressRecord, Stage

pytestmark = pytest.mark.usefixtures("agent")


class Phone:
    """One bleak client, its presses and its loss."""

    def __init__(self, device) -> None:
        self.presses: asyncio.Queue[PressRecord] = asyncio.Queue()
        self.lost = asyncio.Event()
        self.client = BleakClient(device, lambda _client: self.lost.set(), timeout=10)

    async def subscribe(self):
        await self.client.start_notify(
            service.PRESS_RECORD,
            lambda _characteristic, value: self.presses.put_nowait(PressRecord.decode(bytes(value))),
        )

    async def next_press(self):
        async with asyncio.timeout(5):
            return await self.presses.get()


async def find(bed: Bed):
    device = await BleakScanner.find_device_by_name(bed.button.name, timeout=10)
    assert device is not None
    return device


async def test_a_hold_reaches_an_encrypted_subscriber_again_after_a_lost_link(bed: Bed):
    phone = Phone(await find(bed))
    await phone.client.connect()
    assert not bed.button.encrypted
    await phone.client.pair()
    assert bed.button.encrypted
    assert await bed.button.bonded()
    await phone.subscribe()

    made = await bed.button.press(PatternCode.HOLD)
    heard = await phone.next_press()
    assert (heard.pattern, heard.boot, heard.counter) == (PatternCode.HOLD, made.boot, made.counter)
    assert not heard.latched
    await phone.client.write_gatt_char(
        service.CONFIRM, Confirmation(heard.boot, heard.counter, Stage.COMMITTED).encode(), response=True
    )
    assert [vibration.stage for vibration in bed.button.vibrations] == [Stage.COMMITTED]

    bed.button.carry_away()
    async with asyncio.timeout(5):
        await phone.lost.wait()
    await phone.client.disconnect()
    bed.button.bring_back()
    again = Phone(await find(bed))
    await again.client.connect()
    assert bed.button.encrypted
    await again.subscribe()
    made = await bed.button.press(PatternCode.HOLD)
    assert (await again.next_press()).counter == made.counter == 2
    await again.client.disconnect()
