"""Look-ups that are asked for at about the same time, answered by one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

from gateway.domain.errors import DatabaseUnavailable, GatewayError

K = TypeVar("K")
V = TypeVar("V")


class Gathered(Generic[K, V]):
    """Looks keys up together that come within ``pause_s``; ``read`` returns what it found of them."""

    def __init__(self, read: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], pause_s: float) -> None:
        self._read = read
        self._pause_s = pause_s
        self._round: _Round[K, V] | None = None

    async def get(self, key: K) -> V | None:
        """Return what was found, None where there is nothing. Raises ``DatabaseUnavailable``.

        Who asks first looks for all; where that one is ended meanwhile the others are told to ask again.
        """
        if (under_way := self._round) is not None:
            under_way.keys.add(key)
            return (await asyncio.shield(under_way.found)).get(key)
        own = self._round = _Round[K, V]()
        own.keys.add(key)
        try:
            found = await self._look(own)
        except BaseException as error:
            own.fail(error if isinstance(error, GatewayError) else DatabaseUnavailable())
            raise
        own.found.set_result(found)
        return found.get(key)

    async def _look(self, own: "_Round[K, V]") -> Mapping[K, V]:
        try:
            await asyncio.sleep(self._pause_s)
        finally:
            self._round = None
        return await self._read(list(own.keys))


class _Round(Generic[K, V]):
    """The keys that one statement looks up, and what it finds."""

    def __init__(self) -> None:
        self.keys: set[K] = set()
        self.found: asyncio.Future[Mapping[K, V]] = asyncio.get_running_loop().create_future()

    def fail(self, error: GatewayError) -> None:
        """Tell whoever waits, if anybody does."""
        self.found.set_exception(error)
        self.found.exception()
