"""What ``msa doctor`` makes of what it finds."""

import resource
from datetime import timedelta
from uuid import uuid4

import pytest

from gateway.checks.check import Check
from gateway.checks.disks import disks, spool, synchronised_s
from gateway.checks.files import gear_certificate, private_files
from gateway.checks.going_on import judged_canaries, judged_log
from gateway.checks.machine import FILES, open_files, time_service
from gateway.checks.server import judged_archive, judged_clock, judged_connections, judged_standbys
from gateway.clock import SystemClock
from gateway.domain.casework.chain import head_statement
from gateway.seal_keys import SealKey, make_seal_key
from gateway.settings import Settings
from gateway.store.spool_directory import BAD
from gateway.store.spool_file import SUFFIX
from tests.support.certificates import certified

NOW = SystemClock().now()


def verdict(check: Check) -> str:
    assert check.remedy or (check.ok and not check.doubtful)
    return "wrong" if not check.ok else "doubt" if check.doubtful else "good"


def a_standby(**changed):
    return {"name": "west", "is_waited_for": True, "lag_s": 0.0, **changed}


@pytest.mark.parametrize(
    ("names", "rows", "embedded", "said"),
    [
        ("", [], True, "good"),
        ("", [], False, "doubt"),
        ("", [a_standby(is_waited_for=False)], False, "doubt"),
        ("ANY 1 (west)", [a_standby()], False, "good"),
        ("ANY 1 (west)", [], False, "wrong"),
        ("ANY 1 (west)", [a_standby(name="east", is_waited_for=False)], False, "wrong"),
        ("ANY 1 (west)", [a_standby(), a_standby(name="east", lag_s=5.1)], False, "doubt"),
        ("ANY 1 (west)", [a_standby(), a_standby(name="east", lag_s=None)], False, "doubt"),
        ("ANY 1 (west)", [a_standby(name=None, is_waited_for=None, lag_s=None)], False, "doubt"),
    ],
)
def test_a_standby_that_is_waited_for_must_be_there_and_near(names, rows, embedded, said):
    assert verdict(judged_standbys(names, rows, embedded=embedded)) == said


def an_archiver(**changed):
    archiver = {"mode": "on", "archived_count": 3, "last_archived_time": NOW, "last_failed_time": None}
    slot = {"is_streamed": None, "kept": "reserved", "is_bounded": True, "behind": 0.0}
    return {**archiver, **slot, "failing": False, **changed}


@pytest.mark.parametrize(
    ("row", "embedded", "said"),
    [
        (an_archiver(), False, "good"),
        (an_archiver(failing=True, last_failed_time=NOW), False, "wrong"),
        (an_archiver(archived_count=0, last_archived_time=None), False, "doubt"),
        (an_archiver(mode="off"), False, "doubt"),
        (an_archiver(mode="off"), True, "good"),
        (an_archiver(mode="off", is_streamed=True, behind=17e6), False, "good"),
        (an_archiver(mode="off", is_streamed=False), True, "wrong"),
        (an_archiver(mode="off", is_streamed=True, kept="extended", behind=9e9), False, "doubt"),
        (an_archiver(mode="off", is_streamed=True, is_bounded=False), False, "doubt"),
        (an_archiver(mode="off", is_streamed=True, is_bounded=False), True, "good"),
        (an_archiver(is_streamed=True, failing=True, last_failed_time=NOW), False, "wrong"),
    ],
)
def test_an_archive_must_be_there_and_take_what_it_is_given(row, embedded, said):
    assert verdict(judged_archive(row, embedded=embedded)) == said


def test_a_slot_that_is_lost_is_a_gap_which_no_start_closes():
    check = judged_archive(an_archiver(mode="off", is_streamed=False, kept="lost"), embedded=False)
    assert verdict(check) == "wrong"
    assert "a gap" in check.found
    assert "a new directory" in check.remedy


@pytest.mark.parametrize(
    ("most", "taken", "nodes", "said"),
    [
        (97, 60, 2, "good"),
        (83, 30, 2, "doubt"),
        (97, 75, 0, "doubt"),
        (55, 30, 2, "wrong"),
        (27, 1, 0, "wrong"),
    ],
)
def test_nodes_and_the_one_that_replaces_one_need_their_connections(most, taken, nodes, said):
    row = {"most": most, "taken": taken, "centres": 11, "nodes": nodes}
    assert verdict(judged_connections(row)) == said


@pytest.mark.parametrize(
    ("ahead_s", "took_s", "said"),
    [
        (0.05, 0.001, "good"),
        (-0.2, 0.001, "doubt"),
        (1.2, 0.001, "wrong"),
        (-1.2, 0.001, "wrong"),
        (1.2, 0.5, "doubt"),  # the way there and back may be what differs
    ],
)
def test_a_clock_is_wrong_only_by_more_than_the_way_there_takes(ahead_s, took_s, said):
    assert verdict(judged_clock(timedelta(seconds=ahead_s), timedelta(seconds=took_s))) == said


def test_the_log_is_judged_by_its_last_head_and_by_what_waits(tmp_path):
    make_seal_key(tmp_path / "mine")
    make_seal_key(tmp_path / "other")
    key, log = SealKey.read(tmp_path / "mine"), uuid4()
    row = {
        "records": 0, "oldest_s": None, "position": 7, "links": 7, "head_s": 7200.0, "log_id": log,
        "jws": key.signed(head_statement(log, 7, b"", NOW)),
    }  # fmt: skip
    assert verdict(judged_log(row, key)) == "good"
    assert verdict(judged_log(row, SealKey.read(tmp_path / "other"))) == "wrong"
    assert verdict(judged_log({**row, "position": 6}, key)) == "wrong"
    assert verdict(judged_log({**row, "log_id": uuid4()}, key)) == "wrong"
    assert verdict(judged_log({**row, "records": 1, "oldest_s": 301.0}, key)) == "doubt"
    assert verdict(judged_log({**row, "links": 8}, key)) == "doubt"
    assert verdict(judged_log({**row, "links": 8, "head_s": 9.0}, key)) == "good"


@pytest.mark.parametrize(
    ("ago", "said"),
    [((5.0, 31.0), "good"), ((5.0, 91.0), "doubt"), ((5.0, None), "doubt"), ((None, None), "doubt")],
)
def test_a_canary_that_is_late_or_never_came_is_in_doubt(ago, said):
    rows = [{"centre_id": f"BE-{number}", "ago_s": one} for number, one in enumerate(ago)]
    assert verdict(judged_canaries(rows)) == said


def test_presses_in_the_spool_are_counted_and_its_disk_tried_without_a_trace(tmp_path):
    settings = Settings(data_dir=tmp_path, spool_max_mb=1)
    assert verdict(disks(settings)) in {"good", "doubt"}  # as full as the machine's disk is
    assert not settings.spool.exists()
    settings.spool.mkdir(mode=0o700)
    assert verdict(spool(settings)) == "good"
    took_s = synchronised_s(settings.spool)
    assert took_s is None or took_s > 0
    assert list(settings.spool.iterdir()) == []
    (settings.spool / BAD).mkdir()
    (settings.spool / BAD / f"one{SUFFIX}").touch()
    assert "1 files did not open" in spool(settings).found
    (settings.spool / f"two{SUFFIX}").touch()
    assert "1 presses wait" in spool(settings).found
    assert verdict(spool(settings)) == "doubt"
    full = disks(Settings(data_dir=tmp_path, spool_max_mb=1_000_000))
    assert (verdict(full), "less than the spool may take" in full.found) == ("doubt", True)


def test_a_gear_certificate_must_fit_its_key_and_last(tmp_path):
    def judged(certificate, key):
        check = gear_certificate(Settings(dc09_tls_certificate=certificate, dc09_tls_key=key))
        assert check is not None
        return verdict(check)

    long, _ = certified(tmp_path, "long", timedelta(days=90))
    short, _ = certified(tmp_path, "short", timedelta(days=20))
    over, _ = certified(tmp_path, "over", timedelta(seconds=-1))
    assert gear_certificate(Settings()) is None
    assert judged(long, long) == "good"
    assert judged(short, short) == "doubt"
    assert judged(over, over) == "wrong"
    assert judged(long, short) == "wrong"
    assert judged(long, tmp_path / "missing") == "wrong"


def test_a_secret_that_others_may_read_is_wrong(tmp_path):
    wallet = tmp_path / "canary" / "wallet.json"
    wallet.parent.mkdir()
    wallet.touch(mode=0o600)
    settings = Settings(data_dir=tmp_path)
    assert verdict(private_files(settings)) == "good"
    wallet.chmod(0o640)
    assert verdict(private_files(settings)) == "wrong"
    missing = Settings(data_dir=tmp_path / "none", aml_hmac_key_file=tmp_path / "gone")
    assert verdict(private_files(missing)) == "wrong"


def test_too_few_open_files_are_in_doubt():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES - 1, before[1]))
        assert verdict(open_files()) == "doubt"
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, before[1]))
        assert verdict(open_files()) == "good"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_kernel_says_whether_something_keeps_its_clock():
    check = time_service()
    assert check is None or verdict(check) in {"good", "doubt"}
