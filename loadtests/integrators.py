"""Other systems: an account with an access token, and the CloudEvents that it sends.

Set up as anyone would: ``msa integrator add`` and ``link``, then ``POST /v1/token``.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from loadtests.asking import address_of, exchange
from loadtests.door import Sent
from loadtests.gateway_process import GatewayFailed, Target
from loadtests.moments import WallClock
from loadtests.people import run_msa
from loadtests.samples import Place
from loadtests.signing import Companion
from schemas.events import BatchAnswer, EventFate, EventResult

PATH: Final = "/v1/events"
STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
SCOPES: Final = ("events:alarms", "events:positions", "events:chat", "events:conditions")
KEPT: Final = frozenset({EventFate.COMMITTED, EventFate.ACCEPTED, EventFate.COALESCED})
TAKEN: Final = frozenset({200, 201, 202})

STEP_DEG: Final = 1e-6
CHAT_EVERY: Final = 100
CONDITION_EVERY: Final = 10
"""Of a hundred events one is a line of chat, ten say that a device lives, the rest is where somebody is."""


async def account(target: Target, companions: Sequence[Companion], per_s: float) -> str:
    """Make an account to which ``subject-<n>`` means the n-th companion's file; return an access token.

    Raises:
        GatewayFailed: a command failed, or there was no token.
    """
    name = f"load-{uuid4().hex[:8]}"
    scopes = [word for scope in SCOPES for word in ("--scope", scope)]
    printed = await run_msa(
        target, "integrator", "add", name, *scopes, "--events-per-s", str(per_s), "--json"
    )
    made = json.loads(printed)
    links = "\n".join(f"{subject(at)},{one.registration_id}" for at, one in enumerate(companions))
    await run_msa(target, "integrator", "link", name, "--from", "-", given=links)
    return await _token(target, made["client_id"], made["client_secret"])


def subject(number: int) -> str:
    """Return what an account calls the n-th companion."""
    return f"subject-{number}"


async def _token(target: Target, client_id: str, secret: str) -> str:
    form = b"grant_type=client_credentials"
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    head = (
        f"POST /v1/token HTTP/1.1\r\nHost: {urlsplit(target.url).netloc}\r\nAuthorization: Basic {basic}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n"
        "Connection: close\r\n\r\n"
    )
    answer = await exchange(address_of(target.url), head.encode() + form)
    if answer.status >= 400:
        raise GatewayFailed(f"POST /v1/token answered {answer.status}")
    return str(json.loads(answer.body)["access_token"])


@dataclass(frozen=True, slots=True)
class Events:
    """A request with so many events, ready to be written to a socket."""

    request: bytes
    events: int


@dataclass(slots=True)
class EventTally:
    """What became of the events of a phase."""

    sent: list[Sent[Events]] = field(default_factory=list)

    def fates(self) -> dict[str, int]:
        """Count the events by what they were answered; ``unanswered`` where nothing came."""
        counted: dict[str, int] = {}
        for one in self.sent:
            for fate in _fates(one):
                counted[fate] = counted.get(fate, 0) + 1
        return counted


def _fates(one: Sent[Events]) -> list[str]:
    if one.status not in TAKEN:
        return [str(one.status) if one.answered else "unanswered"] * one.prepared.events
    answer = json.loads(one.body)
    if "results" in answer:
        return [str(result.fate) for result in BatchAnswer.model_validate(answer).results]
    return [str(EventResult.model_validate(answer).fate)]


class EventMaker:
    """Makes the events of one account. Instants are those of ``perf_counter_ns``."""

    def __init__(self, url: str, token: str, subjects: int, place: Place, clock: WallClock) -> None:
        self._host = urlsplit(url).netloc
        self._token = token
        self._subjects = subjects
        self._place = place
        self._clock = clock
        self._numbers = count()

    def single(self, due: int) -> Events:
        """Make a request with one event."""
        return Events(self._request(STRUCTURED, self._event(due)), 1)

    def batch(self, due: int, size: int) -> Events:
        """Make a request with so many."""
        return Events(self._request(BATCH, [self._event(due) for _ in range(size)]), size)

    def _event(self, due: int) -> dict[str, Any]:
        number, at = next(self._numbers), self._clock.at(due).isoformat()
        kind, data = self._said(number, at)
        return {
            "specversion": "1.0",
            "id": uuid4().hex,
            "source": "//load.example/1",
            "type": kind,
            "subject": subject((number + number // CHAT_EVERY) % self._subjects),
            "time": at,
            "datacontenttype": "application/json",
            "data": data,
        }

    def _said(self, number: int, at: str) -> tuple[str, dict[str, Any]]:
        if number % CHAT_EVERY == 0:
            return "be.msa.chat.said", {"text": f"Ik hoor hem boven ({number}).", "lang": "nl"}
        if number % CONDITION_EVERY == 0:
            return "be.msa.device.condition", {"condition": "ok", "battery_pct": 80}
        fix = {
            "latitude": round(self._place.latitude + number * STEP_DEG, 6),
            "longitude": self._place.longitude,
            "radius_m": 12.0,
            "fixed_at": at,
            "method": "gnss",
        }
        return "be.msa.position.updated", {"positions": [fix]}

    def _request(self, kind: str, content: Any) -> bytes:
        body = json.dumps(content, separators=(",", ":")).encode()
        return (
            f"POST {PATH} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body
