"""Batches of positions as a companion sends them, and as the store takes them."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from gateway.clock import SystemClock
from gateway.domain.track import BEFORE_PRESS, PlacedFix, place_fixes
from gateway.ports import FixBatch
from gateway.store.connect import Database
from gateway.store.fixes import STORE, as_columns
from schemas.track import TrackFix
from tests.support.gateway import Companion, Running
from tests.support.records import NOW

GENT = (51.0543, 3.7174)
ANTWERPEN = (51.2194, 4.4025)


def a_track_fix(
    index: int, at: datetime = NOW, place: tuple[float, float] = GENT, **changes: Any
) -> TrackFix:
    """One fix of a track, by a companion's clock that is right."""
    values = {"radius_m": 8.0, "method": "gnss", **changes}
    return TrackFix(index=index, latitude=place[0], longitude=place[1], fixed_at=at, **values)


def placed(*fixes: TrackFix, received_at: datetime) -> tuple[PlacedFix, ...]:
    """The fixes, received when they were sent."""
    return place_fixes(fixes, received_at, received_at)


def a_batch(
    companion: tuple[UUID, UUID], alarm_id: UUID, fixes: Iterable[PlacedFix], **changes: Any
) -> FixBatch:
    """A batch of that companion, ready to be stored."""
    registration_id, companion_id = companion
    values: dict[str, Any] = {
        "alarm_id": alarm_id,
        "companion_id": companion_id,
        "registration_id": registration_id,
        "nonce": str(uuid4()),
        "received_at": NOW,
        "fixes": tuple(fixes),
        **changes,
    }
    return FixBatch(**values)


async def stored(database: Database, *batches: FixBatch) -> list[dict[str, Any]]:
    """Store batches by one statement, past the gateway's adapter; return what became of each."""
    columns = as_columns(batches)
    expires_at = SystemClock().now() + timedelta(minutes=10)
    return [
        dict(row)
        for row in await database.fetch(STORE, *columns[:4], expires_at, BEFORE_PRESS, uuid4(), *columns[4:])
    ]


def wire_fix(
    index: int, place: tuple[float, float] = GENT, *, age_s: float = 0.5, **changes: Any
) -> dict[str, Any]:
    """The JSON of a fix that is so many seconds old when it is sent."""
    fixed_at = SystemClock().now() - timedelta(seconds=age_s)
    return {
        "index": index,
        "latitude": place[0],
        "longitude": place[1],
        "radius_m": 8.0,
        "fixed_at": fixed_at.isoformat(),
        "age_s": age_s,
        "method": "gnss",
        **changes,
    }


async def post_fixes(
    gateway: Running,
    companion: Companion,
    alarm_id: object,
    *fixes: Any,
    raw: bytes | None = None,
    nonce: UUID | None = None,
    **changes: Any,
) -> httpx.Response:
    """Post a signed batch."""
    batch = {"sent_at": SystemClock().now().isoformat(), "phone_battery_pct": 80, "fixes": fixes, **changes}
    body = raw if raw is not None else json.dumps(batch).encode()
    url = f"{gateway.url}/v1/alarms/{alarm_id}/positions"
    headers = companion.signed("POST", url, body, nonce=nonce)
    return await gateway.http.post(url, content=body, headers=headers)
