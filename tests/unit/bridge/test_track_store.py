"""The tracks on a real disk."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from ble_bridge import timing
from ble_bridge.backlog import WaitingFix
from ble_bridge.moment import Moment
from ble_bridge.ports import Fix
from ble_bridge.track_store import TrackStore
from ble_bridge.tracking import Tracking
from schemas.position import Method
from tests.support.companion import CompanionClock, a_receipt


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tracks.db"


@pytest.fixture
def phone_clock() -> CompanionClock:
    return CompanionClock()


def a_tracking(clock: CompanionClock, *, is_real: bool = True, alarm_id: UUID | None = None) -> Tracking:
    receipt = a_receipt(uuid4())
    receipt = receipt.model_copy(update={"alarm_id": alarm_id or receipt.alarm_id})
    return Tracking.begun(receipt, is_real=is_real, now=Moment.of(clock), length_s=7200.0)


def a_fix(clock: CompanionClock) -> Fix:
    return Fix(
        51.0543217, 3.7174129, clock.monotonic(), clock.now(), Method.GNSS, 7.5, 0.68, True, 1.25, 273.5
    )


async def take(store: TrackStore, tracking: Tracking, clock: CompanionClock) -> WaitingFix:
    clock.advance(1.0)
    waiting = tracking.take(a_fix(clock), Moment.of(clock))
    assert waiting is not None
    tracking.backlog.add(waiting)
    await store.add(tracking.alarm_id, (waiting,))
    return waiting


async def test_a_tracking_and_what_waits_of_it_come_back_as_they_were_kept(path, phone_clock):
    tracking = a_tracking(phone_clock)
    async with TrackStore(path, phone_clock) as store:
        await store.keep(tracking)
        fixes = [await take(store, tracking, phone_clock) for _ in range(3)]
        await store.forget(tracking.alarm_id, fixes[:1])
    async with TrackStore(path, phone_clock) as store:
        again = await store.newest()
    assert again is not None
    assert again.backlog.batch(10) == fixes[1:]
    assert (again.alarm_id, again.began, again.committed_at, again.length_s, again.next_index) == (
        tracking.alarm_id, tracking.began, tracking.committed_at, 7200.0, 4
    )  # fmt: skip


async def test_an_index_is_never_used_again_after_the_machine_lost_power(path, phone_clock):
    """The fixes of the last minutes may be gone then, and nobody knows how many were sent."""
    tracking = a_tracking(phone_clock)
    async with TrackStore(path, phone_clock) as store:
        await store.keep(tracking)
        for _ in range(3):
            await take(store, tracking, phone_clock)
    phone_clock.reboot(60.0)
    async with TrackStore(path, phone_clock) as store:
        again = await store.newest()
        assert again is not None
        assert again.next_index == timing.INDEXES_RESERVED + 1
        await store.keep(again)
        waiting = await take(store, again, phone_clock)
        assert waiting.index == timing.INDEXES_RESERVED + 1
    phone_clock.reboot(60.0)
    async with TrackStore(path, phone_clock) as store:
        third = await store.newest()
    assert third is not None
    assert third.next_index == 2 * timing.INDEXES_RESERVED + 1


async def test_reserving_indexes_reaches_the_disk_and_single_fixes_cost_no_fsync(path, phone_clock):
    async with TrackStore(path, phone_clock) as store:
        level = "PRAGMA synchronous"
        assert await store._run(lambda: store._connection.execute(level).fetchone()) == (1,)
        tracking = a_tracking(phone_clock)
        await store.keep(tracking)
        statements: list[str] = []
        await store._run(lambda: store._connection.set_trace_callback(statements.append))
        for _ in range(timing.INDEXES_RESERVED + 1):
            await take(store, tracking, phone_clock)
        assert statements.count("PRAGMA synchronous = FULL") == 2
        assert await store._run(lambda: store._connection.execute(level).fetchone()) == (1,)


async def test_a_track_that_is_over_is_erased_from_the_disk(path, phone_clock):
    tracking = a_tracking(phone_clock)
    async with TrackStore(path, phone_clock) as store:
        await store.keep(tracking)
        for _ in range(50):
            await take(store, tracking, phone_clock)
        assert any(b"51.0543217" in file.read_bytes() for file in path.parent.iterdir())
        await store.over(tracking.alarm_id)
        assert not any(b"51.0543217" in file.read_bytes() for file in path.parent.iterdir())
        assert await store.newest() is None
        assert await store.knows(tracking.alarm_id)


async def test_a_press_after_the_end_goes_on_with_the_indexes(path, phone_clock):
    tracking = a_tracking(phone_clock)
    async with TrackStore(path, phone_clock) as store:
        await store.keep(tracking)
        for _ in range(5):
            await take(store, tracking, phone_clock)
        await store.over(tracking.alarm_id)
        again = a_tracking(phone_clock, alarm_id=tracking.alarm_id)
        await store.keep(again)
        assert again.next_index == 6
        assert await store.newest() is not None


async def test_of_several_left_open_the_real_one_goes_on_and_the_others_are_erased(path, phone_clock):
    real, test = a_tracking(phone_clock), a_tracking(phone_clock, is_real=False)
    async with TrackStore(path, phone_clock) as store:
        for tracking in (real, test):
            await store.keep(tracking)
            await take(store, tracking, phone_clock)
        newest = await store.newest()
        assert newest is not None
        assert newest.alarm_id == real.alarm_id
        await store.over(real.alarm_id)
        assert await store.newest() is None


async def test_a_damaged_file_is_begun_anew_and_no_index_of_before_is_used(path, phone_clock):
    path.write_bytes(b"no database at all" * 1000)
    tracking = a_tracking(phone_clock)
    async with TrackStore(path, phone_clock) as store:
        await store.keep(tracking)
        waiting = await take(store, tracking, phone_clock)
    assert waiting.index > timing.INDEXES_RESERVED * timing.FIXES_WAITING_MOST / 10
    assert [file.name for file in path.parent.iterdir()] == ["tracks.db"]


async def test_two_hours_of_waiting_fixes_are_small_on_disk(path, phone_clock):
    tracking = a_tracking(phone_clock)
    async with TrackStore(path, phone_clock) as store:
        await store.keep(tracking)
        for _ in range(timing.FIXES_WAITING_MOST):
            await take(store, tracking, phone_clock)
        assert sum(file.stat().st_size for file in path.parent.iterdir()) < 10_000_000
        assert path.stat().st_size < 3_000_000
        assert path.stat().st_mode & 0o077 == 0
        await store.over(tracking.alarm_id)
        assert sum(file.stat().st_size for file in path.parent.iterdir()) < 100_000


def test_what_add_returned_for_is_there_after_sigkill(path):
    alarm_id = uuid4()
    code = textwrap.dedent(
        f"""
        import asyncio, os, signal
        from pathlib import Path
        from uuid import UUID
        from tests.unit.bridge.test_track_store import a_tracking, take
        from tests.support.companion import CompanionClock
        from ble_bridge.track_store import TrackStore

        async def main():
            clock = CompanionClock()
            async with TrackStore(Path({str(path)!r}), clock) as store:
                tracking = a_tracking(clock, alarm_id=UUID({str(alarm_id)!r}))
                await store.keep(tracking)
                for _ in range(20):
                    await take(store, tracking, clock)
                os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(main())
        """
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL

    async def look() -> Tracking | None:
        async with TrackStore(path, CompanionClock()) as store:
            return await store.newest()

    again = asyncio.run(look())
    assert again is not None
    assert len(again.backlog) == 20
    assert again.next_index == 21


async def test_a_failing_disk_says_so(path, phone_clock):
    async with TrackStore(path, phone_clock) as store:
        await store._run(lambda: store._connection.execute("PRAGMA query_only = ON"))
        with pytest.raises(sqlite3.Error):
            await store.keep(a_tracking(phone_clock))
