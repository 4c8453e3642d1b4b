"""The pairing agent that a client registered, and bumble's questions to it."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from bumble.device import Connection
from bumble.pairing import PairingConfig, PairingDelegate
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from ble_bridge.bench.fake_bluez.messages import (
    AGENT,
    AGENT_MANAGER,
    DONE,
    BluezError,
    Methods,
    Reply,
    device_path,
)

_CAPABILITIES: Final = {
    "NoInputNoOutput": PairingDelegate.NO_OUTPUT_NO_INPUT,
    "KeyboardOnly": PairingDelegate.KEYBOARD_INPUT_ONLY,
    "DisplayOnly": PairingDelegate.DISPLAY_OUTPUT_ONLY,
    "DisplayYesNo": PairingDelegate.DISPLAY_OUTPUT_AND_YES_NO_INPUT,
    "KeyboardDisplay": PairingDelegate.DISPLAY_OUTPUT_AND_KEYBOARD_INPUT,
    "": PairingDelegate.DISPLAY_OUTPUT_AND_KEYBOARD_INPUT,
}
_ANSWER_DEADLINE_S: Final = 60.0  # bluetoothd's own patience with an agent


@dataclass(frozen=True, slots=True)
class Agent:
    """Who answers questions of pairing: a client's bus name, its object, what it can show or ask."""

    owner: str
    path: str
    capability: str


class Agents:
    """org.bluez.AgentManager1: one agent a client, one of them the default."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus
        self._registered: dict[str, Agent] = {}
        self.default: Agent | None = None
        self.methods: Methods = {
            (AGENT_MANAGER, "RegisterAgent"): self._register,
            (AGENT_MANAGER, "RequestDefaultAgent"): self._request_default,
            (AGENT_MANAGER, "UnregisterAgent"): self._unregister,
        }

    def pairing_config(self, connection: Connection, *, implicit: bool) -> PairingConfig:
        """Say how to pair over ``connection``; ``implicit`` when a protected value asked for it."""
        can_ask = self.default is not None and self.default.capability != "NoInputNoOutput"
        return PairingConfig(
            sc=True,
            mitm=can_ask,
            bonding=True,
            delegate=_AskAgent(self, device_path(connection.peer_address), implicit=implicit),
            identity_address_type=PairingConfig.AddressType.RANDOM,
        )

    def forget_client(self, owner: str) -> None:
        """Drop the agent of a client that left the bus."""
        self._registered.pop(owner, None)
        if self.default and self.default.owner == owner:
            self.default = None

    async def ask(self, member: str, signature: str, *arguments: Any) -> Message | None:
        """Ask the default agent; None where there is none, or it refused or kept silent."""
        if self.default is None:
            return None
        question = Message(
            destination=self.default.owner,
            path=self.default.path,
            interface=AGENT,
            member=member,
            signature=signature,
            body=list(arguments),
        )
        try:
            async with asyncio.timeout(_ANSWER_DEADLINE_S):
                answer = await self._bus.call(question)
        except TimeoutError:
            return None
        return answer if answer and answer.message_type is MessageType.METHOD_RETURN else None

    async def _register(self, call: Message) -> Reply:
        path, capability = call.body
        if capability not in _CAPABILITIES:
            raise BluezError("InvalidArguments", "Invalid arguments in method call")
        if _owner(call) in self._registered:
            raise BluezError("AlreadyExists", "Already Exists")
        self._registered[_owner(call)] = Agent(_owner(call), path, capability)
        return DONE

    async def _request_default(self, call: Message) -> Reply:
        if _owner(call) not in self._registered:
            raise BluezError("DoesNotExist", "Does Not Exist")
        self.default = self._registered[_owner(call)]
        return DONE

    async def _unregister(self, call: Message) -> Reply:
        self.forget_client(_owner(call))
        return DONE


class _AskAgent(PairingDelegate):
    """Passes bumble's questions on, as bluetoothd 5.66 was seen to.

    Without an agent even "Just Works" is refused. With one, an explicit Pair of it goes through
    without a question, and a pairing that a protected value started asks RequestAuthorization.
    """

    def __init__(self, agents: Agents, device: str, *, implicit: bool) -> None:
        capability = agents.default.capability if agents.default else "NoInputNoOutput"
        super().__init__(
            _CAPABILITIES[capability],
            local_initiator_key_distribution=self.KeyDistribution.DISTRIBUTE_ENCRYPTION_KEY,
            local_responder_key_distribution=self.KeyDistribution.DISTRIBUTE_ENCRYPTION_KEY,
        )
        self._agents, self._device, self._implicit = agents, device, implicit

    async def confirm(self, auto: bool = False) -> bool:  # noqa: ARG002, FBT001, FBT002 # bumble's signature
        if self._agents.default and not self._implicit:
            return True
        return await self._agents.ask("RequestAuthorization", "o", self._device) is not None

    async def compare_numbers(self, number: int, digits: int) -> bool:  # noqa: ARG002 # bumble's signature
        answer = await self._agents.ask("RequestConfirmation", "ou", self._device, number)
        return answer is not None

    async def get_number(self) -> int | None:
        answer = await self._agents.ask("RequestPasskey", "o", self._device)
        return int(answer.body[0]) if answer else None


def _owner(call: Message) -> str:
    return call.sender or ""
