"""Whether a recovery goes as far as the archive: PostgreSQL takes whatever it cannot read for the end."""

import os
import shutil
import tempfile
from pathlib import Path

from gateway.backup.archive import SEGMENT
from gateway.backup.programs import Programs
from gateway.backup.statement import Statement
from gateway.domain.errors import BackupRefused


def refuse_stranger(archive: Path, statement: Statement) -> None:
    """Refuse an archive that does not go on from a backup, or that this account cannot read.

    Raises ``BackupRefused``.
    """
    last = newest(archive)
    if last is None or SEGMENT.sub(r"\2", last.name) < statement.start_segment[8:]:
        known = f"ends with {last.name}" if last else "has no WAL"
        raise BackupRefused(
            f"{archive} {known}, before this backup: for the backup alone leave it out (no --wal)"
        )
    for path in archive.iterdir():
        if SEGMENT.fullmatch(path.name) and not os.access(path, os.R_OK):
            raise BackupRefused(f"{path} cannot be read by this account: restore as root")


def newest(archive: Path) -> Path | None:
    """Return the last segment of the last timeline; None where there is none."""
    found = [path for path in archive.iterdir() if SEGMENT.fullmatch(path.name)]
    return max(found, key=lambda path: path.name, default=None)


async def left_out(archive: Path, redone: int, programs: Programs) -> str | None:
    """Say what a recovery of all there is has left out; ``redone``: where its last record begins."""
    last = newest(archive)
    if last is None or redone >= _begin(last) or not await _has_records(last, programs):
        return None
    return (
        f"the archive goes on to {last.name}, and is played to {redone >> 32:X}/{redone & 0xFFFFFFFF:X} only:"
        " what follows is missing or damaged"
    )


def _begin(segment: Path) -> int:
    """Return the position in the log at which a segment begins; its file has its full size from the start."""
    return (int(segment.name[8:16], 16) << 32) + int(segment.name[16:24], 16) * segment.stat().st_size


async def _has_records(segment: Path, programs: Programs) -> bool:
    """Ask PostgreSQL's own reader, which knows segments by their whole name only."""
    with tempfile.TemporaryDirectory(prefix="msa-restore-") as place:
        whole = Path(place) / segment.name.removesuffix(".partial")
        shutil.copy(segment, whole)
        try:
            await programs.run("pg_waldump", "--quiet", "--limit=1", str(whole))
        except BackupRefused:
            return False
    return True
