"""Faults around those who press and those who look: alarms left, forged presses, files, silence."""

import asyncio
from contextlib import suppress
from typing import Final

import httpx
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.alert_rehearsal.faults import beat, execute
from deploy.alert_rehearsal.stage import CENTRE, Stage
from schemas.session import Role
from tests.support.gateway import COOKIE, Companion

SILENT: Final = 6
BEAT_S: Final = 5.0
LOOKED_AT: Final = 30


async def leave_an_alarm(stage: Stage) -> None:
    """Press, with an operator there who does not take it."""
    await stage.raise_alarm()


async def answer(stage: Stage) -> None:
    """Take what was left."""
    await stage.answer_all()


async def strangers_press(stage: Stage) -> None:
    """Send presses that nobody signed."""
    for _ in range(12):
        await stage.running.http.post(f"{stage.running.url}/v1/presses", content=b"{}")
        await asyncio.sleep(1)


async def forge(stage: Stage) -> None:
    """Press once in a companion's name with another key; she is asked, and it is taken."""
    hers = await stage.running.a_companion(CENTRE)
    forged = Companion(
        companion_id=hers.companion_id,
        registration_id=hers.registration_id,
        key=ec.generate_private_key(ec.SECP256R1()),
    )
    await stage.raise_alarm(forged)
    await asyncio.sleep(6)
    await stage.answer_all()


async def spoil_a_file(stage: Stage) -> None:
    """Make her file one that does not open, then press."""
    hers = await stage.running.a_companion(CENTRE)
    spoil = "UPDATE registration SET key_id = 'lost' WHERE registration_id = $1"
    await execute(stage.running.database, spoil, hers.registration_id)
    await stage.raise_alarm(hers)
    await stage.answer_all()


async def fall_silent(stage: Stage) -> None:
    """Have companions heard, then not any more."""
    stage.held["companions"] = [await stage.running.a_companion(CENTRE) for _ in range(SILENT)]
    for _ in range(3):
        for companion in stage.held["companions"]:
            await beat(stage, companion)
        await asyncio.sleep(BEAT_S)


async def be_heard(stage: Stage) -> None:
    """Have them heard again, from now on."""

    async def go_on() -> None:
        while True:
            for companion in stage.held["companions"]:
                with suppress(httpx.HTTPError):
                    await beat(stage, companion)
            await asyncio.sleep(BEAT_S)

    task = asyncio.create_task(go_on(), name="heartbeats")
    stage.exits.callback(task.cancel)


async def pry(stage: Stage) -> None:
    """Look at thirty files as an officer who has no business with them."""
    cookie = await stage.running.a_session(CENTRE, role=Role.CASE_OFFICER)
    for _ in range(LOOKED_AT):
        hers = await stage.running.a_companion(CENTRE)
        answer = await stage.running.http.get(
            f"{stage.running.url}/v1/registrations/{hers.registration_id}",
            headers={"Cookie": f"{COOKIE}={cookie}"},
        )
        answer.raise_for_status()
