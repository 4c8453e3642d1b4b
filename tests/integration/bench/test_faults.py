"""The faults of a phone's Bluetooth that bed B can make, and what unmodified bleak sees of each."""

import asyncio

import pytest
from bleak import BleakAdapter, BleakClient, BleakScanner
from bleak.backends.bluezdbus.manager import get_global_bluez_manager
from bleak.exc import BleakBluetoothNotAvailableError, BleakError

from ble_bridge import reference_service as service
from ble_bridge.bench.bed import Bed, open_bed
from ble_bridge.reference_service import PatternCode
from tests.support.ble import QUICK, PairingAgent, eventually
from tests.support.ble_phone import phone_for


async def test_without_an_agent_pairing_is_refused(bed: Bed):
    async with phone_for(bed.button.name) as phone:
        with pytest.raises(BleakError, match="AuthenticationFailed"):
            await phone.client.pair()
    assert not await bed.button.bonded()


async def test_without_an_agent_a_protected_read_is_never_answered(bed: Bed):
    async with phone_for(bed.button.name) as phone:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await phone.read_press()


async def test_an_explicit_pairing_asks_no_agent_and_an_implicit_one_does(bed: Bed, agent: PairingAgent):
    async with phone_for(bed.button.name) as phone:
        await phone.read_press()
        assert agent.asked == ["RequestAuthorization"]
        assert bed.button.encrypted
        await phone.client.unpair()
    await bed.button.forget()
    async with phone_for(bed.button.name) as phone:
        await phone.client.pair()
    assert agent.asked == ["RequestAuthorization"]


async def test_an_agent_that_refuses_an_implicit_pairing_leaves_the_read_without_an_answer(bed, agent):
    agent.allows = False
    async with phone_for(bed.button.name) as phone:
        reading = asyncio.create_task(phone.read_press())
        await eventually(lambda: agent.asked != [])
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await reading
    assert agent.asked == ["RequestAuthorization"]


@pytest.mark.parametrize(("typed", "paired"), [(246810, True), (111111, False)])
async def test_a_button_with_a_passkey_pairs_with_that_passkey_only(tmp_path, monkeypatch, typed, paired):
    async with open_bed(tmp_path, passkey=246810, settings=QUICK) as bed:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bed.bus_address)
        agent = PairingAgent(typed)
        bus = await agent.register()
        async with phone_for(bed.button.name) as phone:
            if paired:
                await phone.pair_and_subscribe()
                await phone.read_press()
            else:
                with pytest.raises(BleakError, match="AuthenticationFailed"):
                    await phone.client.pair()
        assert agent.asked == ["RequestPasskey"]
        assert await bed.button.bonded() is paired
        bus.disconnect()


async def test_a_method_fails_as_often_as_told_and_then_works_again(bed: Bed):
    bed.bluez.fail("StartDiscovery", "InProgress", "Operation already in progress", times=2)
    for _ in range(2):
        with pytest.raises(BleakError, match="InProgress"):
            await BleakScanner.find_device_by_name(bed.button.name, timeout=5)
    assert await BleakScanner.find_device_by_name(bed.button.name, timeout=5)
    assert bed.bluez.calls("StartDiscovery") == 3


async def bleak_hears_of_the_adapter(*, on: bool) -> None:
    manager = await get_global_bluez_manager()

    def is_on() -> bool:
        try:
            return bool(manager.get_default_adapter())
        except BleakBluetoothNotAvailableError:
            return False

    await eventually(lambda: is_on() is on)


async def test_an_adapter_that_is_off_is_said_to_be_and_serves_again_when_it_is_on(bed: Bed, agent):
    async with phone_for(bed.button.name) as phone:
        await phone.pair_and_subscribe()
        await bed.bluez.set_power(on=False)
        await phone.until_lost()
        await bleak_hears_of_the_adapter(on=False)
        with pytest.raises(BleakBluetoothNotAvailableError):
            await BleakScanner.find_device_by_name(bed.button.name, timeout=5)
        await bed.bluez.set_power(on=True)
        await bleak_hears_of_the_adapter(on=True)
        await phone.connect()
        await phone.subscribe()
        await bed.button.press(PatternCode.HOLD)
        assert (await phone.next_press()).counter == 1


async def test_a_crashed_daemon_goes_unnoticed_by_bleak_until_a_fresh_client_works_after_its_restart(
    bed, agent
):
    async with phone_for(bed.button.name) as phone:
        await phone.pair_and_subscribe()
        await bed.bluez.crash()
        await bed.button.press(PatternCode.HOLD)
        assert phone.client.is_connected
        assert not phone.lost.is_set()
        assert phone.presses.empty()
        await bed.bluez.start()
        await phone.connect()
        assert bed.button.encrypted
        assert (await phone.read_press()).counter == 1
        await phone.subscribe()
        await bed.button.press(PatternCode.HOLD)
        while (await phone.next_press()).counter != 2:  # the client of before the crash hears the read too
            continue


async def test_a_client_that_is_used_again_after_a_loss_hears_everything_twice(bed: Bed, agent):
    """What hbldh/bleak#2002 is, and why a bridge hangs up and takes a new client after each loss."""
    async with phone_for(bed.button.name) as phone:
        await phone.pair_and_subscribe()
        bed.button.carry_away()
        async with asyncio.timeout(5):
            await phone.lost.wait()
        bed.button.bring_back()
        await phone.client.connect()
        await phone.subscribe()
        await bed.button.press(PatternCode.HOLD)
        assert [(await phone.next_press()).counter for _ in range(2)] == [1, 1]


async def test_a_bridge_that_vanished_leaves_a_link_that_no_scan_finds_but_the_adapter_lists(bed: Bed, agent):
    """A SIGKILLed bridge is a bus connection that closes: nothing tells BlueZ to end the link."""
    async with phone_for(bed.button.name) as phone:
        await phone.pair_and_subscribe()
        await eventually(lambda: bed.button.has_subscriber(bed.button.press_record))
        phone.client._backend._bus.disconnect()  # type: ignore[attr-defined] # BlueZ's own
        await eventually(lambda: not bed.button.has_subscriber(bed.button.press_record))
        assert bed.bluez.connected
        held = await (await BleakAdapter.get()).get_connected_devices([service.SERVICE])
        assert [device.name for device in held] == [bed.button.name]
        client = BleakClient(held[0], timeout=5)
        await client.connect()
        assert await client.read_gatt_char(service.PRESS_RECORD)
        await client.disconnect()


async def test_a_button_that_lost_its_bond_is_refused_and_the_phones_bond_stays(bed: Bed, agent):
    async with phone_for(bed.button.name) as phone:
        await phone.pair_and_subscribe()
    await bed.button.forget()
    with pytest.raises(BleakError, match="br-connection-canceled"):
        async with phone_for(bed.button.name):
            pass
    assert not bed.button.encrypted
    assert await bed.bluez.bonded()


async def test_what_a_subscriber_reads_it_is_notified_of_too(bed: Bed, agent):
    """BlueZ signals a value that was read as it does a notification, and bleak cannot tell them apart."""
    await bed.button.press(PatternCode.HOLD)
    async with phone_for(bed.button.name) as phone:
        await phone.pair_and_subscribe()
        assert (await phone.read_press()).counter == 1
        assert (await phone.next_press()).counter == 1


async def test_acquire_notify_hands_over_a_socket_and_doubles_nothing(bed: Bed, agent):
    async with phone_for(bed.button.name) as phone:
        await phone.client.pair()
        heard = []
        await phone.client.start_notify(
            service.PRESS_RECORD,
            lambda _c, value: heard.append(bytes(value)),
            bluez={"use_start_notify": False},
        )
        made = await bed.button.press(PatternCode.HOLD)
        await eventually(lambda: bool(heard))
        assert bed.bluez.calls("AcquireNotify") == 1
        assert len(heard) == 1
        assert heard[0][8] == made.counter
