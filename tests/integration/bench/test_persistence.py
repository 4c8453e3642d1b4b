"""Counter, boot, bond and unconfirmed presses outlive either process."""

import pytest

from ble_bridge.bench.bed import open_bed
from ble_bridge.reference_service import PatternCode, Stage
from tests.support.ble import QUICK, PairingAgent
from tests.support.ble_phone import phone_for


@pytest.fixture
def run_bed(tmp_path, monkeypatch):
    """Make beds on the same state, one after the other, as a machine does that is restarted."""

    def run():
        return open_bed(tmp_path, settings=QUICK)

    def enter(bed):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bed.bus_address)
        return bed

    return run, enter


async def test_a_restart_keeps_bond_counter_and_unconfirmed_presses(run_bed):
    run, enter = run_bed
    async with run() as bed:
        enter(bed)
        agent = await PairingAgent().register()
        async with phone_for(bed.button.name) as phone:
            await phone.pair_and_subscribe()
            await bed.button.press(PatternCode.SHORT)
            await phone.confirm(await phone.next_press(), Stage.COMMITTED)
        before = await bed.button.press(PatternCode.HOLD)
        agent.disconnect()
    async with run() as bed:
        enter(bed)
        async with phone_for(bed.button.name) as phone:
            assert bed.button.encrypted, "the bond was used, without an agent and without pairing"
            kept = await phone.read_press()
            assert (kept.boot, kept.counter, kept.latched) == (before.boot, 2, True)
            assert kept.age_ms is None, "how long the power was off nobody knows"
            await phone.subscribe()
            after = await bed.button.press(PatternCode.SHORT)
            assert (after.boot, after.counter) == (before.boot, 3)


async def test_a_factory_reset_changes_boot_and_forgets_the_bond_for_good(run_bed):
    run, enter = run_bed
    async with run() as bed:
        enter(bed)
        first = await bed.button.press(PatternCode.SHORT)
        await bed.button.forget()
    async with run() as bed:
        enter(bed)
        assert not await bed.button.bonded()
        bed.button.memory.settings = bed.button._gesture.settings = QUICK
        second = await bed.button.press(PatternCode.SHORT)
        assert second.counter == 1
        assert second.boot != first.boot
