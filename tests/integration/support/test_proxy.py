"""The proxy breaks links as it says, and leaves them alone otherwise."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway.drill.proxy import Proxy, Streams, postgres_proxy, tcp_proxy
from gateway.store.connect import connected


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(100):
        writer.write(data)
    writer.close()


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    """A proxy before a server that says everything back."""
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, tcp_proxy(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as link:
        yield link


async def connect(proxy: Proxy) -> Streams:
    address = urlsplit(proxy.url)
    return await asyncio.open_connection(address.hostname, address.port)


async def said_back(streams: Streams, text: bytes, within_s: float = 5.0) -> bytes:
    reader, writer = streams
    writer.write(text)
    async with asyncio.timeout(within_s):
        return await reader.readexactly(len(text))


async def test_what_goes_in_comes_out(proxy: Proxy) -> None:
    streams = await connect(proxy)
    assert await said_back(streams, b"hello") == b"hello"
    streams[1].close()


async def test_a_link_is_cut_inside_what_follows_a_marker(proxy: Proxy) -> None:
    cut = asyncio.Event()
    proxy.cut_after(4, marker=b"event", then=cut.set)
    streams = await connect(proxy)
    assert await said_back(streams, b"before ") == b"before "
    streams[1].write(b"the event itself")
    assert await streams[0].read() == b"the even"
    assert cut.is_set()
    streams[1].close()


async def test_dropped_answers_reach_nobody_though_they_were_asked_for(proxy: Proxy) -> None:
    streams = await connect(proxy)
    proxy.drop("down")
    with pytest.raises(TimeoutError):
        await said_back(streams, b"lost", within_s=0.1)
    proxy.heal()
    assert await said_back(streams, b"found") == b"found"
    streams[1].close()


async def test_a_black_hole_holds_everything_until_it_is_healed(proxy: Proxy) -> None:
    streams = await connect(proxy)
    proxy.blackhole()
    with pytest.raises(TimeoutError):
        await said_back(streams, b"hello", within_s=0.1)
    proxy.heal()
    async with asyncio.timeout(5):
        assert await streams[0].readexactly(5) == b"hello"
    streams[1].close()


async def test_a_slow_link_delays_what_goes_through(proxy: Proxy) -> None:
    streams = await connect(proxy)
    proxy.delay_s = 0.05
    began = asyncio.get_running_loop().time()
    await said_back(streams, b"hello")
    assert asyncio.get_running_loop().time() - began >= 2 * proxy.delay_s
    streams[1].close()


async def test_a_cut_ends_what_is_open_and_refuses_what_is_new(proxy: Proxy) -> None:
    streams = await connect(proxy)
    await said_back(streams, b"hello")
    proxy.cut()
    for _ in range(2):
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await said_back(streams, b"hello")
        streams[1].close()
        streams = await connect(proxy)
    streams[1].close()


async def test_postgres_is_reached_through_it(database: str, tmp_path: Path) -> None:
    async with (
        postgres_proxy(database, tmp_path) as link,
        connected(link.url, application_name="test") as connection,
    ):
        assert await connection.fetchval("SELECT 1") == 1
