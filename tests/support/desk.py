"""An operator at a console: asks, and remembers every event that the console was told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from schemas.session import Role
from tests.support.gateway import DEADLINE_S, RawConsole, Running


class Desk:
    """A console that remembers the events it was told and the answers it got."""

    def __init__(self, console: RawConsole) -> None:
        self.console = console
        self.events: list[dict[str, Any]] = []
        self.positions: list[dict[str, Any]] = []

    async def ask(self, kind: str, alarm_id: str, version: int = 1, **fields: Any) -> dict[str, Any]:
        """Send a command on an alarm; return its answer."""
        request_id = str(uuid4())
        await self.console.send(
            kind, request_id=request_id, alarm_id=alarm_id, expected_version=version, **fields
        )
        return await self.answer(request_id)

    async def answer(self, request_id: str) -> dict[str, Any]:
        """Read on until a request is answered."""
        return await self._read(lambda frame: frame.get("request_id") == request_id)

    async def told(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """Read on until so many events of a kind were told; return all events so far."""
        while sum(event["kind"] == kind for event in self.events) < count:
            await self._read(lambda frame: frame["type"] == "event")
        return self.events

    async def last_told(self, kind: str) -> dict[str, Any]:
        """Read on until an event of a kind was told; return the last of that kind."""
        return [event for event in await self.told(kind) if event["kind"] == kind][-1]

    async def shown(self, alarm_id: str, latitude: float) -> dict[str, Any]:
        """Read on until a position is shown; return its frame."""

        def wanted(frame: dict[str, Any]) -> bool:
            return frame["alarm_id"] == alarm_id and bool(frame["position"]["latitude"] == latitude)

        found = [frame for frame in self.positions if wanted(frame)]
        return found[-1] if found else await self._read(lambda one: one["type"] == "position" and wanted(one))

    async def _read(self, wanted: Any) -> dict[str, Any]:
        async with asyncio.timeout(DEADLINE_S):
            while True:
                frame: dict[str, Any] = json.loads(await self.console.socket.recv())
                if frame["type"] == "event":
                    self.events.append(frame)
                if frame["type"] == "position":
                    self.positions.append(frame)
                if wanted(frame):
                    return frame


@asynccontextmanager
async def a_desk(node: Running, *centres: str, name: str = "Op") -> AsyncIterator[Desk]:
    """Attach an operator of these centres."""
    async with node.console(await node.a_session(*centres, name=name)) as console:
        await console.attach(*centres)
        for _ in centres:
            await console.next("caught_up")
        yield Desk(console)


async def supervisor(node: Running, *centres: str, role: Role = Role.SUPERVISOR) -> dict[str, str]:
    """Sign a supervisor in; return her cookie's header."""
    return {"Cookie": f"__Host-msa={await node.a_session(*centres, role=role)}"}


async def an_acknowledged_alarm(node: Running, desk: Desk, centre: str = "BE-VOV") -> str:
    """Raise an alarm and take it at this desk; return its id."""
    alarm_id = str((await node.press(await node.a_companion(centre))).json()["alarm_id"])
    assert (await desk.ask("acknowledge", alarm_id))["type"] == "result"
    return alarm_id


async def a_unit(node: Running, name: str = "ALPHA 3", centre: str = "BE-VOV") -> str:
    """Have a unit made; return its id."""
    answer = await node.http.post(
        f"{node.url}/v1/units", json={"centre": centre, "name": name}, headers=await supervisor(node, centre)
    )
    assert answer.status_code == 201
    return str(answer.json()["unit_id"])
