"""Heartbeats through the whole bridge, on bed B and a real disk."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from httpcore import AsyncConnectionPool, AsyncHTTPConnection
from httpx import AsyncHTTPTransport

from ble_bridge import timing
from ble_bridge.bench.bed import Bed
from ble_bridge.ports import Fix, PhoneHealth
from ble_bridge.reference_service import PatternCode
from ble_bridge.state import StateDirectory
from ble_bridge.uplink import Uplink
from schemas.enrolment import CompanionPolicy
from schemas.position import Method
from schemas.protection import CompanionHeartbeat, LinkState, PositionSourceState
from schemas.signals import SignalKind
from tests.integration.bridge.conftest import QUICK, Companion, running_bridge
from tests.integration.bridge.test_process import run_arguments
from tests.integration.bridge.test_process import state as state  # noqa: PLC0414 (a fixture)
from tests.support.ble import eventually
from tests.support.clock import START
from tests.support.commands import msa
from tests.support.companion_gateway import CompanionGateway


async def until_told(gateway: CompanionGateway, link: LinkState) -> CompanionHeartbeat:
    await gateway.until(
        lambda: gateway.heartbeats and gateway.heartbeats[-1].button_link is link, timing.HEARTBEAT_MOST_S
    )
    return gateway.heartbeats[-1]


async def test_a_lost_and_a_restored_link_are_told_at_once(
    companion: Companion, bed: Bed, gateway: CompanionGateway
):
    up = await until_told(gateway, LinkState.UP)
    assert up.button_link_since_s is not None
    bed.button.carry_away()
    async with asyncio.timeout(CompanionPolicy().heartbeat_s / 2):
        down = await until_told(gateway, LinkState.DOWN)
    assert down.button_link_since_s is not None
    assert down.button_link_since_s < timing.HEARTBEAT_LEAST_S + 1
    bed.button.bring_back()
    await companion.until_up()
    async with asyncio.timeout(CompanionPolicy().heartbeat_s / 2):
        await until_told(gateway, LinkState.UP)


async def test_a_button_battery_that_runs_low_is_told_at_once(
    companion: Companion, bed: Bed, gateway: CompanionGateway, monkeypatch
):
    await gateway.until(lambda: gateway.heartbeats and gateway.heartbeats[-1].button_battery_pct == 87)
    monkeypatch.setattr(timing, "HEARTBEAT_S", 0.05)  # how often the button's battery is read
    bed.button.carry_away()
    bed.button.battery_pct = 15
    await companion.until_down()
    bed.button.bring_back()
    await gateway.until(lambda: gateway.heartbeats[-1].button_battery_pct == 15)
    beats = len(gateway.heartbeats)
    bed.button.battery_pct = 5
    async with asyncio.timeout(CompanionPolicy().heartbeat_s / 2):
        await gateway.until(lambda: gateway.heartbeats[-1].button_battery_pct == 5)
    assert len(gateway.heartbeats) >= beats + 1


class Source:
    """One old fix."""

    async def run(self) -> None:
        """Nothing to follow."""

    def latest(self) -> Sequence[Fix]:
        return (Fix(51.0, 3.7, -1e6, START, Method.GNSS),)


class Phone:
    """A phone that is charged."""

    async def run(self, changed: object) -> None:
        """Nothing to follow."""

    def phone(self) -> PhoneHealth:
        return PhoneHealth(55, charging=True)


async def test_the_phone_the_source_and_the_alarm_are_told_as_they_are(
    bed: Bed, gateway: CompanionGateway, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(timing, "HEARTBEAT_LEAST_S", 0.1)
    gateway.companion_policy = CompanionPolicy(heartbeat_s=0.1, signals_wait_s=1.0)
    async with running_bridge(tmp_path / "c", gateway, positions=Source(), health=Phone()) as companion:
        await companion.until_up()
        gateway.always = "503"
        await bed.button.press(PatternCode.HOLD)
        await gateway.until(lambda: gateway.heartbeats and gateway.heartbeats[-1].presses_waiting == 1)
        gateway.always = "work"
        await companion.until_committed(1)
        alarm_id = next(iter(gateway.store.values())).alarm_id
        await gateway.until(lambda: gateway.heartbeats[-1].alarm_id == alarm_id)
        told = gateway.heartbeats[-1]
        assert (told.phone_battery_pct, told.phone_charging) == (55, True)
        assert told.position_source is PositionSourceState.NO_FIX
        assert told.last_fix_age_s is not None
        assert told.missing_permissions == ()
        assert gateway.presses[-1].phone_battery_pct == 55
        await gateway.signal(alarm_id, SignalKind.CLOSED)
        await gateway.until(lambda: gateway.heartbeats[-1].alarm_id is None)


def connections_of(companion: Companion) -> Sequence[AsyncHTTPConnection]:
    """Return what is open towards the gateway for presses."""
    uplink = companion.bridge._parts.gateway
    assert isinstance(uplink, Uplink)
    transport = uplink._http._transport
    assert isinstance(transport, AsyncHTTPTransport)
    pool = transport._pool
    assert isinstance(pool, AsyncConnectionPool)
    return [each for each in pool.connections if isinstance(each, AsyncHTTPConnection)]


async def test_heartbeats_keep_the_very_connection_warm_that_a_press_takes(
    companion: Companion, bed: Bed, gateway: CompanionGateway
):
    await until_told(gateway, LinkState.UP)
    await eventually(lambda: all(each.is_idle() for each in connections_of(companion)))  # it was answered
    await bed.button.press(PatternCode.HOLD)
    await companion.until_committed(1)
    of_beats = {each.connection for each in gateway.messages if each.url.endswith("/heartbeats")}
    of_presses = {each.connection for each in gateway.messages if each.url.endswith("/presses")}
    assert of_presses <= of_beats


async def test_the_policy_of_the_last_answer_is_kept_for_the_next_run(
    bed: Bed, gateway: CompanionGateway, state: Path
):
    gateway.policy = QUICK
    gateway.companion_policy = CompanionPolicy(heartbeat_s=7.0, tracking_s=600.0)
    async with msa(*run_arguments(state)) as bridge:
        await gateway.until(lambda: gateway.heartbeats)
        assert gateway.heartbeats[0].button_link is LinkState.UNKNOWN
        await bridge.until_up()
        await eventually(lambda: StateDirectory(state).enrolment().policy.heartbeat_s == 7.0)
    assert StateDirectory(state).enrolment().policy == gateway.companion_policy
    assert bridge.of("gateway") == [{"event": "gateway", "state": "reached"}]
