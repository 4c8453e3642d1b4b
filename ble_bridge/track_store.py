"""The tracks on disk: the fixes that wait, so that a restart of the bridge loses none.

A file of its own beside the outbox: SQLite has one writer a file, and a press must wait for no
fix. ``synchronous=NORMAL``: a kill of the process loses nothing; a power cut may lose the fixes of
the last minutes, which costs the track some detail and spares the phone an fsync a second for two
hours. What a power cut must not do is let an index come twice, for the gateway would take the second
fix for the first: so indexes are reserved ahead, with an fsync.

Where she was is erased as soon as it has been sent, or her alarm is over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from pydantic import ValidationError

from ble_bridge import timing
from ble_bridge.backlog import Backlog, WaitingFix
from ble_bridge.moment import Moment
from ble_bridge.ports import Clock
from ble_bridge.positions import as_fix, as_position
from ble_bridge.sqlite_file import Row, SqliteFile
from ble_bridge.tracking import Tracking
from schemas.position import Position

_log = structlog.get_logger(__name__)

# Far above any index that a track can have reached: where the file was lost, nobody knows how far.
_INDEX_AFTER_LOSS: Final = 1_000_000

# secure_delete: a fix that was sent is overwritten, not only unlinked.
_PRAGMAS: Final = (
    "auto_vacuum = INCREMENTAL",
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "secure_delete = ON",
)
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS alarm (
    alarm_id     TEXT PRIMARY KEY,
    is_real      INTEGER NOT NULL,
    began_at     TEXT NOT NULL,
    began_s      REAL NOT NULL,
    began_era    TEXT NOT NULL,
    committed_at TEXT NOT NULL,
    length_s     REAL NOT NULL,
    next_index   INTEGER NOT NULL,
    index_era    TEXT NOT NULL,
    reserved     INTEGER NOT NULL DEFAULT 0,
    is_over      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS fix (
    alarm_id TEXT NOT NULL,
    number   INTEGER NOT NULL,
    era      TEXT NOT NULL,
    fixed_s  REAL NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (alarm_id, number)
) STRICT, WITHOUT ROWID;
"""
_KEEP_ALARM: Final = """
INSERT INTO alarm (alarm_id, is_real, began_at, began_s, began_era, committed_at, length_s, next_index,
    index_era)
VALUES (:alarm_id, :is_real, :began_at, :began_s, :began_era, :committed_at, :length_s, :next_index,
    :index_era)
ON CONFLICT (alarm_id) DO UPDATE SET began_at = excluded.began_at, began_s = excluded.began_s,
    began_era = excluded.began_era, committed_at = excluded.committed_at, length_s = excluded.length_s,
    next_index = excluded.next_index, index_era = excluded.index_era, is_over = 0
"""
_ALARM: Final = """
SELECT is_real, began_at, began_s, began_era, committed_at, length_s, next_index, index_era, reserved
FROM alarm WHERE alarm_id = :alarm_id
"""
_NEWEST: Final = "SELECT alarm_id FROM alarm WHERE NOT is_over ORDER BY is_real DESC, began_at DESC"
_RESERVE: Final = "UPDATE alarm SET reserved = :reserved WHERE alarm_id = :alarm_id"
_ADVANCE: Final = """
UPDATE alarm SET next_index = :next_index, index_era = :index_era WHERE alarm_id = :alarm_id
"""
_ADD: Final = """
INSERT OR REPLACE INTO fix (alarm_id, number, era, fixed_s, body)
VALUES (:alarm_id, :number, :era, :fixed_s, :body)
"""
_FIXES: Final = "SELECT number, era, fixed_s, body FROM fix WHERE alarm_id = :alarm_id ORDER BY number"
_FORGET: Final = "DELETE FROM fix WHERE alarm_id = :alarm_id AND number = :number"
_FORGET_ALL: Final = "DELETE FROM fix WHERE alarm_id = :alarm_id"
_OVER: Final = "UPDATE alarm SET is_over = 1 WHERE alarm_id = :alarm_id"
_PRUNE: Final = "DELETE FROM alarm WHERE is_over AND began_at < :before"


class TrackStore(SqliteFile):
    """Trackings and what waits of them. Every call may raise sqlite3.Error."""

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(path, clock, schema=_SCHEMA, pragmas=_PRAGMAS)

    async def keep(self, tracking: Tracking) -> None:
        """Keep a tracking that began or changed; one known from before goes on with its indexes."""
        tracking.next_index = await self._run(lambda: self._keep(tracking))

    async def add(self, alarm_id: UUID, fixes: Sequence[WaitingFix], gone: Iterable[int] = ()) -> None:
        """Keep fixes, the highest index last; ``gone`` are indexes that had to make room for them."""
        if fixes:
            await self._run(lambda: self._add(alarm_id, fixes, gone))

    async def forget(self, alarm_id: UUID, fixes: Sequence[WaitingFix]) -> None:
        """Erase fixes that arrived."""
        await self._run(lambda: self._forget(alarm_id, [fix.index for fix in fixes]))

    async def over(self, alarm_id: UUID) -> None:
        """Note that an alarm's tracking is over, and erase what waits of it."""
        await self._run(lambda: self._end(alarm_id))

    async def knows(self, alarm_id: UUID) -> bool:
        """Tell whether an alarm's tracking was ever kept."""
        return bool(await self._run(lambda: self._fetch(_ALARM, {"alarm_id": str(alarm_id)})))

    async def newest(self) -> Tracking | None:
        """Return the tracking an earlier run did not finish, a real alarm's first; erase any other."""
        return await self._run(self._newest)

    # --- in the worker thread ---------------------------------------------------------------

    def _move_aside(self) -> None:
        """Begin anew: what is left of her way in a file nobody can read is a danger and no use."""
        self.was_corrupt = True
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        _log.critical("tracks.corrupt")

    def _keep(self, tracking: Tracking) -> int:
        alarm_id = str(tracking.alarm_id)
        known = self._known(alarm_id)
        if known is not None:
            next_index = max(tracking.next_index, known.next_index(self._clock.era))
        else:
            next_index = tracking.next_index + (_INDEX_AFTER_LOSS if self.was_corrupt else 0)
        row = {
            "alarm_id": alarm_id,
            "is_real": tracking.is_real,
            "began_at": tracking.began.at.isoformat(),
            "began_s": tracking.began.s,
            "began_era": tracking.began.era,
            "committed_at": tracking.committed_at.isoformat(),
            "length_s": tracking.length_s,
            "next_index": next_index,
            "index_era": self._clock.era,
        }
        self._execute(_KEEP_ALARM, row)
        return next_index

    def _known(self, alarm_id: str) -> "_Alarm | None":
        rows = self._fetch(_ALARM, {"alarm_id": alarm_id})
        return _Alarm(*rows[0]) if rows else None

    def _add(self, alarm_id: UUID, fixes: Sequence[WaitingFix], gone: Iterable[int]) -> None:
        key, last = {"alarm_id": str(alarm_id)}, fixes[-1]
        self._reserve(str(alarm_id), last.index)
        rows = [
            {
                **key,
                "number": waiting.index,
                "era": waiting.era,
                "fixed_s": waiting.fix.fixed_s,
                "body": as_position(waiting.fix, None).model_dump_json(exclude_defaults=True),
            }
            for waiting in fixes
        ]
        with self._connection as db:
            db.executemany(_ADD, rows)
            db.execute(_ADVANCE, {**key, "next_index": last.index + 1, "index_era": self._clock.era})
            db.executemany(_FORGET, [{**key, "number": number} for number in gone])

    def _reserve(self, alarm_id: str, index: int) -> None:
        known = self._known(alarm_id)
        if known is None or index <= known.reserved:
            return
        row = {"alarm_id": alarm_id, "reserved": index + timing.INDEXES_RESERVED - 1}
        self._connection.execute("PRAGMA synchronous = FULL")
        try:
            self._execute(_RESERVE, row)
        finally:
            self._connection.execute("PRAGMA synchronous = NORMAL")

    def _forget(self, alarm_id: UUID, numbers: Iterable[int]) -> None:
        with self._connection as db:
            db.executemany(_FORGET, [{"alarm_id": str(alarm_id), "number": number} for number in numbers])

    def _end(self, alarm_id: UUID) -> None:
        key = {"alarm_id": str(alarm_id)}
        before = (self._clock.now() - timedelta(days=timing.KEEP_RECEIPTED_DAYS)).isoformat()
        with self._connection as db:
            db.execute(_FORGET_ALL, key)
            db.execute(_OVER, key)
            db.execute(_PRUNE, {"before": before})
        # As a script, for a single execution frees a single page.
        self._connection.executescript("PRAGMA incremental_vacuum")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _newest(self) -> Tracking | None:
        alarms = [str(row[0]) for row in self._fetch(_NEWEST, {})]
        for superseded in alarms[1:]:
            self._end(UUID(superseded))
        alarm = self._known(alarms[0]) if alarms else None
        if alarm is None:
            return None
        rows = self._fetch(_FIXES, {"alarm_id": alarms[0]})
        return Tracking(
            alarm_id=UUID(alarms[0]),
            is_real=bool(alarm.is_real),
            began=Moment(datetime.fromisoformat(alarm.began_at), alarm.began_s, alarm.began_era),
            committed_at=datetime.fromisoformat(alarm.committed_at),
            length_s=alarm.length_s,
            next_index=alarm.next_index(self._clock.era),
            backlog=Backlog(fix for row in rows if (fix := _waiting(row)) is not None),
        )


@dataclass(frozen=True, slots=True)
class _Alarm:
    """A row of ``alarm``."""

    is_real: int
    began_at: str
    began_s: float
    began_era: str
    committed_at: str
    length_s: float
    kept_index: int
    index_era: str
    reserved: int

    def next_index(self, era: str) -> int:
        """Return the first index surely unused: after a power cut the first that was not reserved."""
        return self.kept_index if era == self.index_era else max(self.kept_index, self.reserved + 1)


def _waiting(row: Row) -> WaitingFix | None:
    number, era, fixed_s, body = row
    try:
        return WaitingFix(number, as_fix(Position.model_validate_json(str(body)), fixed_s), era)
    except ValidationError:
        return None  # an older program's: one fix of thousands
