"""Companions and readers at a steady rate through the edge, open-loop, and everything that they were told.

A request is refused when its *first* sending is not answered 2xx: no connection, no answer, any other
status. What was sent again by the edge, unseen by the client, is none. A press is sent again, as a bridge
does, until somebody has given its receipt.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import httpx

from deploy.rehearsal.people import PLACES, Account, People
from dispatch.signing_in import COOKIE
from gateway.drill.history import History, Try
from gateway.synthetic.signing import signature
from loadtests.signing import Companion
from schemas.position import Position
from schemas.press import Press, Receipt
from schemas.protection import CompanionHeartbeat
from schemas.track import PositionBatch, TrackFix

ANSWER_S: Final = 10.0
AGAIN_S: Final = 1.0
"""A press that has no receipt is sent again at once, and then within so long."""
GIVE_UP_S: Final = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One sending of one request (instants on the loop's clock, s); ``status`` 0: no answer."""

    kind: str
    began: float
    ended: float
    status: int
    first: bool
    what: str = ""

    @property
    def refused(self) -> bool:
        """Whether it was not answered 2xx."""
        return not 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests a second."""

    presses: float = 10.0
    heartbeats: float = 15.0
    positions: float = 15.0
    reads: float = 20.0

    @property
    def whole(self) -> float:
        """All of them."""
        return self.presses + self.heartbeats + self.positions + self.reads


@dataclass(slots=True)
class Load:
    """The load on one edge."""

    url: str
    people: People
    history: History
    asked: list[Asked] = field(default_factory=list)
    _alarms: dict[UUID, UUID] = field(default_factory=dict)
    _indexes: Counter[UUID] = field(default_factory=Counter)
    _beating: dict[UUID, asyncio.Lock] = field(default_factory=dict)
    _random: random.Random = field(
        default_factory=lambda: random.Random(1)  # noqa: S311 (who presses when is no secret)
    )

    async def run(self, rates: Rates, stop: asyncio.Event, at_least: int = 0) -> None:
        """Send until ``stop`` is set and at least so many were sent; return when all is settled."""
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
        async with (
            httpx.AsyncClient(timeout=ANSWER_S, limits=limits) as http,
            asyncio.TaskGroup() as tasks,
        ):
            kinds: Sequence[tuple[float, Callable[[httpx.AsyncClient], Coroutine[Any, Any, None]]]] = (
                (rates.presses, self._press),
                (rates.heartbeats, self._beat),
                (rates.positions, self._locate),
                (rates.reads, self._read),
            )
            pace = asyncio.get_running_loop()
            begun, sent = pace.time(), 0
            due = [self._random.uniform(0, 1 / rate) if rate else float("inf") for rate, _ in kinds]
            while not stop.is_set() or sent < at_least:
                number = due.index(min(due))
                await asyncio.sleep(max(0.0, begun + due[number] - pace.time()))
                tasks.create_task(kinds[number][1](http))
                due[number] += 1 / kinds[number][0]
                sent += 1

    async def _press(self, http: httpx.AsyncClient) -> None:
        companion = self._random.choice(self.people.companions)
        press = Press(press_id=uuid4(), sent_at=_now(), age_ms=0, positions=(self._fix(companion),))
        body = press.model_dump_json(exclude_none=True).encode()
        loop = asyncio.get_running_loop()
        end, first, pause = loop.time() + GIVE_UP_S, True, 0.0
        while loop.time() < end:
            began = loop.time()
            answer = await self._post(
                http, "press", "/v1/presses", companion, body, press.press_id, first=first
            )
            receipt = _receipt(answer)
            self.history.tries.append(
                Try(
                    press_id=press.press_id,
                    registration_id=companion.registration_id,
                    node=self.url,
                    began=began,
                    ended=loop.time(),
                    status=None if answer is None else answer.status_code,
                    receipt=receipt,
                )
            )
            if receipt is not None:
                self._alarms[companion.companion_id] = receipt.alarm_id
                return
            first = False
            await asyncio.sleep(self._random.uniform(0, pause))
            pause = AGAIN_S

    async def _beat(self, http: httpx.AsyncClient) -> None:
        companion = self._random.choice(self.people.companions)
        async with self._beating.setdefault(companion.companion_id, asyncio.Lock()):  # as a phone: in order
            body = CompanionHeartbeat(sent_at=_now(), phone_battery_pct=80).model_dump_json().encode()
            await self._post(http, "heartbeat", "/v1/heartbeats", companion, body, uuid4())

    async def _locate(self, http: httpx.AsyncClient) -> None:
        if not self._alarms:
            await self._beat(http)
            return
        companion = self._random.choice(
            [one for one in self.people.companions if one.companion_id in self._alarms]
        )
        alarm_id = self._alarms[companion.companion_id]
        self._indexes[alarm_id] += 1
        fix = TrackFix(index=self._indexes[alarm_id], **self._fix(companion).model_dump())
        body = PositionBatch(sent_at=_now(), fixes=(fix,)).model_dump_json(exclude_none=True).encode()
        await self._post(http, "positions", f"/v1/alarms/{alarm_id}/positions", companion, body, uuid4())

    def _fix(self, companion: Companion) -> Position:
        return _fix(PLACES[self.people.centres[companion.companion_id]], self._random)

    async def _read(self, http: httpx.AsyncClient) -> None:
        account: Account = self._random.choice(self.people.accounts)
        path = self._random.choice(("/v1/session", "/v1/alarms", "/v1/centres"))
        headers = {"Cookie": f"{COOKIE}={account.cookie}"}
        await self._ask("read", lambda: http.get(f"{self.url}{path}", headers=headers))

    async def _post(
        self,
        http: httpx.AsyncClient,
        kind: str,
        path: str,
        companion: Companion,
        body: bytes,
        nonce: UUID,
        *,
        first: bool = True,
    ) -> httpx.Response | None:
        url = f"{self.url}{path}"
        headers = signature(
            companion.companion_id, companion.key, "POST", url, body, nonce=nonce, created=_now()
        )
        headers["Content-Type"] = "application/json"
        return await self._ask(kind, lambda: http.post(url, content=body, headers=headers), first=first)

    async def _ask(
        self,
        kind: str,
        send: Callable[[], Coroutine[Any, Any, httpx.Response]],
        *,
        first: bool = True,
    ) -> httpx.Response | None:
        loop = asyncio.get_running_loop()
        began, answer, what = loop.time(), None, ""
        try:
            answer = await send()
        except httpx.HTTPError as error:
            what = type(error).__name__
        status = 0 if answer is None else answer.status_code
        if answer is not None and not answer.is_success:
            what = _why(answer)
        self.asked.append(
            Asked(kind=kind, began=began, ended=loop.time(), status=status, first=first, what=what)
        )
        return answer


def _receipt(answer: httpx.Response | None) -> Receipt | None:
    """Return the receipt; None for what is only kept (202), refused or unknown."""
    if answer is None or answer.status_code not in {200, 201}:
        return None
    return Receipt.model_validate(json.loads(answer.content))


def _why(answer: httpx.Response) -> str:
    """Return the problem that a node names; the edge names none."""
    try:
        return str(answer.json()["type"]).rsplit(":", 1)[-1]
    except (ValueError, KeyError, TypeError):
        return "by the edge"


def _fix(place: tuple[float, float], chance: random.Random) -> Position:
    latitude, longitude = place
    return Position(
        latitude=latitude + chance.uniform(-0.01, 0.01),
        longitude=longitude + chance.uniform(-0.01, 0.01),
        radius_m=12.0,
        confidence=0.68,
        fixed_at=_now(),
        age_s=0.5,
        method="gnss",
    )


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 (the companion's own clock)
