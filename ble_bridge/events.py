"""The bridge's events as JSON Lines on standard output, for scripts and the demo."""

import json
import queue
import threading
from datetime import datetime
from enum import Enum
from typing import Self, TextIO
from uuid import UUID

# A reader that stops reading must not stop an alarm: beyond this its events are dropped.
_MOST_QUEUED = 10_000


class NoEvents:
    """Nobody listens."""

    def emit(self, event: str, **fields: object) -> None:
        """Drop it."""


class JsonLines:
    """One JSON object a line, written by a thread of its own. Use it with ``with``."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._queue: queue.Queue[str | None] = queue.Queue(_MOST_QUEUED)
        self._thread = threading.Thread(target=self._write, name="events", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        try:
            self._queue.put_nowait(None)
        except queue.Full:
            return
        self._thread.join(timeout=1.0)

    def emit(self, event: str, **fields: object) -> None:
        """Queue one event."""
        line = json.dumps({"event": event, **fields}, default=_plain)
        try:
            self._queue.put_nowait(line)
        except queue.Full:
            return

    def _write(self) -> None:
        try:
            while (line := self._queue.get()) is not None:
                self._out.write(line + "\n")
                self._out.flush()
        except (OSError, ValueError):
            return  # the reader is gone


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
