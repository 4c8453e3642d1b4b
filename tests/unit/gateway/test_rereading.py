"""Files that are read again: all of them at each asking, and what cannot be used changes nothing."""

from collections.abc import Callable
from pathlib import Path

from structlog.testing import capture_logs

from gateway.domain.errors import KeyFileRefused
from gateway.rereading import Rereading
from gateway.store.row_seal import open_row, seal_row
from gateway.store.sealing import Keyring, make_key_file
from tests.support.tasks import running
from tests.support.wait import until


async def test_one_that_is_refused_keeps_the_others_from_nothing() -> None:
    put: list[str] = []

    def refused() -> Callable[[], None]:
        raise KeyFileRefused("k is open to others")

    def broken() -> Callable[[], None]:
        raise ValueError("what it holds")

    files = {"keys": refused, "ca": broken, "seal_key": lambda: lambda: put.append("seal_key")}
    rereading = Rereading(files)
    with capture_logs() as logs:
        async with running(rereading.run()):
            rereading.soon()
            await until("the last is in place", lambda: len(put) == 1)
            rereading.soon()
            await until("and again", lambda: len(put) == 2)
    said = [(entry["event"], entry["file"]) for entry in logs]
    assert said[:3] == [("reread_refused", "keys"), ("reread_refused", "ca"), ("reread", "seal_key")]
    assert said[3:5] == said[:2]
    assert "what it holds" not in str(logs)


def test_a_new_first_key_wraps_at_once_and_one_that_was_dropped_opens_on(tmp_path: Path) -> None:
    path = tmp_path / "kek"
    make_key_file(path)
    keyring = Keyring.read(path)
    old = seal_row(keyring, "row", b"words")
    path.write_text(f"kek-2 {'A' * 43}=\n", encoding="ascii")
    keyring.follow(Keyring.read(path))
    new = seal_row(keyring, "row", b"words")
    assert (old.key_id, new.key_id) == ("kek-1", "kek-2")
    assert open_row(keyring, "row", old) == open_row(keyring, "row", new) == b"words"
    assert open_row(Keyring.read(path), "row", new) == b"words"
