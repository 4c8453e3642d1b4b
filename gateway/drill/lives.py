"""What the database holds of the alarms' lives, judged: streams, versions, steps, units."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Final
from uuid import UUID

from gateway.drill.history import Store, StoredEvent
from gateway.drill.verdict import Kind, Violation
from schemas.alarm import AlarmState
from schemas.unit import UnitStatus

AFTER_THE_END: Final = frozenset({"alarm.noted", "alarm.reviewed", "alarm.reopened"})
"""What may still happen to a closed alarm."""


def streams(store: Store) -> Iterator[Violation]:
    """Sequences are 1..n up to the head; each centre that sees an alarm has all its versions from then on."""
    by_centre: dict[str, list[int]] = defaultdict(list)
    seen: dict[tuple[str, UUID], list[StoredEvent]] = defaultdict(list)
    for event in sorted(store.events, key=lambda event: (event.centre, event.sequence)):
        by_centre[event.centre].append(event.sequence)
        if event.alarm_id is not None:
            seen[event.centre, event.alarm_id].append(event)
    for centre, head in store.heads.items():
        if by_centre[centre] != list(range(1, head + 1)):
            yield Violation(
                Kind.BROKEN_STREAM, f"{centre} has head {head} and {len(by_centre[centre])} events"
            )
    yield from _versions(store, seen)


def _versions(store: Store, seen: dict[tuple[str, UUID], list[StoredEvent]]) -> Iterator[Violation]:
    """Find copies of an alarm that lack a version, end elsewhere, or tell of it differently."""
    told: dict[tuple[UUID, int], StoredEvent] = {}
    for alarm in store.alarms:
        where = f"alarm {alarm.alarm_id} at {alarm.centre}"
        events = seen.pop((alarm.centre, alarm.alarm_id), [])
        versions = [event.image["version"] for event in events]
        if not versions or versions != list(range(versions[0], alarm.version + 1)):
            yield Violation(Kind.BROKEN_STREAM, f"{where} has versions {versions}")
        elif events[-1].image != alarm.image:
            yield Violation(Kind.BROKEN_STREAM, f"{where} is not as its last event left it")
        for event in events:
            first = told.setdefault((alarm.alarm_id, event.image["version"]), event)
            if (first.kind, first.image) != (event.kind, event.image):
                yield Violation(
                    Kind.DISAGREEMENT, f"{where}, version {event.image['version']}: two streams differ"
                )
    for alarm_id in {alarm.alarm_id for alarm in store.alarms}:
        if (alarm_id, 1) not in told:
            yield Violation(Kind.BROKEN_STREAM, f"alarm {alarm_id} was raised in no stream")
    for centre, alarm_id in seen:
        yield Violation(Kind.BROKEN_STREAM, f"{centre} has events of alarm {alarm_id}, which it does not see")


def lives(store: Store) -> Iterator[Violation]:
    """Find what no alarm may do, whatever decided it: nobody is told of what somebody has."""
    events = sorted(
        (event for event in store.events if event.alarm_id is not None),
        key=lambda event: (str(event.alarm_id), event.image["version"]),
    )
    for before, event in pairwise(events):
        if before.alarm_id != event.alarm_id or before.image["version"] == event.image["version"]:
            continue
        what = f"alarm {event.alarm_id}: {event.kind} at version {event.image['version']}"
        if event.kind == "alarm.escalated" and before.image["state"] != AlarmState.RAISED:
            yield Violation(Kind.IMPOSSIBLE, f"{what} while it was {before.image['state']}")
        levels = [(one.image.get("escalation") or {}).get("level", 0) for one in (before, event)]
        if event.kind == "alarm.escalated" and levels[1] <= levels[0]:
            yield Violation(Kind.DOUBLED, f"{what} told level {levels[1]} after {levels[0]}")
        if before.image["state"] == AlarmState.CLOSED and event.kind not in AFTER_THE_END:
            yield Violation(Kind.IMPOSSIBLE, f"{what} on a closed alarm")
        if event.image["state"] == AlarmState.RAISED and event.image["acknowledged_by"] is not None:
            yield Violation(Kind.IMPOSSIBLE, f"{what}: raised, and somebody has it")


def units(store: Store) -> Iterator[Violation]:
    """Find units that are sent to two open alarms at once, by the stream of their centre.

    By force a unit changes from one to the other in one commit, which tells the first one first.
    """
    serving: dict[tuple[str, UUID], dict[str, str]] = defaultdict(dict)
    for event in sorted(store.events, key=lambda event: (event.centre, event.sequence)):
        if event.alarm_id is None:
            continue
        theirs = {
            unit["unit_id"]: unit["status"]
            for unit in event.image.get("units", ())
            if unit["status"] != UnitStatus.CLEARED
        }
        serving[event.centre, event.alarm_id] = theirs
        if event.kind != "alarm.unit_assigned":
            continue
        elsewhere = (
            other
            for (centre, other), busy in serving.items()
            if centre == event.centre and other != event.alarm_id and not theirs.keys().isdisjoint(busy)
        )
        for other in elsewhere:
            yield Violation(
                Kind.IMPOSSIBLE, f"a unit was sent to alarm {event.alarm_id} while it served {other}"
            )
