"""``msa bridge cancel``: one and the same to look at, whatever her word means and whatever becomes of it."""

import asyncio
import os
import sys
import termios
from contextlib import suppress
from pathlib import Path

import pytest

from ble_bridge.bench.bed import Bed
from ble_bridge.clock import SystemClock
from ble_bridge.command import WISH_NOTED
from ble_bridge.outbox import Outbox
from ble_bridge.reference_service import PatternCode
from ble_bridge.state import StateDirectory
from schemas.enrolment import CompanionPolicy
from schemas.press import Receipt
from tests.integration.bridge.conftest import running_bridge
from tests.integration.bridge.test_process import state as state  # noqa: PLC0414 (a fixture)
from tests.support.ble import eventually
from tests.support.commands import seen_of
from tests.support.companion import BUTTON_ID, CompanionClock, a_receipt, an_entry
from tests.support.companion_gateway import CompanionGateway


async def seen(state: Path, *arguments: str, typed: str = "") -> tuple[str, str, int]:
    return await seen_of("bridge", "cancel", "--state", str(state), *arguments, typed=typed)


@pytest.fixture
async def alarm(gateway: CompanionGateway, state: Path) -> Receipt:
    """An open alarm of this companion."""
    async with Outbox(StateDirectory(state).outbox, SystemClock()) as outbox:
        entry = an_entry(CompanionClock(SystemClock().now()))
        await outbox.put(entry, BUTTON_ID)
        receipt = a_receipt(entry.press.press_id).model_copy(update={"committed_at": SystemClock().now()})
        await outbox.receipted(receipt)
        gateway.store[receipt.press_id] = receipt
    return receipt


def everything_in(directory: Path) -> bytes:
    return b"".join(file.read_bytes() for file in directory.iterdir())


SAME = (f"{WISH_NOTED}\n", "", 0)


async def test_no_word_no_answer_and_no_network_looks_different(
    alarm: Receipt, gateway: CompanionGateway, state: Path
):
    assert await seen(state, "--word", "rosemary") == SAME
    assert await seen(state, "--word", "thunder") == SAME
    assert await seen(state, typed="rosemary\n") == SAME
    assert await seen(state, typed="\n") == SAME
    gateway.fates["cancel"] = "404"
    assert await seen(state, "--word", "rosemary") == SAME
    gateway.fates["cancel"] = "503"
    assert await seen(state, "--word", "rosemary") == SAME
    await gateway.hang_up()
    assert await seen(state, "--word", "thunder") == SAME
    await gateway.listen()


async def test_at_a_terminal_the_word_is_asked_for_and_not_shown(
    alarm: Receipt, gateway: CompanionGateway, state: Path
):
    hand, terminal = os.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from gateway.cli import main; main()",
        "bridge", "cancel", "--state", str(state),
        stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
    )  # fmt: skip
    os.close(terminal)
    shown = b""
    while b"Word" not in shown:
        shown += await asyncio.to_thread(os.read, hand, 1000)
    await eventually(lambda: not termios.tcgetattr(hand)[3] & termios.ECHO)
    os.write(hand, b"rosemary\n")
    assert await process.wait() == 0
    with suppress(OSError):  # a terminal whose other end is gone
        shown += os.read(hand, 1000)
    os.close(hand)
    assert WISH_NOTED.encode() in shown
    assert b"rosemary" not in shown
    assert [wish.word for _alarm, wish in gateway.wishes] == ["rosemary"]


async def test_each_word_reaches_the_centre_and_is_then_erased_here(
    alarm: Receipt, gateway: CompanionGateway, state: Path
):
    await seen(state, "--word", "rosemary")
    await seen(state, typed=" thunder \n")
    await seen(state, typed="")
    assert [(alarm_id, wish.word) for alarm_id, wish in gateway.wishes] == [
        (alarm.alarm_id, "rosemary"),
        (alarm.alarm_id, "thunder"),
        (alarm.alarm_id, None),
    ]
    left = everything_in(state)
    assert b"rosemary" not in left
    assert b"thunder" not in left


async def test_a_word_nobody_could_say_is_no_reason_to_look_different(
    alarm: Receipt, gateway: CompanionGateway, state: Path
):
    assert await seen(state, typed="x" * 5000 + "\n") == SAME
    assert await seen(state, typed="a\0b\n") == SAME
    assert [wish.word for _alarm, wish in gateway.wishes] == ["x" * 200, "ab"]


async def test_without_any_alarm_nothing_is_sent_and_nothing_looks_different(
    gateway: CompanionGateway, state: Path
):
    assert await seen(state, "--word", "rosemary") == SAME
    assert gateway.wishes == []


async def test_a_wish_made_without_a_network_is_passed_on_by_the_running_bridge(
    bed: Bed, gateway: CompanionGateway, state: Path
):
    gateway.companion_policy = CompanionPolicy(heartbeat_s=2.0, signals_wait_s=1.0)
    async with running_bridge(state, gateway) as companion:
        await companion.until_up()
        await bed.button.press(PatternCode.HOLD)
        await companion.until_committed(1)
        gateway.fates["cancel"] = "503"
        assert await seen(state, "--word", "thunder") == SAME
        gateway.fates.clear()
        await gateway.until(lambda: gateway.wishes)
        assert gateway.wishes[0][1].word == "thunder"
        beats = len(gateway.heartbeats)
        await gateway.until(lambda: len(gateway.heartbeats) >= beats + 2)
        assert len(gateway.wishes) == 1


async def test_a_wish_waits_for_the_receipt_of_the_press_it_is_about(
    bed: Bed, gateway: CompanionGateway, state: Path, alarm: Receipt
):
    async with running_bridge(state, gateway) as companion:
        await companion.until_up()
        gateway.always = "503"
        await bed.button.press(PatternCode.HOLD)
        await gateway.until(lambda: gateway.presses)
        assert await seen(state, "--word", "thunder") == SAME
        assert gateway.wishes == []
        gateway.always = "work"
        await gateway.until(lambda: gateway.wishes)
    newest = list(gateway.store.values())[-1]
    assert gateway.wishes[0][0] == newest.alarm_id != alarm.alarm_id


async def test_no_log_of_the_bridge_holds_a_word(
    bed: Bed, gateway: CompanionGateway, state: Path, capsys: pytest.CaptureFixture[str]
):
    async with running_bridge(state, gateway) as companion:
        await companion.until_up()
        await companion.outbox.put_wish("rosemary")
        await bed.button.press(PatternCode.HOLD)
        await gateway.until(lambda: gateway.wishes)
        assert all("rosemary" not in str(told) for told in companion.events.told)
    output = capsys.readouterr()
    assert "rosemary" not in output.out + output.err
