"""Faults of screens: those that read nothing, come back with another epoch's place, or paint late."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from deploy.alert_rehearsal.stage import CENTRE, Stage
from dispatch.client import ConsoleClient
from schemas.frames import MAX_FRAME_BYTES, SUBPROTOCOL
from tests.support.gateway import COOKIE

DEAF: Final = 3
DEAF_BYTES: Final = 4096
PONG_S: Final = 4.0
PRESSES: Final = 600
PRESSED_AT_ONCE: Final = 6

CENTRES: Final = ("BE-VOV", "BE-VAN", "BE-VBR", "BE-VLI", "BE-VWV", "BE-BRU", "BE-WHT", "BE-WLG")
COMING_BACK: Final = 6
STORM_S: Final = 60.0
STAYS_S: Final = 0.5
ANOTHER_EPOCH: Final = {"epoch": "dead", "sequence": 7}

LATE_S: Final = 3.0


async def stop_reading(stage: Stage) -> None:
    """Have three screens that go on saying that they live, and read no more; press until they lag far."""
    cookie = await stage.running.a_session(CENTRE)
    for _ in range(DEAF):
        screen = await stage.exits.enter_async_context(_screen(stage.running.url, cookie, deaf=True))
        await screen.send(_attach(CENTRE))
        async for frame in screen:
            if json.loads(frame)["type"] == "caught_up":
                break
        task = asyncio.create_task(_say_pong(screen), name="deaf screen")
        stage.exits.callback(task.cancel)
    hers = await stage.running.a_companion(CENTRE)
    await stage.raise_alarm(hers)

    async def press_on() -> None:
        for _ in range(PRESSES // PRESSED_AT_ONCE):
            await stage.running.press(hers)

    await asyncio.gather(*(press_on() for _ in range(PRESSED_AT_ONCE)))
    await stage.answer_all()


async def come_back_anew(stage: Stage) -> None:
    """Have screens come back again and again with a place in a log that is not this one."""
    cookie = await stage.running.a_session(*CENTRES)
    until = asyncio.get_running_loop().time() + STORM_S

    async def come_back() -> None:
        while asyncio.get_running_loop().time() < until:
            with suppress(OSError, WebSocketException, TimeoutError):
                async with _screen(stage.running.url, cookie) as screen, asyncio.timeout(STAYS_S):
                    await screen.send(_attach(*CENTRES, cursors=dict.fromkeys(CENTRES, ANOTHER_EPOCH)))
                    async for _ in screen:
                        pass

    await asyncio.gather(*(come_back() for _ in range(COMING_BACK)))


async def paint_late(stage: Stage) -> None:
    """Have one screen, which paints an alarm three seconds after it came."""
    cookie = await stage.running.a_session(CENTRE)
    async with ConsoleClient(stage.running.url, cookie, centres=(CENTRE,)) as screen:
        alarm_id = await stage.raise_alarm()
        async for _ in screen:
            if alarm_id in screen.board.unpainted:
                await asyncio.sleep(LATE_S)
                await screen.delivered(alarm_id)
                break
        await asyncio.sleep(1)  # it is sent before the screen goes
    await stage.answer_all()


@asynccontextmanager
async def _screen(url: str, cookie: str, *, deaf: bool = False) -> AsyncIterator[ClientConnection]:
    address = urlsplit(url)
    link = socket.socket()
    if deaf:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, DEAF_BYTES)
    link.setblocking(False)
    await asyncio.get_running_loop().sock_connect(link, (address.hostname, address.port))
    async with connect(
        f"{url.replace('http', 'ws', 1)}/v1/console",
        origin=Origin(url),
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        additional_headers={"Cookie": f"{COOKIE}={cookie}"},
        compression=None,
        max_size=MAX_FRAME_BYTES,
        max_queue=1 if deaf else 16,
        ping_interval=None,
        close_timeout=0.2,
        sock=link,
    ) as screen:
        yield screen


def _attach(*centres: str, cursors: object = None) -> str:
    return json.dumps({
        "type": "attach", "console": str(uuid4()), "centres": centres, "cursors": cursors or {}
    })  # fmt: skip


async def _say_pong(screen: ClientConnection) -> None:
    with suppress(WebSocketException, OSError):
        while True:
            await asyncio.sleep(PONG_S)
            await screen.send(json.dumps({"type": "pong"}))
