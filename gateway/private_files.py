"""Files that nobody but this account may read: keys, secrets, passwords."""

import os
import stat
from pathlib import Path
from typing import Final

OTHERS: Final = 0o077
OTHERS_OF_ROOTS: Final = 0o037


def open_mode(path: Path) -> str | None:
    """Return the mode of a file that others may read, None where it is private. Raises ``OSError``.

    A file of root's may be readable for its group where this account is not root: systemd and Kubernetes hand
    secrets over so. PostgreSQL allows the same for its keys.
    """
    if os.name != "posix":
        return None
    found = path.stat()
    handed_over = found.st_uid == 0 and os.geteuid() != 0
    mode = stat.S_IMODE(found.st_mode)
    return f"{mode:04o}" if mode & (OTHERS_OF_ROOTS if handed_over else OTHERS) else None
