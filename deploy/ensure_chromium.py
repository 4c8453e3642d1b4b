"""Install Debian's chromium for the browser tests where it is missing and apt may be used.

Quiet and quick when a browser is there. Where it cannot be installed, says which tests are skipped;
that is no error.
"""

import os
import shutil
import subprocess
import sys

SKIPPED = "the tests marked 'browser' are skipped (MSA_CHROMIUM=/path/to/chromium names a browser)"


def as_root() -> list[str] | None:
    """Return what to put before a command to run it as root, or None when that is not allowed."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def install() -> bool:
    """Install chromium by apt-get; False when it could not be."""
    prefix = as_root()
    if shutil.which("apt-get") is None or prefix is None:
        return False
    print("installing chromium for the browser tests (80 MB, about a minute) ...", file=sys.stderr)
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        finished = subprocess.run([*apt, *arguments], capture_output=True, text=True, check=False)
        if finished.returncode:
            print(f"apt-get {arguments[0]} failed: {finished.stderr.strip()[-500:]}", file=sys.stderr)
            return False
    return shutil.which("chromium") is not None


if __name__ == "__main__" and not (os.environ.get("MSA_CHROMIUM") or shutil.which("chromium") or install()):
    print(f"no chromium: {SKIPPED}", file=sys.stderr)
