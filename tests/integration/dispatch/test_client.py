"""The Python console on real sockets, against a gateway that keeps the contract and can be made to fail."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from dispatch.client import ConsoleClient, ConsoleClosedError, NotSentError, RefusedError
from schemas.frames import SUBPROTOCOL
from tests.support.cases import a_frame, long_id

Frame = dict[str, Any]


class ScriptedGateway:
    """Answers each attach with the events after its cursor (or a snapshot) and keeps what it was told."""

    def __init__(self) -> None:
        self.events: list[Frame] = []
        self.received: list[Frame] = []
        self.requests: list[ServerConnection] = []
        self.refuse_with: Frame | None = None
        self.close_with: int | None = None
        self.cut_on_acknowledge = False

    async def serve_one(self, socket: ServerConnection) -> None:
        self.requests.append(socket)
        if self.close_with:
            await socket.close(self.close_with)
            return
        await self.tell(socket, {"type": "welcome"})
        async for text in socket:
            frame = json.loads(text)
            self.received.append(frame)
            await self.answer(socket, frame)

    async def answer(self, socket: ServerConnection, frame: Frame) -> None:
        head = f"e1:{len(self.events)}"
        if frame["type"] == "attach":
            cursor = frame["cursors"].get("BE-VOV")
            if cursor is None:
                await self.tell(socket, {"type": "snapshot", "cursor": head, "alarms": self.open_alarms()})
            else:
                for event in self.events[cursor["sequence"] :]:
                    await self.tell(socket, event)
            await self.tell(socket, {"type": "caught_up", "cursor": head})
        elif frame["type"] == "acknowledge" and self.cut_on_acknowledge:
            self.cut_on_acknowledge = False
            socket.transport.abort()
        elif frame["type"] == "acknowledge":
            answer = self.refuse_with or {"type": "result"}
            await self.tell(socket, {**answer, "request_id": frame["request_id"]})

    async def tell(self, socket: ServerConnection, frame: Frame) -> None:
        await socket.send(a_frame(frame).model_dump_json())

    def open_alarms(self) -> list[Frame]:
        return [event["alarm"] for event in self.events]

    async def raise_alarm(self, short: str, *, tell: bool = True) -> None:
        event = {"type": "event", "cursor": f"e1:{len(self.events) + 1}", "alarm": {"alarm_id": short}}
        self.events.append(event)
        if tell:
            await self.tell(self.requests[-1], event)


@asynccontextmanager
async def running(gateway: ScriptedGateway) -> AsyncIterator[str]:
    async with serve(
        gateway.serve_one, "127.0.0.1", 0, subprotocols=[Subprotocol(SUBPROTOCOL)], close_timeout=1
    ) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"


async def test_a_console_sends_its_cookie_and_origin_and_yields_what_it_applied() -> None:
    gateway = ScriptedGateway()
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "secret") as console:
        assert (await anext(console)).type == "snapshot"
        await gateway.raise_alarm("a1")
        applied = await anext(console)
        assert applied.type == "event"
        request = gateway.requests[0].request
        assert request is not None
        assert request.headers["Cookie"] == "__Host-msa=secret"
        assert request.headers["Origin"] == url
        assert gateway.requests[0].subprotocol == SUBPROTOCOL


async def test_a_cut_link_is_made_again_and_yields_each_event_once() -> None:
    gateway = ScriptedGateway()
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "secret") as console:
        await anext(console)
        await gateway.raise_alarm("a1")
        await anext(console)
        await gateway.raise_alarm("a2", tell=False)
        gateway.requests[0].transport.abort()
        second, third = await anext(console), asyncio.ensure_future(anext(console))
        await asyncio.sleep(0)
        assert second.type == "event"
        assert second.cursor.sequence == 2
        await gateway.raise_alarm("a3")
        assert (await third).cursor.sequence == 3
        assert len(console.board.centres["BE-VOV"].alarms) == 3
        assert len(gateway.requests) == 2


async def test_an_acknowledgement_and_a_delivery_reach_the_gateway_once() -> None:
    gateway = ScriptedGateway()
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "secret") as console:
        await anext(console)
        await gateway.raise_alarm("a1")
        await anext(console)
        assert await console.delivered(long_id("a1"))
        assert not await console.delivered(long_id("a1"))
        result = await console.acknowledge(long_id("a1"))
        assert result.alarm_id == long_id("a1")
        assert [frame["type"] for frame in gateway.received] == ["attach", "delivered", "acknowledge"]


async def test_a_refused_acknowledgement_names_who_has_the_alarm() -> None:
    gateway = ScriptedGateway()
    gateway.refuse_with = {"type": "refused", "taken_by": "Operator Two"}
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "secret") as console:
        await gateway_ready(gateway, console)
        with pytest.raises(RefusedError) as raised:
            await console.acknowledge(long_id("a1"))
        assert raised.value.refused.taken_by == "Operator Two"


async def test_an_acknowledgement_lost_with_the_link_is_repeated_with_its_request_id() -> None:
    gateway = ScriptedGateway()
    gateway.cut_on_acknowledge = True
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "secret") as console:
        await gateway_ready(gateway, console)
        await console.acknowledge(long_id("a1"))
        asked = [frame["request_id"] for frame in gateway.received if frame["type"] == "acknowledge"]
        assert len(asked) == 2
        assert asked[0] == asked[1]


async def test_an_unknown_alarm_cannot_be_asked_for() -> None:
    gateway = ScriptedGateway()
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "secret") as console:
        await anext(console)
        with pytest.raises(NotSentError):
            await console.acknowledge(long_id("a9"))


async def test_a_console_that_is_not_signed_in_ends_with_the_code() -> None:
    gateway = ScriptedGateway()
    gateway.close_with = 4401
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "wrong") as console:
        with pytest.raises(ConsoleClosedError) as raised:
            await anext(console)
        assert raised.value.code == 4401
    assert len(gateway.requests) == 1


async def gateway_ready(gateway: ScriptedGateway, console: ConsoleClient) -> None:
    """Raise one alarm and wait until the console has it and is caught up."""
    await anext(console)
    await gateway.raise_alarm("a1")
    await anext(console)
