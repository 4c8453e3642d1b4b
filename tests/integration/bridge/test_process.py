"""``msa bridge`` as a process of its own, on bed B: killed, stopped, asked."""

import signal
import stat
from pathlib import Path

import pytest

from ble_bridge.bench.bed import Bed
from ble_bridge.bench.control import control
from ble_bridge.enrolling import enrol, enrolment_request
from ble_bridge.reference_service import PatternCode
from ble_bridge.state import StateDirectory
from schemas.signals import SignalKind
from tests.integration.bridge.conftest import QUICK
from tests.support.ble import eventually
from tests.support.commands import msa
from tests.support.companion_gateway import CompanionGateway

SAMPLE = Path(__file__).parents[3] / "ble_bridge" / "samples" / "walk_gent.geojson"


@pytest.fixture
async def state(gateway: CompanionGateway, tmp_path: Path) -> Path:
    gateway.policy = QUICK
    directory = StateDirectory.make(tmp_path / "companion")
    request = enrolment_request(directory.key(), "test", "0")
    directory.keep_enrolment(await enrol(gateway.url, gateway.code, request))
    return directory.path


def run_arguments(state: Path) -> tuple[str, ...]:
    return ("bridge", "run", "--state", str(state), "--events")


async def test_a_bridge_killed_with_presses_in_its_outbox_delivers_each_once_with_the_same_id(
    bed: Bed, gateway: CompanionGateway, state: Path
):
    gateway.always = "503"
    async with msa(*run_arguments(state)) as bridge:
        await bridge.until_up()
        for _ in range(3):
            await bed.button.press(PatternCode.HOLD)
        await eventually(lambda: len(bridge.of("heard")) == 3, 20)
        assert await bridge.end(signal.SIGKILL) == -signal.SIGKILL
    heard = [told["press_id"] for told in bridge.of("heard")]
    gateway.always = "work"
    async with msa(*run_arguments(state)) as again:
        await eventually(lambda: len(gateway.committed) == 3, 30)
        await again.until_up()
        await eventually(lambda: bed.button.memory.unconfirmed == [], 20)
        receipts = [told["press_id"] for told in await again.until_told("receipt", 3)]
    assert receipts == heard
    assert [str(press_id) for press_id in gateway.committed] == heard
    assert again.of("heard") == []


async def test_a_receipt_lost_with_the_bridge_is_asked_for_again(
    bed: Bed, gateway: CompanionGateway, state: Path
):
    gateway.always = "cut_after"
    async with msa(*run_arguments(state)) as bridge:
        await bridge.until_up()
        await bed.button.press(PatternCode.HOLD)
        await eventually(lambda: len(gateway.committed) == 1, 20)
        await bridge.end(signal.SIGKILL)
    gateway.always = "work"
    async with msa(*run_arguments(state)) as again:
        await eventually(lambda: again.of("receipt") != [], 20)
        (receipt,) = again.of("receipt")
    assert receipt["seen_before"]
    assert len(gateway.committed) == 1


async def test_the_events_tell_a_press_from_the_button_to_the_signal(
    bed: Bed, gateway: CompanionGateway, state: Path
):
    async with msa(*run_arguments(state), "--track", str(SAMPLE)) as bridge:
        await bridge.until_up()
        await bed.button.press(PatternCode.HOLD)
        await eventually(lambda: bridge.of("receipt") != [], 20)
        (receipt,) = gateway.store.values()
        await gateway.signal(receipt.alarm_id, SignalKind.SEEN)
        await eventually(lambda: bridge.of("signal") != [], 20)
        assert await bridge.end(signal.SIGTERM) == 0
    up = next(told for told in bridge.of("link") if told["state"] == "up")
    assert (up["paired"], up["encrypted"], up["bonded"]) == (True, True, True)
    assert up["stack"]
    (heard,), (told,) = bridge.of("heard"), bridge.of("receipt")
    assert heard["pattern"] == "hold"
    assert heard["pressed_at"] <= heard["heard_at"] <= told["sent_at"] <= told["received_at"]
    assert (told["alarm_id"], told["centre"]) == (str(receipt.alarm_id), "BE-VOV")
    assert bridge.of("signal")[0]["kind"] == "seen"
    assert bridge.of("battery") == [{"event": "battery", "pct": 87}]
    (press,) = gateway.presses
    assert press.positions
    assert all(position.method == "recorded" for position in press.positions)


async def test_sigterm_ends_it_cleanly_and_lets_go_of_the_button(bed: Bed, state: Path):
    async with msa(*run_arguments(state)) as bridge:
        await bridge.until_up()
        assert await bridge.end(signal.SIGTERM) == 0
    await eventually(lambda: not bed.button.connected)
    assert not any(b"Traceback" in line for line in bridge.log)


async def test_only_the_button_met_before_is_connected_to_after_a_restart(bed: Bed, state: Path):
    async with msa(*run_arguments(state)) as bridge:
        await bridge.until_up()
        await bridge.end(signal.SIGTERM)
    button = StateDirectory(state).button()
    assert button is not None
    assert button.address == bed.button.address


async def test_nothing_personal_and_no_key_is_logged(bed: Bed, state: Path):
    async with msa(*run_arguments(state), "--track", str(SAMPLE)) as bridge:
        await bridge.until_up()
        await bed.button.press(PatternCode.HOLD)
        await eventually(lambda: bridge.of("receipt") != [], 20)
        await bridge.end(signal.SIGTERM)
    log = b"".join(bridge.log)
    assert b"press.receipted" in log
    for secret in (b"latitude", b"51.05", b"PRIVATE", b"signature"):
        assert secret not in log


async def test_enrolling_keeps_a_private_key_only_its_owner_reads(gateway: CompanionGateway, tmp_path: Path):
    arguments = ("--gateway", gateway.url, "--code", gateway.code, "--state", str(tmp_path / "new"))
    async with msa("bridge", "enrol", *arguments) as command:
        await eventually(lambda: command.told != [], 20)
        assert await command.process.wait() == 0
    assert command.told[0]["companion_id"] in gateway.keys
    assert stat.S_IMODE((tmp_path / "new" / "private_key.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


async def test_a_wrong_code_ends_with_a_sentence_and_status_1(gateway: CompanionGateway, tmp_path: Path):
    arguments = ("--gateway", gateway.url, "--code", "WRONG", "--state", str(tmp_path / "new"))
    async with msa("bridge", "enrol", *arguments) as command:
        assert await command.process.wait() == 1
    assert b"enrolment-code-invalid" in b"".join(command.log)


async def test_running_without_enrolment_says_what_to_do(tmp_path: Path):
    async with msa("bridge", "run", "--state", str(tmp_path / "new")) as command:
        assert await command.process.wait() == 2
    assert b"msa bridge enrol" in b"".join(command.log)


async def test_the_outbox_shows_what_waits_and_a_refused_press_by_its_status(
    bed: Bed, gateway: CompanionGateway, state: Path
):
    gateway.always = "422"
    async with msa(*run_arguments(state)) as bridge:
        await bridge.until_up()
        await bed.button.press(PatternCode.HOLD)
        await eventually(lambda: bridge.of("parked") != [], 20)
        await bridge.end(signal.SIGTERM)
    async with msa("bridge", "outbox", "--state", str(state), "--json") as command:
        assert await command.process.wait() == 3
    (row,) = command.told
    assert row["press_id"] == bridge.of("heard")[0]["press_id"]
    assert row["parked"] == "invalid: A field is missing or wrong"
    gateway.always = "work"
    async with msa(*run_arguments(state)):
        await eventually(lambda: len(gateway.committed) == 1, 20)


async def test_without_dbus_a_button_in_the_same_process_goes_the_same_way(
    gateway: CompanionGateway, state: Path
):
    async with msa(*run_arguments(state), "--bench-in-process") as bridge:
        await bridge.until_up()
        (ready,) = bridge.of("ready")
        async with control(ready["control_port"]) as hand:
            await hand.do("press", pattern="hold")
            await eventually(lambda: bridge.of("receipt") != [], 20)
        assert await bridge.end(signal.SIGTERM) == 0
    (press,) = gateway.presses
    assert press.button is not None
    assert press.button.bonded
