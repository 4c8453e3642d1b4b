"""The bridge's own code against a real gateway: a press, its track, what she feels, its end."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from ble_bridge import timing
from ble_bridge.clock import SystemClock
from ble_bridge.reference_service import Stage
from ble_bridge.state import StateDirectory
from ble_bridge.wishes import Wishes
from gateway.store import reopened
from schemas.alarm import AlarmState, TrackingState
from schemas.enrolment import CompanionPolicy, Enrolment
from schemas.outcome import Outcome
from schemas.protection import CompanionHeartbeat
from schemas.registration import ButtonPolicy
from tests.integration.gateway.test_client_acts import a_desk, a_unit
from tests.support.companion_way import way_of
from tests.support.gateway import Companion, Running
from tests.support.wait import until


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than one batch a second; the gateway asks for one fix a second all the same."""
    monkeypatch.setattr(timing, "POSITIONS_PAUSE_S", 0.05)


def an_enrolment(gateway: Running, companion: Companion) -> Enrolment:
    return Enrolment(
        companion_id=companion.companion_id,
        gateways=(gateway.url,),
        policy=CompanionPolicy(),
        button=ButtonPolicy(),
        enrolled_at=SystemClock().now(),
    )


async def the_track(gateway: Running, token: str, alarm_id: UUID) -> list[dict[str, Any]]:
    answer = await gateway.http.get(
        f"{gateway.url}/v1/alarms/{alarm_id}/track", headers={"Cookie": f"__Host-msa={token}"}
    )
    assert answer.status_code == 200, answer.text
    fixes: list[dict[str, Any]] = answer.json()["fixes"]
    return fixes


async def test_she_is_tracked_and_feels_each_step_until_her_alarm_is_closed(
    gateway: Running, tmp_path: Path
) -> None:
    companion, token = await gateway.a_companion(), await gateway.a_session()
    unit_id = await a_unit(gateway, "BE-VOV")
    state = StateDirectory.make(tmp_path / "companion")
    async with (
        a_desk(gateway, "BE-VOV", name="Gent") as desk,
        way_of(state, an_enrolment(gateway, companion), companion.key) as way,
    ):
        await way.press()
        await until("receipted", lambda: way.events.of("receipt") != [])
        alarm_id = UUID(str(way.events.of("receipt")[0]["alarm_id"]))

        async def has_fixes() -> bool:
            return len(await the_track(gateway, token, alarm_id)) >= 3

        await until("three fixes on the track", has_fixes)
        places = [fix["position"]["latitude"] for fix in await the_track(gateway, token, alarm_id)]
        assert places == sorted(set(places))
        await until("shown", desk.shows(alarm_id, AlarmState.RAISED))
        await desk.client.acknowledge(alarm_id)
        await until("felt as seen", lambda: way.felt == [Stage.SEEN])
        await until("the unit", lambda: unit_id in desk.board.centres["BE-VOV"].units)
        sent = await desk.client.assign(alarm_id, unit_id)
        await until("felt as on the way", lambda: way.felt == [Stage.SEEN, Stage.UNIT_ON_THE_WAY])
        assert way.tracker.alarm_id == alarm_id
        assert sent.version is not None
        await desk.client.close(alarm_id, Outcome.PREVENTED, "In time.", version=sent.version)
        await until("no more tracked", lambda: way.tracker.alarm_id is None)
        assert [told["state"] for told in way.events.of("tracking")] == ["began", "stopped"]


async def test_a_closed_alarm_that_is_reopened_is_tracked_again_and_felt_from_its_beginning(
    gateway: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "HEARTBEAT_MOST_S", 0.2)  # else a whole heartbeat's interval is waited for
    monkeypatch.setattr(timing, "HEARTBEAT_LEAST_S", 0.1)
    monkeypatch.setattr(reopened, "REOPENED_S", 0.1)
    companion, token = await gateway.a_companion(), await gateway.a_session()
    unit_id, state = await a_unit(gateway, "BE-VOV"), StateDirectory.make(tmp_path / "companion")
    async with (
        a_desk(gateway, "BE-VOV", name="Gent") as desk,
        way_of(state, an_enrolment(gateway, companion), companion.key, beats=True) as way,
    ):
        await way.press()
        await until("receipted", lambda: way.events.of("receipt") != [])
        alarm_id = UUID(str(way.events.of("receipt")[0]["alarm_id"]))
        await until("a fix", lambda: has_at_least(gateway, token, alarm_id, 1))
        await desk.client.acknowledge(alarm_id)
        await until("the unit", lambda: unit_id in desk.board.centres["BE-VOV"].units)
        sent = await desk.client.assign(alarm_id, unit_id)
        await until("felt as on the way", lambda: way.felt == [Stage.SEEN, Stage.UNIT_ON_THE_WAY])
        assert sent.version is not None
        closed = await desk.client.close(alarm_id, Outcome.PREVENTED, "In time.", version=sent.version)
        await until("no more tracked", lambda: way.events.of("tracking")[-1]["state"] == "stopped")
        before = len(await the_track(gateway, token, alarm_id))
        assert closed.version is not None

        await desk.client.reopen(alarm_id, "He is back.", version=closed.version)
        await until("tracked again", lambda: has_at_least(gateway, token, alarm_id, before + 2))
        assert way.events.of("tracking")[-1]["state"] == "reopened"
        await until("committed told again", lambda: way.events.of("signal")[-1]["kind"] == "committed")
        assert way.felt == [Stage.SEEN, Stage.UNIT_ON_THE_WAY], "that team has gone home: nothing is felt"

        def position_is_back() -> bool:
            alarm = desk.board.find(alarm_id)
            return alarm is not None and alarm.tracking is TrackingState.LIVE

        await until("her position is back on the screens", position_is_back)
        await desk.client.acknowledge(alarm_id)
        await until("felt as seen again", lambda: way.felt[2:] == [Stage.SEEN])
        image = desk.board.find(alarm_id)
        assert image is not None
        assert image.tracking_until is not None
        await desk.client.close(alarm_id, Outcome.PREVENTED, "Now it is.", version=image.version)
        await until("stopped again", lambda: way.events.of("tracking")[-1]["state"] == "stopped")
        assert way.tracker.alarm_id is None


async def test_a_bridge_that_runs_again_goes_on_with_the_same_track(gateway: Running, tmp_path: Path) -> None:
    companion, token = await gateway.a_companion(), await gateway.a_session()
    state, enrolment = StateDirectory.make(tmp_path / "companion"), an_enrolment(gateway, companion)
    async with way_of(state, enrolment, companion.key) as way:
        await way.press()
        await until("receipted", lambda: way.events.of("receipt") != [])
        alarm_id = UUID(str(way.events.of("receipt")[0]["alarm_id"]))
        await until("a fix", lambda: has_at_least(gateway, token, alarm_id, 1))
    before = await the_track(gateway, token, alarm_id)
    async with way_of(state, enrolment, companion.key) as way:
        await until("more fixes", lambda: has_at_least(gateway, token, alarm_id, len(before) + 2))
    times = [fix["position"]["fixed_at"] for fix in await the_track(gateway, token, alarm_id)]
    assert len(set(times)) == len(times)


async def test_a_heartbeat_is_taken_and_answered_with_the_policy(gateway: Running, tmp_path: Path) -> None:
    companion = await gateway.a_companion()
    state, enrolment = StateDirectory.make(tmp_path / "companion"), an_enrolment(gateway, companion)
    async with way_of(state, enrolment, companion.key) as way:
        answer = await way.uplink.heartbeat(CompanionHeartbeat(sent_at=SystemClock().now()))
        assert isinstance(answer, CompanionPolicy)
        tracked = CompanionHeartbeat(sent_at=SystemClock().now(), alarm_id=uuid4())
        during_alarm = await way.uplink.heartbeat(tracked)
        assert isinstance(during_alarm, CompanionPolicy)
        assert during_alarm.heartbeat_s < answer.heartbeat_s


async def test_her_wish_is_noted_on_the_alarm_and_the_alarm_goes_on(gateway: Running, tmp_path: Path) -> None:
    companion = await gateway.a_companion()
    state = StateDirectory.make(tmp_path / "companion")
    async with (
        a_desk(gateway, "BE-VOV", name="Gent") as desk,
        way_of(state, an_enrolment(gateway, companion), companion.key) as way,
    ):
        await way.press()
        await until("receipted", lambda: way.events.of("receipt") != [])
        alarm_id = UUID(str(way.events.of("receipt")[0]["alarm_id"]))
        await way.outbox.put_wish("no word of hers")
        await Wishes(way.outbox, way.uplink, SystemClock()).send()
        assert await way.outbox.wishes() == []

        def is_noted() -> bool:
            alarm = desk.board.find(alarm_id)
            return alarm is not None and alarm.cancel is not None and alarm.cancel.word == "unknown"

        await until("noted", is_noted)
        await until("still raised", desk.shows(alarm_id, AlarmState.RAISED))
        assert way.tracker.alarm_id == alarm_id


async def has_at_least(gateway: Running, token: str, alarm_id: UUID, fixes: int) -> bool:
    return len(await the_track(gateway, token, alarm_id)) >= fixes
