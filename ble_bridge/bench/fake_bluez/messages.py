"""Names, errors and replies of the org.bluez interfaces."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bumble import hci
from dbus_fast import Message

from ble_bridge.bench.central import plain_address

PROPERTIES: Final = "org.freedesktop.DBus.Properties"
OBJECT_MANAGER: Final = "org.freedesktop.DBus.ObjectManager"
ADAPTER: Final = "org.bluez.Adapter1"
DEVICE: Final = "org.bluez.Device1"
SERVICE: Final = "org.bluez.GattService1"
CHARACTERISTIC: Final = "org.bluez.GattCharacteristic1"
DESCRIPTOR: Final = "org.bluez.GattDescriptor1"
AGENT_MANAGER: Final = "org.bluez.AgentManager1"
AGENT: Final = "org.bluez.Agent1"

BLUEZ_PATH: Final = "/org/bluez"
ADAPTER_PATH: Final = "/org/bluez/hci0"


class BluezError(Exception):
    """An answer of org.bluez that is an error; ``name`` is its last part, as "InProgress"."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name if "." in name else f"org.bluez.Error.{name}"
        self.text = text


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a method call: D-Bus signature, values, and file descriptors handed over."""

    signature: str = ""
    body: tuple[Any, ...] = ()
    descriptors: tuple[int, ...] = ()


Method = Callable[[Message], Awaitable[Reply]]
Methods = Mapping[tuple[str, str], Method]

DONE: Final = Reply()


def not_ready() -> BluezError:
    """Make the error for an adapter that is off."""
    return BluezError("NotReady", "Resource Not Ready")


def in_progress() -> BluezError:
    """Make the error for a call while its like is under way."""
    return BluezError("InProgress", "Operation already in progress")


def not_connected() -> BluezError:
    """Make the error for a call that needs the link."""
    return BluezError("Failed", "Not connected")


def device_path(address: hci.Address) -> str:
    """Return the object path of the device with ``address``."""
    return f"{ADAPTER_PATH}/dev_{plain_address(address).replace(':', '_')}"
