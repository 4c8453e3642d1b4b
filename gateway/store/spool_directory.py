"""The files of a spool: each is there whole and synchronised, or not at all. Everything here blocks.

Written under a temporary name, synchronised, renamed, and the directory synchronised. What is no press that
opens goes to ``bad/`` by its name, and is looked at again at each start: its key may be there by then.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

import structlog

from gateway.domain.errors import SealBroken, SpoolRefused
from gateway.ports import KeptPress
from gateway.private_files import open_mode
from gateway.store.spool_file import SUFFIX, SpoolSeal, read_name

BAD: Final = "bad"
LOCK: Final = "lock"
TEMPORARY: Final = ".new"


def fault_of(path: Path) -> str | None:
    """Return why a start would refuse this directory; None where it would take or make it."""
    try:
        if not path.exists():
            return None
        mode = open_mode(path)
    except OSError as error:
        return f"{path} cannot be looked at ({type(error).__name__})"
    if not path.is_dir() or not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return f"{path} is no directory that this account can write"
    return None if mode is None else f"{path} is open to others (mode {mode}); chmod 700"


class SpoolDirectory:
    """A directory that this process has for itself."""

    def __init__(self, path: Path, seal: SpoolSeal, lock: int) -> None:
        self.path = path
        self._seal = seal
        self._lock = lock

    @classmethod
    def taken(cls, path: Path, seal: SpoolSeal) -> Self:
        """Take the directory for as long as the process lives; it is made where there is none.

        Raises ``SpoolRefused`` when another process has it, or others may read it.
        """
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            (path / BAD).mkdir(mode=0o700, exist_ok=True)
            mode = open_mode(path)
            lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise SpoolRefused(f"{path} ({type(error).__name__})") from error
        if mode is not None:
            os.close(lock)
            raise SpoolRefused(f"{path} is open to others (mode {mode}); chmod 700")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise SpoolRefused(f"{path} is another process's; each node has its own MSA_SPOOL_DIR") from error
        return cls(path, seal, lock)

    def release(self) -> None:
        """Let another process have it."""
        os.close(self._lock)

    def found(self, set_aside: Callable[[], None]) -> Iterator[tuple[Path, KeptPress]]:
        """Yield what is kept, in order; ``set_aside`` is called for each file that is no press that opens."""
        self._look_again()
        for file in sorted(self.path.iterdir()):
            if file.is_dir() or file.name == LOCK:
                continue
            if file.name.endswith(TEMPORARY):  # never renamed: nobody was told that it is kept
                file.unlink()
                continue
            try:
                yield file, self.read(file)
            except (SealBroken, OSError, ValueError):
                self.set_aside(file)
                set_aside()

    def _look_again(self) -> None:
        for file in (self.path / BAD).glob(f"*{SUFFIX}"):
            with suppress(SealBroken, OSError, ValueError):
                self.read(file)
                file.rename(self.path / file.name)

    def read(self, file: Path) -> KeptPress:
        """Return the press of a file. Raises ``SealBroken``, ``OSError``, ``ValueError``."""
        return self._seal.open(read_name(file.name)[1], file.read_bytes())

    def write(self, name: str, content: bytes) -> Path:
        """Return once it is on the disk under this name. Raises ``OSError``: nothing of it is."""
        file, temporary = self.path / name, self.path / f"{name}{TEMPORARY}"
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as written:
                written.write(content)
                written.flush()
                os.fsync(written.fileno())
            temporary.rename(file)
            self._synchronise()
        except OSError:
            for each in (temporary, file):
                with suppress(OSError):
                    each.unlink()
            raise
        return file

    def remove(self, file: Path) -> None:
        """Take it off the disk; what is gone already is fine. Raises ``OSError``.

        Not synchronised: a press that comes back after a power cut is committed, and found so.
        """
        file.unlink(missing_ok=True)

    def set_aside(self, file: Path) -> None:
        """Move a file away that is no press; it stays where it is if that fails."""
        structlog.get_logger().error("spool_file_set_aside", file=file.name)
        with suppress(OSError):
            file.rename(self.path / BAD / file.name)

    def _synchronise(self) -> None:
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
