"""Presses on this node's disk, in the order in which they were kept.

What is known of them is in memory, some 500 bytes each; the presses are read when they are needed.

Concurrency: everything is called on the event loop; the disk is worked on in threads, and what is under way
there goes on when whoever asked is gone.
"""

import asyncio
import errno
from collections import OrderedDict
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Self
from uuid import UUID

import structlog

from gateway import faults
from gateway.domain.errors import CannotCommit, SealBroken, SpoolFull
from gateway.ports import Clock, KeptPress, PressRecord, Waiting
from gateway.settings import Settings
from gateway.spool_metrics import SpoolMetrics
from gateway.store.sealing import Keyring
from gateway.store.spool_directory import SpoolDirectory
from gateway.store.spool_file import SpoolSeal, name_of, read_name
from gateway.store.spool_lanes import Lanes

THREADS: Final = 4
NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
REMEMBERED: Final = 50_000
"""Presses that were kept and are committed, some 200 bytes each: their companions ask for their receipts."""

NEXT_S: Final = 5.0
"""After the disk had no room, presses are believed to be refused for so long; then one tries it."""


@dataclass(frozen=True, slots=True)
class _Entry:
    file: Path
    size: int
    waiting: Waiting


class DiskSpool:
    """``gateway.ports.Spool``."""

    def __init__(
        self, directory: SpoolDirectory, seal: SpoolSeal, max_bytes: int, clock: Clock, metrics: SpoolMetrics
    ) -> None:
        self._directory = directory
        self._seal = seal
        self._max_bytes = max_bytes
        self._clock = clock
        self._metrics = metrics
        self._entries: dict[UUID, _Entry] = {}
        self._writing: dict[UUID, asyncio.Future[Waiting]] = {}
        self._lanes = Lanes()
        self._gone: OrderedDict[UUID, None] = OrderedDict()
        self._bytes = 0
        self._order = 0
        self._no_room_until = 0.0
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="spool")
        metrics.read_from(lambda: len(self._entries), lambda: self._bytes, self._oldest_s)

    @classmethod
    def of(cls, settings: Settings, keyring: Keyring, clock: Clock, metrics: SpoolMetrics) -> Self:
        """Take the directory and read what an earlier run left there. Raises ``SpoolRefused``."""
        seal = SpoolSeal(keyring)
        directory = SpoolDirectory.taken(settings.spool, seal)
        spool = cls(directory, seal, settings.spool_max_mb * 1_000_000, clock, metrics)
        spool._read_all()
        return spool

    async def hold(self) -> None:
        """Have the directory until cancelled; then another process may."""
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self.close()

    def close(self) -> None:
        """End what is being written, and let another process have the directory."""
        self._threads.shutdown()
        self._directory.release()

    @property
    def has_room(self) -> bool:
        """Whether a press of usual size would be kept, as far as is known."""
        return self._bytes < self._max_bytes and self._clock.monotonic() >= self._no_room_until

    @property
    def waiting(self) -> Sequence[Waiting]:
        """What is kept, those kept first first."""
        return [entry.waiting for entry in self._entries.values()]

    @property
    def centres(self) -> Collection[str]:
        """Centres of which something is kept."""
        return self._lanes.centres

    def registrations(self, centre: str) -> Sequence[UUID]:
        """Return whose presses are kept of a centre."""
        return self._lanes.registrations(centre)

    def lane(self, centre: str, registration_id: UUID) -> Sequence[Waiting]:
        """Return what is kept of a registration at a centre, those kept first first."""
        return self._lanes.lane(centre, registration_id)

    def holds(self, press_id: UUID) -> bool:
        """Tell whether the press is kept here, or is being written."""
        return press_id in self._entries or press_id in self._writing

    def has_let_go(self, press_id: UUID) -> bool:
        """Tell whether the press was kept here and is committed since: of the last ``REMEMBERED``."""
        return press_id in self._gone

    def holds_of(self, registration_id: UUID) -> bool:
        """Tell whether any press of the registration is kept here."""
        return self._lanes.has(registration_id)

    async def keep(self, record: PressRecord) -> Waiting:
        """Return once it is on the disk; what is kept already is returned, from memory, as it was kept first.

        A file that was spoilt since is found when it is replayed: it is set aside, and the press, which is
        sent again until it is committed, is kept anew.

        Raises:
            SpoolFull: nothing was kept of it.
            CannotCommit: the disk fails; nothing was kept of it.
        """
        if self.holds(record.press_id):
            self._metrics.kept.labels("again").inc()
        if (known := self._entries.get(record.press_id)) is not None:
            return known.waiting
        return await asyncio.shield(self._writing.get(record.press_id) or self._begin(record))

    async def read(self, press_id: UUID) -> KeptPress | None:
        """Return a kept press; None: it is not here, or not any more. One that does not open is set aside."""
        entry = self._entries.get(press_id)
        if entry is None:
            return None
        read = asyncio.get_running_loop().run_in_executor(self._threads, self._directory.read, entry.file)
        try:
            return await read
        except FileNotFoundError:
            if self._forget(press_id):
                structlog.get_logger().error("spool_file_gone", press_id=str(press_id))
            return None
        except (SealBroken, OSError, ValueError):
            if self._forget(press_id):
                self._directory.set_aside(entry.file)
                self._metrics.set_aside.inc()
            return None

    async def let_go(self, press_id: UUID) -> None:
        """Take it off the disk: it is committed."""
        entry = self._entries.get(press_id)
        if entry is None:
            return
        faults.reach("before_let_go")
        try:
            await asyncio.get_running_loop().run_in_executor(
                self._threads, self._directory.remove, entry.file
            )
        except OSError as error:  # it is found to be committed at the next start
            structlog.get_logger().error("spool_not_let_go", error=type(error).__name__)
        self._forget(press_id)
        self._gone[press_id] = None
        if len(self._gone) > REMEMBERED:
            self._gone.popitem(last=False)

    # --- inside -----------------------------------------------------------------------------

    def _begin(self, record: PressRecord) -> asyncio.Future[Waiting]:
        kept = KeptPress(record=record, kept_at=self._clock.now())
        content = self._seal.seal(kept)
        if self._bytes + len(content) > self._max_bytes:
            self._metrics.kept.labels("full").inc()
            raise SpoolFull
        self._bytes += len(content)
        self._order = max(self._order + 1, int(kept.kept_at.timestamp() * 1_000_000))
        name = name_of(self._order, record.press_id)
        writing = self._writing[record.press_id] = asyncio.ensure_future(self._write(name, content, kept))
        writing.add_done_callback(partial(self._wrote, record.press_id))
        return writing

    async def _write(self, name: str, content: bytes, kept: KeptPress) -> Waiting:
        faults.reach("before_keep")
        try:
            file = await asyncio.get_running_loop().run_in_executor(
                self._threads, self._directory.write, name, content
            )
        except OSError as error:
            self._bytes -= len(content)
            raise self._refusal(error) from error
        faults.reach("after_keep")
        waiting = Waiting.of(kept)
        self._remember(_Entry(file, len(content), waiting))
        self._metrics.kept.labels("kept").inc()
        return waiting

    def _refusal(self, error: OSError) -> SpoolFull | CannotCommit:
        full = error.errno in NO_ROOM
        self._no_room_until = self._clock.monotonic() + NEXT_S
        self._metrics.kept.labels("full" if full else "failed").inc()
        structlog.get_logger().error("press_not_kept", error=errno.errorcode.get(error.errno or 0, "unknown"))
        return SpoolFull() if full else CannotCommit()

    def _wrote(self, press_id: UUID, writing: asyncio.Future[Waiting]) -> None:
        del self._writing[press_id]
        if not writing.cancelled():
            writing.exception()  # whoever asked was told, if somebody still did

    def _forget(self, press_id: UUID) -> bool:
        entry = self._entries.pop(press_id, None)
        if entry is None:
            return False
        self._bytes -= entry.size
        self._lanes.remove(entry.waiting)
        return True

    def _remember(self, entry: _Entry) -> None:
        self._entries[entry.waiting.press_id] = entry
        self._lanes.add(entry.waiting)

    def _oldest_s(self) -> float:
        oldest = next(iter(self._entries.values()), None)
        return 0 if oldest is None else max(0.0, (self._clock.now() - oldest.waiting.kept_at).total_seconds())

    def _read_all(self) -> None:
        for file, kept in self._directory.found(self._metrics.set_aside.inc):
            order, _ = read_name(file.name)
            size = file.stat().st_size
            self._remember(_Entry(file, size, Waiting.of(kept)))
            self._bytes += size
            self._order = max(self._order, order)
        if self._entries:
            structlog.get_logger().warning("spool_found", presses=len(self._entries))
