"""Buttons that are not ours, as virtual peripherals on bed B."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest

from ble_bridge import timing
from ble_bridge.bench.bed import Bed
from ble_bridge.bench.bthome import HOLD, VirtualBthomeButton, frame, plain_frame
from ble_bridge.bench.itag import VirtualItag
from ble_bridge.bench.valrt import Detected, VirtualValrt
from ble_bridge.bridge import UselessPolicyError
from ble_bridge.drivers.bthome import BTHomeButton
from ble_bridge.drivers.itag import ITag
from ble_bridge.drivers.lbs import NordicButton
from ble_bridge.drivers.valrt import VAlert
from ble_bridge.link import Target
from schemas.press import Pattern
from schemas.registration import ButtonPolicy
from tests.integration.bridge.conftest import ALL_PATTERNS, QUICK, Companion, running_bridge
from tests.support.ble import eventually
from tests.support.companion_gateway import CompanionGateway

SHORT = ButtonPolicy(alarm_patterns=(Pattern.SHORT,), hold_s=0.3)


class OnTheAir(Protocol):
    async def start(self) -> None: ...
    async def close(self) -> None: ...


@asynccontextmanager
async def on_the_air(peripheral: OnTheAir) -> AsyncIterator[None]:
    await peripheral.start()
    try:
        yield
    finally:
        await peripheral.close()


async def test_an_itag_click_is_a_short_press_labelled_forgeable_and_it_never_beeps(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    tag = VirtualItag(bed.air)
    async with (
        on_the_air(tag),
        running_bridge(tmp_path / "companion", gateway, driver=ITag(), policy=SHORT) as companion,
    ):
        await companion.until_up()
        tag.press()
        await companion.until_committed(1)
        (press,) = gateway.presses
        assert press.pattern is Pattern.SHORT
        assert press.button is not None
        assert (press.button.forgeable, press.button.bonded, press.button.driver) == (True, False, "itag")
        assert press.press_id.version == 7
        assert tag.alert == b"\x00"


async def test_a_doubled_notification_of_a_button_that_does_not_count_is_one_press(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    tag = VirtualItag(bed.air)
    async with (
        on_the_air(tag),
        running_bridge(tmp_path / "companion", gateway, driver=ITag(), policy=SHORT) as companion,
    ):
        await companion.until_up()
        tag.press()
        tag.press()
        await companion.until_committed(1)
        await asyncio.sleep(2 * timing.REPEAT_S)
        assert len(companion.events.of("heard")) == 1
        tag.press()
        await companion.until_committed(2)


async def test_a_v_alert_gets_its_key_tells_holds_and_is_told_received(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    button = VirtualValrt(bed.air)
    async with (
        on_the_air(button),
        running_bridge(tmp_path / "companion", gateway, driver=VAlert(), policy=QUICK) as companion,
    ):
        await companion.until_up()
        assert button.unlocked
        button.detect(Detected.PRESSED)
        await companion.until_committed(1)
        button.detect(Detected.LONG)
        button.detect(Detected.RELEASED)
        await eventually(lambda: button.acknowledged == [b"\x01"])
        (press,) = gateway.presses
        assert press.pattern is Pattern.HOLD
        assert press.button is not None
        assert press.button.forgeable


async def test_a_plain_lbs_button_is_bonded_and_the_bridge_makes_acts_of_its_levels(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    target = Target(name=bed.button.name)
    unhurried = ALL_PATTERNS.model_copy(update={"hold_s": 1.5, "double_gap_s": 1.5})
    async with running_bridge(
        tmp_path / "companion", gateway, driver=NordicButton(), target=target, policy=unhurried
    ) as companion:
        await companion.until_up()
        for acts, pushes in ((1, 1), (2, 2)):
            for _ in range(pushes):
                bed.button.press_down()
                bed.button.press_up()
                await asyncio.sleep(0.06)  # a finger's own rhythm: below 50 ms it would be a doubled value
            await companion.until_committed(acts)
        bed.button.press_down()
        await companion.until_committed(3)
        bed.button.press_up()
        patterns = [press.pattern for press in gateway.presses]
        assert patterns == [Pattern.SHORT, Pattern.DOUBLE, Pattern.HOLD]
        await eventually(lambda: bed.button.led == b"\x01")
        assert all(press.button and not press.button.forgeable for press in gateway.presses)


async def test_a_button_that_can_never_raise_an_alarm_is_refused_at_the_start(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    with pytest.raises(UselessPolicyError, match="itag"):
        async with running_bridge(tmp_path / "companion", gateway, driver=ITag(), policy=QUICK):
            pass


KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")


@asynccontextmanager
async def listening(
    gateway: CompanionGateway, directory: Path, *, highest: int | None = None
) -> AsyncIterator[Companion]:
    async with running_bridge(directory, gateway, driver=BTHomeButton(KEY, highest)) as companion:
        await eventually(lambda: "searching" in companion.states())
        yield companion


async def test_an_encrypted_burst_is_one_press_with_a_derived_id(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    shelly = VirtualBthomeButton(bed.air, KEY)
    async with on_the_air(shelly), listening(gateway, tmp_path / "companion") as companion:
        await eventually(lambda: bed.bluez.scanning)  # a burst is short
        await shelly.press(HOLD)
        await companion.until_committed(1)
        (press,) = gateway.presses
        assert press.pattern is Pattern.HOLD
        assert press.press_id.version == 5
        assert press.button is not None
        assert (press.button.driver, press.button.encrypted, press.button.battery_pct) == ("bthome", True, 93)
        assert press.button.counter is None
        assert companion.pins[-1] == shelly.address


async def test_replayed_forged_and_plaintext_frames_are_no_presses(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(timing, "SCAN_SILENCE_S", 3600)
    shelly = VirtualBthomeButton(bed.air, KEY)
    async with on_the_air(shelly):
        async with listening(gateway, tmp_path / "companion") as companion:
            await eventually(lambda: bed.bluez.scanning)
            first = await shelly.press(HOLD)
            await companion.until_committed(1)
            spoiled = bytearray(frame(KEY, shelly.address, 2000, HOLD))
            spoiled[-1] ^= 1
            for forged in (
                first,
                frame(KEY, shelly.address, 1000, HOLD),
                frame(KEY, shelly.address, 5, HOLD),
                bytes(spoiled),
                frame(bytes(16), shelly.address, 3000, HOLD),
                plain_frame(HOLD),
            ):
                await shelly.send(forged)
            second = await shelly.press(HOLD)
            await companion.until_committed(2)
            kept = await companion.outbox.highest_step(shelly.address)
            assert kept is not None
        await eventually(lambda: not bed.bluez.scanning)
        async with listening(gateway, tmp_path / "companion", highest=kept.counter) as again:
            await eventually(lambda: bed.bluez.scanning)
            await shelly.send(second)
            await shelly.press(HOLD)
            await again.until_committed(3)
    assert [press.press_id for press in gateway.presses] == gateway.committed
    assert len(gateway.committed) == 3


def test_a_key_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        BTHomeButton(b"short")
