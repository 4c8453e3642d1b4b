"""Companions fall silent and come back, on a real database in virtual time."""

import asyncio
import json
from datetime import timedelta
from typing import Final

import pytest

from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.supervision import FRESH_S, INSTALL_S
from gateway.store.connect import Pool, Role, acquire, connected, create_pool
from gateway.store.protections import Protections
from gateway.store.supervision import CLAIM_MAX
from gateway.timing import JUDGE_GAP_S, JUDGE_LEASE_S, UNWRITTEN_S
from schemas.protection import FaultKind, ProtectionState
from tests.support.clock import VirtualClock
from tests.support.heartbeats import well
from tests.support.ward import Node, Ward

PROTECTED: Final = (ProtectionState.PROTECTED, set[FaultKind]())
SILENT: Final = (ProtectionState.UNPROTECTED, {FaultKind.COMPANION_SILENT})
ALONE: Final = (ProtectionState.UNPROTECTED, {FaultKind.NO_COMPANION})
LOW: Final = (ProtectionState.DEGRADED, {FaultKind.PHONE_BATTERY_LOW})


@pytest.fixture
def ward(pool: Pool, clock: VirtualClock) -> Ward:
    return Ward(pool, clock)


async def test_who_falls_silent_is_told_once_and_who_comes_back_too(ward: Ward) -> None:
    her, phone = await ward.a_victim()
    await ward.beat(phone)
    assert await ward.sweep() == 1
    assert await ward.wait(169) == 0
    assert await ward.wait(1) == 1
    assert await ward.wait(60) == 0
    await ward.beat(phone)
    assert await ward.sweep() == 1
    assert await ward.wait(60, phone) == 0
    assert await ward.changes() == [PROTECTED, SILENT, PROTECTED]
    assert await ward.notices() == ["notice.raised", "notice.cleared"]
    assert await ward.state(her) == PROTECTED


async def test_the_notice_is_for_the_case_team_and_the_supervisor(ward: Ward) -> None:
    her, phone = await ward.a_victim()
    await ward.beat(phone, phone_battery_pct=12)
    await ward.sweep()
    (notice,) = (await ward.from_snapshot()).notices.values()
    assert (notice.kind, notice.audience, notice.subject) == (
        "protection",
        ("case_team", "supervisor"),
        str(her),
    )
    assert notice.detail == {"state": "degraded", "faults": "phone_battery_low"}


async def test_heartbeats_in_time_are_no_news_however_long(ward: Ward) -> None:
    her, phone = await ward.a_victim()
    await ward.beat(phone)
    await ward.sweep()
    assert await ward.wait(600, phone) == 0
    assert await ward.state(her) == PROTECTED


async def test_a_heartbeat_that_says_something_new_is_judged_by_the_next_sweep(ward: Ward) -> None:
    _, phone = await ward.a_victim()
    await ward.beat(phone)
    await ward.sweep()
    for percent in (19, 24, 26, 22):
        await ward.wait(25)
        await ward.beat(phone, phone_battery_pct=percent)
        await ward.sweep()
    assert await ward.changes() == [PROTECTED, LOW, PROTECTED]


async def test_while_an_alarm_is_open_silence_is_told_within_ninety_seconds(ward: Ward) -> None:
    her, phone = await ward.a_victim()
    await ward.beat(phone)
    await ward.sweep()
    await ward.press(her, phone)
    assert await ward.wait(79) == 0
    assert await ward.wait(2) == 1
    await ward.close(her)
    assert await ward.wait(30) == 0
    assert await ward.state(her) == SILENT
    measured = ward.node.metrics.registry.get_sample_value
    assert measured("msa_link_loss_report_seconds_bucket", {"during": "alarm", "le": "90.0"}) == 1


async def test_whose_alarm_is_open_is_judged_before_all_others_who_are_due(ward: Ward) -> None:
    phones = [(await ward.a_victim())[1] for _ in range(CLAIM_MAX)]
    her, phone = await ward.a_victim()
    await ward.beat(*phones)
    ward.clock.advance(0.1)
    await ward.beat(phone)
    await ward.sweep()
    await ward.press(her, phone)
    ward.node.told.clear()
    await _skip(ward, 171)
    assert await ward.sweep() == CLAIM_MAX + 1
    told = [json.loads(one.payload)["protection"] for one in ward.node.told]
    order = [changed["registration_id"] for changed in told if changed is not None]
    assert order.index(str(her)) < CLAIM_MAX  # in the first batch, although she is the last to be due


async def test_two_nodes_tell_each_change_once(ward: Ward) -> None:
    other = ward.another_node()
    phones = [(await ward.a_victim())[1] for _ in range(40)]
    await ward.beat(*phones)
    for told_so_far in (0, 40):
        told = await asyncio.gather(*(ward.sweep(node) for node in (ward.node, other) for _ in range(3)))
        assert sum(told) == 40
        assert len(await ward.changes()) == told_so_far + 40
        await _skip(ward, 171)
    sequences = [one.sequence for node in (ward.node, other) for one in node.told]
    assert len(set(sequences)) == len(sequences) == 40 + 2 * 40
    assert (await ward.changes())[40:] == [SILENT] * 40


async def test_a_node_that_dies_between_judging_and_telling_loses_nothing(ward: Ward) -> None:
    _, phone = await ward.a_victim()
    await ward.beat(phone)
    dead = ward.another_node().supervisor
    async with acquire(ward.pool) as database:
        judged = await dead.judge_due(database, ward.clock.now(), ward.clock.now())
    assert len(judged) == 1
    assert await ward.wait(JUDGE_LEASE_S - 1) == 0
    assert await ward.wait(1) == 1
    assert await dead.commit(judged) == 0
    assert await ward.changes() == [PROTECTED]


async def test_news_between_judging_and_telling_is_judged_anew(ward: Ward) -> None:
    _, phone = await ward.a_victim()
    await ward.beat(phone)
    frozen = ward.another_node().supervisor
    async with acquire(ward.pool) as database:
        judged = await frozen.judge_due(database, ward.clock.now(), ward.clock.now())
    ward.clock.advance(1)
    await ward.beat(phone, phone_battery_pct=12)
    assert await frozen.commit(judged) == 0
    assert await ward.sweep() == 1
    assert await ward.changes() == [LOW]


async def test_news_is_not_forgotten_by_a_judgement_that_found_nothing_new(ward: Ward) -> None:
    _, phone = await ward.a_victim()
    await ward.beat(phone)
    await ward.sweep()
    await _skip(ward, 165)
    await ward.beat(phone)
    await _skip(ward, 6)
    frozen = ward.another_node().supervisor
    async with acquire(ward.pool) as database:
        judged = await frozen.judge_due(database, ward.clock.now(), ward.clock.now())
    assert [one.judgement.differs(one.file) for one in judged] == [False]
    await ward.beat(phone, phone_battery_pct=12)
    await frozen.commit(judged)
    assert await ward.sweep() == 1
    assert await ward.changes() == [PROTECTED, LOW]


async def test_an_outage_of_the_gateway_makes_nobody_silent(ward: Ward) -> None:
    _, phone = await ward.a_victim()
    _, gone = await ward.a_victim()
    await ward.beat(phone, gone)
    await ward.sweep()
    ward.clock.advance(JUDGE_GAP_S + 3600)
    assert await ward.sweep() == 0
    assert await ward.wait(169, phone) == 0
    assert await ward.wait(2, phone) == 1
    assert (await ward.changes())[-1] == SILENT


@pytest.mark.parametrize("heard_after", [False, True])
async def test_a_clock_that_is_set_back_keeps_no_silence_from_being_told(
    ward: Ward, *, heard_after: bool
) -> None:
    her, phone = await ward.a_victim()
    await ward.beat(phone)
    await ward.sweep()
    await ward.wait(25, phone)
    ward.clock.step(-3600)
    if heard_after:
        await ward.beat(phone, signed_at=ward.clock.now() + timedelta(seconds=3601))
    await ward.wait(172)
    state = await ward.state(her)
    assert state is not None
    assert FaultKind.COMPANION_SILENT in state[1]
    await ward.wait(3600)
    assert await ward.state(her) == state  # also once the clock is where it was before


async def test_a_clock_that_is_set_back_during_an_alarm_keeps_no_silence_from_being_told(ward: Ward) -> None:
    her, phone = await ward.a_victim()
    await ward.beat(phone)
    await ward.sweep()
    await ward.press(her, phone)
    ward.clock.step(-3600)
    await ward.wait(82)
    assert await ward.state(her) == SILENT


async def test_silence_that_was_told_before_an_outage_is_not_taken_back_by_it(ward: Ward) -> None:
    her, phone = await ward.a_victim()
    await ward.beat(phone)
    await ward.sweep()
    await ward.wait(175)
    ward.clock.advance(3600)
    assert await ward.wait(200) == 0
    assert await ward.state(her) == SILENT


async def test_a_replayed_heartbeat_restores_nobody_on_any_node(ward: Ward) -> None:
    her, phone = await ward.a_victim()
    signed_at = ward.clock.now()
    await ward.beat(phone)
    await ward.sweep()
    await ward.wait(175)
    assert await ward.beat(phone, signed_at=signed_at) == [False]
    other = ward.another_node()
    assert await ward.beat(phone, node=other, signed_at=signed_at) == [True]
    await ward.wait(30)
    assert await ward.state(her) == SILENT
    assert other.metrics.registry.get_sample_value("msa_heartbeats_total", {"outcome": "overtaken"}) == 1
    assert await ward.beat(phone, node=other) == [True]
    await ward.sweep()
    assert await ward.state(her) == PROTECTED


async def test_a_clock_far_ahead_that_is_set_right_counts_at_once(ward: Ward) -> None:
    her, phone = await ward.a_victim()
    await ward.beat(phone, signed_at=ward.clock.now() + timedelta(days=1))
    await ward.wait(61)
    assert await ward.state(her) == (ProtectionState.DEGRADED, {FaultKind.CLOCK_WRONG})
    assert await ward.beat(phone) == [True]
    await ward.sweep()
    assert await ward.state(her) == PROTECTED
    old = ward.clock.now() - timedelta(seconds=FRESH_S + 1)
    assert await ward.beat(phone, node=ward.another_node(), signed_at=old) == [True]
    stored = await ward.pool.fetchval("SELECT signed_at FROM companion_state")
    assert stored == ward.clock.now()


async def test_of_two_nodes_the_heartbeat_signed_last_stays(ward: Ward) -> None:
    _, phone = await ward.a_victim()
    late = ward.another_node()
    early_at = ward.clock.now()
    ward.clock.advance(5)
    await ward.beat(phone, phone_battery_pct=50)
    await ward.beat(phone, node=late, signed_at=early_at, phone_battery_pct=12)
    await ward.sweep()
    assert await ward.changes() == [PROTECTED]


async def test_what_a_node_could_not_write_is_written_later_with_its_own_instant(ward: Ward) -> None:
    her, phone = await ward.a_victim()
    await ward.beat(phone)
    await ward.sweep()
    await ward.wait(100)
    assert ward.node.presence.hear(phone, well(), ward.clock.now())
    await ward.wait(71)
    assert await ward.state(her) == SILENT
    await ward.node.presence.write(ward.clock.now())
    await ward.sweep()
    assert await ward.state(her) == PROTECTED
    assert await ward.wait(98) == 0
    assert await ward.wait(2) == 1


async def test_last_seen_is_written_and_not_at_every_heartbeat(ward: Ward) -> None:
    _, phone = await ward.a_victim()
    seen = "SELECT last_seen_at FROM companion WHERE companion_id = $1"
    await ward.beat(phone)
    first_at = await ward.pool.fetchval(seen, phone)
    assert first_at == ward.clock.now()
    await ward.wait(59, phone)
    assert await ward.pool.fetchval(seen, phone) == first_at
    await ward.wait(60, phone)
    assert await ward.pool.fetchval(seen, phone) > first_at


async def test_she_is_as_protected_as_by_her_best_phone_and_told_only_when_that_changes(ward: Ward) -> None:
    her, first = await ward.a_victim()
    second = await ward.a_phone(her)
    await ward.beat(first, second)
    await ward.sweep()
    assert await ward.wait(200, second) == 0
    assert await ward.wait(200) == 1
    await ward.beat(first, phone_battery_pct=12)
    await ward.sweep()
    assert await ward.changes() == [PROTECTED, SILENT, LOW]


async def test_a_file_without_a_companion_is_told_once_installing_should_be_over(ward: Ward) -> None:
    her = await ward.a_file(days=0)
    assert await ward.wait(5) == 0
    assert (await Protections(ward.pool).of(her)).faults[0].kind is FaultKind.NO_COMPANION  # type: ignore[union-attr] # it is there
    await _skip(ward, INSTALL_S - 6)
    assert await ward.sweep() == 0
    assert await ward.wait(2) == 1
    assert await ward.state(her) == ALONE
    phone = await ward.a_phone(her, days=0)
    assert await ward.wait(30) == 0
    await ward.beat(phone)
    await ward.sweep()
    assert await ward.changes() == [ALONE, PROTECTED]


async def test_a_companion_that_was_never_heard_is_told_silent_after_installing(ward: Ward) -> None:
    her = await ward.a_file()
    await ward.a_phone(her, days=0)
    await ward.sweep()
    await _skip(ward, INSTALL_S - 1)
    assert await ward.sweep() == 0
    assert await ward.wait(2) == 1
    assert await ward.state(her) == SILENT


async def test_a_revoked_phone_protects_nobody_from_the_next_sweep_on(ward: Ward) -> None:
    her, phone = await ward.a_victim()
    await ward.beat(phone)
    await ward.sweep()
    await ward.revoke(phone)
    await ward.sweep()
    assert await ward.state(her) == ALONE
    await ward.beat(phone)
    await ward.sweep()
    assert await ward.state(her) == ALONE


@pytest.mark.parametrize("population", ["exercise", "canary"])
async def test_where_no_real_victim_is_nothing_is_told(ward: Ward, population: str) -> None:
    _, phone = await ward.a_victim(population=population)
    await ward.beat(phone)
    assert await ward.wait(200) == 0
    assert await ward.events() == []
    assert await Protections(ward.pool).of_all() == []


async def test_a_file_that_is_erased_is_withdrawn_from_the_boards(ward: Ward) -> None:
    her, phone = await ward.a_victim()
    await ward.beat(phone, phone_battery_pct=12)
    await ward.sweep()
    await ward.pool.execute("UPDATE registration SET wrapped_key = NULL")
    assert await ward.sweep() == 1
    assert await ward.wait(200) == 0
    assert await ward.state(her) is None
    assert await ward.changes() == [LOW, PROTECTED]
    assert await ward.notices() == ["notice.raised", "notice.cleared"]


async def test_a_file_that_moves_to_another_centre_leaves_the_first_and_is_told_to_the_second(
    ward: Ward,
) -> None:
    _, phone = await ward.a_victim()
    await ward.beat(phone, phone_battery_pct=12)
    await ward.sweep()
    await ward.pool.execute("UPDATE registration SET centre_id = 'BE-VAN'")
    await ward.sweep()
    assert await ward.changes("BE-VOV") == [LOW, PROTECTED]
    assert await ward.changes("BE-VAN") == [LOW]
    assert await ward.notices("BE-VAN") == ["notice.raised"]


async def test_a_snapshot_is_what_the_whole_log_comes_to(ward: Ward) -> None:
    victims = [await ward.a_victim() for _ in range(4)]
    alone = await ward.a_file()
    phones = [phone for _, phone in victims]
    await ward.beat(*phones)
    await ward.wait(5)
    await ward.beat(phones[0], phone_battery_pct=3)
    await ward.beat(phones[1], button_battery_pct=18, companion_version="1.0")
    await ward.wait(25, *phones[2:])
    await ward.beat(phones[0], phone_battery_pct=15)
    await ward.wait(180, phones[0], phones[2])
    await ward.beat(phones[3])
    await _skip(ward, INSTALL_S)
    await ward.beat(*phones[1:])
    await ward.sweep()
    replayed, shown = await ward.replayed(), await ward.from_snapshot()
    assert replayed.protections == shown.protections
    assert replayed.notices == shown.notices
    assert alone in shown.protections
    assert replayed.cursor == shown.cursor


async def test_a_stream_that_is_stuck_delays_no_other_centre(ward: Ward, database: str) -> None:
    _, stuck = await ward.a_victim("BE-VAN")
    her, phone = await ward.a_victim("BE-VOV")
    await ward.beat(stuck, phone)
    async with (
        connected(database, application_name="stuck", role=Role.MIGRATION) as holder,
        holder.transaction(),
    ):
        await holder.execute("SELECT FROM centre_stream WHERE centre_id = 'BE-VAN' FOR UPDATE")
        assert await ward.sweep() == 1
    assert await ward.state(her) == PROTECTED
    assert await ward.wait(JUDGE_LEASE_S) == 1


async def test_only_whoever_is_due_is_looked_at(ward: Ward) -> None:
    victims = [await ward.a_victim() for _ in range(10)]
    await ward.beat(*(phone for _, phone in victims))
    await ward.sweep()
    ward.clock.advance(1)
    await ward.beat(*(phone for _, phone in victims))
    async with acquire(ward.pool) as database:
        assert await ward.node.supervisor.judge_due(database, ward.clock.now(), ward.clock.now()) == []
        ward.clock.advance(169)
        due = await ward.node.supervisor.judge_due(database, ward.clock.now(), ward.clock.now())
    assert len(due) == 10


async def test_what_a_later_version_wrote_is_read_as_far_as_it_is_known(ward: Ward) -> None:
    her, phone = await ward.a_victim()
    await ward.beat(phone, phone_battery_pct=12)
    await ward.sweep()
    later = json.dumps({"kind": "of_a_later_version", "since": ward.clock.now().isoformat()})
    await ward.pool.execute("""UPDATE companion_state SET facts = facts || '{"button_link": "asleep"}'""")
    await ward.pool.execute("UPDATE protection SET faults = faults || $1::text::jsonb", later)
    await ward.pool.execute("UPDATE supervision SET due_at = '-infinity'")
    assert await ward.sweep() == 0
    assert await ward.wait(171) == 1
    assert await ward.state(her) == (
        ProtectionState.UNPROTECTED,
        {FaultKind.COMPANION_SILENT, FaultKind.PHONE_BATTERY_LOW},
    )


async def test_the_gauges_count_companions_and_registrations(ward: Ward) -> None:
    _, silent = await ward.a_victim()
    _, heard = await ward.a_victim()
    await ward.a_victim()
    await ward.beat(silent, heard)
    await ward.sweep()
    await ward.wait(172, heard)
    await Protections(ward.pool).count(ward.node.metrics)
    sample = ward.node.metrics.registry.get_sample_value
    for state in ("silent", "heard", "never_heard"):
        assert sample("msa_companions", {"centre": "BE-VOV", "state": state}) == 1
    for state in ("unprotected", "protected"):
        assert sample("msa_protection", {"centre": "BE-VOV", "state": state}) == 1


async def _skip(ward: Ward, seconds: float) -> None:
    """Let time pass as if the sweeps had gone on, and were not worth waiting for."""
    ward.clock.advance(seconds)
    await ward.pool.execute("UPDATE supervision_sweep SET swept_at = $1", ward.clock.now())


async def test_a_node_that_cannot_write_keeps_what_it_heard_and_says_so(
    ward: Ward, database: str, clock: VirtualClock
) -> None:
    _, phone = await ward.a_victim()
    async with create_pool(database, application_name="cut off") as cut_off:
        node = Node(cut_off, clock)
        node.presence.hear(phone, well(), clock.now())
    with pytest.raises(DatabaseUnavailable):
        await node.presence.write()
    assert not node.presence.unwritten
    clock.advance(UNWRITTEN_S + 1)
    assert node.presence.unwritten
    node.presence._pool = ward.pool  # it reaches the database again
    await node.presence.write()
    assert not node.presence.unwritten
    assert await ward.pool.fetchval("SELECT count(*) FROM companion_state") == 1
