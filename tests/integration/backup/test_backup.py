"""A real PostgreSQL is backed up and archived while it commits, lost, and restored to an instant."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import asyncpg
import psutil
import pytest

from gateway.backup import archive
from gateway.backup.programs import reached
from gateway.backup.restoring import Restored, copy, restore
from gateway.backup.statement import read
from gateway.backup.taking import forget, take, there
from gateway.domain.errors import BackupRefused, RestoredUnchecked, SchemaTooOld
from gateway.sealing_log import sealer_of
from gateway.settings import Settings
from gateway.store import migrate
from gateway.store.connect import create_pool
from gateway.store.embedded import EmbeddedPostgres
from gateway.store.writer import COMMIT, as_json
from gateway.timing import SEAL_HEAD_S
from tests.support.clock import VirtualClock
from tests.support.database import quick_disk
from tests.support.records import a_companion, a_record
from tests.support.wait import until

ARCHIVED = """
SELECT count(*) = 1 FROM pg_stat_replication
 WHERE application_name = 'msa_archive' AND flush_lsn >= pg_current_wal_insert_lsn()"""


@dataclass(frozen=True, kw_only=True)
class Lost:
    """What is left of a database that was lost: a backup, an archive, and what was in it when."""

    place: Path
    backup: Path
    wal: Path
    settings: Settings
    noon: datetime
    by_noon: frozenset[UUID]
    later: frozenset[UUID]
    epoch: str


class Life:
    """A database's: presses are committed and sealed, as by a node."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.url, self.settings, self.clock = url, settings, VirtualClock()

    async def press(self, number: int) -> frozenset[UUID]:
        async with create_pool(self.url, application_name="test", max_size=2) as pool:
            async with pool.acquire() as database:
                records = [a_record(await a_companion(database)) for _ in range(number)]
                await database.fetch(
                    COMMIT, "BE-VOV", [as_json(one) for one in records], [one.raw for one in records]
                )
            self.clock.advance(SEAL_HEAD_S)
            await sealer_of(self.settings, pool, self.clock, None).seal_all()
        return frozenset(one.press_id for one in records)

    async def ask(self, question: str) -> Any:
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()


async def lived(place: Path, server: EmbeddedPostgres) -> Lost:
    """Press before, during and after a backup, all of it archived."""
    url = server.dsn()
    await migrate.upgrade(url)
    settings = Settings(database_url=None, data_dir=place, seal_heads=place / "heads")
    wal, base = place / "wal", place / "base"
    life = Life(url, settings)
    arguments, environment = await archive.prepared(url, url, wal)
    receiving = await asyncio.create_subprocess_exec(*arguments, env=environment)
    try:
        first = await life.press(3)
        backup, _ = await take(url, url, base)
        second = await life.press(2)
        noon = await life.ask("SELECT clock_timestamp()")
        await life.ask("SELECT pg_switch_wal()::text")
        later = await life.press(2)
        epoch = await life.ask("SELECT stream_epoch()")
        await until("everything is archived", lambda: life.ask(ARCHIVED))
    finally:
        receiving.terminate()
        await receiving.wait()
    return Lost(
        place=place,
        backup=backup,
        wal=wal,
        settings=settings,
        noon=noon,
        by_noon=first | second,
        later=later,
        epoch=epoch,
    )


@pytest.fixture(scope="module")
def lost() -> Iterator[Lost]:
    with tempfile.TemporaryDirectory(prefix="msa-test-", dir=quick_disk()) as directory:
        place = Path(directory)
        for name in ("wal", "base"):
            (place / name).mkdir()
        with EmbeddedPostgres(place / "postgres") as server:
            found = asyncio.run(lived(place, server))
        shutil.rmtree(place / "postgres")
        yield found


@pytest.fixture
def into(lost: Lost) -> Iterator[Path]:
    """Where to restore to: a place where ``EmbeddedPostgres`` finds it."""
    place = lost.place / "again"
    place.mkdir()
    yield place / "cluster"
    shutil.rmtree(place)


async def presses(into: Path, wal: Path) -> frozenset[UUID]:
    """Start a server on what was restored, and ask it; the old archive is closed to it."""
    server = EmbeddedPostgres(into.parent)
    await asyncio.to_thread(server.start)
    try:
        connection = await asyncpg.connect(server.dsn())
        rows = await connection.fetch("SELECT press_id FROM press")
        await connection.close()
        with pytest.raises(BackupRefused, match="it was restored"):
            await archive.prepared(server.dsn(), server.dsn(), wal)
    finally:
        await asyncio.to_thread(server.stop)
    return frozenset(row["press_id"] for row in rows)


def restored(lost: Lost, into: Path, to: datetime | None = None) -> Restored:
    return asyncio.run(restore(lost.backup, into, lost.settings, archive=lost.wal, to=to))


def test_what_is_there_is_exactly_what_was_committed_until_the_instant(lost: Lost, into: Path) -> None:
    found = restored(lost, into, lost.noon)
    assert found.state.problems == []
    assert found.state.verified
    assert found.state.centres["BE-VOV"].presses == len(lost.by_noon)
    assert found.state.epoch != lost.epoch
    assert found.state.log_outside is not None  # heads outside know of what was lost
    assert found.state.log_outside[0] == found.state.log_position + len(lost.later)
    assert asyncio.run(presses(into, lost.wal)) == lost.by_noon


def test_without_an_instant_it_is_all_that_was_archived(lost: Lost, into: Path) -> None:
    found = restored(lost, into)
    assert found.state.problems == []
    assert asyncio.run(presses(into, lost.wal)) == lost.by_noon | lost.later


def test_a_second_restore_of_one_archive_is_another_epoch(lost: Lost, into: Path) -> None:
    first = restored(lost, into, lost.noon).state.epoch
    second = restored(lost, into.with_name("second"), lost.noon).state.epoch
    assert len({lost.epoch, first, second}) == 3
    assert second.startswith(first[:-8]), "the cluster and its timeline are the same"


def test_an_archive_that_is_damaged_before_its_end_is_not_taken_for_all_there_is(
    lost: Lost, into: Path, tmp_path: Path
) -> None:
    wal = shutil.copytree(lost.wal, tmp_path / "wal")
    before_last = sorted(path for path in wal.iterdir() if archive.SEGMENT.fullmatch(path.name))[-2]
    with before_last.open("r+b") as file:
        file.seek(8192)
        file.write(bytes(8192))
    found = asyncio.run(restore(lost.backup, into, lost.settings, archive=wal))
    (problem,) = found.state.problems
    assert "the archive goes on to" in problem


def test_an_archive_that_ends_before_the_backup_is_refused(lost: Lost, into: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="has no WAL"):
        asyncio.run(restore(lost.backup, into, lost.settings, archive=tmp_path))
    (tmp_path / "000000010000000000000001").touch()
    with pytest.raises(BackupRefused, match="ends with 000000010000000000000001"):
        asyncio.run(restore(lost.backup, into, lost.settings, archive=tmp_path))
    assert not into.exists()


@pytest.mark.parametrize(
    ("seconds", "words"), [(-3600, "before this backup ended"), (3600, "the archive has nothing after")]
)
def test_an_instant_that_cannot_be_had_is_refused_in_words_and_nothing_is_left(
    lost: Lost, into: Path, seconds: int, words: str
) -> None:
    with pytest.raises(BackupRefused, match=words):
        restored(lost, into, lost.noon + timedelta(seconds=seconds))
    assert not into.exists() or not list(into.iterdir())


def test_a_backup_with_one_flipped_bit_is_refused(lost: Lost, into: Path) -> None:
    pages = max((lost.backup / "cluster" / "base").rglob("*"), key=lambda path: path.stat().st_size)
    whole = pages.read_bytes()
    pages.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    try:
        with pytest.raises(BackupRefused, match="is not what was copied"):
            restored(lost, into, lost.noon)
    finally:
        pages.write_bytes(whole)
    assert not into.exists()


def test_nothing_is_restored_over_something(lost: Lost, into: Path) -> None:
    into.mkdir()
    (into / "kept").touch()
    with pytest.raises(BackupRefused, match="is not empty"):
        restored(lost, into)
    assert [path.name for path in into.iterdir()] == ["kept"]


async def ended_while_it_recovers(lost: Lost, into: Path) -> tuple[int, str]:
    """Have ``msa db restore`` told to end while its server recovers; return how it ended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from gateway.cli import main; main()"),
        *("db", "restore", str(lost.backup), "--into", str(into), "--wal", str(lost.wal)),
        env={**os.environ, "MSA_DATA_DIR": str(lost.place)},
        stderr=asyncio.subprocess.PIPE,
    )
    await until("a server recovers", (into / "postmaster.pid").exists)
    process.terminate()
    _, said = await process.communicate()
    return await process.wait(), said.decode()


def serving(cluster: Path) -> list[int]:
    return [
        one.pid for one in psutil.process_iter(["cmdline"]) if str(cluster) in (one.info["cmdline"] or ())
    ]


def test_told_to_end_a_restore_leaves_no_server_and_nothing_of_what_it_wrote(lost: Lost, into: Path) -> None:
    status, said = asyncio.run(ended_while_it_recovers(lost, into))
    assert serving(into) == []
    assert list(into.iterdir()) == []
    assert (status, "told to end" in said) == (1, True)


def test_what_was_recovered_is_not_thrown_away_because_a_look_at_it_failed(lost: Lost, into: Path) -> None:
    heads = lost.place / "heads that cannot be read"
    heads.mkdir()
    unreadable = lost.settings.model_copy(update={"seal_heads": heads})
    with pytest.raises(RestoredUnchecked, match="could not be checked"):
        asyncio.run(restore(lost.backup, into, unreadable, archive=lost.wal))
    assert serving(into) == []
    assert asyncio.run(presses(into, lost.wal)) == lost.by_noon | lost.later


def test_a_proof_that_is_none_is_refused_before_anything_is_copied(lost: Lost, into: Path) -> None:
    proof, said = lost.place / "none.json", list[str]()
    proof.write_text("{}")
    with pytest.raises(BackupRefused, match="no proof of erasure"):
        asyncio.run(restore(lost.backup, into, lost.settings, proofs=[proof], say=said.append))
    assert said == []


class After(Event):
    """Set once it was asked so many times whether it is."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def is_set(self) -> bool:
        self.times -= 1
        return self.times < 0


def test_half_a_copy_is_nothing_that_a_server_starts_on(lost: Lost, into: Path) -> None:
    cluster = lost.backup / "cluster"
    files = sum(path.is_file() for path in cluster.rglob("*"))
    with pytest.raises(BackupRefused, match="was ended"):
        copy(cluster, into, None, After(files - 1))
    assert (into / "base").is_dir()
    assert not (into / "global" / "pg_control").exists()


def test_a_full_disk_is_named(lost: Lost, into: Path) -> None:
    into.mkdir()
    (into / "PG_VERSION").symlink_to("/dev/full")
    with pytest.raises(BackupRefused, match=r"PG_VERSION cannot be written: .*No space left"):
        copy(lost.backup / "cluster", into, None, Event())


def test_wal_goes_only_when_no_backup_that_stays_needs_it(lost: Lost, tmp_path: Path) -> None:
    base, wal = tmp_path / "base", tmp_path / "wal"
    wal.mkdir()
    for day in (1, 2):
        (base / f"2026110{day}T020000Z").mkdir(parents=True)
        text = (lost.backup / "statement.json").read_text()
        (there(base)[-1] / "statement.json").write_text(
            text.replace(read(lost.backup).start_segment, f"0000000100000000000000{day}0")
        )
    segments = [f"0000000100000000000000{one}" for one in ("0F", "10", "1F", "20")]
    for name in (*segments, "00000002.history"):
        (wal / name).touch()
    assert forget(base, 2, wal) == ([], 1)
    gone, segments_gone = forget(base, 1, wal)
    assert ([one.name for one in gone], segments_gone) == (["20261101T020000Z"], 2)
    assert sorted(path.name for path in wal.iterdir()) == [segments[-1], "00000002.history"]


def test_an_archive_is_not_gone_on_with_where_the_server_has_not_kept_what_follows(tmp_path: Path) -> None:
    archive.refuse_gap(tmp_path, kept=False)
    (tmp_path / "000000010000000000000005.partial").touch()
    archive.refuse_gap(tmp_path, kept=True)
    with pytest.raises(BackupRefused, match="it was restored"):
        archive.refuse_gap(tmp_path, kept=False)


def test_a_database_is_not_copied_into_a_data_directory(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").touch()
    (tmp_path / "base").mkdir()
    with pytest.raises(BackupRefused, match="inside a data directory"):
        archive.refuse_inside(tmp_path / "base")


def test_no_wal_of_a_server_itself_is_tidied_up(lost: Lost, tmp_path: Path) -> None:
    (tmp_path / "archive_status").mkdir()
    with pytest.raises(BackupRefused, match="a server's own WAL"):
        forget(lost.backup.parent, 1, tmp_path)


@pytest.fixture
def another() -> Iterator[EmbeddedPostgres]:
    """A server of one's own that has the schema, and keeps little for who is away."""
    with tempfile.TemporaryDirectory(prefix="msa-test-", dir=quick_disk()) as directory:
        options = {"max_slot_wal_keep_size": "1MB", "allow_in_place_tablespaces": "on"}
        with EmbeddedPostgres(Path(directory), options=options) as server:
            asyncio.run(migrate.upgrade(server.dsn()))
            yield server


async def asked(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


def test_what_is_not_the_described_database_or_cannot_be_kept_is_refused(
    another: EmbeddedPostgres, database: str, tmp_path: Path
) -> None:
    url = another.dsn()
    with pytest.raises(BackupRefused, match="another database"):
        asyncio.run(take(database, url, tmp_path))
    assert there(tmp_path) == []
    slot = f"SELECT pg_create_physical_replication_slot('{archive.SLOT}', true)"
    fill = ("SELECT pg_switch_wal()", "CREATE TABLE filling ()", "DROP TABLE filling") * 3
    asyncio.run(asked(url, slot, *fill, "CHECKPOINT"))
    with pytest.raises(BackupRefused, match="thrown away what the archive lacks"):
        asyncio.run(archive.prepared(url, url, tmp_path))
    asyncio.run(asked(url, "CREATE TABLESPACE elsewhere LOCATION ''"))
    with pytest.raises(BackupRefused, match=r"tablespaces .*elsewhere"):
        asyncio.run(take(url, url, tmp_path))


def test_no_password_is_among_a_programs_arguments() -> None:
    arguments, hidden = reached("postgresql://keeper:se%25cret@db-1:5432,db-2/msa?sslmode=require")
    assert "cret" not in " ".join(arguments)
    assert "postgresql://keeper@db-1:5432,db-2/msa?" in arguments[-1]
    assert "sslmode=require" in arguments[-1]
    assert hidden == {"PGPASSWORD": "se%cret"}


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql:///msa?host=/run/postgresql", "postgresql:///msa?"),
        ("postgresql://db-1/msa?user=keeper&password=se%25cret", "user=keeper"),
        ("postgresql://db-1/msa?options=-c%20jit%3Doff", "options=-c%20jit%3Doff"),
    ],
    ids=["socket", "password among the options", "space"],
)
def test_a_url_reaches_postgresqls_programs_as_they_read_it(url: str, shown: str) -> None:
    arguments, hidden = reached(url)
    assert shown in arguments[-1]
    assert "cret" not in arguments[-1]
    assert hidden == ({"PGPASSWORD": "se%cret"} if "password" in url else {})


def test_a_password_that_no_environment_takes_is_refused() -> None:
    with pytest.raises(BackupRefused, match="sslpassword"):
        reached("postgresql://db-1/msa?sslpassword=secret")


def test_a_primary_that_says_nothing_any_more_is_given_up_within_seconds() -> None:
    assert "keepalives_idle=5" in reached("postgresql://db-1/msa")[0][-1]
    assert "tcp_user_timeout=8000" in reached("postgresql://db-1/msa")[0][-1]
    assert "tcp_user_timeout=900" in reached("postgresql://db-1/msa?tcp_user_timeout=900")[0][-1]


def test_a_database_without_a_log_is_refused_in_words(empty_database: str, tmp_path: Path) -> None:
    with pytest.raises(SchemaTooOld, match="nothing, and no sealed log"):
        asyncio.run(take(empty_database, empty_database, tmp_path))
    assert list(tmp_path.iterdir()) == []
