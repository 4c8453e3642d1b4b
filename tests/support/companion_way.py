"""The part of a bridge that sends presses and positions, joined as the bridge joins it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from ble_bridge.clock import SystemClock
from ble_bridge.condition import Facts
from ble_bridge.drain import Drain
from ble_bridge.enrolling import enrol, enrolment_request
from ble_bridge.entry import Entry
from ble_bridge.follow import Follow
from ble_bridge.heartbeats import Heartbeats
from ble_bridge.outbox import Outbox
from ble_bridge.policy import LivePolicy
from ble_bridge.ports import Fix, PhoneHealth
from ble_bridge.precedence import Precedence
from ble_bridge.reference_service import Stage
from ble_bridge.state import StateDirectory
from ble_bridge.track_sender import Surroundings
from ble_bridge.track_store import TrackStore
from ble_bridge.tracker import Tracker
from ble_bridge.uplink import Uplink
from schemas.enrolment import Enrolment
from schemas.position import Method
from schemas.press import Purpose
from schemas.protection import HeartbeatAnswer, LinkState
from tests.support.companion import BUTTON_ID, CompanionClock, EventLog, an_entry
from tests.support.companion_gateway import CompanionGateway
from tests.support.tasks import running


class Walk:
    """A source with a new fix whenever it is asked, each a step further north."""

    def __init__(self) -> None:
        self._clock, self._steps = SystemClock(), 0

    async def run(self) -> None:
        """Nothing to follow."""

    def latest(self) -> Sequence[Fix]:
        self._steps += 1
        now, now_s = self._clock.now(), self._clock.monotonic()
        return (Fix(51.0 + self._steps * 1e-5, 3.7, now_s, now, Method.GNSS, radius_m=8.0),)


@dataclass
class Way:
    """Drain, follow and tracker; ``felt`` is what a button would have been told."""

    drain: Drain
    tracker: Tracker
    outbox: Outbox
    uplink: Uplink
    events: EventLog
    felt: list[Stage] = field(default_factory=list)

    async def press(self, purpose: Purpose = Purpose.REAL) -> None:
        entry = an_entry(CompanionClock(SystemClock().now()), purpose)
        await self.outbox.put(entry, BUTTON_ID)
        self.drain.add(entry)
        self.tracker.heard(entry)


@asynccontextmanager
async def way_of(
    state: StateDirectory, enrolment: Enrolment, key: ec.EllipticCurvePrivateKey, *, beats: bool = False
) -> AsyncIterator[Way]:
    """Run it while the block runs; its files are in ``state``. Heartbeats only if it ``beats``."""
    clock, events, precedence = SystemClock(), EventLog(), Precedence()
    felt: list[Stage] = []
    around = Surroundings(lambda: enrolment.policy, lambda: 77, precedence)
    async with (
        Outbox(state.outbox, clock) as outbox,
        TrackStore(state.tracks, clock) as tracks,
        Uplink(enrolment, key, clock) as uplink,
    ):
        tracker = Tracker(tracks, uplink, clock, events, Walk(), around)
        follow = Follow(uplink, clock, events, lambda _step, stage: felt.append(stage), tracker.closed)

        def receipted(entry: Entry) -> None:
            follow.follow(entry)
            tracker.receipted(entry)

        def arrived(answer: HeartbeatAnswer) -> None:
            again = None if answer.reopened is None else follow.again(answer.reopened)
            if answer.reopened is not None and again is not None:
                tracker.reopened(answer.reopened, is_real=again)

        facts = Facts(
            version="0",
            link=lambda: (LinkState.UP, 1.0),
            button_battery_pct=lambda: 90,
            phone=PhoneHealth,
            fixes=None,
            presses_waiting=lambda: 0,
            alarm_id=lambda: tracker.alarm_id,
        )
        heartbeats = Heartbeats(uplink, clock, events, facts, LivePolicy(enrolment.policy), arrived)
        drain = Drain(outbox, uplink, clock, events, 0.2, receipted, precedence)
        found = await outbox.newest_receipted(is_real=True)
        await tracker.resume([found] if found else [])
        beating = [heartbeats.run()] if beats else []
        async with running(drain.run(), follow.run(), tracker.run(), *beating):
            yield Way(drain, tracker, outbox, uplink, events, felt)


@asynccontextmanager
async def a_way(directory: Path, gateway: CompanionGateway, through: str | None = None) -> AsyncIterator[Way]:
    """The same, enrolled at the scripted gateway; ``through`` is another way to it."""
    state = StateDirectory.make(directory)
    if not (directory / "enrolment.json").exists():
        request = enrolment_request(state.key(), "test", "0")
        state.keep_enrolment(await enrol(gateway.url, gateway.code, request))
    enrolment = state.enrolment()
    if through is not None:
        enrolment = enrolment.model_copy(update={"gateways": (through,)})
    async with way_of(state, enrolment, state.key()) as way:
        yield way
