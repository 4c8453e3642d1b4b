"""The objects that org.bluez shows, and the signals that tell of their changes."""

from collections.abc import Callable, Iterator
from typing import Any

from dbus_fast import Message, MessageType, Variant

from ble_bridge.bench.fake_bluez.messages import (
    DONE,
    OBJECT_MANAGER,
    PROPERTIES,
    BluezError,
    Methods,
    Reply,
)

Interfaces = dict[str, dict[str, Variant]]

# These are signalled each time they are set, also when they stay the same: every one is an event.
_EVENTS = frozenset({"RSSI", "Value", "ServiceData", "ManufacturerData"})


class ObjectTree:
    """Objects as path -> interface -> property. ``send`` takes the signals."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._objects: dict[str, Interfaces] = {}
        self._send = send
        self.methods: Methods = {
            (OBJECT_MANAGER, "GetManagedObjects"): self._get_managed_objects,
            (PROPERTIES, "Get"): self._get,
            (PROPERTIES, "GetAll"): self._get_all,
            (PROPERTIES, "Set"): self._set,
        }

    def __contains__(self, path: str) -> bool:
        return path in self._objects

    def has(self, path: str, interface: str) -> bool:
        """Whether the object is there and has ``interface``."""
        return interface in self._objects.get(path, {})

    def paths(self, interface: str) -> Iterator[str]:
        """Go over the objects that have ``interface``."""
        return (path for path, interfaces in list(self._objects.items()) if interface in interfaces)

    def get(self, path: str, interface: str, name: str) -> Any:
        """Return the plain value of a property; the object must be there."""
        return self._objects[path][interface][name].value

    def add(self, path: str, interfaces: Interfaces) -> None:
        """Show an object, unless it is there already."""
        if path not in self._objects:
            self._objects[path] = interfaces
            self._signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, interfaces])

    def remove(self, path: str) -> None:
        """Take away an object and all below it."""
        below = [known for known in self._objects if known == path or known.startswith(path + "/")]
        for known in sorted(below, reverse=True):
            interfaces = list(self._objects.pop(known))
            self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [known, interfaces])

    def set(self, path: str, interface: str, **properties: Variant) -> None:
        """Change properties of an object, if it is there, and tell what changed."""
        if not self.has(path, interface):
            return
        current = self._objects[path][interface]
        changed = {
            name: value for name, value in properties.items() if current.get(name) != value or name in _EVENTS
        }
        if changed:
            current.update(changed)
            self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, changed, []])

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        self._send(
            Message(
                message_type=MessageType.SIGNAL,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=body,
            )
        )

    async def _get_managed_objects(self, _call: Message) -> Reply:
        return Reply("a{oa{sa{sv}}}", (self._objects,))

    async def _get(self, call: Message) -> Reply:
        interface, name = call.body
        return Reply("v", (self._interface(call, interface)[name],))

    async def _get_all(self, call: Message) -> Reply:
        return Reply("a{sv}", (self._interface(call, call.body[0]),))

    async def _set(self, call: Message) -> Reply:
        interface, name, value = call.body
        self._interface(call, interface)
        self.set(call.path or "", interface, **{name: value})
        return DONE

    def _interface(self, call: Message, interface: str) -> dict[str, Variant]:
        if not self.has(call.path or "", interface):
            raise BluezError("org.freedesktop.DBus.Error.UnknownObject", "no such object or interface")
        return self._objects[call.path or ""][interface]
