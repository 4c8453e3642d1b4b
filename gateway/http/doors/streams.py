"""``GET /v1/streams/{centre}``: a centre's alarms as another system follows or rebuilds them.

An answer is CloudEvents, as a JSON batch or a line each. Its cursor stands in ``ETag``, ``MSA-Cursor`` and
``Link: rel="next"``; what cannot be continued begins with ``be.msa.stream.reset`` and the open alarms.
Integrators are no persons: nobody's deny list is theirs. What one may see is its scopes and centres, and
each alarm it is told is in the journal.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from dispatch.resume import FromSnapshot, resume
from gateway.domain.errors import FieldInvalid, NotFound, NotYours
from gateway.domain.integrators import Integrator
from gateway.domain.receivers import checked_purposes
from gateway.door_timing import STREAM_BEHIND_MAX, STREAM_EVENTS_MAX, STREAM_WAIT_MAX_S
from gateway.http.doors.principal import scoped_to
from gateway.http.doors.services import doors_of
from gateway.http.live import live_of
from gateway.http.services import services_of
from gateway.outbound.payload import reset_event
from gateway.ports import Read
from schemas.base import CentreId
from schemas.frames import Cursor
from schemas.integrators import IntegratorScope
from schemas.press import Purpose
from schemas.receivers import Lost, ReceiverFormat, StreamReset

router: Final = APIRouter(prefix="/v1/streams", tags=["integrators"])

BATCH: Final = "application/cloudevents-batch+json"
TOLD: Final = {
    "anyOf": [
        {"$ref": "#/components/schemas/AlarmEvent"},
        {"$ref": "#/components/schemas/ResetEvent"},
        {"type": "object", "description": "With the data as EIDO or CAP, where they were asked for"},
    ]
}
LINES: Final = "application/x-ndjson"
CURSOR: Final = re.compile(r"([0-9a-f]{1,40}):([0-9]{1,18})")

Reader = Annotated[Integrator, Depends(scoped_to(IntegratorScope.STREAMS))]
Reason = Literal["first_attach", "epoch_changed", "expired", "ahead_of_log", "too_far_behind"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks for. ``said``: the purposes as it gave them; ``purposes``: what that comes to."""

    after: Cursor | None
    wait_s: float
    limit: int
    said: Sequence[Purpose]
    purposes: Sequence[Purpose]
    format_: ReceiverFormat

    @property
    def earlier(self) -> bool:
        """Whether its format names what was told of an alarm before."""
        return self.format_ is ReceiverFormat.CAP

    def query(self, cursor: str) -> str:
        """Return the query that goes on from a cursor."""
        purposes = (("purpose", one.value) for one in self.said)
        given = [("after", cursor), ("limit", str(self.limit)), ("format", self.format_.value), *purposes]
        return urlencode(given, safe=":")


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found; ``reset`` says why it is a snapshot, where it is one."""

    read: Read
    reset: Reason | None = None

    @property
    def cursor(self) -> str:
        """Where the next look continues."""
        return f"{self.read.epoch}:{self.read.up_to}"


@router.get(
    "/{centre}",
    responses={
        200: {
            "description": "Events after the cursor; or why it cannot be continued, and the open alarms",
            "content": {
                BATCH: {"schema": {"type": "array", "items": TOLD}},
                LINES: {"schema": {"type": "string"}},
            },
        },
        304: {"description": "Nothing after the cursor of If-None-Match"},
    },
    response_class=Response,
)
async def stream(
    request: Request,
    reader: Reader,
    centre: Annotated[CentreId, Path(description="e.g. BE-VOV")],
    after: Annotated[
        str | None,
        Query(max_length=64, description="EPOCH:SEQUENCE of the last answer; without it, a snapshot"),
    ] = None,
    wait: Annotated[float, Query(ge=0, le=STREAM_WAIT_MAX_S, description="Seconds to wait for news")] = 0,
    limit: Annotated[int, Query(ge=1, le=STREAM_EVENTS_MAX, description="Events at most")] = 100,
    purpose: Annotated[
        tuple[Purpose, ...], Query(description="real, if not said; a sandbox has exercise and test only")
    ] = (),
    format_: Annotated[
        ReceiverFormat,
        Query(alias="format", description="What `data` holds: the alarm in our words, EIDO, or CAP as text"),
    ] = ReceiverFormat.CLOUDEVENTS,
) -> Response:
    """Read a centre's alarms on from a cursor, or (without one) as they are now.

    The same events as receivers are sent, with the same ids; `sequence` counts everything that happens in
    the centre, so it has gaps. Each answer's cursor goes into the next request as `after`.
    """
    if centre not in reader.centres:
        raise NotYours
    purposes = checked_purposes(purpose, sandbox=reader.sandbox)
    asked = Asked(_cursor(after), wait, limit, purpose, purposes, format_)
    look = await _look(request, reader, centre, asked)
    headers = _headers(look, centre, asked)
    if look.reset is None and not look.read.events and _matches(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    lines = request.headers.get("accept", "").partition(";")[0].strip() == LINES
    body = _body(_told(request, reader, centre, asked, look), lines=lines)
    return Response(body, media_type=LINES if lines else BATCH, headers=headers)


def _told(request: Request, reader: Integrator, centre: str, asked: Asked, look: Look) -> list[bytes]:
    """Return the events of a look; before those of a snapshot, why it is one."""
    bodies = doors_of(request).bodies
    events = [bodies.event(one, asked.format_, reader.name, reader.integrator_id) for one in look.read.events]
    if look.reset is not None:
        lost = _lost(look, asked.after)
        reset = StreamReset(reason=look.reset, cursor=look.cursor, alarms=len(events), lost=lost)
        events.insert(0, reset_event(centre, reset, services_of(request).clock.now().isoformat()))
    return events


def _lost(look: Look, asked: Cursor | None) -> Lost | None:
    """Return what a reader is not told who fell behind what is kept, or too far to be told it all."""
    if asked is None or look.reset not in {"expired", "too_far_behind"} or asked.sequence >= look.read.up_to:
        return None
    return Lost(first=asked.sequence + 1, last=look.read.up_to)


async def _look(request: Request, reader: Integrator, centre: str, asked: Asked) -> Look:
    streams, purposes, earlier = doors_of(request).streams, asked.purposes, asked.earlier
    bounds = await streams.bounds(centre)
    if bounds is None:
        raise NotFound
    plan = resume(asked.after, bounds, replay_max=STREAM_BEHIND_MAX)
    if isinstance(plan, FromSnapshot):
        return Look(await streams.snapshot(reader, centre, purposes, earlier=earlier), plan.reason)
    live, place = live_of(request), plan.after
    deadline = asyncio.get_running_loop().time() + asked.wait_s
    async with doors_of(request).waiters.seat(reader.integrator_id):
        while True:
            news = live.hub.news()
            read = await streams.read(reader, centre, place, asked.limit, purposes, earlier=earlier)
            if read.epoch != bounds.epoch:
                read = await streams.snapshot(reader, centre, purposes, earlier=earlier)
                return Look(read, "epoch_changed")
            if read.events or live.health.draining:
                return Look(read)
            if read.up_to == place and not await _woken(news, deadline):
                return Look(read)
            place = read.up_to


async def _woken(news: asyncio.Event, deadline: float) -> bool:
    try:
        async with asyncio.timeout_at(deadline):
            await news.wait()
    except TimeoutError:
        return False
    return True


def _cursor(after: str | None) -> Cursor | None:
    if after is None:
        return None
    found = CURSOR.fullmatch(after)
    if found is None:
        raise FieldInvalid("after", "take it from MSA-Cursor of the answer before")
    return Cursor(epoch=found[1], sequence=int(found[2]))


def _headers(look: Look, centre: str, asked: Asked) -> dict[str, str]:
    return {
        "etag": f'"{look.cursor}"',
        "msa-cursor": look.cursor,
        "link": f'</v1/streams/{centre}?{asked.query(look.cursor)}>; rel="next"',
        "vary": "Accept, Authorization",
    }


def _matches(request: Request, etag: str) -> bool:
    known = request.headers.get("if-none-match", "")
    return etag in {one.strip().removeprefix("W/") for one in known.split(",")}


def _body(events: Sequence[bytes], *, lines: bool) -> bytes:
    if lines:
        return b"".join(event + b"\n" for event in events)
    return b"[" + b",".join(events) + b"]"
