"""The control channel, and ``msa button`` as the process other programs start."""

import asyncio
import json
import os
import pty
import shutil
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ble_bridge.bench.bed import Bed, switched_on
from ble_bridge.bench.control import ControlError, ControlServer, control
from tests.support.ble_phone import phone_for

DEADLINE_S = 15.0


async def test_what_a_hand_does_can_be_done_from_another_process(bed: Bed, agent):
    server = ControlServer(bed.button, bed.bluez)
    async with switched_on(server), control(server.port) as hand, phone_for(bed.button.name) as phone:
        await phone.pair_and_subscribe()
        made = await hand.do("press", pattern="short")
        assert (made["pattern"], made["counter"], made["latched"]) == ("short", 1, False)
        await hand.do("battery", pct=9)
        state = await hand.do("state")
        expected = {"connected": True, "encrypted": True, "bonded": True, "paired": True, "led": "00"}
        assert expected.items() <= state.items()
        assert (state["counter"], state["unconfirmed"], state["battery_pct"]) == (1, [1], 9)
        await hand.do("away")
        await phone.until_lost()
        await hand.do("back")
        await hand.do("forget")
        assert (await hand.do("state"))["counter"] == 0


async def test_down_and_up_are_a_finger(bed: Bed):
    server = ControlServer(bed.button)
    async with switched_on(server), control(server.port) as hand:
        await hand.do("down")
        await hand.do("up")
        async with asyncio.timeout(DEADLINE_S):
            while not (await hand.do("state"))["unconfirmed"]:
                pass


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b'"x"', b"{}", b'{"do": "dance"}', b'{"do": "press", "pattern": "none"}',
     b'{"do": "battery"}', b'{"do": "battery", "pct": 101}', b'{"do": ["press"]}', b"\xff"],
)  # fmt: skip
async def test_a_line_that_makes_no_sense_is_answered_with_an_error(bed: Bed, line):
    answer = await ControlServer(bed.button, bed.bluez).answer(line)
    assert answer["ok"] is False
    assert answer["error"]


async def test_faults_of_the_phone_can_be_ordered_where_there_is_a_phone(bed: Bed):
    server = ControlServer(bed.button, bed.bluez)
    async with switched_on(server), control(server.port) as hand:
        await hand.do("fail", method="StartDiscovery", error="Failed", text="by order")
        await hand.do("power", on=False)
        await hand.do("restart")
        await hand.do("crash")
    without = ControlServer(bed.button)
    async with switched_on(without), control(without.port) as hand:
        with pytest.raises(ControlError):
            await hand.do("crash")


PROGRAM = "from ble_bridge.bench.command import app; app()"


@asynccontextmanager
async def msa_button(state):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, "--state", str(state),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(DEADLINE_S):
            assert process.stdout is not None
            yield process, json.loads(await process.stdout.readline())
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_the_program_says_when_it_is_ready_serves_and_ends_with_its_input(tmp_path, monkeypatch):
    async with msa_button(tmp_path) as (process, ready):
        assert ready["event"] == "ready"
        assert ready["stack"] == "bleak BlueZ backend, private D-Bus, bumble"
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", ready["bus_address"])
        async with phone_for(ready["button_name"]), control(ready["control_port"]) as hand:
            assert (await hand.do("state"))["connected"]
        _, errors = await process.communicate(b"")
        assert (process.returncode, errors) == (0, b"")


async def test_the_program_ends_on_sigterm_with_status_0(tmp_path):
    async with msa_button(tmp_path) as (process, _ready):
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


async def test_killed_it_leaves_no_bus_behind(tmp_path):
    async with msa_button(tmp_path) as (process, ready):
        process.kill()
        await process.wait()
        path = ready["bus_address"].removeprefix("unix:path=")
        while True:
            try:
                _reader, writer = await asyncio.open_unix_connection(path)
            except OSError:
                break
            writer.close()
            await writer.wait_closed()
    shutil.rmtree(Path(path).parent)


async def test_in_a_terminal_its_keys_press_it_carry_it_away_and_end_it(tmp_path):
    master, terminal = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, "--state", str(tmp_path),
        stdin=terminal, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    os.close(terminal)
    try:
        async with asyncio.timeout(DEADLINE_S):
            assert process.stderr is not None
            assert b"Enter = hold" in await process.stderr.readline()
            os.write(master, b"s")
            assert await process.stderr.readline() == b"short ...\n"
            assert b"press 1 made, kept until the phone is back" in await process.stderr.readline()
            os.write(master, b"a")
            assert b"out of reach" in await process.stderr.readline()
            os.write(master, b"bq")
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
        os.close(master)
