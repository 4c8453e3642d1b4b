"""A D-Bus of our own, on a socket nobody else knows, that dies with us."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

_CONFIGURATION: Final = """<busconfig>
<type>session</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy>
</busconfig>"""

# PR_SET_PDEATHSIG (1) with SIGTERM (15), kept over the exec: killed as we may be, no daemon is left.
_DIE_WITH_PARENT: Final = """
import ctypes, os, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 15)
os.execvp(sys.argv[1], sys.argv[1:])
"""

_START_DEADLINE_S: Final = 10.0  # starts in 20 ms; a busy machine gets its time
_STOP_DEADLINE_S: Final = 5.0


class NoBusError(RuntimeError):
    """There is no D-Bus daemon on this system, or it would not start."""


def has_dbus_daemon() -> bool:
    """Whether a private bus can be had here."""
    return shutil.which("dbus-daemon") is not None


@asynccontextmanager
async def private_bus() -> AsyncIterator[str]:
    """Run a message bus while the block runs; yield its address, or raise NoBusError."""
    if not has_dbus_daemon():
        raise NoBusError("dbus-daemon is not installed")
    # Not in the state directory: a unix socket's path may have 107 bytes only.
    with tempfile.TemporaryDirectory(prefix="msa-bus-") as directory:
        socket = Path(directory) / "bus"
        configuration = Path(directory) / "bus.conf"
        configuration.write_text(_CONFIGURATION.format(socket=escape(str(socket))))
        daemon = await asyncio.create_subprocess_exec(
            sys.executable, "-ISc", _DIE_WITH_PARENT,
            "dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile", "--print-address",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # in a container it complains of limits it may not raise
        )  # fmt: skip
        try:
            await _await_address(daemon)
            yield f"unix:path={socket}"
        finally:
            await _stop(daemon)


async def _await_address(daemon: asyncio.subprocess.Process) -> None:
    assert daemon.stdout is not None  # noqa: S101 # a pipe was asked for; for the type checker
    try:
        async with asyncio.timeout(_START_DEADLINE_S):
            line = await daemon.stdout.readline()
    except TimeoutError:
        raise NoBusError("dbus-daemon did not start in time") from None
    if not line:
        raise NoBusError("dbus-daemon ended at once")


async def _stop(daemon: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        daemon.terminate()
    try:
        async with asyncio.timeout(_STOP_DEADLINE_S):
            await daemon.communicate()
    except TimeoutError:
        daemon.kill()
        await daemon.communicate()
