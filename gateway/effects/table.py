"""Which event is whose: the port ``Effects``."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from gateway.domain.errors import FieldInvalid
from gateway.domain.integrators import Inbound, Linked
from gateway.effects.calls import Calls
from gateway.effects.devices import Devices
from gateway.effects.fixes import Fixes
from gateway.effects.said import Said
from gateway.effects.wishes import Wishes
from schemas.events import EventType

Handler = Callable[[Inbound, Any, Linked, datetime], Awaitable[None]]
"""Does what an event says; its data is of the type that ``schemas.events.DATA_OF`` names."""


@dataclass(frozen=True, kw_only=True)
class AlarmEffects:
    """``gateway.ports.Effects``: hands each event to the handler of its type."""

    handlers: Mapping[EventType, Handler]

    @classmethod
    def of(cls, said: Said, fixes: Fixes, calls: Calls, wishes: Wishes, devices: Devices) -> Self:
        """Put the table together."""
        return cls(
            handlers={
                EventType.POSITION_UPDATED: fixes.moved,
                EventType.CALL_RECEIVED: calls.received,
                EventType.CHAT_SAID: said.message,
                EventType.MEDICAL_UPDATED: said.medical,
                EventType.CANCEL_REQUESTED: wishes.cancel,
                EventType.DEVICE_CONDITION: devices.told,
            }
        )

    async def apply(self, event: Inbound, linked: Linked, received_at: datetime) -> None:
        """Do it, once however often it is asked.

        Raises:
            FieldInvalid: events of this type do nothing here: alarms and trackers have lanes of their own.
        """
        handler = self.handlers.get(event.type)
        if handler is None:
            raise FieldInvalid("type", "such events do nothing here")
        await handler(event, event.data, linked, received_at)
