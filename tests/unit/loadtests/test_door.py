import asyncio
from uuid import uuid4

from loadtests.door import Door, Posted
from loadtests.presses import Prepared

ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"
DEADLINE_S = 5.0


async def until_answered(*posted: Posted) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not all(one.answered for one in posted):  # noqa: ASYNC110 # a number, not an event
            await asyncio.sleep(0.001)


async def test_a_press_takes_a_connection_that_is_open_and_waits_where_none_is_free() -> None:
    connections: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        if len(connections) == 1:
            writer.close()  # as a gateway does with a connection that is not used
            return
        while await reader.read(1000):
            for part in (ANSWER[:30], ANSWER[30:]):
                writer.write(part)
                await writer.drain()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        door = Door()
        await door.open(server.sockets[0].getsockname(), 2)
        async with asyncio.timeout(DEADLINE_S):
            while all(link.is_open for link in door._links):  # noqa: ASYNC110 # a flag, not an event
                await asyncio.sleep(0.001)
        posted = [Posted(Prepared(uuid4(), uuid4(), b"POST / HTTP/1.1\r\n\r\n"), 0) for _ in range(3)]
        for one in posted:
            door.post(one)
        await until_answered(*posted)
        assert [one.status for one in posted] == [201, 201, 201]
        assert [one.body for one in posted] == [b"{}"] * 3
        assert posted[0].answered <= posted[1].sent
        assert door.pending == 0
        for writer in connections:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in connections))
        async with asyncio.timeout(DEADLINE_S):
            while any(link.is_open for link in door._links):  # noqa: ASYNC110 # a flag, not an event
                await asyncio.sleep(0.001)
