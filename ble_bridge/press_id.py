"""The identity of a press, fixed when it is heard.

A button that counts gives every companion that hears one act the same id, so that the gateway
sees one press. A button that does not count gives a fresh, time-ordered id.
"""

import os
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from ble_bridge.decoding import Step

_NAMESPACE: Final = UUID("5f0a2c1e-7d38-5b44-9c0e-6d73610b7e55")
_U48: Final = (1 << 48) - 1
_RANDOM_BITS: Final = 74


def press_id_of(
    button_id: str, step: Step | None, now: datetime, random: Callable[[int], bytes] = os.urandom
) -> UUID:
    """Return UUIDv5 of button, boot and counter where there is a counter, else UUIDv7 of ``now``."""
    if step is None:
        return uuid7(now, random)
    boot = "-" if step.boot is None else str(step.boot)
    return uuid5(_NAMESPACE, f"{button_id}/{boot}/{step.counter}")


def uuid7(now: datetime, random: Callable[[int], bytes] = os.urandom) -> UUID:
    """Return a version 7 UUID (RFC 9562, 5.7): 48 bits of Unix milliseconds, 74 random bits.

    A clock before 1970 or beyond the year 10889 wraps around: an odd clock must not stop a press.
    """
    milliseconds = int(now.timestamp() * 1000) & _U48
    noise = int.from_bytes(random(10), "big") & ((1 << _RANDOM_BITS) - 1)
    noise_a, noise_b = noise >> 62, noise & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | noise_a << 64 | 0b10 << 62 | noise_b)
