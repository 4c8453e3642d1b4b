"""The Python console on real sockets, against a gateway that keeps the contract and can be made to fail."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, get_args

import pytest
from pydantic import ValidationError
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from dispatch.client import CommandNotSent, CommandRefused, ConsoleClient, ConsoleClosedError
from schemas.commands import Command
from schemas.frames import SUBPROTOCOL, Event, PositionFrame, Result
from schemas.outcome import Outcome
from schemas.problems import Problem, ProblemKind
from schemas.protection import ShelvingReason
from schemas.unit import UnitStatus
from tests.support.cases import FRAMES, a_frame, long_id

Frame = dict[str, Any]
STALE = Problem.of(ProblemKind.STALE_VERSION).model_dump()


class ScriptedGateway:
    """Answers each attach with the events after its cursor (or a snapshot) and keeps what it was told."""

    def __init__(self) -> None:
        self.events: list[Frame] = []
        self.received: list[Frame] = []
        self.requests: list[ServerConnection] = []
        self.refuse_with: Frame | None = None
        self.close_with: int | None = None
        self.close_reason = ""
        self.cut_on_acknowledge = False
        self.operator: Frame = {**FRAMES["welcome"]["operator"]}

    async def serve_one(self, socket: ServerConnection) -> None:
        self.requests.append(socket)
        if self.close_with:
            await socket.close(self.close_with, self.close_reason)
            return
        await self.tell(socket, {"type": "welcome", "operator": self.operator})
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
        elif frame["type"] not in {"delivered", "pong"}:
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
        last = await third
        assert last.type == "event"
        assert last.cursor.sequence == 3
        assert len(console.board.centres["BE-VOV"].alarms) == 3
        assert len(gateway.requests) == 2


@pytest.mark.parametrize("turns", range(6))
async def test_whoever_gives_up_waiting_loses_nothing_whenever_that_is(turns: int) -> None:
    gateway = ScriptedGateway()
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "secret") as console:
        snapshot = await anext(console)
        waiting = asyncio.ensure_future(anext(console))
        await asyncio.sleep(0)
        console._unread.put_nowait(snapshot)
        for _ in range(turns):
            await asyncio.sleep(0)
        waiting.cancel()
        (first,) = await asyncio.gather(waiting, return_exceptions=True)
        await gateway.raise_alarm("a1")
        if isinstance(first, asyncio.CancelledError):
            assert await anext(console) is snapshot
        assert (await anext(console)).type == "event"


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
        with pytest.raises(CommandRefused) as raised:
            await console.acknowledge(long_id("a1"))
        assert raised.value.taken_by == "Operator Two"


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
        with pytest.raises(CommandNotSent):
            await console.acknowledge(long_id("a9"))


async def test_a_console_that_is_not_signed_in_ends_with_the_code() -> None:
    gateway = ScriptedGateway()
    gateway.close_with = 4401
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "wrong") as console:
        with pytest.raises(ConsoleClosedError) as raised:
            await anext(console)
        assert raised.value.code == 4401
    assert len(gateway.requests) == 1


async def test_a_console_closed_for_good_says_the_gateways_words() -> None:
    gateway = ScriptedGateway()
    gateway.close_with, gateway.close_reason = 4403, "your role does not attend alarms"
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "secret") as console:
        with pytest.raises(ConsoleClosedError, match="4403: your role does not attend alarms"):
            await anext(console)


Act = Callable[[ConsoleClient], Awaitable[Result]]
A1, D1, D5 = long_id("a1"), long_id("d1"), long_id("d5")
ON_A1 = {"alarm_id": str(A1), "expected_version": 1}
EVERY_COMMAND: list[tuple[Act, Frame]] = [
    (lambda console: console.acknowledge(A1), {"type": "acknowledge", **ON_A1}),
    (
        lambda console: console.assign(A1, D1, eta_s=300),
        {"type": "assign", **ON_A1, "unit_id": str(D1), "eta_s": 300, "force": False},
    ),
    (
        lambda console: console.unit_status(A1, D1, UnitStatus.EN_ROUTE, version=7),
        {
            "type": "unit_status",
            **ON_A1,
            "expected_version": 7,
            "unit_id": str(D1),
            "status": "en_route",
            "eta_s": None,
        },
    ),
    (lambda console: console.note(A1, "Called."), {"type": "note", **ON_A1, "text": "Called."}),
    (
        lambda console: console.transfer(A1, "BE-VAN"),
        {"type": "transfer", **ON_A1, "to": "BE-VAN", "note": None},
    ),
    (
        lambda console: console.close(A1, Outcome.PREVENTED, "In time."),
        {"type": "close", **ON_A1, "outcome": "prevented", "note": "In time."},
    ),
    (
        lambda console: console.reopen(A1, "Again.", version=3),
        {"type": "reopen", **ON_A1, "expected_version": 3, "note": "Again."},
    ),
    (
        lambda console: console.review(A1, version=3),
        {"type": "review", **ON_A1, "expected_version": 3, "note": None},
    ),
    (
        lambda console: console.unit_duty(D1, on_duty=False),
        {"type": "unit_duty", "unit_id": str(D1), "on_duty": False},
    ),
    (
        lambda console: console.clear_notice("BE-VOV", D5),
        {"type": "clear_notice", "centre": "BE-VOV", "notice_id": str(D5)},
    ),
    (
        lambda console: console.shelve_notice("BE-VOV", D5, 1800, ShelvingReason.PLANNED),
        {
            "type": "shelve_notice",
            "centre": "BE-VOV",
            "notice_id": str(D5),
            "for_s": 1800,
            "reason": "planned",
        },
    ),
    (
        lambda console: console.unshelve_notice("BE-VOV", D5),
        {"type": "unshelve_notice", "centre": "BE-VOV", "notice_id": str(D5)},
    ),
]


@pytest.mark.parametrize(("act", "sent"), EVERY_COMMAND, ids=[frame["type"] for _, frame in EVERY_COMMAND])
async def test_a_command_is_sent_and_its_answer_returned_or_raised(act: Act, sent: Frame) -> None:
    gateway = ScriptedGateway()
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "secret") as console:
        await gateway_ready(gateway, console)
        result = await act(console)
        frame = gateway.received[-1]
        assert frame == sent | {"request_id": str(result.request_id)}
        gateway.refuse_with = {"type": "refused", "problem": STALE}
        with pytest.raises(CommandRefused) as raised:
            await act(console)
        assert raised.value.slug == "stale-version"
        assert len([each for each in gateway.received if each["type"] == sent["type"]]) == 2


def test_every_command_of_the_contract_has_a_method() -> None:
    assert {frame["type"] for _, frame in EVERY_COMMAND} == {
        command.model_fields["type"].default for command in get_args(Command)
    }


async def test_a_command_on_an_alarm_that_is_not_open_needs_its_version() -> None:
    gateway = ScriptedGateway()
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "secret") as console:
        await gateway_ready(gateway, console)
        with pytest.raises(CommandNotSent):
            await console.note(long_id("a9"), "Afterwards.")
        await console.note(long_id("a9"), "Afterwards.", version=4)
        assert gateway.received[-1]["expected_version"] == 4


async def test_an_argument_that_the_contract_does_not_allow_goes_nowhere() -> None:
    gateway = ScriptedGateway()
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "secret") as console:
        await gateway_ready(gateway, console)
        with pytest.raises(ValidationError):
            await console.note(A1, " ")
        assert gateway.received[-1]["type"] == "attach"
        assert not console.board.commands


async def test_without_a_link_nothing_is_asked() -> None:
    gateway = ScriptedGateway()
    gateway.close_with = 1012
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "secret") as console:
        with pytest.raises(CommandNotSent):
            await console.unit_duty(D1, on_duty=True)


async def test_a_newer_position_is_yielded_and_stands_on_the_board() -> None:
    gateway = ScriptedGateway()
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "secret") as console:
        await gateway_ready(gateway, console)
        for latitude, fixed_at in ((51.1, "10:00:05"), (51.2, "10:00:01"), (51.3, "10:00:09")):
            position = {"latitude": latitude, "fixed_at": f"2026-03-02T{fixed_at}Z"}
            await gateway.tell(gateway.requests[-1], {"type": "position", "position": position})
        told = [await anext(console), await anext(console)]
        assert [each.position.latitude for each in told if isinstance(each, PositionFrame)] == [51.1, 51.3]
        newest = console.board.position(A1)
        assert newest is told[1]


async def test_a_centre_that_is_not_the_operators_is_left_out_and_named() -> None:
    gateway = ScriptedGateway()
    async with (
        asyncio.timeout(10),
        running(gateway) as url,
        ConsoleClient(url, "secret", centres=["BE-VOV", "BE-VAN"]) as console,
    ):
        await gateway_ready(gateway, console)
        assert gateway.received[0]["centres"] == ["BE-VOV"]
        assert console.board.foreign == ("BE-VAN",)
        assert (await console.acknowledge(A1)).alarm_id == A1


async def test_a_centre_taken_away_while_the_link_was_down_is_named_and_the_others_go_on() -> None:
    gateway = ScriptedGateway()
    gateway.operator["centres"] = ["BE-VOV", "BE-VAN"]
    async with asyncio.timeout(10), running(gateway) as url, ConsoleClient(url, "secret") as console:
        await gateway_ready(gateway, console)
        gateway.operator["centres"] = ["BE-VOV"]
        gateway.requests[0].transport.abort()
        await gateway.raise_alarm("a2", tell=False)
        event = await anext(console)
        assert isinstance(event, Event)
        assert event.the_alarm.alarm_id == long_id("a2")
        assert console.board.foreign == ("BE-VAN",)


async def test_a_client_that_is_left_no_centre_ends_and_says_which_it_wanted() -> None:
    gateway = ScriptedGateway()
    async with (
        asyncio.timeout(10),
        running(gateway) as url,
        ConsoleClient(url, "secret", centres=["BE-VAN"]) as console,
    ):
        with pytest.raises(ConsoleClosedError, match="4403: not your centre: BE-VAN"):
            await anext(console)
        assert gateway.received == []


async def gateway_ready(gateway: ScriptedGateway, console: ConsoleClient) -> None:
    """Raise one alarm and wait until the console has it and is caught up."""
    await anext(console)
    await gateway.raise_alarm("a1")
    await anext(console)
