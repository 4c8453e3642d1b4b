"""Where she is, from a receipt on: on real sockets and a real disk, cut, killed and held up."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from ble_bridge import timing
from ble_bridge.bench.bed import Bed
from ble_bridge.enrolling import enrol, enrolment_request
from ble_bridge.reference_service import PatternCode
from ble_bridge.state import StateDirectory
from gateway.drill.proxy import Proxy, tcp_proxy
from schemas.enrolment import CompanionPolicy
from schemas.press import Purpose
from schemas.signals import SignalKind
from schemas.track import BATCH_MAX, TrackingPolicy
from tests.integration.bridge.conftest import QUICK, Companion, running_bridge
from tests.support.ble import eventually
from tests.support.commands import msa
from tests.support.companion_gateway import CompanionGateway
from tests.support.companion_way import Walk, Way, a_way

EVERY_S = 0.05


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty fixes a second instead of one."""
    monkeypatch.setattr(timing, "TRACK_EVERY_LEAST_S", EVERY_S)
    monkeypatch.setattr(timing, "POSITIONS_PAUSE_S", EVERY_S)
    monkeypatch.setattr(timing, "POSITIONS_RETRY_MAX_S", 0.3)


@pytest.fixture
async def gateway() -> AsyncIterator[CompanionGateway]:
    policy = CompanionPolicy(signals_wait_s=1.0, tracking_every_s=EVERY_S)
    async with CompanionGateway(companion_policy=policy) as running_gateway:
        running_gateway.tracking = TrackingPolicy(state="track", every_s=EVERY_S)
        yield running_gateway


@pytest.fixture
async def way(tmp_path: Path, gateway: CompanionGateway) -> AsyncIterator[Way]:
    async with a_way(tmp_path / "companion", gateway) as made:
        yield made


@dataclass
class Cut:
    """A way through a proxy that can cut it."""

    way: Way
    proxy: Proxy


@pytest.fixture
async def cut(tmp_path: Path, gateway: CompanionGateway) -> AsyncIterator[Cut]:
    async with (
        tcp_proxy(gateway.url) as proxy,
        a_way(tmp_path / "companion", gateway, through=proxy.url) as made,
    ):
        yield Cut(made, proxy)


async def tracked(gateway: CompanionGateway, fixes: int, seconds: float = 20.0) -> UUID:
    """Wait for so many fixes of the newest alarm; return the alarm."""

    def arrived() -> bool:
        return bool(gateway.store) and len(gateway.tracks.get(newest(gateway), {})) >= fixes

    await gateway.until(arrived, seconds)
    return newest(gateway)


def newest(gateway: CompanionGateway) -> UUID:
    return list(gateway.store.values())[-1].alarm_id


def places(gateway: CompanionGateway, alarm_id: UUID) -> list[float]:
    track = gateway.tracks[alarm_id]
    return [track[index].latitude for index in sorted(track)]


async def test_from_the_receipt_on_each_fix_arrives_once_in_signed_batches(
    way: Way, gateway: CompanionGateway
):
    await way.press()
    alarm_id = await tracked(gateway, 20)
    track = gateway.tracks[alarm_id]
    assert sorted(track) == list(range(1, len(track) + 1))
    assert sum(len(batch.fixes) for batch in gateway.batches) == len(track)
    assert {batch.phone_battery_pct for batch in gateway.batches} == {77}
    assert all(fix.age_s is not None and fix.age_s < 5 for fix in track.values())
    assert places(gateway, alarm_id) == sorted(set(places(gateway, alarm_id)))


async def test_where_she_was_before_the_receipt_comes_with_it(way: Way, gateway: CompanionGateway):
    gateway.always = "503"
    await way.press()
    await eventually(lambda: way.tracker._tracking is not None and len(way.tracker._tracking.backlog) > 10)
    assert way.tracker.alarm_id is None
    gateway.always = "work"
    alarm_id = await tracked(gateway, 20)
    (receipt,) = gateway.store.values()
    track = gateway.tracks[alarm_id]
    await eventually(lambda: sorted(track) == list(range(1, max(track) + 1)))
    assert len([fix for fix in track.values() if fix.fixed_at < receipt.committed_at]) > 10


async def test_a_test_press_is_tracked_like_a_real_one(way: Way, gateway: CompanionGateway):
    await way.press(Purpose.TEST)
    await tracked(gateway, 3)


async def test_through_a_lost_network_fixes_wait_and_then_all_arrive_the_newest_first(
    cut: Cut, gateway: CompanionGateway
):
    await cut.way.press()
    await tracked(gateway, 5)
    cut.proxy.cut()
    await eventually(lambda: not gateway._serving)  # what was on its way has arrived
    before, batches = len(gateway.tracks[newest(gateway)]), len(gateway.batches)
    tracking = cut.way.tracker._tracking
    assert tracking is not None
    await eventually(lambda: len(tracking.backlog) >= 40)
    cut.proxy.heal()
    alarm_id = await tracked(gateway, before + 60)
    track = gateway.tracks[alarm_id]
    first = gateway.batches[batches:][0]
    assert min(fix.index for fix in first.fixes) > before + 30
    await eventually(lambda: not set(range(1, max(track) + 1)) - set(track))
    assert places(gateway, alarm_id) == sorted(set(places(gateway, alarm_id)))


async def test_an_answer_that_is_lost_makes_no_fix_come_twice_into_the_track(
    way: Way, gateway: CompanionGateway
):
    gateway.fates["positions"] = "cut_after"
    await way.press()
    alarm_id = await tracked(gateway, 2)
    gateway.fates.clear()
    await tracked(gateway, 20)
    assert sum(len(batch.fixes) for batch in gateway.batches) > len(gateway.tracks[alarm_id])
    assert places(gateway, alarm_id) == sorted(set(places(gateway, alarm_id)))


@pytest.mark.parametrize("fate", ["503", "401", "cut_before", "404"])
async def test_whatever_a_gateway_answers_the_fixes_wait(
    way: Way, gateway: CompanionGateway, fate, monkeypatch
):
    monkeypatch.setattr(timing, "POSITIONS_REFUSED_S", 0.2)
    gateway.fates["positions"] = fate
    await way.press()
    await eventually(lambda: way.tracker._tracking is not None and len(way.tracker._tracking.backlog) > 20)
    gateway.fates.clear()
    alarm_id = await tracked(gateway, 40)
    track = gateway.tracks[alarm_id]
    await eventually(lambda: sorted(track) == list(range(1, max(track) + 1)))


async def test_a_press_is_not_held_up_by_a_batch_that_hangs(
    tmp_path: Path, gateway: CompanionGateway, monkeypatch
):
    monkeypatch.setattr(timing, "HTTP_ANSWER_S", 60.0)  # then a batch that hangs is given up
    async with a_way(tmp_path / "companion", gateway) as way:
        await way.press()
        await tracked(gateway, 3)
        gateway.fates["positions"] = "silent"
        posted = [message for message in gateway.messages if message.url.endswith("positions")]
        await eventually(
            lambda: len([m for m in gateway.messages if m.url.endswith("positions")]) > len(posted)
        )
        await way.press()
        await gateway.until(lambda: len(gateway.committed) == 2)


async def test_while_a_press_is_being_sent_no_batch_begins(way: Way, gateway: CompanionGateway):
    await way.press()
    await tracked(gateway, 3)
    gateway.plan.append("silent")
    await way.press()
    await gateway.until(lambda: len(gateway.presses) == 2)
    batches = len(gateway.batches)
    await asyncio.sleep(10 * EVERY_S)
    assert len(gateway.batches) <= batches + 1  # one may have begun before


async def test_presses_have_a_connection_of_their_own(way: Way, gateway: CompanionGateway):
    for number in range(1, 4):
        await way.press()
        await gateway.until(lambda: len(gateway.committed) == number)  # noqa: B023 (awaited at once)
        await tracked(gateway, 3)
    of_presses = {each.connection for each in gateway.messages if each.url.endswith("/presses")}
    others = {each.connection for each in gateway.messages if "/alarms/" in each.url}
    assert len(of_presses) == 1
    assert not of_presses & others


async def test_closing_stops_it_and_erases_what_waits(tmp_path: Path, way: Way, gateway: CompanionGateway):
    await way.press()
    alarm_id = await tracked(gateway, 3)
    await gateway.signal(alarm_id, SignalKind.CLOSED)
    await eventually(lambda: [told["state"] for told in way.events.of("tracking")] == ["began", "stopped"])
    batches = len(gateway.batches)
    await asyncio.sleep(5 * EVERY_S)
    assert len(gateway.batches) <= batches + 1
    left = b"".join(file.read_bytes() for file in (tmp_path / "companion").glob("tracks.db*"))
    assert b"latitude" not in left


async def test_a_gateway_that_says_stop_is_obeyed(way: Way, gateway: CompanionGateway):
    gateway.tracking = TrackingPolicy(state="stop")
    await way.press()
    await eventually(lambda: [told["state"] for told in way.events.of("tracking")] == ["began", "stopped"])
    assert way.tracker.alarm_id is None


async def test_another_run_goes_on_with_the_indexes_and_with_what_waited(
    tmp_path: Path, gateway: CompanionGateway
):
    async with a_way(tmp_path / "companion", gateway) as way:
        await way.press()
        alarm_id = await tracked(gateway, 5)
        gateway.fates["positions"] = "503"
        await eventually(
            lambda: way.tracker._tracking is not None and len(way.tracker._tracking.backlog) > 10
        )
    gateway.fates.clear()
    before = max(gateway.tracks[alarm_id])
    async with a_way(tmp_path / "companion", gateway) as way:
        assert [told["state"] for told in way.events.of("tracking")] == ["resumed"]
        await tracked(gateway, before + 30)
        track = gateway.tracks[alarm_id]
        await eventually(lambda: sorted(track) == list(range(1, max(track) + 1)))
    times = [track[index].fixed_at for index in sorted(track)]
    assert times == sorted(set(times))


async def test_a_run_that_ended_between_receipt_and_first_fix_is_made_up_for(
    tmp_path: Path, gateway: CompanionGateway
):
    async with a_way(tmp_path / "companion", gateway) as way:
        await way.press()
        await tracked(gateway, 1)
    for file in (tmp_path / "companion").glob("tracks.db*"):
        file.unlink()
    gateway.tracks.clear()
    async with a_way(tmp_path / "companion", gateway):
        await tracked(gateway, 3)


async def test_a_closed_alarm_is_not_tracked_again_after_a_restart(tmp_path: Path, gateway: CompanionGateway):
    async with a_way(tmp_path / "companion", gateway) as way:
        await way.press()
        alarm_id = await tracked(gateway, 3)
        await gateway.signal(alarm_id, SignalKind.CLOSED)
        await eventually(lambda: way.tracker.alarm_id is None)
        await eventually(lambda: way.events.of("tracking")[-1]["state"] == "stopped")
    batches = len(gateway.batches)
    async with a_way(tmp_path / "companion", gateway) as way:
        await asyncio.sleep(5 * EVERY_S)
        assert way.tracker.alarm_id is None
    assert len(gateway.batches) == batches


async def test_a_failing_disk_stops_no_tracking(way: Way, gateway: CompanionGateway):
    await way.tracker._store._run(lambda: way.tracker._store._connection.execute("PRAGMA query_only = ON"))
    await way.press()
    await tracked(gateway, 10)


async def test_no_batch_is_larger_than_the_gateway_takes(cut: Cut, gateway: CompanionGateway, monkeypatch):
    monkeypatch.setattr(timing, "TRACK_EVERY_LEAST_S", 0.001)
    gateway.tracking = TrackingPolicy(state="track", every_s=0.001)
    await cut.way.press()
    await tracked(gateway, 5)
    cut.proxy.cut()
    await eventually(
        lambda: cut.way.tracker._tracking is not None and len(cut.way.tracker._tracking.backlog) > 800, 30
    )
    cut.proxy.heal()
    await gateway.until(lambda: max(len(batch.fixes) for batch in gateway.batches) >= 100, 30)
    assert max(len(batch.fixes) for batch in gateway.batches) <= BATCH_MAX
    assert max(len(message.body) for message in gateway.messages) < 65_536


async def test_the_bridge_tracks_from_a_press_on_the_button_to_its_closing(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    async with running_bridge(tmp_path / "companion", gateway, positions=Walk()) as companion:
        await companion.until_up()
        await bed.button.press(PatternCode.HOLD)
        alarm_id = await tracked(gateway, 10)
        await bed.button.press(PatternCode.HOLD)
        await companion.until_committed(2)
        await gateway.signal(newest(gateway), SignalKind.CLOSED)
        await eventually(lambda: companion.events.of("tracking")[-1]["state"] == "stopped")
    assert sorted(gateway.tracks[alarm_id]) == list(range(1, len(gateway.tracks[alarm_id]) + 1))


@pytest.mark.parametrize("restarts", [False, True])
async def test_the_bridge_tracks_an_alarm_again_once_a_heartbeat_is_answered_that_it_was_reopened(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restarts
):
    monkeypatch.setattr(timing, "HEARTBEAT_LEAST_S", EVERY_S)
    gateway.companion_policy = gateway.companion_policy.model_copy(update={"heartbeat_s": 0.2})
    async with AsyncExitStack() as stack:
        start = partial(running_bridge, tmp_path / "companion", gateway, positions=Walk())
        companion = await stack.enter_async_context(start())
        await companion.until_up()
        await bed.button.press(PatternCode.HOLD)
        alarm_id = await tracked(gateway, 5)
        for kind in (SignalKind.COMMITTED, SignalKind.SEEN, SignalKind.UNIT_ON_THE_WAY, SignalKind.CLOSED):
            await gateway.signal(alarm_id, kind)
        await eventually(lambda: companion.events.of("tracking")[-1]["state"] == "stopped")
        before = max(gateway.tracks[alarm_id])
        if restarts:
            await stack.aclose()
            companion = await stack.enter_async_context(start())
            await eventually(
                lambda: [each["kind"] for each in companion.events.of("signal")][-1:] == ["closed"]
            )
        told = len(companion.events.of("signal"))
        gateway.reopen(alarm_id)
        await tracked(gateway, before + 10)
        assert companion.events.of("tracking")[-1]["state"] == "reopened"
        await gateway.until(lambda: gateway.heartbeats[-1].alarm_id == alarm_id)
        await eventually(lambda: len(companion.events.of("signal")) > told)
        assert [each["kind"] for each in companion.events.of("signal")[told:]] == ["committed"]
        gateway.reopened = None
        await gateway.signal(alarm_id, SignalKind.CLOSED)
        await eventually(lambda: companion.events.of("tracking")[-1]["state"] == "stopped")
    indexes = sorted(gateway.tracks[alarm_id])
    assert indexes[:before] == list(range(1, before + 1))
    # What still waited when her alarm was over was erased, and its indexes are not used again.
    again = indexes[before:]
    assert again == list(range(again[0], again[-1] + 1))


@pytest.mark.parametrize("restarts", [False, True])
async def test_the_bridge_gathers_from_the_press_on_and_for_one_that_waits_from_before(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path, restarts
):
    gateway.always = "503"
    async with running_bridge(tmp_path / "companion", gateway, positions=Walk()) as companion:
        await companion.until_up()
        await bed.button.press(PatternCode.HOLD)
        await gathered(companion)
        if not restarts:
            await comes_with_the_receipt(gateway)
    if restarts:
        async with running_bridge(tmp_path / "companion", gateway, positions=Walk()) as companion:
            await gathered(companion)
            await comes_with_the_receipt(gateway)


async def gathered(companion: Companion) -> None:
    def enough() -> bool:
        tracking = companion.bridge._tracker._tracking
        return tracking is not None and len(tracking.backlog) > 10

    await eventually(enough)


async def comes_with_the_receipt(gateway: CompanionGateway) -> None:
    gateway.always = "work"
    alarm_id = await tracked(gateway, 15)
    (receipt,) = gateway.store.values()
    early = [fix for fix in gateway.tracks[alarm_id].values() if fix.fixed_at < receipt.committed_at]
    assert early


async def test_a_bridge_killed_while_it_tracks_goes_on_and_repeats_no_index(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path
):
    gateway.policy = QUICK
    state = StateDirectory.make(tmp_path / "companion")
    request = enrolment_request(state.key(), "test", "0")
    state.keep_enrolment(await enrol(gateway.url, gateway.code, request))
    walk = tmp_path / "walk.geojson"
    walk.write_text(a_long_walk())
    run = ("bridge", "run", "--state", str(state.path), "--events", "--track", str(walk))
    async with msa(*run) as bridge:
        await bridge.until_up()
        await bed.button.press(PatternCode.HOLD)
        alarm_id = await tracked(gateway, 3)
        gateway.fates["positions"] = "503"
        posted = len(gateway.messages)
        await gateway.until(lambda: len(gateway.messages) >= posted + 4)
        assert await bridge.end(signal.SIGKILL) == -signal.SIGKILL
    gateway.fates.clear()
    sent_before = {fix.index: fix.fixed_at for batch in gateway.batches for fix in batch.fixes}
    async with msa(*run) as again:
        await tracked(gateway, max(sent_before) + 4)
        assert again.of("tracking")[0] == {
            "event": "tracking", "state": "resumed", "alarm_id": str(alarm_id)
        }  # fmt: skip
        assert await again.end(signal.SIGTERM) == 0
    for batch in gateway.batches:
        for fix in batch.fixes:
            assert gateway.tracks[alarm_id][fix.index].fixed_at == fix.fixed_at
    times = [gateway.tracks[alarm_id][index].fixed_at for index in sorted(gateway.tracks[alarm_id])]
    assert len(set(times)) == len(times)


def a_long_walk() -> str:
    """Three points a second for ten minutes, as GeoJSON."""
    seconds = [number / 3 for number in range(1800)]
    times = [f"2026-01-12T20:{int(s // 60):02}:{s % 60:09.6f}Z" for s in seconds]
    line = ",".join(f"[3.7,{51 + s * 1e-5:.6f}]" for s in seconds)
    stamps = ",".join(f'"{time}"' for time in times)
    return (
        f'{{"type":"Feature","geometry":{{"type":"LineString","coordinates":[{line}]}},'
        f'"properties":{{"coordTimes":[{stamps}]}}}}'
    )
