"""A server of one's own that recovers a copied cluster: on a socket in a private directory, on no network.

It is told everything on its command line and by a file of its own, so nothing of the recovery stays in the
cluster, and nothing of how the lost server was set up (its addresses, certificates, libraries) is needed.
"""

import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from gateway.backup.archive import fetching
from gateway.backup.programs import Programs
from gateway.backup.statement import Statement
from gateway.domain.errors import BackupRefused, DatabaseUnavailable
from gateway.store.postgres_binaries import Account, Binaries

SIGNAL: Final = "recovery.signal"
PORT: Final = 5432
RECOVERY_S: Final = 24 * 3600.0
ASK_S: Final = 0.1
ASKED_S: Final = 70.0  # longer than pg_ctl waits by itself
REJECTS: Final = 1  # of pg_isready: it runs, and is not ready
STOP_S: Final = 3600.0
"""All that was recovered goes to the disk before it ends."""
REDONE: Final = re.compile(r"redo done at ([0-9A-F]+)/([0-9A-F]+)")
LAST_COMMIT: Final = re.compile(r"last completed transaction was at log time (\S+ \S+)")
NOT_REACHED: Final = "recovery ended before configured recovery target was reached"
FATAL: Final = re.compile(r"(?:FATAL|PANIC): +(.+)")
ALONE: Final = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "hot_standby": "off",  # so nobody is let in before the recovery is over, and few connections will do
    "max_connections": "20",
    "shared_buffers": "128MB",
    "ssl": "off",
    "archive_mode": "off",
    "primary_conninfo": "",
    "synchronous_standby_names": "",
    "shared_preload_libraries": "",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_messages": "warning",
    "huge_pages": "try",
    "archive_cleanup_command": "",  # the archive is read, never written
    "recovery_end_command": "",
    "recovery_min_apply_delay": "0",
    "log_error_verbosity": "terse",
    "recovery_target_timeline": "latest",
    "recovery_target_action": "promote",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """A recovered server that runs; ``last_commit`` None: nothing came after the copy.

    ``redone``: where in the log the last record begins that was played again.
    """

    url: str
    last_commit: datetime | None
    redone: int


@contextmanager
def recovered(
    programs: Programs,
    cluster: Path,
    statement: Statement,
    *,
    archive: Path | None,
    to: datetime | None,
    account: Account | None,
) -> Iterator[Recovered]:
    """Recover a cluster up to an instant (None: all there is) and promote it; stopped when the block ends.

    Raises ``BackupRefused`` in words for whoever chose the instant.
    """
    binaries = Binaries(programs.directory, account)
    (cluster / SIGNAL).touch(mode=0o600)
    own(cluster / SIGNAL, account)
    place = Path(tempfile.mkdtemp(prefix="msa-restore-"))
    try:
        binaries.hand_over(place)
        log = place / "log"
        try:
            _start(binaries, place, cluster, _settings(place, archive, to))
            _wait_for_promotion(binaries, place, cluster)
        except BaseException as error:
            give_up(binaries, cluster)
            if not isinstance(error, DatabaseUnavailable):
                raise
            raise BackupRefused(_why(_read(log), str(error), to)) from None
        try:
            said = _read(log)
            yield Recovered(url=_url(place, statement), last_commit=_last_commit(said), redone=_redone(said))
        finally:
            _stop(binaries, place, cluster)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _settings(place: Path, archive: Path | None, to: datetime | None) -> dict[str, str]:
    target = {} if to is None else {"recovery_target_time": to.astimezone(UTC).isoformat(sep=" ")}
    return {
        **ALONE,
        "unix_socket_directories": str(place),
        "hba_file": str(place / "hba"),
        "restore_command": fetching(archive),
        **target,
    }


def _start(binaries: Binaries, place: Path, cluster: Path, settings: dict[str, str]) -> None:
    """Start it; returns once it recovers."""
    (place / "hba").write_text("local all all trust\n")
    (place / "conf").write_text("")
    for name in ("hba", "conf"):
        own(place / name, binaries.account)
    given = {"config_file": str(place / "conf"), **settings}
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in given.items())
    binaries.run(
        "pg_ctl",
        *("start", "--wait", "--silent", "-t", f"{RECOVERY_S:.0f}"),
        *("-D", str(cluster), "-l", str(place / "log"), "-o", options),
        cwd=place,
        timeout_s=RECOVERY_S + 5,
    )


def _wait_for_promotion(binaries: Binaries, place: Path, cluster: Path) -> None:
    """Wait until it lets somebody in. Raises ``DatabaseUnavailable`` when it has ended.

    That it does not answer, on a machine that is busy, is no end.
    """
    asked = [str(binaries.directory / "pg_isready"), "--quiet", "--host", str(place), "--port", str(PORT)]
    while answer := subprocess.run(asked, check=False).returncode:  # noqa: S603 (PostgreSQL's own program)
        if answer != REJECTS:
            binaries.run("pg_ctl", "status", "-D", str(cluster), cwd=place, timeout_s=ASKED_S)
        time.sleep(ASK_S)


def give_up(binaries: Binaries, cluster: Path) -> None:
    """End a server whose directory is to be taken away, if it runs: it would go on writing into it."""
    with tempfile.TemporaryDirectory(prefix="msa-restore-") as place, suppress(DatabaseUnavailable):
        binaries.run(
            "pg_ctl",
            *("stop", "--wait", "--silent", "--mode=immediate", "-D", str(cluster)),
            cwd=Path(place),
            timeout_s=ASKED_S,
        )


def _stop(binaries: Binaries, place: Path, cluster: Path) -> None:
    """Stop it with everything on the disk: what it leaves is started by whoever keeps the database.

    One that cannot end so is ended at once: its WAL has everything, and the next start goes on from that.
    """
    try:
        binaries.run(
            "pg_ctl",
            *("stop", "--wait", "--silent", "--mode=fast", "-t", f"{STOP_S:.0f}", "-D", str(cluster)),
            cwd=place,
            timeout_s=STOP_S + 5,
        )
    except DatabaseUnavailable:
        give_up(binaries, cluster)


def own(path: Path, account: Account | None) -> None:
    """Give a path, and what is in it, to the account that PostgreSQL runs as."""
    if account is None:
        return
    for one in (path, *path.rglob("*")):
        shutil.chown(one, account.uid, account.gid)


def _url(place: Path, statement: Statement) -> str:
    role, database = quote(statement.role, safe=""), quote(statement.database, safe="")
    return f"postgresql://{role}@/{database}?host={quote(str(place))}&port={PORT}"


def _read(log: Path) -> str:
    with suppress(FileNotFoundError):
        return log.read_text(errors="replace")
    return ""


def _last_commit(log: str) -> datetime | None:
    found = LAST_COMMIT.findall(log)
    return datetime.fromisoformat(found[-1]).replace(tzinfo=UTC) if found else None


def _redone(log: str) -> int:
    found = REDONE.findall(log)
    return int(found[-1][0], 16) << 32 | int(found[-1][1], 16) if found else 0


def _why(log: str, otherwise: str, to: datetime | None) -> str:
    """Say why a recovery did not end well."""
    if NOT_REACHED in log and to is not None:
        last = _last_commit(log)
        known = "nothing after the backup" if last is None else f"nothing after {last.isoformat()}"
        return f"the archive has {known}: {to.isoformat()} cannot be reached, only all there is (no --to)"
    found = FATAL.findall(log)
    return found[-1] if found else otherwise
