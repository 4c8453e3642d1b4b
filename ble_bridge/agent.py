"""The pairing agent (org.bluez.Agent1) that BlueZ asks and bleak leaves out.

Without an agent BlueZ refuses to pair even a button that has nothing to ask (ble.md, R1). This one
says yes to the button being paired, while it is being paired, and no to everyone else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from dbus_fast import DBusError, Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusObjectPath, DBusStr, DBusUInt16, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method

PATH: Final = "/be/msa/bridge/agent"
_REJECTED: Final = "org.bluez.Error.Rejected"

_log = structlog.get_logger(__name__)


class NoAgentError(Exception):
    """BlueZ did not take our agent."""


class Agent(ServiceInterface):
    """Answers pairing questions. ``passkey`` is the one printed on the button, if it has one."""

    def __init__(self, passkey: int | None = None) -> None:
        super().__init__("org.bluez.Agent1")
        self._passkey = passkey
        self._pairing: str | None = None

    @property
    def capability(self) -> str:
        """What we can do in a pairing, in BlueZ's words."""
        return "NoInputNoOutput" if self._passkey is None else "KeyboardOnly"

    @contextmanager
    def pairing(self, device_path: str) -> Iterator[None]:
        """Accept this device, and no other, while the block runs."""
        self._pairing = device_path
        try:
            yield
        finally:
            self._pairing = None

    def _accept(self, device_path: str, question: str) -> None:
        if device_path != self._pairing:
            _log.warning("agent.rejected", question=question)
            raise DBusError(_REJECTED, "not the button being paired")
        _log.info("agent.accepted", question=question)

    @dbus_method()
    def Release(self) -> None:  # noqa: N802 (BlueZ's name)
        """Nothing to release."""

    @dbus_method()
    def Cancel(self) -> None:  # noqa: N802 (BlueZ's name)
        """Nothing is shown that could be taken back."""

    @dbus_method()
    def RequestPasskey(self, device: DBusObjectPath) -> DBusUInt32:  # noqa: N802 (BlueZ's name)
        """Give the printed passkey."""
        self._accept(device, "passkey")
        if self._passkey is None:
            raise DBusError(_REJECTED, "no passkey is known")
        return self._passkey

    @dbus_method()
    def DisplayPasskey(  # noqa: N802 (BlueZ's name)
        self,
        device: DBusObjectPath,  # noqa: ARG002 (BlueZ's signature)
        passkey: DBusUInt32,  # noqa: ARG002 (the same)
        entered: DBusUInt16,  # noqa: ARG002 (the same)
    ) -> None:
        """Refuse: a button has no keys to type a passkey with."""
        raise DBusError(_REJECTED, "a button cannot type")

    @dbus_method()
    def RequestConfirmation(self, device: DBusObjectPath, passkey: DBusUInt32) -> None:  # noqa: ARG002, N802 (BlueZ's signature)
        """Accept the button being paired; it has no display to compare with."""
        self._accept(device, "confirmation")

    @dbus_method()
    def RequestAuthorization(self, device: DBusObjectPath) -> None:  # noqa: N802 (BlueZ's name)
        """Accept the button being paired."""
        self._accept(device, "authorization")

    @dbus_method()
    def AuthorizeService(self, device: DBusObjectPath, uuid: DBusStr) -> None:  # noqa: ARG002, N802 (BlueZ's signature)
        """Accept services of the button being paired."""
        self._accept(device, "service")


async def register(bus: MessageBus, agent: Agent) -> None:
    """Make ``agent`` the default of the BlueZ now on the bus; raises NoAgentError.

    It stays so until the bus connection closes or BlueZ restarts.
    """
    for member, signature, body in (
        ("RegisterAgent", "os", [PATH, agent.capability]),
        ("RequestDefaultAgent", "o", [PATH]),
    ):
        reply = await bus.call(
            Message(
                destination="org.bluez",
                path="/org/bluez",
                interface="org.bluez.AgentManager1",
                member=member,
                signature=signature,
                body=body,
            )
        )
        if reply.message_type is MessageType.ERROR and reply.error_name != "org.bluez.Error.AlreadyExists":
            raise NoAgentError(f"{member}: {reply.error_name}")
