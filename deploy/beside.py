"""Run a command beside another: ``python deploy/beside.py BESIDE MAIN``.

What ``MAIN`` says is shown at once; what the other said follows as a whole, so that neither is in the
middle of the other. The status is that of ``MAIN`` if it failed, else the other's. Whoever interrupts
ends both.
"""

import shlex
import subprocess
import sys
import tempfile


def main(beside: str, first: str) -> int:
    """Run both to their ends; return the status."""
    with tempfile.TemporaryFile() as said:
        other = subprocess.Popen(shlex.split(beside), stdout=said, stderr=subprocess.STDOUT)
        try:
            sys.stderr.write(f"{first}\n")
            status = subprocess.run(shlex.split(first), check=False).returncode
            sys.stderr.write(f"{beside}\n")
            also = other.wait()
        finally:
            other.terminate()
            other.wait()
        said.seek(0)
        sys.stdout.buffer.write(said.read())
        sys.stdout.flush()
    return status or also


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: python deploy/beside.py BESIDE MAIN")
    raise SystemExit(main(*sys.argv[1:]))
