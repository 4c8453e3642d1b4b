"""A centre whose stream is held holds up nobody else's presses, though they share alarms with it."""

import asyncio
from pathlib import Path

import pytest

from gateway.domain import happenings
from gateway.store.connect import Connection
from tests.support.answering import time_passes
from tests.support.changing import changed
from tests.support.records import NOW
from tests.support.two_nodes import held, shown, two_nodes

WITHIN_S = 1.0
"""How long anybody else may be held up (G6)."""


@pytest.mark.alone
async def test_presses_that_share_nothing_with_a_stuck_centre_are_committed(
    database: str, tmp_path: Path, connection: Connection
) -> None:
    async with two_nodes(database, tmp_path) as pair:
        watcher = await pair.console("Op", pair.a, "BE-VOV")
        shared, alone = await pair.presser(pair.a), await pair.presser(pair.a)
        alarm = await shown(watcher, (await shared.press()).alarm_id)
        await changed(connection, happenings.cross(alarm, "BE-VAN", NOW))
        async with held(database, "BE-VAN") as queue:
            waiting = asyncio.create_task(shared.press())
            await queue.of(1)
            now = asyncio.get_running_loop().time
            waits = []
            for _ in range(5):
                began = now()
                await alone.press()
                waits.append(now() - began)
            assert not waiting.done()
        receipt = await waiting
        assert receipt.alarm_id == alarm.alarm_id
    assert max(waits) < WITHIN_S


@pytest.mark.alone
async def test_levels_that_fall_due_on_alarms_shared_with_a_stuck_centre_delay_no_press_where_they_are_owned(
    database: str, tmp_path: Path, connection: Connection
) -> None:
    async with two_nodes(database, tmp_path) as pair:
        watcher = await pair.console("Op", pair.a, "BE-VOV")
        alone = await pair.presser(pair.a)
        for others in (("BE-WLX",), ("BE-VAN", "BE-WLX"), ("BE-VBR", "BE-WLX"), ("BE-VLI", "BE-WLX")):
            alarm = await shown(watcher, (await (await pair.presser(pair.a)).press()).alarm_id)
            for other in others:
                alarm = await changed(connection, happenings.cross(alarm, other, NOW))
        async with held(database, "BE-WLX") as queue:
            await time_passes(connection, 10)
            await queue.of(1)
            now = asyncio.get_running_loop().time
            waits = []
            for _ in range(5):
                began = now()
                await alone.press()
                waits.append(now() - began)
    assert max(waits) < WITHIN_S
