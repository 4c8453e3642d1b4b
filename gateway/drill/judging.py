"""The history checker: what clients did and were told, against the database and every console.

Judges afterwards, and knows nothing of how the gateway works. G1, G2 and G3 are the guarantees of
the project's documents: durable, once, complete.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.drill.answers import commands
from gateway.drill.history import ConsoleHistory, History, Store, StoredEvent, StoredPress, Try
from gateway.drill.lives import lives, streams, units
from gateway.drill.verdict import Kind, Verdict, Violation
from schemas.alarm import AlarmState, AlarmView
from schemas.frames import Attach, CaughtUp, Event, Reset, Snapshot
from schemas.press import Receipt

Place = tuple[str, int]
"""A centre and a sequence."""

OF_A_PRESS: Final = frozenset({"alarm.raised", "alarm.pressed_again"})


def judge(history: History, store: Store, *, resets: frozenset[str] = frozenset()) -> Verdict:
    """Judge a history against the database; ``resets`` are the reasons this test gave for one."""
    violations = [
        *streams(store),
        *lives(store),
        *units(store),
        *commands(history, store),
        *_presses(history, store),
        *_one_alarm(store),
        *(found for console in history.consoles for found in _wire(console)),
        *(found for console in history.consoles for found in _applied(console, store, resets)),
        *_agreement(history, store),
        *_boards(history, store),
    ]
    return Verdict(counts=_counts(history, store), violations=violations)


def _presses(history: History, store: Store) -> Iterator[Violation]:
    """G1 and G2: every receipt is true and is the same again; one row and one event a press."""
    rows: dict[UUID, list[StoredPress]] = defaultdict(list)
    for row in store.presses:
        rows[row.press_id].append(row)
    receipts = history.receipts()
    pressed = {one.press_id for one in history.tries}
    for press_id in pressed:
        told, stored = receipts.get(press_id, []), rows.get(press_id, [])
        if len(stored) > 1:
            yield Violation(Kind.DOUBLED, f"press {press_id} has {len(stored)} rows")
        if told and not stored:
            yield Violation(Kind.LOST, f"press {press_id} was answered 2xx and is not in the database")
        if not told:
            yield Violation(Kind.REFUSED, f"press {press_id} was never answered 2xx")
        if sum(not receipt.seen_before for receipt in told) > 1:
            yield Violation(Kind.DOUBLED, f"press {press_id} was told twice that it is new")
        for receipt in told if stored else ():
            if _facts(receipt) != _facts(stored[0]):
                yield Violation(Kind.UNTRUE, f"press {press_id} was told {_facts(receipt)}")
    for press_id in set(rows) - pressed:
        yield Violation(Kind.UNTRUE, f"press {press_id} is in the database and was never pressed")
    yield from _events_of_presses(store)


def _facts(answer: Receipt | StoredPress) -> tuple[UUID, str, int, datetime]:
    return answer.alarm_id, answer.centre, answer.sequence, answer.committed_at


def _events_of_presses(store: Store) -> Iterator[Violation]:
    events = Counter(
        (event.centre, event.sequence, event.alarm_id)
        for event in store.events
        if event.alarm_id is not None and event.kind in OF_A_PRESS and event.centre == event.image["centre"]
    )
    presses = Counter((press.centre, press.sequence, press.alarm_id) for press in store.presses)
    for centre, sequence, alarm_id in events - presses:
        yield Violation(
            Kind.DOUBLED, f"event {centre}:{sequence} of alarm {alarm_id} has no press of its own"
        )
    for centre, sequence, alarm_id in presses - events:
        yield Violation(Kind.LOST, f"a press at {centre}:{sequence} of alarm {alarm_id} has no event")


def _one_alarm(store: Store) -> Iterator[Violation]:
    """Find second alarms: a press on an open alarm is an event on it, never an alarm of its own."""
    opened = Counter(
        (alarm.registration_id, alarm.purpose)
        for alarm in store.alarms
        if alarm.state != AlarmState.CLOSED and alarm.is_owners
    )
    for (registration_id, purpose), number in opened.items():
        if number > 1:
            yield Violation(
                Kind.SECOND_ALARM, f"registration {registration_id} has {number} open {purpose} alarms"
            )


def _wire(console: ConsoleHistory) -> Iterator[Violation]:
    """G3 on each connection: from its cursor or snapshot on, every sequence comes once, in order."""
    for number, link in enumerate(console.links, 1):
        at: dict[str, int] = {}
        asked_again: set[str] = set()
        for _, frame in link.frames:
            where = f"console {console.name}, connection {number} to {link.node}"
            match frame:
                case Attach():
                    asked_again |= set(frame.centres) & set(at)
                    at.update({centre: cursor.sequence for centre, cursor in frame.cursors.items()})
                case Snapshot():
                    at[frame.centre] = frame.cursor.sequence
                case CaughtUp():
                    asked_again.discard(frame.centre)
                case Event():
                    yield from _next(where, at, frame, may_overlap=frame.centre in asked_again)


def _next(where: str, at: dict[str, int], event: Event, *, may_overlap: bool) -> Iterator[Violation]:
    sequence, held = event.cursor.sequence, at.get(event.centre)
    if held is None:
        yield Violation(Kind.GAP, f"{where}: {event.centre}:{sequence} came before any snapshot")
    elif sequence > held + 1:
        yield Violation(Kind.GAP, f"{where}: {event.centre}:{sequence} came after {held}")
    elif sequence <= held and not may_overlap:
        yield Violation(Kind.DOUBLED, f"{where}: {event.centre}:{sequence} came again after {held}")
    at[event.centre] = max(sequence, held or 0)


def _applied(console: ConsoleHistory, store: Store, resets: frozenset[str]) -> Iterator[Violation]:
    """G3 over all connections: the board went from its snapshot to the head, one by one."""
    for centre in console.centres:
        where = f"console {console.name} on {centre}"
        held: int | None = None
        for applied in console.applied:
            if applied.centre != centre:
                continue
            sequence = applied.cursor.sequence
            if isinstance(applied, Snapshot):
                if applied.reason not in {"first_attach", *resets} or (
                    held is not None and applied.reason == "first_attach"
                ):
                    yield Violation(Kind.UNEXPLAINED_RESET, f"{where}: a snapshot, {applied.reason}")
            elif held is None or sequence > held + 1:
                yield Violation(Kind.GAP, f"{where}: applied {sequence} after {held}")
            elif sequence <= held:
                yield Violation(Kind.DOUBLED, f"{where}: applied {sequence} after {held}")
            held = sequence
        if held != store.heads[centre]:
            yield Violation(Kind.LOST, f"{where}: ended at {held}, the log at {store.heads[centre]}")


def _agreement(history: History, store: Store) -> Iterator[Violation]:
    """Find places that are not the same event for every console and for the database."""
    stored = {(event.centre, event.sequence): event for event in store.events}
    seen: dict[Place, tuple[str, Event]] = {}
    for console in history.consoles:
        for event in _not_taken_back(console):
            place = (event.centre, event.cursor.sequence)
            name, first = seen.setdefault(place, (console.name, event))
            if _as_stored(event) != _as_stored(first):
                yield Violation(
                    Kind.DISAGREEMENT, f"{place} differs between consoles {name} and {console.name}"
                )
            if place not in stored:
                yield Violation(
                    Kind.UNTRUE, f"{place} was shown by {console.name} and is not in the database"
                )
            elif not _same(event, stored[place]):
                yield Violation(Kind.DISAGREEMENT, f"{place} on {console.name} is not what the database has")


def _not_taken_back(console: ConsoleHistory) -> Iterator[Event]:
    """Return what was applied, without what a later reset said the log has lost."""
    floor: dict[str, float] = {}
    kept: list[Event] = []
    for applied in reversed(console.applied):
        if isinstance(applied, Event):
            if applied.cursor.sequence <= floor.get(applied.centre, float("inf")):
                kept.append(applied)
        elif applied.reason != "first_attach":
            floor[applied.centre] = min(
                applied.cursor.sequence, floor.get(applied.centre, applied.cursor.sequence)
            )
    return reversed(kept)


def _as_stored(event: Event) -> Event:
    """Return what the stream holds of an event: notes are read with the alarm as it is by then."""
    alarm = None if event.alarm is None else event.alarm.model_copy(update={"notes": ()})
    cursor = event.cursor.model_copy(update={"epoch": "0"})
    return event.model_copy(update={"cursor": cursor, "alarm": alarm})


def _same(event: Event, stored: StoredEvent) -> bool:
    alarm, image = event.alarm, stored.image
    if alarm is None:
        return (event.kind, event.at, None) == (stored.kind, stored.at, stored.alarm_id)
    return (
        (event.kind, event.at, alarm.alarm_id) == (stored.kind, stored.at, stored.alarm_id)
        and str(alarm.registration_id) == image["registration_id"]
        and (alarm.version, alarm.state, alarm.press_count)
        == (image["version"], image["state"], image["press_count"])
    )


def _boards(history: History, store: Store) -> Iterator[Violation]:
    """Replay equals snapshot: every board ends with the open alarms, whichever way it got them."""
    open_now = {alarm.alarm_id: alarm for alarm in store.alarms if alarm.state != AlarmState.CLOSED}
    first: dict[UUID, tuple[str, AlarmView]] = {}
    for console in history.consoles:
        held = console.open_alarms
        wanted = {
            alarm.alarm_id
            for alarm in store.alarms
            if alarm.state != AlarmState.CLOSED and alarm.centre in console.centres
        }
        for alarm_id in wanted ^ set(held):
            kind = Kind.LOST if alarm_id in wanted else Kind.UNTRUE
            yield Violation(kind, f"alarm {alarm_id} on the board of {console.name}: {alarm_id in held}")
        for alarm_id in wanted & set(held):
            alarm = held[alarm_id]
            name, other = first.setdefault(alarm_id, (console.name, alarm))
            if alarm != other or alarm.version != open_now[alarm_id].version:
                yield Violation(
                    Kind.DISAGREEMENT,
                    f"alarm {alarm_id} differs between the boards of {name}, {console.name}",
                )


def _counts(history: History, store: Store) -> dict[str, int | str]:
    presses = {one.press_id for one in history.tries}
    tries = Counter(one.press_id for one in history.tries)
    resets = sum(isinstance(frame, Reset) for each in history.consoles for _, frame in each.frames())
    return {
        "presses": len(presses),
        "tries": len(history.tries),
        "presses tried again": sum(number > 1 for number in tries.values()),
        "tries without answer": sum(one.status is None for one in history.tries),
        "tries answered 5xx": sum(one.status is not None and one.status >= 500 for one in history.tries),
        "answered seen before": sum(
            receipt.seen_before for told in history.receipts().values() for receipt in told
        ),
        "events": len(store.events),
        "alarms": len({alarm.alarm_id for alarm in store.alarms}),
        "commands": len(history.commands),
        "commands refused": sum(command.refused is not None for command in history.commands),
        "consoles": len(history.consoles),
        "reconnects": sum(max(0, len(console.links) - 1) for console in history.consoles),
        "resets": resets,
        "longest press, s": f"{max((wait for wait in _waits(history.tries)), default=0.0):.2f}",
    }


def _waits(tries: Iterable[Try]) -> Iterator[float]:
    """How long each press took from its first try to its first receipt."""
    began: dict[UUID, float] = {}
    done: set[UUID] = set()
    for one in sorted(tries, key=lambda one: one.ended):
        began[one.press_id] = min(began.get(one.press_id, one.began), one.began)
        if one.told is not None and one.press_id not in done:
            done.add(one.press_id)
            yield one.ended - began[one.press_id]
