"""Presses on a disk: whole or not there, in order, of one process, and found again."""

import errno
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from gateway.domain.errors import CannotCommit, SealBroken, SpoolFull, SpoolRefused
from gateway.domain.response import Response
from gateway.ports import KeptPress, PressRecord
from gateway.settings import Settings
from gateway.spool_metrics import SpoolMetrics
from gateway.store.sealing import Keyring
from gateway.store.spool import DiskSpool
from gateway.store.spool_directory import SpoolDirectory
from gateway.store.spool_file import SpoolSeal
from schemas.alarm import RoutedBy, Share, ShareReason
from schemas.press import Purpose
from tests.support.clock import VirtualClock
from tests.support.records import NOW, a_record, press_facts

KEYRING = Keyring("k", {"k": b"k" * 32})
OTHER_KEYS = Keyring("other", {"other": b"o" * 32})
WHO = (UUID(int=1), UUID(int=2))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
records = st.builds(
    lambda raw, facts, more: replace(a_record(WHO), raw=raw, facts={**press_facts(), **facts}, **more),
    st.binary(max_size=300),
    st.dictionaries(st.text(), json_values, max_size=4),
    st.fixed_dictionaries(
        {
            "press_id": st.uuids(),
            "sent_id": st.uuids(),
            "alarm_id": st.uuids(),
            "purpose": st.sampled_from(Purpose),
            "routed_by": st.sampled_from(RoutedBy),
            "response": st.builds(Response, lapse_s=st.floats(1, 1e6), tracking_s=st.floats(301, 1e6)),
            "shared": st.lists(
                st.builds(
                    Share, centre=st.just("BE-VAN"), reason=st.sampled_from(ShareReason), since=st.just(NOW)
                ),
                max_size=3,
            ).map(tuple),
        }
    ),
)


@given(records)
def test_everything_of_a_press_is_as_it_was(record: PressRecord) -> None:
    seal, kept = SpoolSeal(KEYRING), KeptPress(record=record, kept_at=NOW)
    assert seal.open(record.press_id, seal.seal(kept)) == kept


def test_a_press_opens_under_its_own_id_and_key_alone() -> None:
    record = a_record(WHO)
    sealed = SpoolSeal(KEYRING).seal(KeptPress(record=record, kept_at=NOW))
    for seal, press_id in ((SpoolSeal(KEYRING), uuid4()), (SpoolSeal(OTHER_KEYS), record.press_id)):
        with pytest.raises(SealBroken):
            seal.open(press_id, sealed)
    both = Keyring("new", {"new": b"n" * 32, **KEYRING.keys})
    assert SpoolSeal(both).open(record.press_id, sealed).record == record


def a_spool(path: Path, keyring: Keyring = KEYRING, **limits: Any) -> DiskSpool:
    settings = Settings(database_url=SecretStr("postgresql://h/d"), spool_dir=path, **limits)
    return DiskSpool.of(settings, keyring, VirtualClock(), SpoolMetrics(CollectorRegistry()))


@pytest.fixture
async def spool(tmp_path: Path) -> AsyncIterator[DiskSpool]:
    held = a_spool(tmp_path / "spool", spool_max_mb=1)
    yield held
    held.close()


def files(path: Path) -> list[Path]:
    return sorted(path.glob("*.press*"))


async def test_what_was_kept_is_found_in_its_order_by_the_next_process(tmp_path: Path) -> None:
    first = a_spool(tmp_path / "spool")
    kept = [await first.keep(a_record(WHO)) for _ in range(3)]
    as_written = [await first.read(each.press_id) for each in kept]
    await first.let_go(kept[1].press_id)
    first.close()
    second = a_spool(tmp_path / "spool")
    found = [await second.read(waiting.press_id) for waiting in second.waiting]
    assert second.waiting == [kept[0], kept[2]]
    assert found == [as_written[0], as_written[2]]
    second.close()


async def test_the_same_press_again_is_the_first_and_takes_no_more_room(
    spool: DiskSpool, tmp_path: Path
) -> None:
    record = a_record(WHO)
    first = await spool.keep(record)
    again = await spool.keep(replace(record, alarm_id=uuid4(), centre="BE-VAN"))
    assert again == first
    assert len(files(tmp_path / "spool")) == 1


async def test_a_file_that_was_spoilt_is_found_at_its_replay_and_the_press_kept_anew(
    spool: DiskSpool, tmp_path: Path
) -> None:
    record = a_record(WHO)
    first = await spool.keep(record)
    (file,) = files(tmp_path / "spool")
    file.write_bytes(b"torn")
    assert await spool.keep(record) == first, "from memory: nothing is read for who asks again"
    assert await spool.read(record.press_id) is None
    assert not spool.holds_of(record.registration_id)
    await spool.keep(record)
    found = await spool.read(record.press_id)
    assert found is not None
    assert found.record == record


async def test_nothing_personal_is_in_a_name_or_in_clear_and_nobody_else_may_read(
    spool: DiskSpool, tmp_path: Path
) -> None:
    record = a_record(WHO, raw=b"I am at the harbour")
    await spool.keep(record)
    (file,) = files(tmp_path / "spool")
    assert b"harbour" not in file.read_bytes()
    assert str(record.registration_id) not in file.name
    assert (file.stat().st_mode & 0o777, (tmp_path / "spool").stat().st_mode & 0o777) == (0o600, 0o700)


async def test_a_full_spool_refuses_and_keeps_nothing_of_it(spool: DiskSpool, tmp_path: Path) -> None:
    large = a_record(WHO, raw=b"x" * 600_000)
    await spool.keep(large)
    assert spool.has_room
    with pytest.raises(SpoolFull):
        await spool.keep(replace(large, press_id=uuid4()))
    assert len(files(tmp_path / "spool")) == 1
    await spool.let_go(large.press_id)
    await spool.keep(replace(large, press_id=uuid4()))


@pytest.mark.parametrize(
    ("number", "refusal"), [(errno.ENOSPC, SpoolFull), (errno.EIO, CannotCommit)], ids=["full", "broken"]
)
async def test_a_disk_that_takes_no_more_leaves_nothing_half_kept(
    spool: DiskSpool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, refusal: type[Exception]
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(number, "refused")

    record = a_record(WHO)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", refuse)
        with pytest.raises(refusal):
            await spool.keep(record)
    assert files(tmp_path / "spool") == []
    assert not spool.has_room
    assert not spool.holds(record.press_id)
    assert (await spool.keep(record)).press_id == record.press_id


async def test_a_second_process_is_told_whose_directory_it_is(spool: DiskSpool, tmp_path: Path) -> None:
    with pytest.raises(SpoolRefused, match="another process"):
        SpoolDirectory.taken(tmp_path / "spool", SpoolSeal(KEYRING))


async def test_torn_and_foreign_files_are_set_aside_and_block_nothing(tmp_path: Path) -> None:
    first = a_spool(tmp_path / "spool")
    torn, whole = [(await first.keep(a_record(WHO))).press_id for _ in range(2)]
    first.close()
    file = files(tmp_path / "spool")[0]
    file.write_bytes(file.read_bytes()[:-1])
    (tmp_path / "spool" / "letter.txt").write_text("not a press")
    (tmp_path / "spool" / f"{file.name}.new").write_bytes(b"half")
    second = a_spool(tmp_path / "spool")
    assert [waiting.press_id for waiting in second.waiting] == [whole]
    assert {each.name for each in (tmp_path / "spool" / "bad").iterdir()} == {file.name, "letter.txt"}
    assert str(torn) in file.name
    second.close()


async def test_a_press_whose_key_comes_back_is_replayed_after_all(tmp_path: Path) -> None:
    first = a_spool(tmp_path / "spool")
    record = a_record(WHO)
    await first.keep(record)
    first.close()
    blind = a_spool(tmp_path / "spool", OTHER_KEYS)
    assert not blind.waiting
    blind.close()
    third = a_spool(tmp_path / "spool")
    found = await third.read(record.press_id)
    assert found is not None
    assert found.record == record
    third.close()
