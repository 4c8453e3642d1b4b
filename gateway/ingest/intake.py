"""The one way in behind every door (``gateway.ports.Intake``): alarms at once, everything else durable.

Of the events of a request alarms go first, ahead of whatever waits. Trackers' fixes have a lane of their
own. The rest is put into the inbox, in its order, and worked off behind every alarm.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import structlog

from gateway.domain.door_errors import ScopeMissing
from gateway.domain.errors import GatewayError, NotAllowedNow, TooMany
from gateway.domain.event_keys import key_of
from gateway.domain.integrators import Inbound
from gateway.domain.quotas import Quotas
from gateway.door_timing import INBOX_DEPTH_MAX, QUOTA_WAIT_S
from gateway.ingest.event_alarms import SHARED_FILE, EventAlarms
from gateway.ingest.event_data import TEXT_MAX
from gateway.ingest.event_results import CONTENT_DIFFERS, digest_of, failed, flags_of, told
from gateway.ingest.in_turns import in_turns
from gateway.ports import Clock, Trackers
from gateway.ports.inbox import Delivered, Inbox, Letter
from schemas.events import SCOPE_OF, AlarmRaised, ChatSaid, EventFate, EventResult, EventType, ReportedPerson

SAID_WITH: Final = "#text"
TEXT_NOT_KEPT: Final = "text_not_kept"
"""The alarm is raised, but what was said with it is not known to be kept: the same again keeps it."""

OF_TRACKERS: Final = frozenset({EventType.TRACKER_MOVED, EventType.TRACKER_CONDITION})
AT_ONCE: Final = frozenset({EventType.ALARM_RAISED, EventType.CANCEL_REQUESTED})
"""No quota holds these up, coalesces or refuses them."""


class Lane(Protocol):
    """Names the lane of an event."""

    def __call__(self, event: Inbound, *, with_alarm: bool = False) -> UUID:
        """Return it."""


class NoTrackers:
    """``gateway.ports.Trackers`` where no perimeter is watched."""

    async def take(self, events: Sequence[Inbound], received_at: datetime) -> tuple[EventResult, ...]:  # noqa: ARG002 (as the port has it)
        """Refuse them: nothing is kept of where somebody is whom nobody here watches."""
        return tuple(
            failed(one.source, one.event_id, NotAllowedNow("no perimeter is watched here")) for one in events
        )


class EventIntake:
    """``gateway.ports.Intake``."""

    def __init__(
        self, alarms: EventAlarms, inbox: Inbox, trackers: Trackers, lane: Lane, clock: Clock
    ) -> None:
        self._lane = lane
        self._alarms = alarms
        self._inbox = inbox
        self._trackers = trackers
        self._clock = clock
        self._quotas = Quotas()

    async def take(self, events: Sequence[Inbound], received_at: datetime) -> tuple[EventResult, ...]:
        """Take events in; the results are in their order."""
        results: dict[int, EventResult] = {}
        allowed = []
        for at, event in enumerate(events):
            if SCOPE_OF[event.type] in event.integrator.scopes:
                allowed.append(at)
            else:
                results[at] = failed(event.source, event.event_id, ScopeMissing(SCOPE_OF[event.type]))
        alarms = [at for at in allowed if events[at].type is EventType.ALARM_RAISED]
        raised = await asyncio.gather(*(self._alarms.raise_one(events[at], received_at) for at in alarms))
        results.update(zip(alarms, raised, strict=True))
        results.update(await self._noted(events, results, received_at))
        moved = [at for at in allowed if events[at].type in OF_TRACKERS]
        if moved:
            judged = await self._judged([events[at] for at in moved], received_at)
            results.update(zip(moved, judged, strict=True))
        rest = [at for at in allowed if at not in results]
        if rest:
            results.update(await self._put(events, rest, received_at))
        return tuple(results[at] for at in range(len(events)))

    async def _noted(
        self, events: Sequence[Inbound], results: Mapping[int, EventResult], received_at: datetime
    ) -> dict[int, EventResult]:
        """Have what was said with alarms written down with them.

        The alarms stand whatever becomes of it; where it is not known to be kept, their sender is told.
        """
        raised = [at for at, one in results.items() if one.fate is EventFate.COMMITTED]
        shared = {at for at in raised if SHARED_FILE in results[at].flags}
        said = {at: note for at in raised if (note := said_with(events[at], shared=at in shared)) is not None}
        try:
            if said:
                letters = [self._letter(one, received_at, first=True) for one in said.values()]
                await self._inbox.deliver(letters)
        except GatewayError as error:
            structlog.get_logger().error("words_of_alarms_not_kept", error=type(error).__name__)
            return {
                at: results[at].model_copy(update={"flags": (*results[at].flags, TEXT_NOT_KEPT)})
                for at in said
            }
        return {}

    async def _judged(self, events: Sequence[Inbound], received_at: datetime) -> tuple[EventResult, ...]:
        try:
            return await self._trackers.take(events, received_at)
        except GatewayError as error:
            return tuple(failed(one.source, one.event_id, error) for one in events)

    async def _put(
        self, events: Sequence[Inbound], rest: Sequence[int], received_at: datetime
    ) -> dict[int, EventResult]:
        """Put them into the inbox, but for those of an integrator that is far beyond its quota."""
        results: dict[int, EventResult] = {}
        letters: dict[int, Letter] = {}
        async for at in in_turns(rest):
            try:
                letters[at] = self._letter(events[at], received_at, first=events[at].type in AT_ONCE)
            except TooMany as error:
                results[at] = failed(events[at].source, events[at].event_id, error)
        try:
            delivered = await self._inbox.deliver(tuple(letters.values())) if letters else ()
        except GatewayError as error:
            return results | {at: failed(events[at].source, events[at].event_id, error) for at in letters}
        return results | {
            at: _told(events[at], became) for at, became in zip(letters, delivered, strict=True)
        }

    def _letter(self, event: Inbound, received_at: datetime, *, first: bool = False) -> Letter:
        """Address an event; what is ``first`` asks no quota. Raises ``TooMany``."""
        integrator = event.integrator
        fate, wait_s = EventFate.ACCEPTED, 0.0
        if not first:
            if self._inbox.depth(integrator.integrator_id) >= INBOX_DEPTH_MAX:
                raise TooMany("too many of your events wait here")
            fate, wait_s = self._within_quota(event)
        return Letter(
            event=event,
            key=key_of(event),
            lane=self._lane(event, with_alarm=first and event.type not in AT_ONCE),
            digest=digest_of(event),
            fate=fate,
            received_at=received_at,
            wait_s=wait_s,
            newest=fate is EventFate.COALESCED,
            first=first,
        )

    def _within_quota(self, event: Inbound) -> tuple[EventFate, float]:
        """Return what becomes of an event by its integrator's quota, and for how many s it waits."""
        who, per_s, now = (
            event.integrator.integrator_id,
            event.integrator.events_per_s,
            self._clock.monotonic(),
        )
        if event.type is EventType.POSITION_UPDATED:
            within = self._quotas.admit(who, per_s, now)
            return (EventFate.ACCEPTED if within else EventFate.COALESCED), 0.0
        wait_s = self._quotas.wait(who, per_s, now, QUOTA_WAIT_S)
        if wait_s is None:
            raise TooMany("your quota is used up for longer than events may wait")
        return EventFate.ACCEPTED, wait_s


def said_with(alarm: Inbound, *, shared: bool = False) -> Inbound | None:
    """Return what came with an alarm for the operator as a line of chat of its own; None: nothing.

    On a stand-in that several share it says who it is about, too: that is nowhere else.
    """
    data = alarm.data
    if not isinstance(data, AlarmRaised):
        return None
    person = data.person or ReportedPerson()
    who = (person.name or alarm.subject, person.phone) if shared else ()
    lines = [line for line in (*who, data.text, data.location_url) if line]
    if not lines:
        return None
    return replace(
        alarm,
        type=EventType.CHAT_SAID,
        event_id=f"{alarm.event_id}{SAID_WITH}",
        data=ChatSaid(text=" ".join(lines)[:TEXT_MAX]),
        dropped=(),
    )


def _told(event: Inbound, became: Delivered) -> EventResult:
    if not became.seen_before:
        return told(event, became.fate, flags=flags_of(event))
    differs = (CONTENT_DIFFERS,) if became.differs else ()
    return told(event, became.fate, seen_before=True, flags=(*became.flags, *differs))
