"""What operators were answered, judged: a command is invoked, and ends in a result, a refusal, or unknown."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

from gateway.drill.history import CommandTry, History, Store, StoredCommand
from gateway.drill.verdict import Kind, Violation
from schemas.frames import Refused

EVENTS: Final[Mapping[str, frozenset[str]]] = {
    "acknowledge": frozenset({"alarm.acknowledged"}),
    "assign": frozenset({"alarm.unit_assigned"}),
    "unit_status": frozenset({"alarm.unit_status"}),
    "note": frozenset({"alarm.noted"}),
    "transfer": frozenset({"alarm.transferred", "alarm.taken_over"}),
    "close": frozenset({"alarm.closed"}),
    "reopen": frozenset({"alarm.reopened"}),
    "review": frozenset({"alarm.reviewed"}),
}
"""The event that a command on an alarm leads to."""


def commands(history: History, store: Store) -> Iterator[Violation]:
    """Judge every answer: a result is one event, for ever the same; a refusal is none; unknown is either."""
    kinds = {
        (event.alarm_id, event.image["version"]): event.kind
        for event in store.events
        if event.alarm_id is not None
    }
    rows = {row.request_id: row for row in store.commands}
    requests: dict[tuple[UUID, int], set[UUID]] = defaultdict(set)
    first: dict[UUID, tuple[UUID, int]] = {}
    for command in history.commands:
        if command.refused is not None and _is_final(command.refused) and command.request_id in rows:
            yield Violation(Kind.UNTRUE, f"{command.type} was refused, and is in the database")
        if (place := _place(command)) is None:
            continue
        requests[place].add(command.request_id)
        if first.setdefault(command.request_id, place) != place:
            yield Violation(Kind.UNTRUE, f"{command.type} was repeated, and answered as {place}")
        yield from _stands(command, place, kinds, rows)
    for place, number in requests.items():
        if len(number) > 1:
            yield Violation(Kind.DOUBLED, f"{len(number)} commands were answered as {place}")


def _stands(
    command: CommandTry,
    place: tuple[UUID, int],
    kinds: Mapping[tuple[UUID, int], str],
    rows: Mapping[UUID, StoredCommand],
) -> Iterator[Violation]:
    """Find a result whose event or row is not there, or another."""
    what = f"{command.type} was answered as {place}"
    row = rows.get(command.request_id)
    if place not in kinds:
        yield Violation(Kind.LOST, f"{what}, which no stream has")
    elif kinds[place] not in EVENTS[command.type]:
        yield Violation(Kind.UNTRUE, f"{what}, which is {kinds[place]}")
    if row is None:
        yield Violation(Kind.LOST, f"{what}: repeated, it would be carried out again")
    elif (row.alarm_id, row.version) != place:
        yield Violation(Kind.UNTRUE, f"{what}: repeated, it would be answered otherwise")


def _place(command: CommandTry) -> tuple[UUID, int] | None:
    """Return the alarm and version that a result names."""
    result = command.result
    if result is None or result.alarm_id is None or result.version is None:
        return None
    return result.alarm_id, result.version


def _is_final(refused: Refused) -> bool:
    """Whether it says that nothing was done: with 5xx that is not known."""
    return refused.problem.status < 500
