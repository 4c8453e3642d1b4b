"""Verifying a backup: every byte against PostgreSQL's manifest, and the manifest and the WAL by themselves.

As ``pg_verifybackup`` does, which not every packaging of PostgreSQL carries in a state that runs.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from gateway.backup.programs import Programs
from gateway.domain.errors import BackupRefused

MANIFEST: Final = "backup_manifest"
NOT_LISTED: Final = frozenset({MANIFEST, "pg_wal"})
"""The manifest does not list itself; WAL is checked by its own checksums."""


async def verify(cluster: Path, programs: Programs) -> dict[str, Any]:
    """Check a copied cluster; return its manifest. Raises ``BackupRefused`` with the first that is wrong."""
    listed = await asyncio.to_thread(_files_verified, cluster)
    for part in listed["WAL-Ranges"]:
        await programs.run(
            "pg_waldump",
            *("--quiet", "--path", str(cluster / "pg_wal"), "--timeline", str(part["Timeline"])),
            *("--start", part["Start-LSN"], "--end", part["End-LSN"]),
        )
    return listed


def _files_verified(cluster: Path) -> dict[str, Any]:
    listed = manifest(cluster)
    files = {_path(one): one for one in listed["Files"]}
    for path, one in files.items():
        try:
            with (cluster / path).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise BackupRefused(f"{path} of the backup: {error.strerror}") from None
        if one.get("Checksum-Algorithm") != "SHA256" or found != one["Checksum"]:
            raise BackupRefused(
                f"{path} of the backup is not what was copied: it was changed, or its disk fails"
            )
    for path in _there(cluster):
        if (cluster / path).is_symlink():
            raise BackupRefused(f"{path} of the backup leads out of it: it would be restored over that")
        if path not in files:
            raise BackupRefused(f"{path} was put into the backup")
    return listed


def manifest(cluster: Path) -> dict[str, Any]:
    """Read PostgreSQL's list of what was copied; its last line is a checksum of those before.

    Raises ``BackupRefused`` where that does not hold.
    """
    try:
        content = (cluster / MANIFEST).read_bytes()
        found: dict[str, Any] = json.loads(content)
        signed = content[: content.rindex(b"\n", 0, -1) + 1]
    except (OSError, ValueError):
        raise BackupRefused(f"the backup's {MANIFEST} cannot be read") from None
    if hashlib.sha256(signed).hexdigest() != found.get("Manifest-Checksum"):
        raise BackupRefused(f"the backup's {MANIFEST} was changed, or its disk fails")
    return found


def _path(listed: dict[str, str]) -> str:
    """Return a file's path; what is no UTF-8 is listed in hexadecimal."""
    return listed["Path"] if "Path" in listed else bytes.fromhex(listed["Encoded-Path"]).decode("latin-1")


def _there(cluster: Path) -> Iterator[str]:
    for path in cluster.rglob("*"):
        relative = path.relative_to(cluster)
        if relative.parts[0] not in NOT_LISTED and (path.is_symlink() or not path.is_dir()):
            yield str(relative)
