"""Watches BlueZ itself: bleak does not notice that bluetoothd was killed (ble.md, R4).

Keeps one connection to the system bus open for the pairing agent and for the watch on the name
org.bluez. Whenever the name gets a new owner the agent is registered anew; when it loses its owner,
or the bus goes, the running session is told that it is over.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, Protocol

import structlog
from bleak.backends.device import BLEDevice
from dbus_fast import AuthError, BusType, DBusError, Message, MessageType
from dbus_fast.aio import MessageBus

from ble_bridge import timing
from ble_bridge.agent import PATH, Agent, NoAgentError, register
from ble_bridge.cancelling import heed_cancellation

_NAME: Final = "org.bluez"
_DBUS: Final = "org.freedesktop.DBus"
_MATCH: Final = f"type='signal',sender='{_DBUS}',member='NameOwnerChanged',arg0='{_NAME}'"

_log = structlog.get_logger(__name__)


class StackWatch(Protocol):
    """What the link needs to know of the Bluetooth stack below it."""

    async def run(self) -> None:
        """Watch until cancelled."""

    async def ready(self) -> None:
        """Wait until the stack can be used; the caller sets the deadline."""

    def session(self, lost: Callable[[], None]) -> Any:
        """Return a context in which ``lost`` is called when the stack goes."""

    def pairing(self, device: BLEDevice) -> Any:
        """Return a context in which this device, and no other, may pair."""

    async def bond(self, device: BLEDevice) -> tuple[bool, bool] | None:
        """Return whether the device is paired and bonded; None where the stack does not tell."""


class BluezWatch:
    """The watch on BlueZ over D-Bus (DBUS_SYSTEM_BUS_ADDRESS selects the bus)."""

    def __init__(self, passkey: int | None = None) -> None:
        self._agent = Agent(passkey)
        self._bus: MessageBus | None = None
        self._ready = asyncio.Event()
        self._owner_changed = asyncio.Event()
        self._lost: set[Callable[[], None]] = set()

    async def run(self) -> None:
        """Keep a bus connection for ever."""
        while True:
            heed_cancellation()
            try:
                await self._watch()
            except* (OSError, EOFError, DBusError, AuthError, TimeoutError) as errors:
                _log.warning("bluez.bus_lost", error=repr(errors.exceptions[0]))
            self._gone()
            await asyncio.sleep(timing.BUS_RETRY_S)

    async def ready(self) -> None:
        """Wait until BlueZ is on the bus and has our agent."""
        await self._ready.wait()

    @contextmanager
    def session(self, lost: Callable[[], None]) -> Iterator[None]:
        """Call ``lost`` when BlueZ goes while the block runs."""
        self._lost.add(lost)
        try:
            yield
        finally:
            self._lost.discard(lost)

    def pairing(self, device: BLEDevice) -> Any:
        """Let the agent accept this device while the block runs."""
        return self._agent.pairing(device.details["path"])

    async def bond(self, device: BLEDevice) -> tuple[bool, bool] | None:
        """Ask BlueZ for ``Paired`` and ``Bonded``."""
        if self._bus is None:
            return None
        message = Message(
            destination=_NAME,
            path=device.details["path"],
            interface="org.freedesktop.DBus.Properties",
            member="GetAll",
            signature="s",
            body=["org.bluez.Device1"],
        )
        async with asyncio.timeout(timing.BUS_S):
            reply = await self._bus.call(message)
        if reply.message_type is MessageType.ERROR:
            return False, False
        told = reply.body[0]
        paired = "Paired" in told and bool(told["Paired"].value)
        # BlueZ before 5.65 has no Bonded; there Paired is all it says.
        return paired, bool(told["Bonded"].value) if "Bonded" in told else paired

    async def _watch(self) -> None:
        bus = MessageBus(bus_type=BusType.SYSTEM)
        try:
            async with asyncio.timeout(timing.BUS_S):
                await bus.connect()
                bus.export(PATH, self._agent)
                bus.add_message_handler(self._on_message)
                await _call(bus, "AddMatch", _MATCH)
            self._bus = bus
            self._owner_changed.set()
            async with asyncio.TaskGroup() as group:
                following = group.create_task(self._follow_owner(bus))
                with suppress(EOFError, OSError):
                    await bus.wait_for_disconnect()  # type: ignore[no-untyped-call] # dbus-fast forgot its None
                following.cancel()
        finally:
            self._bus = None
            bus.disconnect()

    async def _follow_owner(self, bus: MessageBus) -> None:
        while True:
            await self._owner_changed.wait()
            self._owner_changed.clear()
            async with asyncio.timeout(timing.BUS_S):
                reply = await _call(bus, "NameHasOwner", _NAME)
                if reply.body != [True]:
                    continue
                await self._register(bus)

    async def _register(self, bus: MessageBus) -> None:
        try:
            await register(bus, self._agent)
        except NoAgentError as error:
            # BlueZ is still starting, or stopped again: its next change of owner tries anew.
            _log.warning("bluez.no_agent", error=str(error))
            return
        _log.info("bluez.ready")
        self._ready.set()

    def _on_message(self, message: Message) -> None:
        if message.member == "NameOwnerChanged" and message.body[:1] == [_NAME]:
            self._gone()
            self._owner_changed.set()

    def _gone(self) -> None:
        if self._ready.is_set():
            _log.warning("bluez.gone")
        self._ready.clear()
        for lost in list(self._lost):
            lost()


class NoWatch:
    """For stacks that are part of the system and ask the person themselves (macOS, Windows)."""

    async def run(self) -> None:
        """Nothing to watch."""

    async def ready(self) -> None:
        """Return at once."""

    @contextmanager
    def session(self, lost: Callable[[], None]) -> Iterator[None]:  # noqa: ARG002 (never lost)
        """Never lost."""
        yield

    @contextmanager
    def pairing(self, device: BLEDevice) -> Iterator[None]:  # noqa: ARG002 (the system asks)
        """Leave it to the system, which asks the person."""
        yield

    async def bond(self, device: BLEDevice) -> tuple[bool, bool] | None:  # noqa: ARG002 (not told)
        """Return None: the system does not tell."""
        return None


async def _call(bus: MessageBus, member: str, argument: str) -> Message:
    return await bus.call(
        Message(
            destination=_DBUS,
            path="/org/freedesktop/DBus",
            interface=_DBUS,
            member=member,
            signature="s",
            body=[argument],
        )
    )
