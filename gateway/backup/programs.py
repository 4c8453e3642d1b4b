"""PostgreSQL's own programs of one version, run with progress; no password is among their arguments."""

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from gateway.domain.errors import BackupRefused, DatabaseUnavailable
from gateway.store.postgres_binaries import Binaries

VERSION: Final = re.compile(r"\(PostgreSQL\) (\d+)")
LINE_ENDS: Final = re.compile(rb"[\r\n]")
SAID_BYTES: Final = 4000
PATIENCE: Final = {
    "target_session_attrs": "read-write",
    "connect_timeout": "5",
    # of a machine that is cut off nothing is heard: without these its stream ends a quarter of an hour later
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "8000",
}


@dataclass(frozen=True)
class Programs:
    """The programs of a PostgreSQL of the right version."""

    directory: Path

    @classmethod
    def of(cls, major: int) -> "Programs":
        """Find them: PATH, Debian's and Red Hat's places, our wheel. Raises ``BackupRefused``."""
        for directory in _places(major):
            if _major(directory) == major:
                return cls(directory)
        raise BackupRefused(
            f"this machine has no programs of PostgreSQL {major} (pg_basebackup): put them on PATH"
        )

    def path(self, program: str) -> str:
        """Return where a program is."""
        return str(self.directory / program)

    async def run(
        self, program: str, *arguments: str, url: str | None = None, said: Callable[[str], None] | None = None
    ) -> None:
        """Run one to its end, connected to ``url`` where that is given; ``said`` hears each line.

        Raises ``BackupRefused`` with the last that it said.
        """
        connection, secret = reached(url) if url else ((), {})
        process = await asyncio.create_subprocess_exec(
            self.path(program),
            *arguments,
            *connection,
            env={**surroundings(), **secret},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            last = await _heard(process, said)
        except BaseException:
            process.kill()
            await process.wait()
            raise
        if code := await process.wait():
            raise BackupRefused(last or f"{program} ended with {code}")


async def _heard(process: asyncio.subprocess.Process, said: Callable[[str], None] | None) -> str:
    """Read what it says to the end; progress is one line that is written over."""
    assert process.stderr is not None  # noqa: S101 (it was started with a pipe)
    rest, kept = b"", b""
    while some := await process.stderr.read(4096):
        *lines, rest = LINE_ENDS.split(rest + some)
        for line in lines:
            if said is not None and line:
                said(line.decode(errors="replace"))
        kept = (kept + some)[-SAID_BYTES:]
    return " ".join(line.strip() for line in kept.decode(errors="replace").splitlines()[-4:] if line.strip())


def reached(url: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the argument by which a program reaches the primary of a URL, and what its environment hides.

    Raises ``BackupRefused`` for a secret that no environment takes.
    """
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    name, colon, secret = user.partition(":")
    query = PATIENCE | dict(parse_qsl(parts.query))
    if "sslpassword" in query:
        raise BackupRefused("sslpassword would be seen by everybody on this machine: give a key without one")
    password = query.pop("password", unquote(secret) if colon else None)
    # put together by hand: urlunsplit leaves out the slashes where no host is named, as for a socket
    shown = f"{parts.scheme}://{name}{at}{hosts}{parts.path}?{urlencode(query, quote_via=quote)}"
    return ("--no-password", f"--dbname={shown}"), {} if password is None else {"PGPASSWORD": password}


def surroundings() -> dict[str, str]:
    """Return an environment in which the programs speak English and UTC; libpq's variables stay."""
    return {**os.environ, "LC_ALL": "C", "TZ": "UTC", "PGTZ": "UTC"}


def _places(major: int) -> Iterator[Path]:
    found = shutil.which("pg_basebackup")
    if found:
        yield Path(found).resolve().parent
    yield Path(f"/usr/lib/postgresql/{major}/bin")
    yield Path(f"/usr/pgsql-{major}/bin")
    try:
        yield Binaries.find().directory
    except DatabaseUnavailable:
        return


@cache
def _major(directory: Path) -> int | None:
    program = directory / "pg_basebackup"
    if not program.exists():
        return None
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 (fixed words)
    found = VERSION.search(told.stdout)
    return int(found[1]) if found else None
