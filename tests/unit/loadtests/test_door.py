import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from loadtests.door import Door, Posted
from loadtests.presses import Prepared

ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"
DEADLINE_S = 5.0


async def until_answered(*posted: Posted) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not all(one.answered for one in posted):  # noqa: ASYNC110 # a number, not an event
            await asyncio.sleep(0.001)


async def until_open(door: Door, connections: int) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while sum(link.is_open for link in door._links) != connections:  # noqa: ASYNC110 # flags, no event
            await asyncio.sleep(0.001)


def three_presses() -> list[Posted]:
    return [Posted(Prepared(uuid4(), uuid4(), b"POST / HTTP/1.1\r\n\r\n"), 0) for _ in range(3)]


@asynccontextmanager
async def a_door(*, unused_closed: int) -> AsyncIterator[tuple[Door, list[asyncio.StreamWriter]]]:
    """A door with two connections to what closes the first so many, as a gateway does with unused ones."""
    connections: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        if len(connections) <= unused_closed:
            writer.close()
            return
        while await reader.read(1000):
            for part in (ANSWER[:30], ANSWER[30:]):
                writer.write(part)
                await writer.drain()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        door = Door()
        await door.open(server.sockets[0].getsockname(), 2)
        await until_open(door, 2 - unused_closed)
        try:
            yield door, connections
        finally:
            door.close()
            for writer in connections:
                writer.close()
            await asyncio.gather(*(writer.wait_closed() for writer in connections), return_exceptions=True)
            await until_open(door, 0)


async def test_a_press_takes_a_connection_that_is_open_and_waits_where_none_is_free() -> None:
    async with a_door(unused_closed=1) as (door, _):
        posted = three_presses()
        for one in posted:
            door.post(one)
        await until_answered(*posted)
        assert [one.status for one in posted] == [201, 201, 201]
        assert [one.body for one in posted] == [b"{}"] * 3
        assert posted[0].answered <= posted[1].sent
        assert door.pending == 0


async def test_where_the_gateway_has_closed_every_connection_as_many_new_ones_carry_what_waits() -> None:
    async with a_door(unused_closed=2) as (door, connections):
        posted = three_presses()
        for one in posted:
            door.post(one)
        await until_answered(*posted)
        assert [one.status for one in posted] == [201, 201, 201]
        assert (door.pending, len(connections)) == (0, 4)
