"""SIGHUP: a node reads its keys again while it runs."""

import os
import signal
from pathlib import Path

from structlog.testing import capture_logs

from gateway.store.sealing import make_key_file
from tests.support.gateway import running
from tests.support.wait import until


async def test_a_file_sealed_by_a_key_that_is_new_is_with_its_first_alarm(
    database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as node:
        kek = tmp_path / "kek"
        make_key_file(tmp_path / "new")
        new = (tmp_path / "new").read_text().replace("kek-1", "kek-2")
        kek.write_text(new + kek.read_text())
        companion = await node.a_companion(victim="Eva Test")
        with capture_logs() as logs:
            os.kill(os.getpid(), signal.SIGHUP)
            await until("it is read", lambda: any(entry.get("file") == "keys" for entry in logs))
        async with node.console(await node.a_session()) as console:
            await console.attached()
            await node.press(companion)
            alarm = (await console.next("event"))["alarm"]
        assert alarm["person"]["victim"]["name"] == "Eva Test"
