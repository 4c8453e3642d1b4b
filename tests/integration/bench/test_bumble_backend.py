"""Bed A: the same button through a bleak backend that needs no D-Bus."""

import pytest
from bleak.exc import BleakError

from ble_bridge.bench.bed import open_bumble_bed
from ble_bridge.reference_service import PatternCode, Stage
from tests.support.ble import QUICK
from tests.support.ble_phone import phone_for


def on(bed):
    return phone_for(
        bed.button.name,
        scanner_options={"backend": bed.central.scanner},
        client_options={"backend": bed.central.client},
    )


async def test_a_press_is_heard_confirmed_and_heard_again_after_a_lost_link_and_a_restart(tmp_path):
    async with open_bumble_bed(tmp_path, settings=QUICK) as bed, on(bed) as phone:
        with pytest.raises(BleakError):
            await phone.read_press()
        await phone.pair_and_subscribe()
        await bed.button.press(PatternCode.HOLD)
        await phone.confirm(await phone.next_press(), Stage.COMMITTED)
        bed.button.carry_away()
        await phone.until_lost()
        bed.button.bring_back()
        await phone.connect()
        await phone.subscribe()
        await bed.button.press(PatternCode.HOLD)
        assert (await phone.next_press()).counter == 2
    async with open_bumble_bed(tmp_path, settings=QUICK) as bed, on(bed) as phone:
        assert bed.button.encrypted
        assert (await phone.read_press()).counter == 2


async def test_a_wrong_passkey_is_refused(tmp_path):
    async with open_bumble_bed(tmp_path, passkey=246810, settings=QUICK) as bed:
        bed.central.passkey = 1
        async with on(bed) as phone:
            with pytest.raises(BleakError):
                await phone.client.pair()
        assert not await bed.button.bonded()
