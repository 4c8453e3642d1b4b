"""PostgreSQL 18 in a directory of our own, for the demo, the tests and the first start.

Why not the wheel's own server: we must decide what it leaves open, namely durable settings, a
socket nobody else may open, several processes sharing one server, and a server that is killed on
purpose.

Sharing: whoever uses the server holds a shared lock on ``users.lock``; the last to let go stops
it. The kernel drops the lock of a process that is killed, so nobody is counted who is not there;
a server left behind that way is taken over by the next user.
"""

import fcntl
import hashlib
import os
import re
import shlex
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

import psutil

from gateway.domain.errors import DatabaseUnavailable
from gateway.store.postgres_binaries import Binaries

PORT: Final = 5432
# A socket's path holds 103 bytes on macOS and 107 on Linux; "/.s.PGSQL.5432.lock" takes 19.
LONGEST_SOCKET_DIRECTORY: Final = 84
PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9_./+ -]*")
START_SECONDS: Final = 30.0  # with recovery after a crash; a clean start takes half a second
STOP_SECONDS: Final = 20.0
OPTIONS: Final[Mapping[str, str]] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",  # trust needs no password, so only the owner may knock
    "fsync": "on",
    "synchronous_commit": "on",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_checkpoints": "off",
    "jit": "off",  # compiling costs more than any of our queries
    "log_error_verbosity": "terse",  # an error's detail holds the failing row, and rows are personal
}


class EmbeddedPostgres:
    """One cluster in ``directory``; ``with`` starts it and lets go of it."""

    def __init__(self, directory: Path, *, options: Mapping[str, str] | None = None) -> None:
        """Describe the cluster; ``options`` are server settings that override ``OPTIONS``."""
        self._directory = directory.resolve()
        self._cluster = self._directory / "cluster"
        self._sockets = _socket_directory(self._cluster)
        self._options = {**OPTIONS, **(options or {})}
        self._binaries = Binaries.find()
        self._use: int | None = None

    @property
    def sockets(self) -> Path:
        """The directory of the server's socket."""
        return self._sockets

    def dsn(self, database: str = "postgres") -> str:
        """Return where to connect to ``database``, as the cluster's superuser."""
        return f"postgresql://postgres@/{quote(database)}?host={quote(str(self._sockets))}&port={PORT}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Make the cluster if it is not there, start its server if it does not run, and use it.

        Raises ``DatabaseUnavailable`` when the server does not come up within 30 s.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        with _alone(self._directory / "start.lock"):
            if not self._cluster.exists():
                self._make_cluster()
            if self.pid() is None:
                self._start_server()
            if self._use is None:
                self._use = os.open(self._directory / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(self._use, fcntl.LOCK_SH)

    def stop(self) -> None:
        """Let go of the server; the last user stops it."""
        if self._use is None:
            return
        with _alone(self._directory / "start.lock"):
            try:
                fcntl.flock(self._use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # somebody else uses it
            else:
                self._stop_server()
            finally:
                os.close(self._use)
                self._use = None

    def pid(self) -> int | None:
        """Return the server's process id; None when it does not run, whatever the pid file says."""
        try:
            pid = int((self._cluster / "postmaster.pid").read_text().partition("\n")[0])
            command = psutil.Process(pid).cmdline()
        except (FileNotFoundError, ValueError, psutil.Error):
            return None
        return pid if str(self._cluster) in command else None

    def kill(self) -> None:
        """End the server as a power cut would: SIGKILL to it and to all its processes."""
        processes = self._processes()
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=STOP_SECONDS)

    def freeze(self) -> None:
        """Stop the server's processes where they stand; ``thaw`` lets them go on."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let frozen processes go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def _processes(self) -> list[psutil.Process]:
        pid = self.pid()
        if pid is None:
            return []
        server = psutil.Process(pid)
        return [server, *server.children(recursive=True)]

    def _make_cluster(self) -> None:
        """Make the cluster beside its place and move it there, so that it is whole or not there."""
        unfinished = self._directory / "cluster.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._binaries.hand_over(unfinished)
        self._binaries.run(
            "initdb",
            *("-D", str(unfinished), "-U", "postgres", "--auth-local=trust", "--auth-host=reject"),
            # the builtin provider sorts alike on every machine, so no index goes stale by an upgrade
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            cwd=self._directory,
            timeout_s=60,
        )
        unfinished.rename(self._cluster)

    def _start_server(self) -> None:
        """Start, again while the processes of a killed server still hold its shared memory."""
        if self._sockets != self._cluster:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets.mkdir(mode=0o700)  # fails where a stranger's directory waits for us
            self._binaries.hand_over(self._sockets)
        self._forget_stranger()
        settings = {**self._options, "unix_socket_directories": str(self._sockets)}
        # pg_ctl hands this to a shell
        given = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
        log = str(self._cluster / "server.log")
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._pg_ctl(
                    "start", "-t", f"{START_SECONDS:.0f}", "-l", log, "-o", given, timeout_s=START_SECONDS
                )
            except DatabaseUnavailable:
                if time.monotonic() > deadline or not self._held_by_the_dead():
                    self._remove_sockets()
                    raise
                time.sleep(0.1)
            else:
                return

    def _forget_stranger(self) -> None:
        """Remove a pid file whose number the system has given to a program that is no PostgreSQL.

        Small numbers come back soon in a container, and PostgreSQL would refuse to start. Where a
        PostgreSQL has the number, the file stays and the new server judges it.
        """
        pid_file = self._cluster / "postmaster.pid"
        try:
            stranger = psutil.Process(int(pid_file.read_text().partition("\n")[0])).name()
        except (FileNotFoundError, ValueError, psutil.Error):
            return
        if stranger != "postgres":
            pid_file.unlink()

    def _stop_server(self) -> None:
        if self.pid() is not None:
            self._pg_ctl("stop", "-m", "fast", "-t", f"{STOP_SECONDS:.0f}", timeout_s=STOP_SECONDS + 5)
        self._remove_sockets()

    def _remove_sockets(self) -> None:
        if self._sockets != self._cluster:
            shutil.rmtree(self._sockets, ignore_errors=True)

    def _held_by_the_dead(self) -> bool:
        try:
            said = (self._cluster / "server.log").read_bytes()[-2000:]
        except FileNotFoundError:
            return False
        return b"pre-existing shared memory block" in said

    def _pg_ctl(self, action: str, *arguments: str, timeout_s: float) -> None:
        self._binaries.run(
            "pg_ctl",
            action,
            "-D",
            str(self._cluster),
            "-w",
            *arguments,
            cwd=self._directory,
            timeout_s=timeout_s,
        )


def _socket_directory(cluster: Path) -> Path:
    """Name the socket's directory: the cluster, unless its path is too long for the kernel.

    Or holds what a URL or PostgreSQL's list of directories would read otherwise, such as a comma.
    """
    if len(os.fsencode(cluster)) <= LONGEST_SOCKET_DIRECTORY and PLAIN_PATH.fullmatch(str(cluster)):
        return cluster
    name = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"msa-{os.geteuid()}-{name}"


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process at a time start or stop the server."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + START_SECONDS + STOP_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise DatabaseUnavailable("another process keeps starting or stopping it") from None
                time.sleep(0.02)
        yield
    finally:
        os.close(lock)
