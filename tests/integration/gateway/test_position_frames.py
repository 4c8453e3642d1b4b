"""Positions on real consoles, on the node that stored them and on another."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.support.gateway import Companion, RawConsole, Running, running
from tests.support.tracking import ANTWERPEN, GENT, post_fixes, wire_fix


async def an_alarm(gateway: Running, companion: Companion) -> str:
    found: str = (await gateway.press(companion)).json()["alarm_id"]
    return found


def place(frame: dict[str, Any]) -> tuple[float, float]:
    return frame["position"]["latitude"], frame["position"]["longitude"]


async def test_a_position_is_on_the_consoles_of_both_nodes_within_a_second_or_two(
    database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path, node="a") as a, running(database, tmp_path, node="b") as b:
        companion = await a.a_companion()
        token = await a.a_session()
        alarm_id = await an_alarm(a, companion)
        async with a.console(token) as here, b.console(token) as there:
            await here.attached()
            await there.attached()
            await post_fixes(a, companion, alarm_id, wire_fix(1, radius_m=10.0, confidence=0.68, mock=True))
            for console in (here, there):
                frame = await console.next("position")
                assert (frame["alarm_id"], frame["centre"], place(frame)) == (alarm_id, "BE-VOV", GENT)
                assert (round(frame["position"]["radius_m"], 1), frame["position"]["confidence"]) == (
                    16.2,
                    0.95,
                )
                assert frame["flags"] == ["mock"]
            await post_fixes(b, companion, alarm_id, wire_fix(2, ANTWERPEN))
            for console in (here, there):
                frame = await console.next("position")
                assert (place(frame), frame["flags"]) == (ANTWERPEN, ["jump"])


async def test_a_console_that_attaches_is_told_where_she_is_right_after_it_has_caught_up(
    database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as gateway:
        companion = await gateway.a_companion()
        alarm_id = await an_alarm(gateway, companion)
        await post_fixes(gateway, companion, alarm_id, wire_fix(1))
        token = await gateway.a_session()
        async with gateway.console(token) as console:
            await console.attached()
            assert await the_very_next(console) == ("position", alarm_id)
    async with running(database, tmp_path) as restarted, restarted.console(token) as console:
        await console.attached()
        assert place(await console.next("position")) == GENT


async def the_very_next(console: RawConsole) -> tuple[str, str]:
    frame = json.loads(await console.socket.recv())
    return frame["type"], frame["alarm_id"]


async def test_a_late_batch_of_old_fixes_moves_nobody_on_a_screen(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path) as gateway:
        companion = await gateway.a_companion()
        alarm_id = await an_alarm(gateway, companion)
        async with gateway.console(await gateway.a_session()) as console:
            await console.attached()
            await post_fixes(gateway, companion, alarm_id, wire_fix(9))
            assert place(await console.next("position")) == GENT
            late = [wire_fix(n, ANTWERPEN, age_s=100.0 - n) for n in range(1, 9)]
            assert (await post_fixes(gateway, companion, alarm_id, *late)).json()["stored"] == 8
            north = (51.06, 3.7174)
            await post_fixes(gateway, companion, alarm_id, wire_fix(10, north))
            assert place(await console.next("position")) == north


async def test_after_the_alarm_is_closed_no_console_is_told_a_position(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path) as gateway:
        companion, other = await gateway.a_companion(), await gateway.a_companion()
        alarm_id, open_one = await an_alarm(gateway, companion), await an_alarm(gateway, other)
        token = await gateway.a_session()
        fix = wire_fix(1, age_s=30.0)  # of before the end, however late it comes
        async with gateway.console(token) as console:
            await console.attached()
            asked = {"alarm_id": alarm_id, "expected_version": 1}
            await console.send("acknowledge", request_id=str(uuid4()), **asked)
            await console.next("event")
            await console.next("result")
            await console.send("close", request_id=str(uuid4()), outcome="offender_gone", note="x", **asked)
            await console.next("event")
            await console.next("result")
            assert (await post_fixes(gateway, companion, alarm_id, fix)).json()["stored"] == 1
            await post_fixes(gateway, other, open_one, wire_fix(1))
            assert (await console.next("position"))["alarm_id"] == open_one
        async with gateway.console(token) as console:
            await console.attached()
            assert await the_very_next(console) == ("position", open_one)
