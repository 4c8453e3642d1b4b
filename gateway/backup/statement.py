"""The statement beside a backup: what it is of, and what a restore of it is held to."""

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.domain.errors import BackupRefused

CLUSTER: Final = "cluster"
STATEMENT: Final = "statement.json"
START: Final = re.compile(r"START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)")


class Statement(BaseModel):
    """``log_*`` and ``centres`` are as of before the first byte was copied: any restore has at least those.

    ``ended_at`` is by the server's clock, and the first instant that can be restored to.
    """

    model_config = ConfigDict(frozen=True)

    v: int = 1
    begun_at: datetime
    ended_at: datetime
    server_major: int
    database: str
    role: str
    schema_revision: str
    epoch: str
    timeline: int
    start_segment: str
    end_lsn: str
    size_bytes: int
    log_id: UUID
    log_position: int
    log_chain: str
    centres: dict[str, int]


def read(backup: Path) -> Statement:
    """Read a backup's statement. Raises ``BackupRefused``."""
    try:
        return Statement.model_validate_json((backup / STATEMENT).read_bytes())
    except OSError as error:
        raise BackupRefused(
            f"{backup} is no backup of `msa db backup`: {STATEMENT}: {error.strerror}"
        ) from None
    except ValidationError:
        raise BackupRefused(f"{backup / STATEMENT} is no statement of this version") from None


def write(statement: Statement, backup: Path) -> None:
    """Write it, on the disk before this returns. Raises ``OSError``."""
    descriptor = os.open(backup / STATEMENT, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(statement.model_dump_json(indent=2) + "\n")
        file.flush()
        os.fsync(descriptor)


def sync(directory: Path) -> None:
    """Have a directory's entries on the disk."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def start_segment(cluster: Path) -> str:
    """Return the first WAL segment that a copied cluster needs. Raises ``BackupRefused``."""
    found = START.search((cluster / "backup_label").read_text())
    if found is None:
        raise BackupRefused("backup_label names no WAL segment")
    return found[1]
