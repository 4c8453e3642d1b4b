"""Programs that run on the machines: started with their own environment, logged, ended with the rehearsal."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.rehearsal.network import Link

NOT_ROOT: Final = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")
"""Run as nobody, in its own eyes: PostgreSQL refuses root."""
END_S: Final = 15.0
KEPT: Final = ("PATH", "LANG", "LC_ALL", "TZ")


@dataclass(slots=True)
class Program:
    """One process; ``end`` is what a service manager does, ``kill`` what happens to it."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal, if it lives."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL."""
        self.tell(signal.SIGKILL)
        self.process.wait(END_S)

    def end(self) -> None:
        """SIGTERM; SIGKILL where that does not help."""
        self.tell(signal.SIGTERM)
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass(slots=True)
class Programs:
    """Everything that was started, and where it logs."""

    logs: Path
    started: list[Program] = field(default_factory=list)

    def start(
        self,
        name: str,
        link: Link,
        words: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        root: bool = True,
        inherit: Sequence[int] = (),
    ) -> Program:
        """Start a program on a machine; ``inherit`` are descriptors that it gets."""
        log = self.logs / f"{name}.log"
        with log.open("ab") as written:
            process = subprocess.Popen(
                [*link.enter(), *(() if root else NOT_ROOT), *words],
                env={**kept_environment(), **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                cwd=self.logs,
                pass_fds=tuple(inherit),
            )
        program = Program(name, process, log)
        self.started.append(program)
        return program

    def start_activated(
        self, name: str, link: Link, words: Sequence[str], environment: Mapping[str, str], held: int
    ) -> Program:
        """Start a program that is handed a listening socket by systemd's protocol."""
        given = f'export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=http; exec "$@" 3<&{held}'
        return self.start(name, link, ["bash", "-c", given, "bash", *words], environment, inherit=[held])

    def end(self) -> None:
        """End all at once: nothing of them is needed any more."""
        for program in self.started:
            program.tell(signal.SIGKILL)
        for program in self.started:
            program.process.wait(END_S)


def kept_environment() -> dict[str, str]:
    """Return what a program gets of this process's own environment."""
    return {name: value for name, value in os.environ.items() if name in KEPT}


@contextlib.contextmanager
def programs(logs: Path) -> Iterator[Programs]:
    """Have programs run for a ``with`` block."""
    logs.mkdir(parents=True, exist_ok=True)
    running = Programs(logs)
    try:
        yield running
    finally:
        running.end()
