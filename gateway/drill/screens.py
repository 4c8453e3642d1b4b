"""When a press was first on any screen: as provisional, as its stored event, or within a snapshot."""

import math
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

import httpx

from gateway.drill.history import History
from schemas.frames import Attach, Event, Provisional, ServerFrame, Snapshot

Stored = Mapping[str, Mapping[int, UUID]]
"""Which press each sequence of a centre's stream is, of those that have their receipt."""


def kept(history: History) -> set[UUID]:
    """Return the presses that were only kept, for however long."""
    return {one.press_id for one in history.tries if one.status == httpx.codes.ACCEPTED}


def pressed_since(history: History, since: float) -> set[UUID]:
    """Return the presses that were first sent after an instant."""
    return {press_id for press_id, at in _began(history).items() if at >= since}


def shown_s(history: History, presses: Collection[UUID]) -> list[float]:
    """Return how long each press took from its first sending to the first screen; infinitely, where to none.

    A snapshot shows what was stored up to its cursor and is still open: whole, when its last part has come.
    """
    began = _began(history)
    stored: dict[str, dict[int, UUID]] = {}
    for one in history.tries:
        if one.told:
            stored.setdefault(one.told.centre, {})[one.told.sequence] = one.press_id
    first: dict[UUID, float] = {}
    for console in history.consoles:
        for at, frame in console.frames():
            for press_id in _shown_by(frame, stored):
                first[press_id] = min(at, first.get(press_id, at))
    return [first.get(press_id, math.inf) - began[press_id] for press_id in presses]


def _began(history: History) -> dict[UUID, float]:
    began: dict[UUID, float] = {}
    for one in history.tries:
        began[one.press_id] = min(one.began, began.get(one.press_id, one.began))
    return began


def _shown_by(frame: Attach | ServerFrame, stored: Stored) -> Iterable[UUID]:
    match frame:
        case Provisional():
            return (frame.press_id,)
        case Event():
            known = stored.get(frame.centre, {})
            return (known[frame.cursor.sequence],) if frame.cursor.sequence in known else ()
        case Snapshot(more=False):
            up_to = frame.cursor.sequence
            return [one for sequence, one in stored.get(frame.centre, {}).items() if sequence <= up_to]
        case _:
            return ()
