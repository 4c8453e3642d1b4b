"""org.bluez.Adapter1: power, discovery and the devices it finds."""

import asyncio
from typing import Final

from bumble.device import Advertisement, Device
from dbus_fast import Message, Variant

from ble_bridge.bench.central import read_advertisement
from ble_bridge.bench.fake_bluez.links import Links
from ble_bridge.bench.fake_bluez.messages import (
    ADAPTER,
    ADAPTER_PATH,
    DEVICE,
    DONE,
    PROPERTIES,
    BluezError,
    Methods,
    Reply,
    device_path,
    in_progress,
    not_ready,
)
from ble_bridge.bench.fake_bluez.object_tree import ObjectTree

_PUBLIC_ADDRESS: Final = "00:AA:01:00:00:42"
_TEMPORARY_S: Final = 30.0  # BlueZ keeps a device it only saw for so long after the last discovery


class Adapter:
    """hci0. ``powered`` is as the last life of the daemon left it."""

    def __init__(self, central: Device, tree: ObjectTree, links: Links, *, powered: bool) -> None:
        self._central, self._tree, self._links = central, tree, links
        self._scanners: set[str] = set()
        self._expiry: asyncio.TimerHandle | None = None
        tree.add(ADAPTER_PATH, {ADAPTER: _properties(powered=powered)})
        central.on(Device.EVENT_ADVERTISEMENT, self._heard)
        self.methods: Methods = {
            (ADAPTER, "SetDiscoveryFilter"): self._set_discovery_filter,
            (ADAPTER, "StartDiscovery"): self._start_discovery,
            (ADAPTER, "StopDiscovery"): self._stop_discovery,
            (ADAPTER, "RemoveDevice"): self._remove_device,
        }

    @property
    def powered(self) -> bool:
        """Whether the adapter is on."""
        return bool(self._tree.get(ADAPTER_PATH, ADAPTER, "Powered"))

    async def close(self) -> None:
        """Let go of the radio."""
        self._central.remove_listener(Device.EVENT_ADVERTISEMENT, self._heard)
        if self._expiry:
            self._expiry.cancel()
        self._scanners.clear()
        if self._central.is_scanning:
            await self._central.stop_scanning()

    async def set_power(self, *, on: bool) -> None:
        """Switch the adapter: off ends discovery and every link."""
        if not on:
            self._scanners.clear()
            await self._scan_as_needed()
            await self._links.drop_all()
        self._tree.set(ADAPTER_PATH, ADAPTER, Powered=Variant("b", on))

    async def forget_client(self, owner: str) -> None:
        """End the discovery of a client that left the bus."""
        self._scanners.discard(owner)
        await self._scan_as_needed()

    async def set_property(self, call: Message) -> bool:
        """Take a Set of ``Powered``; return whether it was one."""
        if (call.interface, call.member) != (PROPERTIES, "Set") or call.body[:2] != [ADAPTER, "Powered"]:
            return False
        await self.set_power(on=call.body[2].value)
        return True

    async def _set_discovery_filter(self, _call: Message) -> Reply:
        return DONE  # a filter only spares a client some signals

    async def _start_discovery(self, call: Message) -> Reply:
        if not self.powered:
            raise not_ready()
        if call.sender in self._scanners:
            raise in_progress()
        self._scanners.add(call.sender or "")
        await self._scan_as_needed()
        return DONE

    async def _stop_discovery(self, call: Message) -> Reply:
        if not self.powered:
            raise not_ready()
        if call.sender not in self._scanners:
            raise BluezError("Failed", "No discovery started")
        await self.forget_client(call.sender or "")
        return DONE

    async def _remove_device(self, call: Message) -> Reply:
        path = call.body[0]
        if not self._tree.has(path, DEVICE):
            raise BluezError("DoesNotExist", "Does Not Exist")
        await self._links.remove(path)
        return DONE

    async def _scan_as_needed(self) -> None:
        wanted = bool(self._scanners)
        if wanted and not self._central.is_scanning:
            await self._central.start_scanning(filter_duplicates=False)
        elif not wanted and self._central.is_scanning:
            await self._central.stop_scanning()
            self._expire_later()
        self._tree.set(ADAPTER_PATH, ADAPTER, Discovering=Variant("b", wanted))

    def _expire_later(self) -> None:
        if self._expiry:
            self._expiry.cancel()
        self._expiry = asyncio.get_running_loop().call_later(_TEMPORARY_S, self._expire)

    def _expire(self) -> None:
        for path in self._tree.paths(DEVICE):
            kept = self._links.bonded(path) or self._tree.get(path, DEVICE, "Connected")
            if not kept and not self._scanners:
                self._tree.remove(path)

    def _heard(self, advertisement: Advertisement) -> None:
        if not self._scanners:
            return
        heard = read_advertisement(advertisement)
        found = {"RSSI": Variant("n", heard.rssi)}
        if heard.manufacturer_data:
            makers = {maker: Variant("ay", value) for maker, value in heard.manufacturer_data.items()}
            found["ManufacturerData"] = Variant("a{qv}", makers)
        if heard.service_data:
            told = {uuid: Variant("ay", value) for uuid, value in heard.service_data.items()}
            found["ServiceData"] = Variant("a{sv}", told)
        if heard.services:
            found["UUIDs"] = Variant("as", list(heard.services))
        path = device_path(advertisement.address)
        if path not in self._tree:
            self._links.show(advertisement.address, heard.name, found)
            return
        if heard.name:
            found |= {"Name": Variant("s", heard.name), "Alias": Variant("s", heard.name)}
        self._tree.set(path, DEVICE, **found)


def _properties(*, powered: bool) -> dict[str, Variant]:
    return {
        "Address": Variant("s", _PUBLIC_ADDRESS),
        "AddressType": Variant("s", "public"),
        "Name": Variant("s", "phone"),
        "Alias": Variant("s", "phone"),
        "Class": Variant("u", 0),
        "Powered": Variant("b", powered),
        "Discoverable": Variant("b", False),
        "Pairable": Variant("b", True),
        "Discovering": Variant("b", False),
        "UUIDs": Variant("as", []),
        "Roles": Variant("as", ["central", "peripheral"]),
    }
