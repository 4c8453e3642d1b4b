"""The control channel: what a hand does to a button, from another process.

One JSON object a line in, one out, on 127.0.0.1. A request names what to ``do``; its answer has
``ok`` and either what came of it or an ``error`` in words. Anyone on this machine may connect: the
button behind it is virtual.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Self

from ble_bridge.bench.fake_bluez import FakeBluez
from ble_bridge.bench.tasks import Tasks
from ble_bridge.bench.virtual_button import VirtualButton
from ble_bridge.reference_service import PatternCode

Answer = dict[str, Any]
Request = dict[str, Any]

_HOST: Final = "127.0.0.1"
_ANSWER_DEADLINE_S: Final = 20.0  # a hold takes up to ten seconds
_PATTERNS: Final = {code.name.lower(): code for code in PatternCode if code is not PatternCode.NONE}


class ControlError(RuntimeError):
    """The other end refused a request, or is gone."""


class ControlServer:
    """Acts on ``button``, and on the phone's Bluetooth where there is one (``bluez``).

    ``port`` 0 takes any that is free; ``start`` sets it to the one taken.
    """

    def __init__(self, button: VirtualButton, bluez: FakeBluez | None = None, port: int = 0) -> None:
        self._button, self._bluez, self.port = button, bluez, port
        self._tasks = Tasks()
        self._do: dict[str, Callable[[Request], Awaitable[Answer]]] = {
            "press": self._press,
            "down": self._simply(button.press_down),
            "up": self._simply(button.press_up),
            "away": self._simply(button.carry_away),
            "back": self._simply(button.bring_back),
            "battery": self._battery,
            "forget": self._forget,
            "state": self._state,
        }
        if bluez:
            self._do |= {
                "fail": self._fail,
                "power": self._power,
                "crash": self._crash,
                "restart": self._restart,
            }

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, _HOST, self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and hang up."""
        self._server.close()
        await self._tasks.close()
        await self._server.wait_closed()

    async def answer(self, line: bytes) -> Answer:
        """Do what one line asks for; a request that makes no sense is answered, not raised."""
        try:
            request = json.loads(line)
            return {"ok": True} | await self._do[request["do"]](request)
        except (ValueError, KeyError, TypeError) as error:
            return {"ok": False, "error": f"not understood: {type(error).__name__}: {error}"}
        except TimeoutError:
            return {"ok": False, "error": "the act made no press"}

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.spawn(self._talk(reader, writer))

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError):
                while line := await reader.readline():
                    writer.write(json.dumps(await self.answer(line)).encode() + b"\n")
                    await writer.drain()
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def _simply(self, act: Callable[[], None]) -> Callable[[Request], Awaitable[Answer]]:
        async def done(_request: Request) -> Answer:
            act()
            return {}

        return done

    async def _press(self, request: Request) -> Answer:
        made = await self._button.press(_PATTERNS[request.get("pattern", "hold")])
        return {
            "pattern": made.pattern.name.lower(),
            "boot": made.boot,
            "counter": made.counter,
            "latched": made.latched,
            "completed_monotonic_s": made.completed_at_s,
        }

    async def _battery(self, request: Request) -> Answer:
        battery_pct = int(request["pct"])
        if not 0 <= battery_pct <= 100:
            raise ValueError("a battery has 0 to 100 percent")
        self._button.set_battery(battery_pct)
        return {}

    async def _forget(self, _request: Request) -> Answer:
        await self._button.forget()
        return {}

    async def _state(self, _request: Request) -> Answer:
        button, memory = self._button, self._button.memory
        bonded = await button.bonded()
        return {
            "button_id": memory.button_id.hex(),
            "connected": button.connected,
            "encrypted": button.encrypted,
            "bonded": bonded,
            "paired": bonded or button.encrypted,
            "confirmations": [
                {
                    "stage": vibration.stage.name.lower(),
                    "pulses": vibration.pulses,
                    "boot": vibration.boot,
                    "counter": vibration.counter,
                    "at_monotonic_s": vibration.at_s,
                }
                for vibration in button.vibrations
            ],
            "unconfirmed": [press.counter for press in memory.unconfirmed],
            "counter": memory.counter,
            "boot": memory.boot,
            "led": button.led.hex(),
            "battery_pct": button.battery_pct,
        }

    async def _fail(self, request: Request) -> Answer:
        self._phone.fail(
            request["method"], request["error"], request.get("text", ""), int(request.get("times", 1))
        )
        return {}

    async def _power(self, request: Request) -> Answer:
        await self._phone.set_power(on=bool(request["on"]))
        return {}

    async def _crash(self, _request: Request) -> Answer:
        await self._phone.crash()
        return {}

    async def _restart(self, _request: Request) -> Answer:
        await self._phone.crash()
        await self._phone.start()
        return {}

    @property
    def _phone(self) -> FakeBluez:
        if self._bluez is None:
            raise ValueError("there is no BlueZ in this bed")
        return self._bluez


class ControlClient:
    """The other end. Made by ``control``; one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._turn = asyncio.Lock()

    @classmethod
    async def connect(cls, port: int) -> Self:
        """Connect to a server that listens already."""
        return cls(*await asyncio.open_connection(_HOST, port))

    async def do(self, what: str, **arguments: Any) -> Answer:
        """Ask for ``what`` and return the answer; raise ControlError where it is not ``ok``."""
        async with self._turn, asyncio.timeout(_ANSWER_DEADLINE_S):
            self._writer.write(json.dumps({"do": what, **arguments}).encode() + b"\n")
            await self._writer.drain()
            line = await self._reader.readline()
        if not line:
            raise ControlError("the button hung up")
        answer: Answer = json.loads(line)
        if not answer["ok"]:
            raise ControlError(answer["error"])
        return answer

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()


@asynccontextmanager
async def control(port: int) -> AsyncIterator[ControlClient]:
    """Hold a connection to the control channel on ``port`` while the block runs."""
    client = await ControlClient.connect(port)
    try:
        yield client
    finally:
        await client.close()
