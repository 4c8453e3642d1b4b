"""What a node remembers for a few seconds of what it read, so that not every request reads it again."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from gateway.door_timing import CREDENTIALS_CACHED, CREDENTIALS_CACHED_S
from gateway.ports import Clock

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Values by key, each for ``CREDENTIALS_CACHED_S``; what was not found is asked for each time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def has(self, key: K) -> bool:
        """Whether there was a value, however long ago, as far as it is not forgotten."""
        return key in self._kept

    async def get(self, key: K, read: Callable[[], Awaitable[V | None]]) -> V | None:
        """Return the value, read where it is not remembered. Raises what ``read`` does."""
        kept = self._kept.get(key)
        now = self._clock.monotonic()
        if kept is not None and now < kept[0]:
            self._kept.move_to_end(key)
            return kept[1]
        value = await read()
        if value is None:
            self._kept.pop(key, None)
            return None
        self._kept[key] = now + CREDENTIALS_CACHED_S, value
        self._kept.move_to_end(key)
        if len(self._kept) > CREDENTIALS_CACHED:
            self._kept.popitem(last=False)
        return value
