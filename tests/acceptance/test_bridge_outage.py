"""The whole chain as processes: a button out of range, its bridge killed, every gateway down."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from signal import SIGKILL
from typing import Any
from uuid import UUID

import pytest

from ble_bridge.bench.control import control
from ble_bridge.bench.private_bus import has_dbus_daemon
from gateway.drill.history import Try
from schemas.press import Receipt
from schemas.registration import ButtonPolicy
from tests.acceptance.conftest import CENTRES, Stage, Staged
from tests.support.build import a_registration
from tests.support.commands import answer_of, msa

QUICK = ButtonPolicy(hold_s=0.3, double_gap_s=0.1)  # so that a hold does not take two seconds


async def enrolled(stage: Stage, directory: Path) -> UUID:
    """Import a file and enrol a companion as an administrator and a victim do; return the file's id."""
    registration = a_registration(centre=CENTRES[0]).model_copy(update={"button": QUICK})
    files = directory / "files.jsonl"
    files.write_text(registration.model_dump_json())
    settings = stage.a.variables
    await answer_of("registration", "import", str(files), **settings)
    of = ("--registration", str(registration.registration_id))
    code = (await answer_of("device", "enrol", *of, **settings))["code"]
    arguments = ("--gateway", stage.a.url, "--code", code, "--state", str(directory / "companion"))
    async with msa("bridge", "enrol", *arguments) as command:
        assert await command.process.wait() == 0
    return registration.registration_id


def told(event: Mapping[str, Any], registration_id: UUID) -> Try:
    """What the bridge said it was told, for the history checker."""
    return Try(
        press_id=UUID(event["press_id"]),
        registration_id=registration_id,
        node="any",
        began=0.0,
        ended=0.0,
        status=200 if event["seen_before"] else 201,
        receipt=Receipt.model_validate(event),
    )


@pytest.mark.skipif(not has_dbus_daemon(), reason="bed B needs dbus-daemon (Debian: dbus-daemon)")
async def test_presses_of_an_outage_of_everything_arrive_once_each(staged: Staged, tmp_path: Path) -> None:
    async with staged(public=True) as stage, msa("button", "--state", str(tmp_path / "button")) as button:
        await stage.watch_both()
        registration_id = await enrolled(stage, tmp_path)
        (place,) = await button.until_told("ready", 1)
        run = ("bridge", "run", "--state", str(tmp_path / "companion"), "--events")
        bus = {"DBUS_SYSTEM_BUS_ADDRESS": place["bus_address"]}
        async with control(place["control_port"]) as hand:
            async with msa(*run, **bus) as bridge:
                await bridge.until_up()
                await hand.do("press")
                first = await bridge.until_told("receipt", 1)
                for node in stage.cluster.nodes:
                    node.kill()
                await hand.do("press")
                await hand.do("press")
                heard = await bridge.until_told("heard", 3)
                assert await bridge.end(SIGKILL) == -SIGKILL
            await hand.do("away")
            await hand.do("press")
            await hand.do("press")
            await asyncio.gather(*(node.start() for node in stage.cluster.nodes))
            async with msa(*run, **bus) as bridge:
                await bridge.until_told("receipt", 2)
                await hand.do("back")
                later = await bridge.until_told("receipt", 4)
                latched = await bridge.until_told("heard", 2)
        stage.history.tries += [told(event, registration_id) for event in (*first, *later)]
        assert [event["press_id"] for event in (*first, *later)] == [
            event["press_id"] for event in (*heard, *latched)
        ]
        verdict = await stage.verdict()
        assert verdict.holds
        # an event for each press is what holds; the bridge's heartbeats may have led to others
        assert (verdict.counts["presses"], verdict.counts["alarms"]) == (5, 1)
