"""The gpsd client against a TCP server that speaks and stops as gpsd does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ble_bridge import timing
from ble_bridge.clock import SystemClock
from ble_bridge.gpsd import Gpsd
from tests.support.ble import eventually

TPV = b'{"class":"TPV","mode":3,"lat":%.4f,"lon":3.72,"eph":5.0}\n'


class FakeGpsd:
    """Says each line of ``script`` to whoever asked to watch, then hangs up or falls silent."""

    def __init__(self, script: list[bytes], *, hangs_up: bool) -> None:
        self.script, self.hangs_up = script, hangs_up
        self.watched: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.watched.append(await reader.readline())
        for line in self.script:
            writer.write(line)
        await writer.drain()
        if not self.hangs_up:
            await reader.read()
        writer.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()


@asynccontextmanager
async def following(port: int) -> AsyncIterator[Gpsd]:
    gpsd = Gpsd("127.0.0.1", port, SystemClock())
    task = asyncio.create_task(gpsd.run())
    try:
        yield gpsd
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_fixes_are_followed_and_kept_through_a_loss_of_signal():
    server = FakeGpsd([b'{"class":"VERSION"}\n', TPV % 51.05, b'{"class":"TPV","mode":1}\n'], hangs_up=False)
    async with server.listening(), following(server.port) as gpsd:
        await eventually(lambda: len(gpsd.latest()) == 1)
        assert gpsd.latest()[0].latitude == 51.05
        assert b'"json":true' in server.watched[0]


async def test_a_gpsd_that_hangs_up_talks_rubbish_or_falls_silent_is_asked_again(monkeypatch):
    monkeypatch.setattr(timing, "GPSD_RETRY_S", 0.02)
    monkeypatch.setattr(timing, "GPSD_SILENCE_S", 0.05)
    server = FakeGpsd([b"\xff" * 100_000 + b"\n", TPV % 51.05], hangs_up=False)
    async with server.listening(), following(server.port) as gpsd:
        await eventually(lambda: len(server.watched) >= 2)
        server.script, server.hangs_up = [TPV % 51.06], True
        await eventually(lambda: len(server.watched) >= 4)
        await eventually(lambda: gpsd.latest() != () and gpsd.latest()[0].latitude == 51.06)


async def test_without_gpsd_there_is_no_fix_and_no_wait():
    async with following(1) as gpsd:
        assert gpsd.latest() == ()
