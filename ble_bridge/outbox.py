"""The outbox: presses on disk until the gateway has receipted them.

Owns one SQLite file. WAL with ``synchronous=FULL``: a call that returned is on the disk, whatever
crashes next. Nothing that waits is ever deleted; receipts are kept for
``timing.KEEP_RECEIPTED_DAYS``. A file that cannot be read is moved aside, told loudly, and a new one
begun: an outbox that refuses to open would lose the next press too.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from pydantic import ValidationError

from ble_bridge import timing
from ble_bridge.decoding import Step
from ble_bridge.entry import Entry
from ble_bridge.ports import Clock
from ble_bridge.sqlite_file import Row, SqliteFile
from schemas.press import Press, Receipt

_log = structlog.get_logger(__name__)

# Real presses come first, then the order in which they were heard: the order of rowid.
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS press (
    heard_order  INTEGER PRIMARY KEY AUTOINCREMENT,
    press_id     TEXT NOT NULL UNIQUE,
    is_real      INTEGER NOT NULL,
    body         TEXT NOT NULL,
    era          TEXT NOT NULL,
    heard_s      REAL NOT NULL,
    completed_s  REAL,
    boot         INTEGER,
    counter      INTEGER,
    attempts     INTEGER NOT NULL DEFAULT 0,
    parked       TEXT,
    receipt      TEXT,
    receipted_at TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS press_waiting ON press (is_real DESC, heard_order) WHERE receipt IS NULL;
CREATE TABLE IF NOT EXISTS wish (
    wish_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    word      TEXT,
    wished_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS highest_step (
    button_id TEXT PRIMARY KEY,
    boot      INTEGER,
    counter   INTEGER NOT NULL
) STRICT;
"""
# secure_delete: a word she gave is overwritten when it is forgotten.
_PRAGMAS: Final = ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON")
_INSERT: Final = """
INSERT INTO press (press_id, is_real, body, era, heard_s, completed_s, boot, counter)
VALUES (:press_id, :is_real, :body, :era, :heard_s, :completed_s, :boot, :counter)
ON CONFLICT (press_id) DO NOTHING
"""
_COLUMNS: Final = "body, era, heard_s, completed_s, boot, counter, attempts, parked, receipt"
_GET: Final = f"SELECT {_COLUMNS} FROM press WHERE press_id = :press_id"  # noqa: S608 (a constant)
_WAITING: Final = f"SELECT {_COLUMNS} FROM press WHERE receipt IS NULL ORDER BY is_real DESC, heard_order"  # noqa: S608 (a constant)
_NEWEST_RECEIPTED: Final = (
    f"SELECT {_COLUMNS} FROM press WHERE receipt IS NOT NULL AND is_real = :is_real"  # noqa: S608 (a constant)
    " ORDER BY receipted_at DESC, heard_order DESC LIMIT 1"
)
_FAILED: Final = "UPDATE press SET attempts = :attempts, parked = :parked WHERE press_id = :press_id"
_RECEIPTED: Final = """
UPDATE press SET receipt = :receipt, receipted_at = :at, parked = NULL
WHERE press_id = :press_id AND receipt IS NULL
"""
_PRUNE: Final = "DELETE FROM press WHERE receipt IS NOT NULL AND receipted_at < :before"
_PUT_WISH: Final = "INSERT INTO wish (word, wished_at) VALUES (:word, :at)"
_WISHES: Final = "SELECT wish_id, word, wished_at FROM wish ORDER BY wish_id"
_FORGET_WISH: Final = "DELETE FROM wish WHERE wish_id = :wish_id"
_STEP: Final = "SELECT boot, counter FROM highest_step WHERE button_id = :button_id"
_SET_STEP: Final = """
INSERT INTO highest_step (button_id, boot, counter) VALUES (:button_id, :boot, :counter)
ON CONFLICT (button_id) DO UPDATE SET boot = excluded.boot, counter = excluded.counter
WHERE boot IS NOT excluded.boot OR highest_step.counter < excluded.counter
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """That she wished to cancel; never logged."""

    wish_id: int
    word: str | None
    wished_at: datetime


class Outbox(SqliteFile):
    """The presses that wait and those that were receipted. Open it with ``async with``.

    Raises OSError or sqlite3.Error when the directory cannot be written: the bridge must not run
    without its disk.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(path, clock, schema=_SCHEMA, pragmas=_PRAGMAS)

    async def put(self, entry: Entry, button_id: str) -> bool:
        """Keep a press; return once it is on the disk. False: this press is here already.

        The button's highest step is kept in the same commit.
        """
        return await self._run(lambda: self._put(entry, button_id))

    async def note_step(self, button_id: str, step: Step) -> None:
        """Keep the highest step of a button's counter."""
        await self._run(lambda: self._execute(_SET_STEP, _step_row(button_id, step)))

    async def highest_step(self, button_id: str) -> Step | None:
        """Return the highest step kept of a button."""
        row = await self._run(lambda: self._fetch(_STEP, {"button_id": button_id}))
        return Step(*row[0]) if row else None

    async def get(self, press_id: UUID) -> Entry | None:
        """Return one press, waiting or receipted."""
        rows = await self._run(lambda: self._fetch(_GET, {"press_id": str(press_id)}))
        return _entry(rows[0]) if rows else None

    async def waiting(self) -> Sequence[Entry]:
        """Return all presses without a receipt: real ones first, each kind oldest first."""
        rows = await self._run(lambda: self._fetch(_WAITING, {}))
        return [entry for row in rows if (entry := _entry_or_none(row)) is not None]

    async def newest_receipted(self, *, is_real: bool) -> Entry | None:
        """Return the real press that was receipted last, or the test."""
        rows = await self._run(lambda: self._fetch(_NEWEST_RECEIPTED, {"is_real": is_real}))
        return _entry(rows[0]) if rows else None

    async def failed(self, entry: Entry) -> None:
        """Keep how often a press was sent, and why it is parked if it is."""
        row = {"press_id": str(entry.press.press_id), "attempts": entry.attempts, "parked": entry.parked}
        await self._run(lambda: self._execute(_FAILED, row))

    async def receipted(self, receipt: Receipt) -> bool:
        """Keep a press's receipt; False when it had one already."""
        row = {
            "press_id": str(receipt.press_id),
            "receipt": receipt.model_dump_json(),
            "at": self._clock.now().isoformat(),
        }
        return await self._run(lambda: self._execute(_RECEIPTED, row)) == 1

    async def put_wish(self, word: str | None) -> None:
        """Keep that she wishes to cancel, and the word she gave, until a gateway knows."""
        row = {"word": word, "at": self._clock.now().isoformat()}
        await self._run(lambda: self._execute(_PUT_WISH, row))

    async def wishes(self) -> Sequence[Wish]:
        """Return the wishes that wait, oldest first."""
        rows = await self._run(lambda: self._fetch(_WISHES, {}))
        return [Wish(wish_id, word, datetime.fromisoformat(at)) for wish_id, word, at in rows]

    async def forget_wish(self, wish: Wish) -> None:
        """Erase a wish, its word overwritten."""
        await self._run(lambda: self._forget_wish(wish))

    async def prune(self) -> int:
        """Delete receipts older than a month; return how many."""
        before = (self._clock.now() - timedelta(days=timing.KEEP_RECEIPTED_DAYS)).isoformat()
        return await self._run(lambda: self._execute(_PRUNE, {"before": before}))

    # --- in the worker thread ---------------------------------------------------------------

    def _forget_wish(self, wish: Wish) -> None:
        self._execute(_FORGET_WISH, {"wish_id": wish.wish_id})
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _put(self, entry: Entry, button_id: str) -> bool:
        row = {
            "press_id": str(entry.press.press_id),
            "is_real": entry.is_real,
            "body": entry.press.model_dump_json(exclude_none=True),
            "era": entry.era,
            "heard_s": entry.heard_s,
            "completed_s": entry.completed_s,
            "boot": entry.step.boot if entry.step else None,
            "counter": entry.step.counter if entry.step else None,
        }
        with self._connection as db:
            kept = db.execute(_INSERT, row).rowcount == 1
            if entry.step is not None:
                db.execute(_SET_STEP, _step_row(button_id, entry.step))
        return kept


def _step_row(button_id: str, step: Step) -> dict[str, object]:
    return {"button_id": button_id, "boot": step.boot, "counter": step.counter}


def _entry_or_none(row: Row) -> Entry | None:
    try:
        return _entry(row)
    except ValidationError:
        # One row nobody can read (an older program's) must not hold up the others; it stays.
        _log.critical("outbox.unreadable_press")
        return None


def _entry(row: Row) -> Entry:
    body, era, heard_s, completed_s, boot, counter, attempts, parked, receipt = row
    return Entry(
        press=Press.model_validate_json(str(body)),
        era=str(era),
        heard_s=heard_s,
        completed_s=completed_s,
        step=None if counter is None else Step(boot, counter),
        attempts=attempts,
        parked=parked,
        receipt=None if receipt is None else Receipt.model_validate(json.loads(str(receipt))),
    )
