"""The bridge as a whole: everything runs in one TaskGroup, and what it needs is given to it.

A press goes button -> link -> hearing -> outbox (disk) -> drain -> gateway; its receipt and the
alarm's signals go back drain, follow -> feedback -> link -> button. From the receipt on, the tracker
sends where she is. Heartbeats tell all the time that this companion is there, and how it is.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Literal

from ble_bridge.bluez_watch import StackWatch
from ble_bridge.condition import Facts
from ble_bridge.decoding import Act, Raw, Reading
from ble_bridge.drain import Drain
from ble_bridge.drivers.bthome import BTHomeButton
from ble_bridge.entry import Entry
from ble_bridge.feedback import Feedback
from ble_bridge.follow import Follow
from ble_bridge.health import UnknownHealth
from ble_bridge.hearing import Ears, Hearing
from ble_bridge.heartbeats import Heartbeats
from ble_bridge.link import Backend, Hooks, Link, Target
from ble_bridge.listening import Listening
from ble_bridge.outbox import Outbox
from ble_bridge.policy import LivePolicy
from ble_bridge.ports import Clock, Driver, Events, Gateway, Health, PositionSource, Profile
from ble_bridge.precedence import Precedence
from ble_bridge.reference_service import Stage
from ble_bridge.track_sender import Surroundings
from ble_bridge.track_store import TrackStore
from ble_bridge.tracker import Tracker
from ble_bridge.wishes import Wishes
from schemas.press import Purpose
from schemas.protection import HeartbeatAnswer, ReopenedAlarm
from schemas.registration import ButtonPolicy


class UselessPolicyError(ValueError):
    """The button can do none of the acts that her policy takes for an alarm."""


@dataclass(slots=True)
class Parts:
    """What the bridge is made of; adapters chosen by whoever runs it."""

    clock: Clock
    events: Events
    outbox: Outbox
    gateway: Gateway
    watch: StackWatch
    target: Target
    policy: ButtonPolicy
    companion: LivePolicy
    tracks: TrackStore
    positions: PositionSource | None = None
    health: Health = field(default_factory=UnknownHealth)
    purpose: Literal[Purpose.REAL, Purpose.TEST] = Purpose.REAL
    pin: Callable[[str], None] = lambda _address: None
    backend: Backend = field(default_factory=Backend)


class Bridge:
    """One button, one outbox, one uplink. Raises UselessPolicyError when no alarm could ever come."""

    def __init__(self, parts: Parts, button: Driver | BTHomeButton) -> None:
        self._parts, self._button = parts, button
        _require_an_alarm(button.profile, parts.policy)
        self._feedback = Feedback(wanted=parts.policy.confirm_on_button)
        precedence = Precedence()
        around = Surroundings(lambda: parts.companion.now, self._phone_battery_pct, precedence)
        self._tracker = Tracker(
            parts.tracks, parts.gateway, parts.clock, parts.events, parts.positions, around
        )
        self._follow = Follow(
            parts.gateway, parts.clock, parts.events, self._feedback.tell, self._tracker.closed
        )
        retry_max_s = parts.companion.now.retry_max_s
        self._drain = Drain(
            parts.outbox,
            parts.gateway,
            parts.clock,
            parts.events,
            retry_max_s,
            self._receipted,
            precedence,
        )
        self.link: Link | Listening = (
            self._listening(button) if isinstance(button, BTHomeButton) else self._link(button)
        )
        self._hearing = self._ears(button)
        self._heartbeats = Heartbeats(
            parts.gateway,
            parts.clock,
            parts.events,
            self._facts(),
            parts.companion,
            self._heartbeat_arrived,
        )
        self._wishes = Wishes(parts.outbox, parts.gateway, parts.clock)

    async def run(self) -> None:
        """Run until cancelled."""
        await self._resume()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._drain.run(), name="drain")
            group.create_task(self._hearing.run(), name="hearing")
            group.create_task(self._parts.watch.run(), name="watch")
            group.create_task(self.link.run(), name="link")
            group.create_task(self._feedback.run(self.link), name="feedback")
            group.create_task(self._follow.run(), name="follow")
            group.create_task(self._tracker.run(), name="tracker")
            group.create_task(self._parts.health.run(self._look), name="health")
            group.create_task(self._heartbeats.run(), name="heartbeats")
            group.create_task(self._wishes.run(), name="wishes")
            group.create_task(self._drain.prune(), name="prune")
            if self._parts.positions is not None:
                group.create_task(self._parts.positions.run(), name="positions")

    async def _resume(self) -> None:
        """Go on with what an earlier run had receipts for; the real alarm has the last word."""
        found = [await self._parts.outbox.newest_receipted(is_real=is_real) for is_real in (False, True)]
        entries = [entry for entry in found if entry is not None]
        for entry in entries:
            self._follow.resume(entry)
        await self._tracker.resume(entries)
        for entry in reversed(await self._parts.outbox.waiting()):
            self._tracker.heard(entry)

    def _link(self, driver: Driver) -> Link:
        parts = self._parts
        hooks = Hooks(hear=self._heard, pin=parts.pin, up=self._feedback.link_is_up, changed=self._look)
        return Link(
            driver, parts.policy, parts.target, parts.watch, parts.clock, parts.events, hooks, parts.backend
        )

    def _listening(self, button: BTHomeButton) -> Listening:
        parts = self._parts
        return Listening(
            button,
            parts.target,
            parts.watch,
            parts.clock,
            parts.events,
            self._heard_readings,
            self._look,
        )

    def _ears(self, button: Driver | BTHomeButton) -> Hearing:
        ears = Ears(
            profile=button.profile,
            decode=_nothing if isinstance(button, BTHomeButton) else button.decode,
            button_id=self._button_id,
            facts=lambda: self.link.facts,
            kept=self._kept,
            settle=self._settle,
            battery_changed=self._look,
            phone_battery_pct=self._phone_battery_pct,
        )
        parts = self._parts
        return Hearing(
            ears, parts.policy, parts.clock, parts.outbox, parts.positions, parts.events, parts.purpose
        )

    def _facts(self) -> Facts:
        positions = self._parts.positions
        return Facts(
            version=version("msa-gateway"),
            link=lambda: (self.link.reach.state, self.link.reach.since_s),
            button_battery_pct=lambda: self._hearing.battery_pct,
            phone=self._parts.health.phone,
            fixes=None if positions is None else positions.latest,
            presses_waiting=lambda: self._drain.waiting,
            alarm_id=lambda: self._tracker.alarm_id,
        )

    def _look(self) -> None:
        self._heartbeats.look()

    def _heartbeat_arrived(self, answer: HeartbeatAnswer) -> None:
        self._tracker.network_works()
        self._wishes.wake()
        if answer.reopened is not None:
            self._reopened(answer.reopened)

    def _reopened(self, alarm: ReopenedAlarm) -> None:
        is_real = self._follow.again(alarm)
        if is_real is not None:
            self._tracker.reopened(alarm, is_real=is_real)
            self._look()

    def _phone_battery_pct(self) -> int | None:
        return self._parts.health.phone().battery_pct

    def _heard(self, raw: Raw) -> None:
        self._hearing.hear(raw)

    def _heard_readings(self, readings: Sequence[Reading]) -> None:
        if self.link.address is not None:
            self._parts.pin(self.link.address)
        self._hearing.hear(readings)

    def _button_id(self) -> str:
        own = None if isinstance(self._button, BTHomeButton) else self._button.button_id
        return own or self.link.address or self._parts.target.address or self._button.profile.name

    def _kept(self, entry: Entry) -> None:
        self._drain.add(entry)
        self._tracker.heard(entry)

    def _settle(self, act: Act, stage: Stage) -> None:
        self._feedback.tell(act.step, stage)

    def _receipted(self, entry: Entry) -> None:
        self._feedback.tell(entry.step, Stage.COMMITTED)
        self._follow.follow(entry)
        self._tracker.receipted(entry)
        self._look()
        self._wishes.wake()


def _nothing(_raw: Raw) -> Sequence[Reading]:
    return ()


def _require_an_alarm(profile: Profile, policy: ButtonPolicy) -> None:
    if not profile.patterns & set(policy.alarm_patterns):
        can = ", ".join(sorted(pattern.value for pattern in profile.patterns))
        wants = ", ".join(pattern.value for pattern in policy.alarm_patterns)
        raise UselessPolicyError(f"this {profile.name} button can only do {can}; her policy asks for {wants}")
