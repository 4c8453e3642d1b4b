"""Connections of one console beside each other: the newest counts, whatever an older one still says."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from dispatch.hub import Hub
from dispatch.ports import Admission
from dispatch.provisional import Provisionals
from dispatch.websocket import Endpoint
from schemas.frames import SUBPROTOCOL, Attach
from schemas.session import OperatorView, Role
from tests.support.clock import START, VirtualClock
from tests.support.dispatch import Counts, MemoryLog, MemoryOutlet
from tests.support.tasks import running

OPERATOR = OperatorView(operator_id=uuid4(), name="Op", roles=(Role.OPERATOR,), centres=("BE-VOV",))


async def signed_in(_: Mapping[str, Any]) -> Admission:
    return Admission(session=b"", operator=OPERATOR, commands_until=START + timedelta(hours=12))


async def accepted(_: dict[str, Any]) -> None:
    pass


class Socket:
    """One websocket: what the console said and has not been read yet, what it was sent."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.outlet = MemoryOutlet()
        self._endpoint = endpoint
        self._said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._said.put_nowait({"type": "websocket.connect"})

    def attach(self, console: UUID) -> None:
        text = Attach(console=console, centres=("BE-VOV",), cursors={}).model_dump_json()
        self._said.put_nowait({"type": "websocket.receive", "text": text})

    async def serve(self) -> None:
        await self._endpoint(
            {"msa.outlet": self.outlet, "subprotocols": [SUBPROTOCOL]}, self._said.get, accepted
        )


async def turns(number: int = 20) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_what_an_older_connection_said_before_it_was_closed_does_not_close_the_newer() -> None:
    log, clock, console = MemoryLog(), VirtualClock(), uuid4()
    hub = Hub(log, clock, Counts())
    await hub.start()
    endpoint = Endpoint(
        node="a",
        hub=hub,
        log=log,
        commands=None,  # type: ignore[arg-type] # nobody commands anything
        deliveries=None,  # type: ignore[arg-type] # and nothing is drawn
        sounds=None,  # type: ignore[arg-type] # nor said of any siren
        provisionals=Provisionals(clock, Counts()),
        clock=clock,
        signed_in=signed_in,
        closed=lambda _: None,
    )
    older, newer = Socket(endpoint), Socket(endpoint)
    async with running(older.serve(), newer.serve()):
        older.attach(console)
        await turns()
        newer.attach(console)
        older.attach(console)
        await turns()
        assert older.outlet.closed == (4409, "opened elsewhere")
        assert newer.outlet.closed is None
