"""The outbox on a real disk."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from ble_bridge import timing
from ble_bridge.decoding import Step
from ble_bridge.entry import Entry
from ble_bridge.outbox import Outbox
from schemas.press import Purpose
from tests.support.companion import BUTTON_ID, CompanionClock, a_receipt, an_entry


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def companion_clock() -> CompanionClock:
    return CompanionClock()


async def test_a_press_comes_back_as_it_was_kept(path, companion_clock):
    entry = an_entry(companion_clock, step=Step(3, 9))
    async with Outbox(path, companion_clock) as outbox:
        assert await outbox.put(entry, BUTTON_ID)
    async with Outbox(path, companion_clock) as outbox:
        assert await outbox.waiting() == [entry]
        assert await outbox.highest_step(BUTTON_ID) == Step(3, 9)


async def test_one_press_is_kept_once_however_often_it_is_heard(path, companion_clock):
    entry = an_entry(companion_clock)
    async with Outbox(path, companion_clock) as outbox:
        assert await outbox.put(entry, BUTTON_ID)
        assert not await outbox.put(entry, BUTTON_ID)
        await outbox.receipted(a_receipt(entry.press.press_id))
        assert not await outbox.put(entry, BUTTON_ID)
        assert await outbox.waiting() == []


async def test_a_receipt_is_kept_and_never_replaced(path, companion_clock):
    entry = an_entry(companion_clock)
    first = a_receipt(entry.press.press_id)
    async with Outbox(path, companion_clock) as outbox:
        await outbox.put(entry, BUTTON_ID)
        assert await outbox.receipted(first)
        assert not await outbox.receipted(a_receipt(entry.press.press_id, sequence=2))
        kept = await outbox.get(entry.press.press_id)
    assert kept is not None
    assert kept.receipt == first


async def test_attempts_and_the_reason_of_a_parked_press_survive_a_restart(path, companion_clock):
    entry = an_entry(companion_clock)
    async with Outbox(path, companion_clock) as outbox:
        await outbox.put(entry, BUTTON_ID)
        await outbox.failed(entry.failed("invalid: A field is missing or wrong"))
    async with Outbox(path, companion_clock) as outbox:
        (kept,) = await outbox.waiting()
    assert (kept.attempts, kept.parked) == (1, "invalid: A field is missing or wrong")


async def test_only_old_receipts_are_pruned(path, companion_clock):
    waiting, old, new = (an_entry(companion_clock) for _ in range(3))
    async with Outbox(path, companion_clock) as outbox:
        for entry in (waiting, old, new):
            await outbox.put(entry, BUTTON_ID)
        await outbox.receipted(a_receipt(old.press.press_id))
        companion_clock.advance((timing.KEEP_RECEIPTED_DAYS + 1) * 86_400)
        await outbox.receipted(a_receipt(new.press.press_id))
        assert await outbox.prune() == 1
        assert await outbox.get(old.press.press_id) is None
        assert await outbox.get(new.press.press_id) is not None
        assert await outbox.waiting() == [waiting]


async def test_the_step_of_a_button_only_grows_within_a_boot(path, companion_clock):
    async with Outbox(path, companion_clock) as outbox:
        for step in (Step(1, 5), Step(1, 3)):
            await outbox.note_step(BUTTON_ID, step)
        assert await outbox.highest_step(BUTTON_ID) == Step(1, 5)
        await outbox.note_step(BUTTON_ID, Step(2, 1))
        assert await outbox.highest_step(BUTTON_ID) == Step(2, 1)
        for step in (Step(None, 70), Step(None, 60)):
            await outbox.note_step("shelly", step)
        assert await outbox.highest_step("shelly") == Step(None, 70)


@pytest.mark.parametrize("damage", ["garbage", "header_only", "torn_middle"])
async def test_a_corrupt_file_is_moved_aside_loudly_and_a_new_one_begun(
    path, companion_clock, damage, capsys
):
    async with Outbox(path, companion_clock) as outbox:
        for _ in range(200):
            await outbox.put(an_entry(companion_clock), BUTTON_ID)
    content = path.read_bytes()
    path.write_bytes(
        {
            "garbage": b"\x99" * 5000,
            "header_only": content[:100] + b"\x99" * 4000,
            "torn_middle": content[:4096] + b"\x99" * (len(content) - 4096),
        }[damage]
    )
    damaged = path.read_bytes()
    async with Outbox(path, companion_clock) as outbox:
        assert await outbox.waiting() == []
        assert await outbox.put(an_entry(companion_clock), BUTTON_ID)
    (aside,) = path.parent.glob("outbox.db.corrupt-*Z")
    assert aside.read_bytes() == damaged
    assert "outbox.corrupt" in capsys.readouterr().out


async def test_a_row_nobody_can_read_does_not_hold_up_the_others(path, companion_clock):
    unreadable, fine = an_entry(companion_clock), an_entry(companion_clock)
    async with Outbox(path, companion_clock) as outbox:
        await outbox.put(unreadable, BUTTON_ID)
        await outbox.put(fine, BUTTON_ID)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE press SET body = '{}' WHERE press_id = ?", [str(unreadable.press.press_id)])
    db.close()
    async with Outbox(path, companion_clock) as outbox:
        assert await outbox.waiting() == [fine]
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM press").fetchone() == (2,)
    db.close()


async def test_a_directory_that_cannot_be_written_is_an_error_and_not_an_empty_outbox(
    tmp_path, companion_clock
):
    with pytest.raises(sqlite3.OperationalError):
        async with Outbox(tmp_path / "absent" / "outbox.db", companion_clock):
            pass


async def test_only_its_owner_can_read_the_outbox(path, companion_clock):
    async with Outbox(path, companion_clock):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_every_commit_is_flushed_to_the_disk(path, companion_clock):
    async with Outbox(path, companion_clock) as outbox:
        settings_now = await outbox._run(
            lambda: [
                outbox._connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous")
            ]
        )
    assert settings_now == ["wal", 2]


def test_what_put_returned_for_is_there_after_sigkill(path):
    program = textwrap.dedent("""
        import asyncio, os, signal, sys
        from pathlib import Path
        from ble_bridge.outbox import Outbox
        from tests.support.companion import BUTTON_ID, CompanionClock, an_entry
        async def main():
            clock = CompanionClock()
            async with Outbox(Path(sys.argv[1]), clock) as outbox:
                for _ in range(5):
                    entry = an_entry(clock)
                    await outbox.put(entry, BUTTON_ID)
                    print(entry.press.press_id, flush=True)
                os.kill(os.getpid(), signal.SIGKILL)
        asyncio.run(main())
    """)
    run = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert run.returncode == -9, run.stderr

    async def kept() -> list[UUID]:
        async with Outbox(path, CompanionClock()) as outbox:
            return [entry.press.press_id for entry in await outbox.waiting()]

    assert [str(press_id) for press_id in asyncio.run(kept())] == run.stdout.split()


class OutboxOrder(RuleBasedStateMachine):
    """Against a list: real presses first, each kind oldest first, nothing lost, over restarts."""

    entries = Bundle("entries")

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = CompanionClock()
        self.directory = tempfile.TemporaryDirectory()
        self.path = Path(self.directory.name) / "outbox.db"
        self.model: list[Entry] = []
        self.outbox = self.do(Outbox(self.path, self.clock).__aenter__())

    def do(self, work):
        return self.loop.run_until_complete(work)

    @rule(target=entries, purpose=st.sampled_from([Purpose.REAL, Purpose.TEST]))
    def hear(self, purpose):
        entry = an_entry(self.clock, purpose)
        assert self.do(self.outbox.put(entry, BUTTON_ID))
        self.model.append(entry)
        return entry

    @rule(entry=entries)
    def hear_again(self, entry):
        assert not self.do(self.outbox.put(entry, BUTTON_ID))

    @rule(entry=entries)
    def receipt(self, entry):
        waits = entry in self.model
        assert self.do(self.outbox.receipted(a_receipt(entry.press.press_id))) == waits
        if waits:
            self.model.remove(entry)

    @rule()
    def restart(self):
        self.do(self.outbox.__aexit__(None, None, None))
        self.outbox = self.do(Outbox(self.path, self.clock).__aenter__())

    @invariant()
    def the_order_is_real_first_then_oldest_first(self):
        expected = sorted(self.model, key=lambda entry: not entry.is_real)
        assert self.do(self.outbox.waiting()) == expected

    def teardown(self):
        self.do(self.outbox.__aexit__(None, None, None))
        self.loop.close()
        self.directory.cleanup()


TestOutboxOrder = OutboxOrder.TestCase
TestOutboxOrder.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
