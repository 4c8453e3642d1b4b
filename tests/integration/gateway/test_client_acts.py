"""The Python client against a real gateway: every command, and an alarm that two centres see."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from dispatch.board import Board
from dispatch.client import CommandRefused, ConsoleClient, Told
from schemas.alarm import AlarmState
from schemas.frames import Event
from schemas.outcome import Outcome
from schemas.session import Role
from schemas.unit import UnitStatus
from tests.support.gateway import DEADLINE_S, Running
from tests.support.wait import until


@dataclass
class Desk:
    """A client that is read, and what it was told."""

    client: ConsoleClient
    told: list[Told]

    @property
    def board(self) -> Board:
        return self.client.board

    def shows(self, alarm_id: UUID, state: AlarmState | None) -> Any:
        def is_so() -> bool:
            alarm = self.board.find(alarm_id)
            return alarm is None if state is None else alarm is not None and alarm.state is state

        return is_so


@asynccontextmanager
async def a_desk(
    gateway: Running, *centres: str, name: str, role: Role = Role.OPERATOR
) -> AsyncIterator[Desk]:
    token = await gateway.a_session(*centres, name=name, role=role)
    async with ConsoleClient(gateway.url, token) as client:
        desk = Desk(client, [])
        reading = asyncio.create_task(read(desk))
        await until("attached", lambda: desk.board.as_of is not None)
        try:
            yield desk
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading


async def read(desk: Desk) -> None:
    async for told in desk.client:
        desk.told.append(told)


async def a_unit(gateway: Running, centre: str) -> UUID:
    token = await gateway.a_session(centre, role=Role.SUPERVISOR)
    answer = await gateway.http.post(
        f"{gateway.url}/v1/units",
        json={"centre": centre, "name": "ALPHA 3"},
        headers={"Cookie": f"__Host-msa={token}"},
    )
    return UUID(answer.json()["unit_id"])


async def test_an_alarm_goes_through_two_centres_by_the_client_alone(gateway: Running) -> None:
    async with asyncio.timeout(DEADLINE_S), AsyncExitStack() as stack:
        ghent = await stack.enter_async_context(a_desk(gateway, "BE-VOV", name="Gent"))
        antwerp = await stack.enter_async_context(a_desk(gateway, "BE-VAN", name="Antwerpen"))
        both = await stack.enter_async_context(
            a_desk(gateway, "BE-VOV", "BE-VAN", name="Baas", role=Role.SUPERVISOR)
        )
        unit_id = await a_unit(gateway, "BE-VOV")
        companion = await gateway.a_companion()
        receipt = (await gateway.press(companion)).json()
        alarm_id = UUID(receipt["alarm_id"])

        await until("shown", ghent.shows(alarm_id, AlarmState.RAISED))
        assert await ghent.client.delivered(alarm_id)
        await ghent.client.acknowledge(alarm_id)
        await until("the unit", lambda: unit_id in ghent.board.centres["BE-VOV"].units)
        await until("taken", ghent.shows(alarm_id, AlarmState.ACKNOWLEDGED))
        sent = await ghent.client.assign(alarm_id, unit_id, eta_s=300)
        assert sent.version is not None
        await gateway.press(companion)
        with pytest.raises(CommandRefused) as refused:
            await ghent.client.close(alarm_id, Outcome.PREVENTED, "In time.", version=sent.version)
        assert refused.value.slug == "stale-version", "she pressed again, unseen"
        moved = await ghent.client.unit_status(alarm_id, unit_id, UnitStatus.ON_SCENE, version=sent.version)
        await ghent.client.note(alarm_id, "At the door.", version=moved.version)
        await ghent.client.transfer(alarm_id, "BE-VAN", note="She left for Antwerp.")
        await until("handed over", antwerp.shows(alarm_id, AlarmState.RAISED))
        assert await antwerp.client.delivered(alarm_id)
        await antwerp.client.acknowledge(alarm_id)
        await until("taken there", antwerp.shows(alarm_id, AlarmState.ACKNOWLEDGED))
        await until("taken at both", both.shows(alarm_id, AlarmState.ACKNOWLEDGED))
        assert [alarm.alarm_id for alarm in both.board.open_alarms()] == [alarm_id]

        image = antwerp.board.find(alarm_id)
        assert image is not None
        assert image.notes[0].text == "She left for Antwerp."
        closed = await antwerp.client.close(alarm_id, Outcome.SLIP, "A slip.", version=image.version)
        assert closed.version is not None
        for desk in (ghent, antwerp, both):
            await until("off every screen", desk.shows(alarm_id, None))
        reviewed = await both.client.review(alarm_id, "Agreed.", version=closed.version)
        assert reviewed.version is not None
        await ghent.client.note(alarm_id, "She called.", version=reviewed.version)
        await both.client.reopen(alarm_id, "He is back.", version=reviewed.version + 1)
        for desk in (ghent, antwerp, both):
            await until("back on every screen", desk.shows(alarm_id, AlarmState.RAISED))
        await ghent.client.unit_duty(unit_id, on_duty=True)

    assert_each_sequence_once(both)


def assert_each_sequence_once(desk: Desk) -> None:
    for centre in ("BE-VOV", "BE-VAN"):
        told = [
            each.cursor.sequence for each in desk.told if isinstance(each, Event) and each.centre == centre
        ]
        assert told
        assert told == list(range(told[0], told[0] + len(told)))
    assert desk.board.gaps == 0
