"""One SQLite file, and the one thread that may touch it.

All access runs in that worker thread, so the event loop never waits for the disk and calls take
effect in the order in which they were made.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar

import structlog

from ble_bridge import timing
from ble_bridge.ports import Clock

_T = TypeVar("_T")
Row: TypeAlias = tuple[Any, ...]
_log = structlog.get_logger(__name__)


class SqliteFile:
    """Open it with ``async with``; ``pragmas`` and ``schema`` are run on each opening.

    A file that cannot be read is moved aside, told loudly, and a new one begun. Raises OSError or
    sqlite3.Error when the directory cannot be written.
    """

    def __init__(self, path: Path, clock: Clock, *, schema: str, pragmas: tuple[str, ...]) -> None:
        self.path = path
        self._clock = clock
        self._schema, self._pragmas = schema, pragmas
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=path.stem)
        self._db: sqlite3.Connection | None = None
        self.was_corrupt = False

    async def __aenter__(self) -> Self:
        self._db = await self._run(self._open)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._run(self._close)
        self._thread.shutdown()

    async def _run(self, work: Callable[[], _T]) -> _T:
        # Shielded: a cancelled caller must not leave a commit half waited for.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, work))

    # --- in the worker thread ---------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            self._move_aside()
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, check_same_thread=False, timeout=timing.BUS_S)
        try:
            for pragma in self._pragmas:
                db.execute(f"PRAGMA {pragma}")
            if db.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("quick_check found damage")
            db.executescript(self._schema)
        except sqlite3.Error:
            db.close()
            raise
        self.path.chmod(0o600)
        return db

    def _move_aside(self) -> None:
        self.was_corrupt = True
        stamp = self._clock.now().strftime("%Y%m%dT%H%M%SZ")
        aside = self.path.with_name(f"{self.path.name}.corrupt-{stamp}")
        self.path.replace(aside)
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                self.path.with_name(self.path.name + suffix).replace(aside.with_name(aside.name + suffix))
        _log.critical(f"{self.path.stem}.corrupt", moved_to=aside.name)

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()

    def _execute(self, sql: str, row: Mapping[str, object]) -> int:
        with self._connection as db:
            return db.execute(sql, row).rowcount

    def _fetch(self, sql: str, row: Mapping[str, object]) -> list[Row]:
        return self._connection.execute(sql, row).fetchall()

    @property
    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            raise RuntimeError(f"{self.path.name} is not open")
        return self._db
