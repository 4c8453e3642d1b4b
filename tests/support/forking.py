"""``msa serve`` as a process of its own that need not import the gateway first.

A start is two seconds of imports, which no test is about. One process for each worker of the tests imports
them once; each node is a fork of it, with its own environment and log, that then runs the same ``main``.
"""

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

ROOT: Final = Path(__file__).parents[2]
POLL_S: Final = 0.02
LARGEST: Final = 65_536
"""A request in bytes: an environment."""


class Forked:
    """A running node; the part of ``subprocess.Popen`` that tests use."""

    def __init__(self, parent: "_Parent", pid: int) -> None:
        self.pid = pid
        self._parent = parent

    @property
    def returncode(self) -> int | None:
        """How it ended (negative: the signal); None while it runs, or stands frozen."""
        return self._parent.status_of(self.pid)

    def poll(self) -> int | None:
        """``returncode``."""
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for its end. Raises ``subprocess.TimeoutExpired``."""
        end = time.monotonic() + timeout
        while (status := self.returncode) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(("msa", "serve"), timeout)
            time.sleep(POLL_S)
        return status

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)


class _Parent:
    """The process with everything imported, as this worker sees it."""

    def __init__(self) -> None:
        self._link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ended: dict[int, int] = {}
        code = f"from tests.support.forking import fork_for_ever; fork_for_ever({theirs.fileno()})"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MSA_")}
        self._process = subprocess.Popen(
            (sys.executable, "-c", code),
            cwd=ROOT,
            env={**inherited, "PYTHONPATH": str(ROOT)},
            pass_fds=(theirs.fileno(),),
        )
        theirs.close()

    def fork(self, environment: Mapping[str, str], log: IO[bytes]) -> Forked:
        request = json.dumps(dict(environment)).encode()
        socket.send_fds(self._link, [request], [log.fileno()])
        while "pid" not in (told := self._hear()):
            self._note(told)
        return Forked(self, told["pid"])

    def status_of(self, pid: int) -> int | None:
        self._link.setblocking(False)
        try:
            while True:
                self._note(self._hear())
        except BlockingIOError:
            return self._ended.get(pid)
        finally:
            self._link.setblocking(True)

    def close(self) -> None:
        self._link.close()
        self._process.wait()

    def _hear(self) -> dict[str, int]:
        told: dict[str, int] = json.loads(self._link.recv(LARGEST))
        return told

    def _note(self, told: Mapping[str, int]) -> None:
        self._ended[told["ended"]] = told["status"]


@cache
def _parent() -> _Parent:
    parent = _Parent()
    atexit.register(parent.close)
    return parent


def serve(environment: Mapping[str, str], log: IO[bytes]) -> Forked:
    """Start ``msa serve`` with this environment and nothing of ours, its output into ``log``."""
    return _parent().fork(environment, log)


def fork_for_ever(link_number: int) -> None:
    """Fork a node for each request and tell of each one's end, until nobody asks any more."""
    gc.disable()
    import gateway.cli.serve  # noqa: F401, PLC0415 (what a node imports)

    link = socket.socket(fileno=link_number)
    link.settimeout(POLL_S)
    while True:
        _tell_of_ended(link)
        try:
            request, descriptors, _, _ = socket.recv_fds(link, LARGEST, 1)
        except TimeoutError:
            continue
        if not request:
            return
        pid = os.fork()
        if pid == 0:
            _become_a_node(link, json.loads(request), descriptors[0])
        os.close(descriptors[0])
        link.send(json.dumps({"pid": pid}).encode())


def _tell_of_ended(link: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        link.send(json.dumps({"ended": pid, "status": os.waitstatus_to_exitcode(status)}).encode())


def _become_a_node(link: socket.socket, environment: Mapping[str, str], log: int) -> Any:
    from gateway.cli import main  # noqa: PLC0415

    link.close()
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = ["serve"]
    main()
