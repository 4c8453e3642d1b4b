"""The rhythm of heartbeats, in virtual time."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast
from uuid import uuid4

import pytest

from ble_bridge import timing
from ble_bridge.condition import Facts
from ble_bridge.heartbeats import Heartbeats
from ble_bridge.policy import LivePolicy
from ble_bridge.ports import Gateway, PhoneHealth, Refused, Unknown
from schemas.enrolment import CompanionPolicy
from schemas.protection import CompanionHeartbeat, HeartbeatAnswer, LinkState, ReopenedAlarm
from tests.support.companion import EventLog
from tests.support.tasks import running
from tests.support.virtual_time import LoopClock, run_virtually

CLOCK = LoopClock()


@dataclass
class FarSide:
    policy: CompanionPolicy | Refused | Unknown = field(default_factory=CompanionPolicy)
    reopened: ReopenedAlarm | None = None
    took: list[tuple[float, CompanionHeartbeat]] = field(default_factory=list)
    touched: list[float] = field(default_factory=list)

    async def heartbeat(self, heartbeat: CompanionHeartbeat) -> HeartbeatAnswer | Refused | Unknown:
        self.took.append((CLOCK.monotonic() - 1000.0, heartbeat))
        await asyncio.sleep(0.05)
        if not isinstance(self.policy, CompanionPolicy):
            return self.policy
        return HeartbeatAnswer(**self.policy.model_dump(), reopened=self.reopened)

    async def keep_warm(self) -> None:
        self.touched.append(CLOCK.monotonic() - 1000.0)


@dataclass
class Scene:
    far: FarSide = field(default_factory=FarSide)
    events: EventLog = field(default_factory=EventLog)
    link: LinkState = LinkState.UP
    button_battery_pct: int = 87
    worked: int = 0
    reopened: list[ReopenedAlarm | None] = field(default_factory=list)
    waiting: int = 0

    def __post_init__(self) -> None:
        self.policy = LivePolicy(CompanionPolicy())
        facts = Facts(
            version="0",
            link=lambda: (self.link, 1.0),
            button_battery_pct=lambda: self.button_battery_pct,
            phone=PhoneHealth,
            fixes=None,
            presses_waiting=lambda: self.waiting,
            alarm_id=lambda: None,
        )
        self.heartbeats = Heartbeats(
            cast("Gateway", self.far), CLOCK, self.events, facts, self.policy, self._arrived
        )

    def _arrived(self, answer: HeartbeatAnswer) -> None:
        self.worked += 1
        self.reopened.append(answer.reopened)

    def at(self) -> list[float]:
        return [round(at, 1) for at, _heartbeat in self.far.took]


def play(story: Callable[[Scene], Awaitable[None]]) -> Scene:
    async def main() -> Scene:
        scene = Scene()
        async with running(scene.heartbeats.run()):
            await story(scene)
        return scene

    return run_virtually(main())


def test_it_beats_at_once_and_then_as_the_policy_says():
    async def story(_scene: Scene) -> None:
        await asyncio.sleep(110)

    scene = play(story)
    assert scene.at() == [0.0, 25.0, 50.0, 75.0, 100.0]
    assert scene.worked == 5
    assert scene.far.touched == []
    assert scene.events.of("gateway") == [{"event": "gateway", "state": "reached"}]


def test_each_answer_changes_the_rhythm_from_then_on():
    async def story(scene: Scene) -> None:
        await asyncio.sleep(30)
        scene.far.policy = CompanionPolicy(heartbeat_s=10.0)
        await asyncio.sleep(45)

    assert play(story).at() == [0.0, 25.0, 50.0, 60.0, 70.0]


def test_rare_heartbeats_let_no_connection_grow_cold():
    async def story(scene: Scene) -> None:
        scene.far.policy = CompanionPolicy(heartbeat_s=100.0)
        await asyncio.sleep(250)

    scene = play(story)
    assert scene.at() == [0.0, 100.0, 200.0]
    touches = sorted(scene.far.touched + scene.at())
    gaps = [after - before for before, after in itertools.pairwise(touches)]
    assert max(gaps) < 30


@pytest.mark.parametrize(("heartbeat_s", "every_s"), [(0.0, "LEAST"), (-1.0, "LEAST"), (1e9, "MOST")])
def test_a_senseless_policy_neither_floods_nor_silences(heartbeat_s, every_s):
    async def story(scene: Scene) -> None:
        scene.far.policy = CompanionPolicy(heartbeat_s=heartbeat_s)
        await asyncio.sleep(1000)

    at = play(story).at()
    assert round(at[2] - at[1], 1) == getattr(timing, f"HEARTBEAT_{every_s}_S")


def test_a_reopened_alarm_is_handed_on_and_is_no_part_of_the_policy():
    async def story(scene: Scene) -> None:
        await asyncio.sleep(10)
        scene.far.reopened = ReopenedAlarm(alarm_id=uuid4(), said_at=CLOCK.now())
        scene.far.policy = CompanionPolicy(heartbeat_s=20.0)
        await asyncio.sleep(20)

    scene = play(story)
    assert scene.reopened == [None, scene.far.reopened]
    assert scene.policy.now == CompanionPolicy(heartbeat_s=20.0)


def test_a_lost_link_and_a_low_battery_are_told_at_once_and_the_rhythm_goes_on_from_there():
    async def story(scene: Scene) -> None:
        await asyncio.sleep(10)
        scene.link = LinkState.DOWN
        scene.heartbeats.look()
        await asyncio.sleep(5)
        scene.button_battery_pct = 19
        scene.heartbeats.look()
        await asyncio.sleep(28)

    scene = play(story)
    assert scene.at() == [0.0, 10.0, 15.0, 40.0]
    assert [heartbeat.button_link for _at, heartbeat in scene.far.took[:2]] == [LinkState.UP, LinkState.DOWN]
    assert scene.far.took[2][1].button_battery_pct == 19


def test_what_can_wait_waits():
    async def story(scene: Scene) -> None:
        await asyncio.sleep(10)
        scene.waiting, scene.button_battery_pct = 3, 60
        scene.heartbeats.look()
        await asyncio.sleep(10)

    assert play(story).at() == [0.0]


def test_a_link_that_flaps_sends_no_stream_and_is_told_as_it_is_in_the_end():
    async def story(scene: Scene) -> None:
        await asyncio.sleep(10)
        for _ in range(101):
            scene.link = LinkState.DOWN if scene.link is LinkState.UP else LinkState.UP
            scene.heartbeats.look()
            await asyncio.sleep(0.1)
        await asyncio.sleep(3)

    scene = play(story)
    assert len(scene.far.took) <= 9
    assert scene.far.took[-1][1].button_link is LinkState.DOWN


def test_a_heartbeat_that_fails_is_not_kept_and_the_loss_is_told_once():
    async def story(scene: Scene) -> None:
        await asyncio.sleep(10)
        scene.far.policy = Unknown("ConnectError")
        scene.waiting = 1
        await asyncio.sleep(100)
        scene.far.policy = CompanionPolicy()
        scene.waiting = 2
        await asyncio.sleep(25)

    scene = play(story)
    assert scene.at() == [0.0, 25.0, 50.0, 75.0, 100.0, 125.0]
    assert scene.far.took[-1][1].presses_waiting == 2
    assert [told["state"] for told in scene.events.of("gateway")] == ["reached", "lost", "reached"]
    assert scene.worked == 2


def test_a_gateway_that_knows_no_heartbeats_changes_nothing_else():
    async def story(scene: Scene) -> None:
        scene.far.policy = Refused(404, "not-found")
        await asyncio.sleep(60)

    scene = play(story)
    assert scene.at() == [0.0, 25.0, 50.0]
    assert scene.policy.now == CompanionPolicy()


def test_a_fault_of_the_uplink_itself_does_not_end_the_beating():
    async def story(scene: Scene) -> None:
        works = scene.far.heartbeat

        async def fails_once(heartbeat: CompanionHeartbeat) -> HeartbeatAnswer | Refused | Unknown:
            scene.far.heartbeat = works  # type: ignore[method-assign] # works again
            raise RuntimeError("a bug")

        scene.far.heartbeat = fails_once  # type: ignore[method-assign] # has a bug
        await asyncio.sleep(60)

    assert len(play(story).far.took) >= 2
