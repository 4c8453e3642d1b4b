"""Characteristics with callables behind them, and what a link must be for their values."""

from collections.abc import Callable
from enum import Enum

from bumble.att import Attribute
from bumble.device import Device
from bumble.gatt import Characteristic, CharacteristicValue, Descriptor

_READABLE, _WRITEABLE = Attribute.READABLE, Attribute.WRITEABLE
_READ = Characteristic.Properties.READ
_NOTIFY = Characteristic.Properties.NOTIFY
_WRITE = Characteristic.Properties.WRITE
_WRITE_COMMAND = Characteristic.Properties.WRITE_WITHOUT_RESPONSE


class Secure(Enum):
    """What reading, writing and subscribing require, as the permission bits of each."""

    OPEN = (0, 0)
    ENCRYPTED = (Attribute.READ_REQUIRES_ENCRYPTION, Attribute.WRITE_REQUIRES_ENCRYPTION)
    AUTHENTICATED = (
        Attribute.READ_REQUIRES_ENCRYPTION | Attribute.READ_REQUIRES_AUTHENTICATION,
        Attribute.WRITE_REQUIRES_ENCRYPTION | Attribute.WRITE_REQUIRES_AUTHENTICATION,
    )


def characteristic(
    uuid: str,
    *,
    read: Callable[[], bytes] | None = None,
    write: Callable[[bytes], None] | None = None,
    notify: Device | None = None,
    secure: Secure = Secure.OPEN,
    unacknowledged: bool = False,
) -> Characteristic[bytes]:
    """Make a characteristic that can do what it is given callables for.

    ``notify`` is the device whose subscriptions it takes. What is written ``unacknowledged`` gets
    no response.
    """
    to_read, to_write = secure.value
    properties, permissions = Characteristic.Properties(0), Attribute.Permissions(0)
    if read:
        properties |= _READ
        permissions |= _READABLE | to_read
    if write:
        properties |= _WRITE_COMMAND if unacknowledged else _WRITE
        permissions |= _WRITEABLE | to_write
    value = CharacteristicValue(
        read=(lambda _connection: read()) if read else None,
        write=(lambda _connection, written: write(bytes(written))) if write else None,
    )
    if notify is None:
        return Characteristic(uuid, properties, permissions, value)
    subscription = Descriptor("2902", _READABLE | _WRITEABLE | to_write)
    made: Characteristic[bytes] = Characteristic(
        uuid, properties | _NOTIFY, permissions, value, [subscription]
    )
    subscription.value = notify.gatt_server.make_descriptor_value(made)
    return made
