"""Files that this node could not open when it showed their alarms, and whether they open by now.

Most often the key file lacks a key: it is read again once it has changed, and what it has more is
known from then on, without a restart.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog

from gateway.domain.errors import KeyFileRefused, SealBroken
from gateway.domain.rows import Row
from gateway.store.connect import Pool, acquire
from gateway.store.sealing import Keyring
from gateway.store.view import sealed_of

# A file without its data key was erased, and never opens again.
OPEN_ALARMS: Final = """
SELECT alarm_id, registration_id, key_id, wrapped_key, person_sealed, circumstances_sealed, sealed_version,
       notes_sealed
  FROM alarm
 WHERE registration_id = ANY ($1) AND state <> 'closed' AND owner = centre_id AND wrapped_key IS NOT NULL"""

REMEMBERED: Final = 1_000
"""More than this, and something is wrong that no retry mends."""

Version = tuple[int, int, int]


class UnopenedFiles:
    """``gateway.ports.Unopened``. ``counted`` is called each time an alarm is shown without its file."""

    def __init__(self, pool: Pool, keyring: Keyring, key_file: Path, counted: Callable[[], None]) -> None:
        self._pool = pool
        self._keyring = keyring
        self._key_file = key_file
        self._version = _version(key_file)
        self._counted = counted
        self._registrations: set[UUID] = set()

    def failed(self, registration_id: UUID) -> None:
        """Remember that an alarm of this registration was shown without its file."""
        self._counted()
        if len(self._registrations) < REMEMBERED:
            self._registrations.add(registration_id)

    def forget(self, registration_id: UUID) -> None:
        """Forget it: consoles have been told."""
        self._registrations.discard(registration_id)

    async def readable(self) -> dict[UUID, UUID]:
        """Return the open alarms whose file opens now, with their registrations."""
        if not self._registrations:
            return {}
        await asyncio.to_thread(self._learn)
        async with acquire(self._pool) as database:
            rows = await database.fetch(OPEN_ALARMS, list(self._registrations))
        self._registrations &= {row["registration_id"] for row in rows}
        return {row["alarm_id"]: row["registration_id"] for row in rows if self._opens(row)}

    def _learn(self) -> None:
        """Read the key file again if it has changed."""
        version = _version(self._key_file)
        if version in {None, self._version}:
            return
        self._version = version
        try:
            self._keyring.learn(Keyring.read(self._key_file))
        except KeyFileRefused as error:
            structlog.get_logger().warning("key_file_refused", error=str(error))

    def _opens(self, row: Row) -> bool:
        try:
            self._keyring.open_json(row["registration_id"], sealed_of(row))
            if row["notes_sealed"] is not None:
                self._keyring.open_notes(row["registration_id"], sealed_of(row), row["notes_sealed"])
        except SealBroken:
            return False
        return True


def _version(path: Path) -> Version | None:
    with suppress(OSError):
        found = path.stat()
        return found.st_mtime_ns, found.st_size, found.st_ino
    return None
