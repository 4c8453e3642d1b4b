"""Requests that wait for news: so many of one integrator at once."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from gateway.domain.errors import TooMany
from gateway.door_timing import STREAM_WAITERS


@dataclass(frozen=True, slots=True)
class Waiters:
    """How many looks at streams wait on this node, by integrator."""

    waiting: Counter[UUID] = field(default_factory=Counter)

    @asynccontextmanager
    async def seat(self, integrator_id: UUID) -> AsyncIterator[None]:
        """Count one look for as long as it waits. Raises ``TooMany`` beyond ``STREAM_WAITERS``."""
        if self.waiting[integrator_id] >= STREAM_WAITERS:
            raise TooMany(f"{STREAM_WAITERS} looks wait already")
        self.waiting[integrator_id] += 1
        try:
            yield
        finally:
            self.waiting[integrator_id] -= 1
            if not self.waiting[integrator_id]:
                del self.waiting[integrator_id]
