"""Faults around other systems: nonsense, made-up tokens, receivers that do not answer."""

import asyncio
import json
from uuid import uuid4

from deploy.alert_rehearsal.stage import Stage
from gateway.clock import SystemClock
from gateway.domain.receivers import NewReceiver
from gateway.store.connect import create_pool
from gateway.store.doors.receivers import PostgresReceivers
from gateway.store.sealing import Keyring
from schemas.receivers import ReceiverFormat
from tests.support.integrators import Client, a_client
from tests.support.receiver import HANG, a_receiver


async def say_nonsense(stage: Stage) -> None:
    """Send a line of chat about an alarm that there is not, in another system's name."""
    other = await _other(stage)
    token = await other.token(stage.running.http, stage.running.url)
    event = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "//app/1",
        "type": "be.msa.chat.said",
        "subject": "acc-1",
        "data": {"text": "where are you"},
    }
    headers = {"content-type": "application/cloudevents+json", "authorization": f"Bearer {token}"}
    answer = await stage.running.http.post(
        f"{stage.running.url}/v1/events", content=json.dumps(event), headers=headers
    )
    answer.raise_for_status()


async def discard_nonsense(stage: Stage) -> None:
    """Discard it as an operator of the system would."""
    await stage.msa("events", "discard", "--all")


async def probe_with_tokens(stage: Stage) -> None:
    """Come with made-up tokens, again and again."""
    headers = {"content-type": "application/cloudevents+json", "authorization": "Bearer made-up"}
    for _ in range(150):
        await stage.running.http.post(f"{stage.running.url}/v1/events", content=b"{}", headers=headers)
        await asyncio.sleep(0.2)


async def answer_nobody(stage: Stage) -> None:
    """Have a receiver that takes the call and never answers, and an alarm to tell it."""
    silent = await stage.exits.enter_async_context(a_receiver())
    silent.answer = lambda _: HANG
    stage.held["silent"] = silent
    await _told_at(stage, "silent", silent.url)
    await asyncio.sleep(5)  # every node has read whom to tell
    await stage.raise_alarm()


async def answer_again(stage: Stage) -> None:
    """Have it answer; the alarm is taken."""
    stage.held["silent"].answer = lambda _: 204
    await stage.answer_all()


async def say_gone(stage: Stage) -> None:
    """Have a receiver that says that it is gone."""
    gone = await stage.exits.enter_async_context(a_receiver())
    gone.answer = lambda _: 410
    await _told_at(stage, "gone", gone.url)
    await asyncio.sleep(5)  # every node has read whom to tell
    await stage.raise_alarm()


async def remove_gone(stage: Stage) -> None:
    """Remove it as an operator of the system would; the alarm is taken."""
    await stage.msa("receiver", "remove", "gone")
    await stage.answer_all()


async def _other(stage: Stage) -> Client:
    async with create_pool(stage.running.database, application_name="rehearsal") as pool:
        return await a_client(pool, SystemClock())


async def _told_at(stage: Stage, name: str, url: str) -> None:
    other = await _other(stage)
    receiver = NewReceiver(
        integrator_id=other.integrator.integrator_id,
        name=name,
        url=url,
        format=ReceiverFormat.CLOUDEVENTS,
        centres=(),
        purposes=(),
    )
    async with create_pool(stage.running.database, application_name="rehearsal") as pool:
        await PostgresReceivers(pool, Keyring.of(stage.running.settings)).add(receiver, other.integrator)
