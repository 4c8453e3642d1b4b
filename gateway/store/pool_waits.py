"""How long connections of the pool are waited for, told to whoever measures it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

NODE_POOL: Final = "node"
STREAM_POOL: Final = "streams"

_told: ContextVar[Callable[[str, float], None] | None] = ContextVar("pool_waits_told", default=None)


def told_to(waited: Callable[[str, float], None]) -> None:
    """Have every wait of tasks begun from here on told: ``waited(pool, seconds)``."""
    _told.set(waited)


@contextmanager
def waiting(pool: str) -> Iterator[None]:
    """Tell how long the block took, also where it was in vain."""
    began = time.monotonic()
    try:
        yield
    finally:
        if (waited := _told.get()) is not None:
            waited(pool, time.monotonic() - began)
