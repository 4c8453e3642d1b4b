"""Bring one console up to the head of one centre's stream, then put it on the lane.

Snapshot or replay first, as ``resume`` decides; then read on until the console has everything that
the lane has written, and join in the same breath. From there the hub writes to it.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from dispatch import canary, timing
from dispatch.framing import text_frame
from dispatch.hub import Hub
from dispatch.lane import Console
from dispatch.ports import Logged, LogUnavailable, Shown, StreamLog
from dispatch.resume import FromSnapshot, Reason, Replay, resume
from schemas.base import Wire
from schemas.frames import CaughtUp, Cursor, Reset, Snapshot

FIELDS: Final = ("protections", "notices", "units", "alarms")
"""The lists of a ``Snapshot``, last first: what is filled in is never looked through for the next."""


def encode(frame: Wire) -> bytes:
    """Return a frame as the bytes that go onto the socket."""
    return text_frame(frame.model_dump_json().encode())


async def follow(hub: Hub, log: StreamLog, console: Console, centre: str, asked: Cursor | None) -> None:
    """Serve one centre to one console from ``asked`` until it is live; retry while the log is away.

    Raises:
        TimeoutError: the console does not read what it is sent.
    """
    while True:
        try:
            cursor = asked = await _start(hub, log, console, centre, asked)
            await hub.reached(centre, cursor)
            while not hub.join(centre, console, cursor, encode(CaughtUp(centre=centre, cursor=cursor))):
                head = hub.cursor(centre)
                if head is None or head.epoch != cursor.epoch:
                    await asyncio.sleep(timing.FOLLOW_RETRY_S)  # until this node's poll has heard of it
                    break
                cursor = asked = await _replay(log, console, centre, cursor, head.sequence)
            else:
                return
        except LogUnavailable:
            await asyncio.sleep(timing.FOLLOW_RETRY_S)


async def _start(hub: Hub, log: StreamLog, console: Console, centre: str, asked: Cursor | None) -> Cursor:
    """Send reset and snapshot where the log cannot serve ``asked``; return where the console is."""
    bounds = (await log.bounds()).get(centre)
    if bounds is None:
        raise LogUnavailable("there is no such centre")
    plan = resume(asked, bounds, replay_max=timing.REPLAY_MAX)
    if console.withheld is not None and isinstance(plan, Replay):
        plan = FromSnapshot("expired")  # what it shows from before may since be withheld
    if not isinstance(plan, FromSnapshot):
        return Cursor(epoch=bounds.epoch, sequence=plan.after)
    if plan.reason != "first_attach":
        console.outlet.write(encode(Reset(centre=centre, reason=plan.reason)))
    hub.resynced(console, plan.reason)
    cursor, shown = await log.snapshot(centre)
    if console.canary:
        shown = canary.shown(shown)
    elif console.withheld is not None:
        shown = console.withheld.shown(shown)
    for part in _parts(centre, cursor, shown, plan.reason):
        console.outlet.write(part)
        await console.outlet.drained(timing.SILENCE_S)
    return cursor


async def _replay(log: StreamLog, console: Console, centre: str, after: Cursor, up_to: int) -> Cursor:
    events = await log.read(centre, after=after.sequence, up_to=up_to, limit=timing.REPLAY_BATCH)
    if not events:
        raise LogUnavailable("the log ended before its head")
    console.outlet.write(b"".join(text_frame(_told(console, event)) for event in events))
    await console.outlet.drained(timing.SILENCE_S)
    return events[-1].cursor


def _told(console: Console, event: Logged) -> bytes:
    """Return an event as this console is told it."""
    if console.canary:
        return canary.told(event)
    return event.payload if console.withheld is None else console.withheld.told(event)


def _parts(centre: str, cursor: Cursor, shown: Sequence[Shown], reason: Reason) -> Iterator[bytes]:
    """Cut a snapshot into frames that stay below the size of a frame."""
    chunks = list(_chunks(shown)) or [[]]
    for index, chunk in enumerate(chunks):
        part = Snapshot(
            centre=centre,
            cursor=cursor,
            alarms=(),
            reason=reason,
            first=index == 0,
            more=index < len(chunks) - 1,
        )
        body = part.model_dump_json().encode()
        for field in FIELDS:
            things = b",".join(one.payload for one in chunk if one.field == field)
            body = body.replace(b'"%b":[]' % field.encode(), b'"%b":[%b]' % (field.encode(), things), 1)
        yield text_frame(body)


def _chunks(shown: Iterable[Shown]) -> Iterator[list[Shown]]:
    """Take together what fits into a part."""
    chunk: list[Shown] = []
    size = 0
    for one in shown:
        if chunk and size + len(one.payload) > timing.SNAPSHOT_PART_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(one)
        size += len(one.payload) + 1
    if chunk:
        yield chunk
