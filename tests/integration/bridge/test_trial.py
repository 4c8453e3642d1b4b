"""``msa bridge test``: a test press without a button, alone and beside a running bridge."""

import asyncio
from pathlib import Path

import pytest
from pydantic import ValidationError

from ble_bridge.bench.bed import Bed
from ble_bridge.reference_service import PatternCode, Stage
from ble_bridge.state import StateDirectory
from schemas.press import Press, Purpose
from schemas.registration import ButtonPolicy
from schemas.signals import SignalKind
from tests.integration.bridge.conftest import running_bridge
from tests.integration.bridge.test_process import run_arguments
from tests.integration.bridge.test_process import state as state  # noqa: PLC0414 (a fixture)
from tests.support.ble import eventually
from tests.support.commands import msa, seen_of
from tests.support.companion import a_press
from tests.support.companion_gateway import CompanionGateway


def felt(bed: Bed) -> list[tuple[Stage, int]]:
    return [(vibration.stage, vibration.pulses) for vibration in bed.button.vibrations]


async def answered(gateway: CompanionGateway, *kinds: SignalKind) -> None:
    """Let the centre do something about the newest alarm."""
    await gateway.until(lambda: gateway.store)
    for kind in kinds:
        await gateway.signal(list(gateway.store.values())[-1].alarm_id, kind)


ALL = (SignalKind.SEEN, SignalKind.UNIT_ON_THE_WAY, SignalKind.CLOSED)


async def test_a_test_press_shows_its_receipt_and_each_signal_felt_until_it_is_closed(
    gateway: CompanionGateway, state: Path
):
    async with msa("bridge", "test", "--state", str(state), "--json") as command:
        await answered(gateway, *ALL)
        assert await command.process.wait() == 0
    (press,) = gateway.presses
    assert press.purpose is Purpose.TEST
    assert command.of("receipt")[0]["press_id"] == str(press.press_id)
    assert [(told["stage"], told["pulses"]) for told in command.of("felt")] == [
        ("committed", 1), ("seen", 1), ("unit_on_the_way", 2)
    ]  # fmt: skip
    assert [told["kind"] for told in command.of("signal")] == ["seen", "unit_on_the_way", "closed"]


async def test_a_person_is_told_in_sentences(gateway: CompanionGateway, state: Path):
    screen = asyncio.create_task(seen_of("bridge", "test", "--state", str(state)))
    await answered(gateway, *ALL)
    out, _log, status = await screen
    assert status == 0
    lines = out.splitlines()
    assert lines[0].startswith("Committed at centre BE-VOV: alarm ")
    assert lines[1:] == [
        "She would feel one vibration: committed.",
        "She would feel one vibration: seen.",
        "She would feel two vibrations: unit on the way.",
        "The alarm is closed.",
    ]


async def test_a_person_is_told_that_the_press_is_only_kept(gateway: CompanionGateway, state: Path):
    gateway.plan.append("202")
    screen = asyncio.create_task(seen_of("bridge", "test", "--state", str(state)))
    await answered(gateway, SignalKind.CLOSED)
    out, _log, status = await screen
    kept, committed, *_ = out.splitlines()
    assert status == 0
    assert kept == "Kept by a gateway and shown at the centre, not yet stored; asked for again."
    assert committed.startswith("Committed at centre BE-VOV: alarm ")


async def test_without_a_receipt_it_says_so_and_the_press_is_sent_by_the_next_run(
    bed: Bed, gateway: CompanionGateway, state: Path
):
    gateway.always = "503"
    async with msa("bridge", "test", "--state", str(state), "--wait", "1", "--json") as command:
        assert await command.process.wait() == 1
    assert any(b"kept" in line for line in command.log)
    gateway.always = "work"
    async with msa(*run_arguments(state)):
        await eventually(lambda: len(gateway.committed) == 1, 20)


async def test_beside_a_running_bridge_each_press_is_committed_once(
    bed: Bed, gateway: CompanionGateway, state: Path
):
    async with msa(*run_arguments(state)) as bridge:
        await bridge.until_up()
        async with msa("bridge", "test", "--state", str(state), "--json") as command:
            await answered(gateway, SignalKind.CLOSED)
            assert await command.process.wait() == 0
        await bed.button.press(PatternCode.HOLD)
        await eventually(lambda: len(bridge.of("receipt")) == 1, 20)
    assert [press.purpose for press in gateway.presses] == [Purpose.TEST, Purpose.REAL]


async def test_without_enrolment_it_says_what_to_do(tmp_path: Path):
    async with msa("bridge", "test", "--state", str(tmp_path / "new")) as command:
        assert await command.process.wait() == 2
    assert b"msa bridge enrol" in b"".join(command.log)


@pytest.mark.parametrize("purpose", ["exercise", "canary", "siren", None])
def test_a_companion_cannot_even_say_another_purpose(purpose):
    with pytest.raises(ValidationError):
        Press.model_validate({**a_press().model_dump(), "purpose": purpose})


async def test_a_test_with_the_button_is_felt_like_the_real_thing(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    async with running_bridge(tmp_path / "c", gateway, purpose=Purpose.TEST) as companion:
        await companion.until_up()
        await bed.button.press(PatternCode.HOLD)
        await companion.until_committed(1)
        await answered(gateway, SignalKind.SEEN, SignalKind.UNIT_ON_THE_WAY)
        await eventually(
            lambda: felt(bed) == [(Stage.COMMITTED, 1), (Stage.SEEN, 1), (Stage.UNIT_ON_THE_WAY, 2)]
        )
    assert gateway.presses[0].purpose is Purpose.TEST


async def test_who_wants_to_feel_nothing_feels_nothing_and_the_press_leaves_the_button_all_the_same(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    silent = ButtonPolicy(hold_s=0.3, double_gap_s=0.1, confirm_on_button=False)
    async with running_bridge(tmp_path / "c", gateway, policy=silent) as companion:
        await companion.until_up()
        await bed.button.press(PatternCode.HOLD)
        await companion.until_committed(1)
        await answered(gateway, *ALL)
        await eventually(lambda: [told["kind"] for told in companion.events.of("signal")] == [*ALL])
        await eventually(lambda: bed.button.memory.unconfirmed == [])
    assert felt(bed) == []
    assert StateDirectory(tmp_path / "c").outbox.exists()
