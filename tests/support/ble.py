"""Bed B for tests: ``bed`` is a fixture; import it (and ``short_settings``) into a conftest."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from dbus_fast import BusType, DBusError, Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusObjectPath, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method

from ble_bridge.bench.bed import Bed, open_bed
from ble_bridge.bench.private_bus import has_dbus_daemon
from ble_bridge.reference_service import Settings

# The shortest acts the button can be set to, so that a test does not wait two seconds for a hold.
QUICK = Settings(hold_ms=100, double_gap_ms=50)


@pytest.fixture
async def bed(tmp_path, monkeypatch) -> AsyncIterator[Bed]:
    """A bed whose bus is the system bus of this process, so that unmodified bleak finds it."""
    if not has_dbus_daemon():
        pytest.skip("bed B needs dbus-daemon (Debian: dbus-daemon)")
    async with open_bed(tmp_path / "bed", settings=QUICK) as opened:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", opened.bus_address)
        yield opened


async def eventually(condition: Callable[[], bool], within_s: float = 5.0) -> None:
    """Wait until ``condition`` holds; raise TimeoutError when it does not within ``within_s``."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 # what is awaited lives in the stack under test and has no event
            await asyncio.sleep(0.005)


class PairingAgent(ServiceInterface):
    """A client's org.bluez.Agent1 that answers as told and notes what it was asked."""

    PATH = "/test/agent"

    def __init__(self, passkey: int | None = None, *, allows: bool = True) -> None:
        super().__init__("org.bluez.Agent1")
        self.passkey, self.allows = passkey, allows
        self.asked: list[str] = []

    async def register(self) -> MessageBus:
        """Become the default agent; it stays one until the returned bus is disconnected."""
        bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        bus.export(self.PATH, self)
        capability = "NoInputNoOutput" if self.passkey is None else "KeyboardOnly"
        for member, signature, body in (
            ("RegisterAgent", "os", [self.PATH, capability]),
            ("RequestDefaultAgent", "o", [self.PATH]),
        ):
            answer = await bus.call(
                Message(
                    destination="org.bluez",
                    path="/org/bluez",
                    interface="org.bluez.AgentManager1",
                    member=member,
                    signature=signature,
                    body=body,
                )
            )
            assert answer.message_type is MessageType.METHOD_RETURN, answer.body
        return bus

    def _answer(self, question: str) -> None:
        self.asked.append(question)
        if not self.allows:
            raise DBusError("org.bluez.Error.Rejected", "refused by the test")

    @dbus_method()
    def RequestPasskey(self, device: DBusObjectPath) -> DBusUInt32:  # noqa: N802 # named by BlueZ
        self._answer("RequestPasskey")
        assert self.passkey is not None
        return self.passkey

    @dbus_method()
    def RequestAuthorization(self, device: DBusObjectPath):  # noqa: N802 # named by BlueZ
        self._answer("RequestAuthorization")


@pytest.fixture
async def agent(bed: Bed) -> AsyncIterator[PairingAgent]:
    """A default agent that allows everything, as long as the test runs."""
    made = PairingAgent()
    bus = await made.register()
    yield made
    bus.disconnect()
