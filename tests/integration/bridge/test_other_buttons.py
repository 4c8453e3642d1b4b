"""Buttons that are not ours, as virtual peripherals on bed B."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from bumble.core import AdvertisingData
from bumble.gatt import Service
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from ble_bridge import timing
from ble_bridge.bench.bed import Bed
from ble_bridge.bench.characteristic import characteristic
from ble_bridge.bench.peripheral import Peripheral
from ble_bridge.bridge import UselessPolicyError
from ble_bridge.drivers import itag, valrt
from ble_bridge.drivers.bthome import BTHomeButton
from ble_bridge.drivers.itag import ITag
from ble_bridge.drivers.lbs import NordicButton
from ble_bridge.drivers.valrt import VAlert
from ble_bridge.link import Target
from ble_bridge.reference_service import BATTERY_LEVEL, BATTERY_SERVICE
from schemas.press import Pattern
from schemas.registration import ButtonPolicy
from tests.integration.bridge.conftest import ALL_PATTERNS, QUICK, Companion, running_bridge
from tests.support.ble import eventually
from tests.support.companion_gateway import CompanionGateway

SHORT = ButtonPolicy(alarm_patterns=(Pattern.SHORT,), hold_s=0.3)


class VirtualITag(Peripheral):
    """An iTAG: one click, a beeper, no security."""

    def __init__(self, bed: Bed) -> None:
        super().__init__(bed.air, name="iTAG", address="F0:00:00:00:00:01", advertised="FFE0")
        self.alerts: list[bytes] = []
        self._click = characteristic(itag.CLICK, read=lambda: b"\x00", notify=self.device)
        beeper = characteristic(itag.ALERT_LEVEL, write=self.alerts.append)
        battery = characteristic(BATTERY_LEVEL, read=lambda: b"\x5a")
        self.device.add_services(
            [Service(itag.SERVICE, [self._click]), Service("1802", [beeper]), Service("180F", [battery])]
        )

    def click(self) -> None:
        self.notify(self._click, b"\x01")


class VirtualVAlert(Peripheral):
    """A V.ALRT: wants its key, tells events, takes an acknowledgement."""

    def __init__(self, bed: Bed) -> None:
        super().__init__(bed.air, name="V.ALRT", address="F0:00:00:00:00:02", advertised="180F")
        self.written: list[tuple[str, bytes]] = []
        self._event = characteristic(valrt.EVENT, read=lambda: b"\x00", notify=self.device)
        writable = [
            characteristic(uuid, write=lambda value, uuid=uuid: self.written.append((uuid, value)))  # type: ignore[misc] # the lambda's default binds uuid
            for uuid in (valrt.APPLICATION_KEY, valrt.ENABLE, valrt.ACKNOWLEDGE)
        ]
        battery = characteristic(BATTERY_LEVEL, read=lambda: b"\x50")
        self.device.add_services(
            [Service(valrt.SERVICE, [self._event, *writable]), Service(BATTERY_SERVICE, [battery])]
        )

    def event(self, code: int) -> None:
        self.notify(self._event, bytes([code]))


@asynccontextmanager
async def on_the_air(peripheral: Peripheral) -> AsyncIterator[None]:
    await peripheral.start()
    try:
        yield
    finally:
        await peripheral.close()


async def test_an_itag_click_is_a_short_press_labelled_forgeable_and_it_never_beeps(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    tag = VirtualITag(bed)
    async with (
        on_the_air(tag),
        running_bridge(tmp_path / "companion", gateway, driver=ITag(), policy=SHORT) as companion,
    ):
        await companion.until_up()
        tag.click()
        await companion.until_committed(1)
        (press,) = gateway.presses
        assert press.pattern is Pattern.SHORT
        assert press.button is not None
        assert (press.button.forgeable, press.button.bonded, press.button.driver) == (True, False, "itag")
        assert press.press_id.version == 7
        assert set(tag.alerts) == {b"\x00"}


async def test_a_v_alert_gets_its_key_tells_holds_and_is_told_received(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    button = VirtualVAlert(bed)
    async with (
        on_the_air(button),
        running_bridge(tmp_path / "companion", gateway, driver=VAlert(), policy=QUICK) as companion,
    ):
        await companion.until_up()
        assert button.written[0] == (valrt.APPLICATION_KEY, bytes.fromhex("80BEF5ACFF"))
        button.event(1)
        await companion.until_committed(1)
        button.event(3)
        button.event(0)
        await eventually(lambda: (valrt.ACKNOWLEDGE, b"\x01") in button.written)
        (press,) = gateway.presses
        assert press.pattern is Pattern.HOLD
        assert press.button is not None
        assert press.button.forgeable


async def test_a_plain_lbs_button_is_bonded_and_the_bridge_makes_acts_of_its_levels(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    target = Target(name=bed.button.name)
    async with running_bridge(
        tmp_path / "companion", gateway, driver=NordicButton(), target=target, policy=ALL_PATTERNS
    ) as companion:
        await companion.until_up()
        for pushes, pause_s in ((1, 0.2), (2, 0.3), (1, 0.0)):
            for _ in range(pushes):
                bed.button.press_down()
                bed.button.press_up()
                await asyncio.sleep(0.06)  # a finger's own rhythm: below 50 ms it would be a doubled value
            await asyncio.sleep(pause_s)
        bed.button.press_down()
        await companion.until_committed(4)
        bed.button.press_up()
        patterns = [press.pattern for press in gateway.presses]
        assert patterns[:2] == [Pattern.SHORT, Pattern.DOUBLE]
        assert patterns[-1] is Pattern.HOLD
        assert bed.button.led == b"\x01"
        assert all(press.button and not press.button.forgeable for press in gateway.presses)


async def test_a_button_that_can_never_raise_an_alarm_is_refused_at_the_start(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    with pytest.raises(UselessPolicyError, match="itag"):
        async with running_bridge(tmp_path / "companion", gateway, driver=ITag(), policy=QUICK):
            pass


KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")
MAC = "F6:48:55:11:22:33"


class VirtualShelly(Peripheral):
    """Sends encrypted BTHome v2 frames in short bursts."""

    def __init__(self, bed: Bed) -> None:
        super().__init__(bed.air, name="SBBT-002C", address=MAC, advertised="180F")

    def frame(self, counter: int, event: int = 0x80, *, key: bytes = KEY, packet: int = 7) -> bytes:
        plain = bytes([0x00, packet, 0x01, 93, 0x3A, event])
        counted = counter.to_bytes(4, "little")
        nonce = bytes.fromhex(MAC.replace(":", "")) + b"\xd2\xfc\x45" + counted
        sealed = AESCCM(key, tag_length=4).encrypt(nonce, plain, None)
        return b"\x45" + sealed[:-4] + counted + sealed[-4:]

    async def send(self, frame: bytes) -> None:
        data = bytes(
            AdvertisingData(
                [
                    (AdvertisingData.FLAGS, b"\x06"),
                    (AdvertisingData.SERVICE_DATA_16_BIT_UUID, b"\xd2\xfc" + frame),
                ]
            )
        )
        await self.device.stop_advertising()
        await self.device.start_advertising(advertising_data=data, auto_restart=False)
        await asyncio.sleep(0.25)  # a burst of two or three packets
        await self.device.stop_advertising()


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
    shelly = VirtualShelly(bed)
    async with on_the_air(shelly), listening(gateway, tmp_path / "companion") as companion:
        await eventually(lambda: bed.bluez.calls("StartDiscovery") > 0)
        await shelly.send(shelly.frame(1001))
        await companion.until_committed(1)
        (press,) = gateway.presses
        assert press.pattern is Pattern.HOLD
        assert press.press_id.version == 5
        assert press.button is not None
        assert (press.button.driver, press.button.encrypted, press.button.battery_pct) == ("bthome", True, 93)
        assert press.button.counter is None
        assert companion.pins[-1] == MAC


async def test_replayed_forged_and_plaintext_frames_are_no_presses(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(timing, "SCAN_SILENCE_S", 3600)
    shelly = VirtualShelly(bed)
    async with on_the_air(shelly):
        async with listening(gateway, tmp_path / "companion") as companion:
            await eventually(lambda: bed.bluez.calls("StartDiscovery") > 0)
            await shelly.send(shelly.frame(1001))
            await companion.until_committed(1)
            spoiled = bytearray(shelly.frame(2000))
            spoiled[-1] ^= 1
            for frame in (
                shelly.frame(1000, packet=8),
                shelly.frame(5, packet=9),
                bytes(spoiled),
                shelly.frame(3000, key=bytes(16)),
                b"\x44\x00\x07\x3a\x80",
            ):
                await shelly.send(frame)
            await shelly.send(shelly.frame(1002, packet=10))
            await companion.until_committed(2)
            kept = await companion.outbox.highest_step(MAC)
            assert kept is not None
        async with listening(gateway, tmp_path / "companion", highest=kept.counter) as again:
            await eventually(lambda: bed.bluez.calls("StartDiscovery") > 1)
            await shelly.send(shelly.frame(1002, packet=10))
            await shelly.send(shelly.frame(1003, packet=11))
            await again.until_committed(3)
    assert [press.press_id for press in gateway.presses] == gateway.committed
    assert len(gateway.committed) == 3


def test_a_key_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        BTHomeButton(b"short")
