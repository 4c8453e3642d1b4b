"""One life of the daemon: its connection to the bus, and the way of a call to its method."""

import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from bumble.device import Device
from bumble.keys import KeyStore
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.constants import MessageFlag

from ble_bridge.bench.fake_bluez.adapter import Adapter
from ble_bridge.bench.fake_bluez.agents import Agents
from ble_bridge.bench.fake_bluez.gatt import Gatt
from ble_bridge.bench.fake_bluez.links import Links
from ble_bridge.bench.fake_bluez.messages import (
    AGENT_MANAGER,
    BLUEZ_PATH,
    DONE,
    BluezError,
    Methods,
    Reply,
)
from ble_bridge.bench.fake_bluez.object_tree import ObjectTree
from ble_bridge.bench.tasks import Tasks

_BUS_NAME: Final = "org.bluez"
_PEER: Final = "org.freedesktop.DBus.Peer"


@dataclass(slots=True)
class Faults:
    """Errors to answer with, by method, first in first out; and a count of every call."""

    errors: dict[str, list[BluezError]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)

    def next_for(self, member: str) -> BluezError | None:
        """Take the next error for a method, if any."""
        waiting = self.errors.get(member)
        return waiting.pop(0) if waiting else None


class BluetoothDaemon:
    """What bluetoothd is from its start to its end or crash."""

    def __init__(self, bus: MessageBus, central: Device, bonds: KeyStore, faults: Faults) -> None:
        self._bus, self._central, self._faults = bus, central, faults
        self._tasks = Tasks()
        self.tree = ObjectTree(self._send)
        self.agents = Agents(bus)
        self.links = Links(central, bonds, self.tree, self.agents, self._tasks)
        self.gatt = Gatt(self.tree, self.links, self._tasks)
        self.adapter: Adapter
        self._methods: Methods = {}

    async def start(self, *, powered: bool) -> None:
        """Show the objects, then take the name: who sees the name sees the objects."""
        self.tree.add(BLUEZ_PATH, {AGENT_MANAGER: {}})
        self.adapter = Adapter(self._central, self.tree, self.links, powered=powered)
        await self.links.show_bonded()
        parts = (self.tree, self.agents, self.links, self.gatt, self.adapter)
        self._methods = {key: method for part in parts for key, method in part.methods.items()}
        self._bus.add_message_handler(self._on_message)
        await self._bus.call(
            Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member="AddMatch",
                signature="s",
                body=["type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"],
            )
        )
        await self._bus.request_name(_BUS_NAME)

    async def die(self) -> None:
        """Vanish from the bus without a word; links stay up, as they are the kernel's."""
        self.links.closed = True
        self._bus.disconnect()
        self.gatt.close()
        await self.adapter.close()
        await self._tasks.close()
        with suppress(EOFError):
            await self._bus.wait_for_disconnect()

    def _send(self, signal: Message) -> None:
        if self._bus.connected:
            self._bus.send(signal)

    def _on_message(self, message: Message) -> bool | None:
        if message.message_type is MessageType.SIGNAL and message.member == "NameOwnerChanged":
            name, _old, new = message.body
            if not new:
                self._tasks.spawn(self._forget_client(name))
        if message.message_type is not MessageType.METHOD_CALL or message.interface == _PEER:
            return None
        self._tasks.spawn(self._serve(message))
        return True

    async def _forget_client(self, owner: str) -> None:
        self.agents.forget_client(owner)
        self.gatt.forget_client(owner)
        await self.adapter.forget_client(owner)

    async def _serve(self, call: Message) -> None:
        self._faults.calls[call.member or ""] += 1
        descriptors: tuple[int, ...] = ()
        try:
            reply = await self._answer(call)
            descriptors = reply.descriptors
            answer = Message.new_method_return(call, reply.signature, list(reply.body), list(descriptors))
        except BluezError as error:
            answer = Message.new_error(call, error.name, error.text)
        try:
            if not call.flags & MessageFlag.NO_REPLY_EXPECTED and self._bus.connected:
                await self._bus.send(answer)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    async def _answer(self, call: Message) -> Reply:
        if fault := self._faults.next_for(call.member or ""):
            raise fault
        if await self.adapter.set_property(call):
            return DONE
        method = self._methods.get((call.interface or "", call.member or ""))
        if method is None:
            raise BluezError("org.freedesktop.DBus.Error.UnknownMethod", f"no method {call.member}")
        return await method(call)
