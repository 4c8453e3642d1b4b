"""A live location at a running gateway: given with the alarm, true as she moves, gone with the alarm."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from gateway.clock import SystemClock
from gateway.formats.pidf_lo_in import read_pidf_lo
from gateway.store.connect import Pool
from gateway.store.doors.accounts import PostgresAccounts
from schemas.integrators import IntegratorScope
from schemas.position import Position
from tests.support.eido_schema import problems
from tests.support.gateway import Running, a_press, running
from tests.support.geodata import belgium
from tests.support.integrators import Client, a_client

CLOSE = "UPDATE alarm SET state = 'closed' WHERE alarm_id = $1"
LOOKS = """
SELECT done_by ->> 'name' AS name, centre_id FROM journal
 WHERE kind = 'alarm.disclosed' AND alarm_id = $1 AND facts ->> 'way' = 'live_location'"""


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    belgium()
    async with running(database, tmp_path, public_urls=("https://msa.example",)) as node:
        yield node


class Holder:
    """Another system that follows BE-VOV, and what it is told of the one alarm there."""

    def __init__(self, gateway: Running, client: Client, token: str) -> None:
        self.gateway, self.integrator = gateway, client.integrator
        self.bearer = {"authorization": f"Bearer {token}"}

    async def told(self, format_: str = "cloudevents") -> dict[str, Any]:
        url = f"{self.gateway.url}/v1/streams/BE-VOV"
        answer = await self.gateway.http.get(url, params={"format": format_}, headers=self.bearer)
        _, event = answer.json()
        return dict(event)

    async def path(self) -> str:
        """Return where it may ask for her place."""
        return urlsplit(str((await self.told())["locationurl"])).path


async def a_holder(gateway: Running, pool: Pool) -> Holder:
    client = await a_client(pool, SystemClock(), IntegratorScope.STREAMS, centres=("BE-VOV",))
    return Holder(gateway, client, await client.token(gateway.http, gateway.url))


async def look(gateway: Running, path: str) -> httpx.Response:
    return await gateway.http.get(f"{gateway.url}{path}")


async def pressed(gateway: Running) -> None:
    """Have her press in Ghent."""
    now = SystemClock().now()
    fix = Position(latitude=51.0543, longitude=3.7174, radius_m=10, confidence=0.95, fixed_at=now)
    await gateway.press(await gateway.a_companion(), a_press(positions=[fix.model_dump(mode="json")]))


async def test_a_url_tells_where_she_is_and_each_look_stands_in_the_journal(
    gateway: Running, pool: Pool
) -> None:
    await pressed(gateway)
    holder = await a_holder(gateway, pool)
    event = await holder.told("eido")
    assert problems(event["data"]) == []
    current = [one for one in event["data"]["locationComponent"] if "locationByReferenceUrl" in one]
    assert [one["locationByReferenceUrl"] for one in current] == [event["locationurl"]]
    plain = await holder.told()
    assert plain["locationurl"].startswith("https://msa.example/v1/locations/")

    path = await holder.path()
    answer = await look(gateway, path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/pidf+xml")
    assert answer.headers["cache-control"] == "no-store"
    place = read_pidf_lo(answer.content, SystemClock().now()).position
    assert place is not None
    assert (place.latitude, place.longitude, place.radius_m) == (51.0543, 3.7174, 10.0)
    assert (await look(gateway, f"{path[:-1]}{'A' if path[-1] != 'A' else 'B'}")).status_code == 404
    rows = await pool.fetch(LOOKS, plain["subject"])
    assert [(row["name"], row["centre_id"]) for row in rows] == [(holder.integrator.name, "BE-VOV")]


async def test_a_url_tells_nothing_to_who_asks_too_often_nor_once_account_or_alarm_is_closed(
    gateway: Running, pool: Pool
) -> None:
    await pressed(gateway)
    often, ended, lasting = [await a_holder(gateway, pool) for _ in range(3)]
    paths = [await holder.path() for holder in (often, ended, lasting)]
    assert len(set(paths)) == 3, "each has a URL of its own"
    statuses = [(await look(gateway, paths[0])).status_code for _ in range(13)]
    assert (statuses[0], statuses[-1]) == (200, 429)

    assert (await look(gateway, paths[1])).status_code == 200
    await PostgresAccounts(pool, SystemClock()).disable(ended.integrator)
    assert (await look(gateway, paths[1])).status_code == 404

    assert (await look(gateway, paths[2])).status_code == 200
    await pool.execute(CLOSE, (await lasting.told())["subject"])
    assert (await look(gateway, paths[2])).status_code == 404
