"""When two messages of alarm gear are one: the key of an event for ever.

Gear numbers its messages with few digits, begins anew after a loss of power, and sends the same again with
another clock. A number alone would one day swallow a new alarm; a new id for each sending would raise one
alarm twice. So a message is the same while number and content are the same and it was first heard no
longer than a window ago. At the edge of a window, or on another node, one message may get two ids: then
her alarm says "pressed again", which nobody is hurt by.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

NAMESPACE: Final = UUID("5b0c2a5e-0d0f-5c9b-9a51-3f6d1f0c7a11")
REMEMBERED: Final = 20_000


@dataclass(frozen=True, slots=True)
class Sending:
    """One message as it came; ``again``: it was heard on this node within the window."""

    event_id: str
    again: bool


class Resends:
    """What was heard lately on this node, so that a window's edge does not part a message from itself."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._heard: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def of(self, received_at: datetime, *parts: str | bytes) -> Sending:
        """Name a message by what stays the same when it is sent again."""
        key = _digest(parts)
        at = received_at.timestamp()
        known = self._heard.get(key)
        if known is not None and 0 <= at - known[1] < self._window_s:
            return Sending(known[0], again=True)
        event_id = str(uuid5(NAMESPACE, f"{key.hex()}:{int(at // self._window_s)}"))
        self._heard.pop(key, None)
        self._heard[key] = (event_id, at)
        if len(self._heard) > REMEMBERED:
            self._heard.popitem(last=False)
        return Sending(event_id, again=False)


def _digest(parts: tuple[str | bytes, ...]) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.digest()
