"""What happens at a small gateway while Prometheus looks on: one of everything that is easily had."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx

from gateway.canary import account as accounts
from gateway.canary.metrics import CanaryMetrics
from gateway.canary.probe import Prober
from gateway.canary.setup import set_up
from gateway.canary.watch import attached, once, ways_of
from gateway.cli.support import Stores
from gateway.clock import SystemClock
from gateway.domain.receivers import NewReceiver
from gateway.store.connect import Pool, create_pool
from gateway.store.doors.receivers import PostgresReceivers
from gateway.store.sealing import Keyring
from gateway.synthetic.wallet import Wallet
from schemas.receivers import ReceiverFormat
from tests.support.desk import Desk, a_desk
from tests.support.gateway import Companion, Running
from tests.support.heartbeats import well
from tests.support.integrators import Client, a_client
from tests.support.receiver import a_receiver
from tests.support.tracking import post_fixes, wire_fix

CENTRE = "BE-VOV"


LADDER: Final = """
[default]
levels = [{step = "remind", after_s = 0.3}, {step = "supervisor", after_s = 3600}]
lapse_s = 3600
"""
"""What a node is told by ``responses``, so that an alarm climbs while one looks on."""


@dataclass(kw_only=True)
class Observed:
    """A gateway with a console, another system and a canary."""

    node: Running
    desk: Desk
    other: Client
    token: str
    prober: Prober
    canary: CanaryMetrics

    async def round(self) -> None:
        """Let one of everything happen: it has to happen twice for a rate to be seen."""
        await self._alarm(await self.node.a_companion(CENTRE))
        await self._unanswered(await self.node.a_companion(CENTRE))
        await self._others()
        for probed in await once(self.prober):
            assert probed.failed is None, probed
            self.canary.count(probed)

    async def _alarm(self, companion: Companion) -> None:
        told = sum(event["kind"] == "alarm.raised" for event in self.desk.events)
        raised = (await self.node.press(companion)).json()
        events = await self.desk.told("alarm.raised", told + 1)
        where = {"alarm_id": raised["alarm_id"], "centre": CENTRE, "sequence": raised["sequence"]}
        await self.desk.console.send("delivered", painted_at=events[-1]["at"], **where)
        await self.desk.ask("acknowledge", raised["alarm_id"])
        (await post_fixes(self.node, companion, raised["alarm_id"], wire_fix(1))).raise_for_status()
        await self._post(companion, "heartbeats", well().model_dump_json().encode())

    async def _unanswered(self, companion: Companion) -> None:
        """Let an alarm climb its ladder by one level."""
        told = sum(event["kind"] == "alarm.escalated" for event in self.desk.events)
        await self.node.press(companion)
        await self.desk.told("alarm.escalated", told + 1)

    async def _others(self) -> None:
        """Another system says something; a stranger is refused at each door."""
        event = {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": "//app/1",
            "type": "be.msa.call.received",
            "subject": "acc-1",
            "data": {"caller_number": "+32 9 000 00 00"},
        }
        await self._event(event, self.token)
        await self._event(event, "a stranger's")
        await self.node.http.post(f"{self.node.url}/v1/presses", content=b"{}")
        nobody = httpx.BasicAuth(str(uuid4()), "wrong")
        given = {"grant_type": "client_credentials"}
        await self.node.http.post(f"{self.node.url}/v1/token", auth=nobody, data=given)

    async def _event(self, event: Mapping[str, Any], token: str) -> None:
        headers = {"content-type": "application/cloudevents+json", "authorization": f"Bearer {token}"}
        await self.node.http.post(f"{self.node.url}/v1/events", content=json.dumps(event), headers=headers)

    async def _post(self, companion: Companion, what: str, body: bytes) -> None:
        url = f"{self.node.url}/v1/{what}"
        answer = await self.node.http.post(url, content=body, headers=companion.signed("POST", url, body))
        answer.raise_for_status()


async def told_of_alarms(node: Running, pool: Pool, url: str) -> Client:
    """Make another system that is told of alarms at ``url``."""
    other = await a_client(pool, SystemClock())
    receiver = NewReceiver(
        integrator_id=other.integrator.integrator_id,
        name="dispatch",
        url=url,
        format=ReceiverFormat.CLOUDEVENTS,
        centres=(),
        purposes=(),
    )
    await PostgresReceivers(pool, Keyring.of(node.settings)).add(receiver, other.integrator)
    return other


@asynccontextmanager
async def canaries(node: Running, pool: Pool) -> AsyncIterator[Prober]:
    """Attach the canaries of one centre."""
    stores = Stores(node.settings, pool)
    directory = Path(node.settings.data_dir) / "canary"
    await set_up(stores, stores.operators, directory)
    companions = [one for one in Wallet(directory).every() if one.centre == CENTRE]
    account = accounts.kept(directory)
    assert account is not None
    async with attached({node.settings.node: node.url}, companions, account) as prober:
        yield prober


@asynccontextmanager
async def observed(node: Running) -> AsyncIterator[Observed]:
    """Attach a console, another system that is told of alarms too, and a canary of one centre."""
    async with (
        create_pool(node.database, application_name="test") as pool,
        a_receiver() as outside,
        canaries(node, pool) as prober,
        a_desk(node, CENTRE) as desk,
    ):
        other = await told_of_alarms(node, pool, outside.url)
        yield Observed(
            node=node,
            desk=desk,
            other=other,
            token=await other.token(node.http, node.url),
            prober=prober,
            canary=CanaryMetrics(ways_of((node.settings.node,), (CENTRE,))),
        )
