"""org.bluez.GattCharacteristic1: reading, writing and notifications through bumble's GATT client."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from bumble import hci
from bumble.att import ATT_Error
from bumble.core import BaseBumbleError
from bumble.device import Connection, Peer
from bumble.gatt_client import CharacteristicProxy, ServiceProxy
from dbus_fast import Message, Variant

from ble_bridge.bench.central import flags_of, long_uuid
from ble_bridge.bench.fake_bluez.links import Links, over_link
from ble_bridge.bench.fake_bluez.messages import (
    CHARACTERISTIC,
    DESCRIPTOR,
    DEVICE,
    DONE,
    SERVICE,
    BluezError,
    Methods,
    Reply,
    in_progress,
    not_connected,
)
from ble_bridge.bench.fake_bluez.object_tree import ObjectTree
from ble_bridge.bench.tasks import Tasks

_MTU: Final = 517
_INSUFFICIENT_SECURITY: Final = frozenset({0x05, 0x0C, 0x0F})  # authentication, key size, encryption
_ATT_ERRORS: Final = {
    0x02: ("NotPermitted", "Read not permitted"),
    0x03: ("NotPermitted", "Write not permitted"),
    0x05: ("NotPermitted", "Not paired"),
    0x06: ("NotSupported", "Operation is not supported"),
    0x08: ("NotAuthorized", "Operation Not Authorized"),
    0x0C: ("NotPermitted", "Not paired"),
    0x0D: ("InvalidValueLength", "Invalid attribute value length"),
    0x0F: ("NotPermitted", "Not paired"),
}

T = TypeVar("T")
Proxy = CharacteristicProxy[bytes]


class Gatt:
    """The GATT objects of all devices and who is subscribed to what.

    A subscriber is a D-Bus client's name (StartNotify) or a socket (AcquireNotify).
    """

    def __init__(self, tree: ObjectTree, links: Links, tasks: Tasks) -> None:
        self._tree, self._links, self._tasks = tree, links, tasks
        self._proxies: dict[str, Proxy] = {}
        self._clients: dict[str, set[str]] = {}
        self._sockets: dict[str, list[socket.socket]] = {}
        self._live: set[str] = set()
        links.watcher = self
        self.methods: Methods = {
            (CHARACTERISTIC, "ReadValue"): self._read_value,
            (CHARACTERISTIC, "WriteValue"): self._write_value,
            (CHARACTERISTIC, "StartNotify"): self._start_notify,
            (CHARACTERISTIC, "StopNotify"): self._stop_notify,
            (CHARACTERISTIC, "AcquireNotify"): self._acquire_notify,
        }

    def close(self) -> None:
        """Hang up on the holders of sockets."""
        for path in list(self._sockets):
            self._hang_up(path)

    def forget_client(self, owner: str) -> None:
        """Take a client that left the bus off every list; the link itself stays up."""
        for path, clients in self._clients.items():
            if owner in clients:
                clients.discard(owner)
                self._tasks.spawn(self._leave_if_unheard(path))

    # The watcher's side

    async def link_up(self, path: str, connection: Connection) -> None:
        """Discover and show the services, and subscribe anew for whom a bond kept subscribed."""
        peer = Peer(connection)
        try:
            await over_link(connection, peer.request_mtu(_MTU))
            await over_link(connection, peer.discover_all())
            for service in peer.services:
                self._show_service(path, service)
            for subscribed in [known for known in self._clients if known.startswith(path + "/")]:
                if self._clients[subscribed]:
                    await self._listen(subscribed)
        except (BluezError, BaseBumbleError, hci.HCI_Error, TimeoutError):
            return  # the link went, and link_lost says so
        uuids = sorted(long_uuid(service.uuid) for service in peer.services)
        self._tree.set(path, DEVICE, UUIDs=Variant("as", uuids), ServicesResolved=Variant("b", True))

    def link_lost(self, path: str) -> None:
        """Notifications end. Subscribers of a bonded device are remembered, its objects stay."""
        bonded = self._links.bonded(path)
        for known in [known for known in self._proxies if known.startswith(path + "/")]:
            self._live.discard(known)
            self._hang_up(known)
            if not bonded:
                self._clients.pop(known, None)
                del self._proxies[known]
            self._tree.set(known, CHARACTERISTIC, Notifying=Variant("b", False))
        if not bonded:
            for service in [known for known in self._tree.paths(SERVICE) if known.startswith(path + "/")]:
                self._tree.remove(service)

    def _show_service(self, device: str, service: ServiceProxy) -> None:
        path = f"{device}/service{service.handle:04x}"
        properties = {
            "UUID": Variant("s", long_uuid(service.uuid)),
            "Device": Variant("o", device),
            "Primary": Variant("b", True),
            "Includes": Variant("ao", []),
        }
        self._tree.add(path, {SERVICE: properties})
        for proxy in service.characteristics:
            self._show_characteristic(path, proxy)

    def _show_characteristic(self, service: str, proxy: Proxy) -> None:
        path = f"{service}/char{proxy.handle - 1:04x}"
        self._proxies[path] = proxy
        flags = flags_of(proxy.properties)
        properties = {
            "UUID": Variant("s", long_uuid(proxy.uuid)),
            "Service": Variant("o", service),
            "Value": Variant("ay", b""),
            "Flags": Variant("as", flags),
            "MTU": Variant("q", _MTU),
        }
        if {"notify", "indicate"} & set(flags):
            properties["Notifying"] = Variant("b", False)
            properties["NotifyAcquired"] = Variant("b", False)
        self._tree.add(path, {CHARACTERISTIC: properties})
        for descriptor in proxy.descriptors:
            shown = {
                "UUID": Variant("s", long_uuid(descriptor.type)),
                "Characteristic": Variant("o", path),
                "Value": Variant("ay", b""),
            }
            self._tree.add(f"{path}/desc{descriptor.handle:04x}", {DESCRIPTOR: shown})

    # What clients call

    async def _read_value(self, call: Message) -> Reply:
        value = await self._secured(_path(call), lambda proxy: proxy.read_value())
        self._tree.set(_path(call), CHARACTERISTIC, Value=Variant("ay", bytes(value)))
        return Reply("ay", (bytes(value),))

    async def _write_value(self, call: Message) -> Reply:
        value, options = call.body
        kind = options.get("type", Variant("s", "request")).value
        await self._secured(
            _path(call), lambda proxy: proxy.write_value(bytes(value), with_response=kind == "request")
        )
        return DONE

    async def _start_notify(self, call: Message) -> Reply:
        path, owner = _path(call), call.sender or ""
        if owner in self._clients.get(path, ()):
            raise in_progress()
        await self._listen(path)
        self._clients.setdefault(path, set()).add(owner)
        self._tree.set(path, CHARACTERISTIC, Notifying=Variant("b", True))
        return DONE

    async def _stop_notify(self, call: Message) -> Reply:
        self._clients.get(_path(call), set()).discard(call.sender or "")
        await self._leave_if_unheard(_path(call))
        return DONE

    async def _acquire_notify(self, call: Message) -> Reply:
        path = _path(call)
        await self._listen(path)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        self._sockets.setdefault(path, []).append(ours)
        return Reply("hq", (0, _MTU), (theirs.detach(),))

    async def _listen(self, path: str) -> None:
        if path in self._live:
            return
        await self._secured(path, lambda proxy: proxy.subscribe(lambda value: self._heard(path, value)))
        self._live.add(path)

    async def _leave_if_unheard(self, path: str) -> None:
        if self._clients.get(path) or self._sockets.get(path) or path not in self._live:
            return
        self._live.discard(path)
        self._tree.set(path, CHARACTERISTIC, Notifying=Variant("b", False))
        try:
            await self._secured(path, lambda proxy: proxy.unsubscribe(force=True))
        except BluezError:
            return  # the link went, and the subscription with it

    def _heard(self, path: str, value: bytes) -> None:
        """Hand on a notification: to each socket, and to the bus once a subscriber, as BlueZ does."""
        for holder in list(self._sockets.get(path, ())):
            try:
                holder.send(value)
            except OSError:
                self._sockets[path].remove(holder)
                holder.close()
        for _client in self._clients.get(path, ()):
            self._tree.set(path, CHARACTERISTIC, Value=Variant("ay", bytes(value)))

    def _hang_up(self, path: str) -> None:
        for holder in self._sockets.pop(path, ()):
            holder.close()

    async def _secured(self, path: str, operation: Callable[[Proxy], Awaitable[T]]) -> T:
        """Run ``operation``; where it needs an encrypted link, pair first and try once more.

        A pairing that is refused leaves the call without an answer until the link goes, for
        bluetoothd then tries for ever (bluez/bluez#21).
        """
        device = path.partition("/service")[0]
        connection = self._links.connection(device)
        if connection is None or path not in self._proxies:
            raise not_connected()
        try:
            return await self._operate(connection, path, operation)
        except ATT_Error as error:
            if error.error_code not in _INSUFFICIENT_SECURITY or self._links.bonded(device):
                raise _translated(error) from error
        try:
            await self._links.pair(device, connection, implicit=True)
        except BluezError:
            await over_link(connection, asyncio.get_running_loop().create_future())
        try:
            return await self._operate(connection, path, operation)
        except ATT_Error as error:
            raise _translated(error) from error

    async def _operate(
        self, connection: Connection, path: str, operation: Callable[[Proxy], Awaitable[T]]
    ) -> T:
        return await over_link(connection, operation(self._proxies[path]))


def _translated(error: ATT_Error) -> BluezError:
    code = error.error_code
    return BluezError(*_ATT_ERRORS.get(code, ("Failed", f"Operation failed with ATT error: 0x{code:02x}")))


def _path(call: Message) -> str:
    return call.path or ""
