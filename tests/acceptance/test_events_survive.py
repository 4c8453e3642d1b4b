"""Events of another system at two nodes, one of which is killed between keeping them and doing them."""

import asyncio
import json
from contextlib import suppress
from uuid import uuid4

import httpx
import pytest

from gateway.clock import SystemClock
from gateway.store.connect import create_pool
from tests.acceptance.conftest import Staged
from tests.support.integrators import a_client
from tests.support.wait import until

KILLED = -9
WITHIN_S = 5.0
"""Within which another does what a killed node had taken in: as promised, on a slow machine too."""
STRUCTURED = "application/cloudevents+json"
NOTES = "SELECT count(*) FROM stream_event WHERE kind = 'alarm.message_received'"


def an_event(kind: str, **data: object) -> bytes:
    attributes = {"specversion": "1.0", "type": f"be.msa.{kind}", "source": "//app", "id": str(uuid4())}
    return json.dumps({**attributes, "subject": "acc-1", "data": data}).encode()


@pytest.mark.parametrize("point", ["after_inbox", "after_effect"])
@pytest.mark.alone
async def test_an_event_at_a_node_that_is_killed_is_done_once_by_the_other(
    staged: Staged, point: str
) -> None:
    async with (
        staged(faults={"a": f"{point}:1"}) as stage,
        create_pool(stage.cluster.people.database, application_name="test") as pool,
        httpx.AsyncClient(timeout=10) as http,
    ):
        client = await a_client(pool, SystemClock())
        token = await client.token(http, stage.b.url)
        headers = {"content-type": STRUCTURED, "authorization": f"Bearer {token}"}

        async def post(url: str, body: bytes) -> httpx.Response:
            return await http.post(f"{url}/v1/events", content=body, headers=headers)

        alarm, said = an_event("alarm.raised"), an_event("chat.said", text="ik ben boven")
        both = await asyncio.gather(*(post(node.url, alarm) for node in stage.cluster.nodes))
        assert sorted(answer.status_code for answer in both) == [200, 201]
        assert len({answer.json()["alarm_id"] for answer in both}) == 1
        if point == "after_inbox":
            with pytest.raises(httpx.HTTPError):
                await post(stage.a.url, said)
        else:
            stage.b.freeze()  # so that it is the other that claims it
            with suppress(httpx.HTTPError):  # done at once, it dies before it answers
                assert (await post(stage.a.url, said)).status_code == 202
        assert await stage.a.ended() == KILLED
        stage.b.thaw()

        async def worked_off() -> bool:
            return not await pool.fetchval("SELECT count(*) FROM inbox_event")

        await until("the other works it off, and waits for no lease", worked_off, WITHIN_S)
        again = await post(stage.b.url, said)
        assert (again.status_code, again.json()["fate"]) == (200, "accepted")
        assert await pool.fetchval(NOTES) == 1
