"""org.bluez.Device1: connecting, bonding, and what becomes of a device when its link goes."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Final, Protocol, TypeVar

from bumble import hci
from bumble.core import BaseBumbleError, ProtocolError
from bumble.device import Connection, Device
from bumble.keys import KeyStore
from dbus_fast import Message, Variant

from ble_bridge.bench.central import LinkLostError, disconnect, plain_address, while_connected
from ble_bridge.bench.fake_bluez.agents import Agents
from ble_bridge.bench.fake_bluez.messages import (
    ADAPTER,
    ADAPTER_PATH,
    DEVICE,
    DONE,
    BluezError,
    Methods,
    Reply,
    device_path,
    in_progress,
    not_connected,
    not_ready,
)
from ble_bridge.bench.fake_bluez.object_tree import ObjectTree
from ble_bridge.bench.tasks import Tasks

_CONNECT_DEADLINE_S: Final = 25.0  # bluetoothd gives up after 40; nobody waits that long in a test
_PAIR_DEADLINE_S: Final = 10.0

T = TypeVar("T")


class Watcher(Protocol):
    """Who must know of links: the GATT side."""

    async def link_up(self, path: str, connection: Connection) -> None:
        """Discover what the device offers."""

    def link_lost(self, path: str) -> None:
        """Forget what held for the lost link only."""


class Links:
    """The devices and their links. ``bonds`` outlives the daemon, as its storage on disk does."""

    def __init__(
        self, central: Device, bonds: KeyStore, tree: ObjectTree, agents: Agents, tasks: Tasks
    ) -> None:
        self._central, self._bonds, self._tree, self._agents, self._tasks = (
            central,
            bonds,
            tree,
            agents,
            tasks,
        )
        self._up: dict[str, Connection] = {}
        self._connecting: set[str] = set()
        self._implicit = False
        self.watcher: Watcher | None = None
        self.closed = False
        central.pairing_config_factory = lambda connection: agents.pairing_config(
            connection, implicit=self._implicit
        )
        self.methods: Methods = {
            (DEVICE, "Connect"): self._connect_method,
            (DEVICE, "Disconnect"): self._disconnect_method,
            (DEVICE, "Pair"): self._pair_method,
        }

    async def show_bonded(self) -> None:
        """Show the devices with a bond, which survive a restart."""
        for name, _keys in await self._bonds.get_all():
            self.show(hci.Address(name), None, {}, bonded=True)

    def show(
        self, address: hci.Address, name: str | None, extra: dict[str, Variant], *, bonded: bool = False
    ) -> None:
        """Show a device that is not shown yet."""
        text = plain_address(address)
        properties = {
            "Address": Variant("s", text),
            "AddressType": Variant("s", "random"),
            "Adapter": Variant("o", ADAPTER_PATH),
            "Alias": Variant("s", name or text.replace(":", "-")),
            "Paired": Variant("b", bonded),
            "Bonded": Variant("b", bonded),
            "Trusted": Variant("b", False),
            "Blocked": Variant("b", False),
            "LegacyPairing": Variant("b", False),
            "Connected": Variant("b", False),
            "ServicesResolved": Variant("b", False),
            "UUIDs": Variant("as", []),
            **extra,
        }
        if name:
            properties["Name"] = Variant("s", name)
        self._tree.add(device_path(address), {DEVICE: properties})

    def connection(self, path: str) -> Connection | None:
        """Return the link to a device, if it is up."""
        return self._up.get(path)

    def bonded(self, path: str) -> bool:
        """Whether the device is known and bonded."""
        return self._tree.has(path, DEVICE) and bool(self._tree.get(path, DEVICE, "Paired"))

    async def drop_all(self) -> None:
        """End every link, as when the adapter is switched off."""
        for connection in list(self._up.values()):
            await disconnect(connection)

    async def remove(self, path: str) -> None:
        """Forget a device and its bond, whether it is connected or not."""
        if connection := self._up.get(path):
            await disconnect(connection)
        with suppress(KeyError):
            await self._bonds.delete(self._address(path).to_string())
        self._tree.remove(path)

    async def pair(self, path: str, connection: Connection, *, implicit: bool) -> None:
        """Pair and bond over a link; an explicit pairing that fails ends it."""
        self._implicit = implicit
        try:
            async with asyncio.timeout(_PAIR_DEADLINE_S):
                await over_link(connection, connection.pair())
        except (ProtocolError, hci.HCI_Error, BluezError, TimeoutError) as failure:
            if not implicit:
                await disconnect(connection)
            raise BluezError("AuthenticationFailed", "Authentication Failed") from failure
        self._tree.set(path, DEVICE, Paired=Variant("b", True), Bonded=Variant("b", True))

    async def _connect_method(self, call: Message) -> Reply:
        path = self._known(call)
        if path not in self._up:
            await self._connect(path)
        return DONE

    async def _disconnect_method(self, call: Message) -> Reply:
        path = self._known(call)
        if connection := self._up.get(path):
            await disconnect(connection)
        elif path in self._connecting:
            await self._central.cancel_connection()
        return DONE

    async def _pair_method(self, call: Message) -> Reply:
        path = self._known(call)
        if self.bonded(path):
            raise BluezError("AlreadyExists", "Already Exists")
        connection = self._up.get(path) or await self._connect(path)
        await self.pair(path, connection, implicit=False)
        return DONE

    def _known(self, call: Message) -> str:
        path = call.path or ""
        if not self._tree.has(path, DEVICE):
            raise BluezError("org.freedesktop.DBus.Error.UnknownObject", "no such device")
        if not self._tree.get(ADAPTER_PATH, ADAPTER, "Powered"):
            raise not_ready()
        return path

    def _address(self, path: str) -> hci.Address:
        return hci.Address(self._tree.get(path, DEVICE, "Address"))

    async def _connect(self, path: str) -> Connection:
        if self._connecting:
            raise in_progress()
        self._connecting.add(path)
        try:
            connection = await self._dial(path)
        finally:
            self._connecting.discard(path)
        self._up[path] = connection
        connection.on(Connection.EVENT_DISCONNECTION, lambda _reason: self._lost(path))
        self._tree.set(path, DEVICE, Connected=Variant("b", True))
        if await self._bonds.get(str(connection.peer_address)):
            await self._encrypt(connection)
        self._tasks.spawn(self._discover(path, connection))
        return connection

    async def _dial(self, path: str) -> Connection:
        try:
            return await self._central.connect(self._address(path), timeout=_CONNECT_DEADLINE_S)
        except (BaseBumbleError, hci.HCI_Error, TimeoutError) as failure:
            raise BluezError("Failed", "le-connection-abort-by-local") from failure

    async def _encrypt(self, connection: Connection) -> None:
        """Use the bond; the peer having lost its own, BlueZ drops the link and keeps the bond."""
        try:
            await over_link(connection, connection.encrypt())
        except (hci.HCI_Error, BluezError) as failure:
            await disconnect(connection)
            raise BluezError("Failed", "br-connection-canceled") from failure

    async def _discover(self, path: str, connection: Connection) -> None:
        if self.watcher:
            await self.watcher.link_up(path, connection)

    def _lost(self, path: str) -> None:
        if self.closed:
            return
        self._up.pop(path, None)
        if self.watcher:
            self.watcher.link_lost(path)
        self._tree.set(path, DEVICE, ServicesResolved=Variant("b", False), Connected=Variant("b", False))


async def over_link(connection: Connection, awaitable: Awaitable[T]) -> T:
    """Await something that needs the link; answer "Not connected" when the link goes first."""
    try:
        return await while_connected(connection, awaitable)
    except LinkLostError:
        raise not_connected() from None
