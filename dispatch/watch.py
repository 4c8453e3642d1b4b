"""Waiting for what happens to one alarm, whatever happens to others."""

import asyncio
from uuid import UUID


class Watch:
    """Wakes when the hub fans out an event of one alarm."""

    def __init__(self, watchers: dict[UUID, set[asyncio.Event]], alarm_id: UUID) -> None:
        self._watchers = watchers
        self._alarm_id = alarm_id
        self._woken = asyncio.Event()

    def __enter__(self) -> asyncio.Event:
        self._watchers.setdefault(self._alarm_id, set()).add(self._woken)
        return self._woken

    def __exit__(self, *_: object) -> None:
        others = self._watchers[self._alarm_id]
        others.discard(self._woken)
        if not others:
            del self._watchers[self._alarm_id]
