"""``POST /v1/heartbeats`` as a bare ASGI application: hundreds of them a second must hold up no press.

A heartbeat waits for a turn of the event loop of its own, as positions do; then it is judged, read and
kept in memory. The answer is one of two that were written at the start, but where an alarm was reopened.
It takes no nonce: only one that was signed later than all before it counts (``proves_life``).
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from starlette.requests import HTTPConnection

from gateway.domain.errors import GatewayError, SignatureInvalid, SignatureReplayed
from gateway.domain.people import Companion
from gateway.domain.supervision import SupervisionPolicy
from gateway.http.bare import Receive, Refusal, Scope, Send, answer_json, json_of, read_body, refuse
from gateway.http.positions import Line
from gateway.http.problems import MEDIA_TYPE, problem_of
from gateway.http.services import Companions
from gateway.http.signatures import judge, request_urls, signer
from gateway.ingest.heartbeat import read_heartbeat
from gateway.ports import Clock
from gateway.telemetry import Metrics
from gateway.timing import HEARTBEATS_WAITING_BYTES, HEARTBEATS_WAITING_MAX
from schemas.enrolment import CompanionPolicy
from schemas.problems import Problem, ProblemKind
from schemas.protection import CompanionHeartbeat, HeartbeatAnswer, ReopenedAlarm

PATH: Final = "/v1/heartbeats"

REPLAYED: Final = Problem.of(ProblemKind.SIGNATURE_REPLAYED).type

SAME_SIGNING: Final = timedelta(seconds=2)
"""``created`` has whole seconds; the signed body's own instant, if it is the same one, has more."""


class Hears(Protocol):
    """Where heartbeats go."""

    @property
    def unwritten(self) -> bool:
        """Whether what is heard here has not been written for so long that another node must hear it."""

    def hear(self, companion_id: UUID, heartbeat: CompanionHeartbeat, signed_at: datetime) -> bool:
        """Take a heartbeat; False when it proves no life."""


class HeartbeatDoor:
    """Takes heartbeats in. 200 means kept in memory here, and written down within a second.

    ``reopened`` finds the alarm of a registration that was closed and is open again, at once.
    """

    def __init__(
        self,
        companions: Companions,
        public_urls: tuple[str, ...],
        presence: Hears,
        reopened: Callable[[UUID], ReopenedAlarm | None],
        policy: SupervisionPolicy,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._companions = companions
        self._public_urls = public_urls
        self._presence = presence
        self._reopened = reopened
        self._policy = policy
        self._clock = clock
        self._metrics = metrics
        self._line = Line(HEARTBEATS_WAITING_MAX, HEARTBEATS_WAITING_BYTES)
        self._calm = _written(companion_policy(policy))
        self._alarmed = _written(companion_policy(policy, alarm=True))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] != "POST":
            await refuse(send, Problem.of(ProblemKind.METHOD_NOT_ALLOWED))
            return
        try:
            companion, heartbeat = await self._take(scope, receive)
        except Refusal as refusal:
            await self._refuse(send, refusal.problem)
        except GatewayError as error:
            await self._refuse(send, problem_of(error))
        else:
            self._metrics.heartbeats.labels("taken").inc()
            await answer_json(send, 200, self._answer(companion, alarm=heartbeat.alarm_id is not None))

    def _answer(self, companion: Companion, *, alarm: bool) -> bytes:
        reopened = self._reopened(companion.registration_id)
        if reopened is None:
            return self._alarmed if alarm else self._calm
        return _written(companion_policy(self._policy, alarm=alarm), reopened)

    async def _take(self, scope: Scope, receive: Receive) -> tuple[Companion, CompanionHeartbeat]:
        body = await read_body(scope, receive)
        await self._line.turn(len(body))
        companion, created_at = await self._sender(scope, body)
        heartbeat = read_heartbeat(body).heartbeat
        signed_at = _signed_at(created_at, heartbeat.sent_at)
        if not self._presence.hear(companion.companion_id, heartbeat, signed_at):
            raise SignatureReplayed("another that was signed later has arrived")
        if self._presence.unwritten:
            raise Refusal(ProblemKind.UNAVAILABLE)
        return companion, heartbeat

    async def _sender(self, scope: Scope, body: bytes) -> tuple[Companion, datetime]:
        """Return whose it is and when it was signed, by the companion's clock."""
        connection = HTTPConnection(scope)
        verdict = await judge(
            self._companions,
            self._clock.now(),
            method=scope["method"],
            urls=request_urls(connection, self._public_urls),
            headers=connection.headers,
            body=body,
        )
        companion, _ = signer(verdict)
        if verdict.created_at is None:
            raise SignatureInvalid
        return companion, verdict.created_at

    async def _refuse(self, send: Send, problem: Problem) -> None:
        outcome = "put_off" if problem.status >= ProblemKind.FAILED.status else "refused"
        if problem.type == REPLAYED:
            outcome = "replayed"
        self._metrics.heartbeats.labels(outcome).inc()
        await refuse(send, problem)


def companion_policy(policy: SupervisionPolicy, *, alarm: bool = False) -> CompanionPolicy:
    """Return how a companion is to behave: it says more often that it lives while it follows an alarm."""
    return CompanionPolicy(heartbeat_s=policy.heartbeat_alarm_s if alarm else policy.heartbeat_s)


def _written(policy: CompanionPolicy, reopened: ReopenedAlarm | None = None) -> bytes:
    return HeartbeatAnswer(**policy.model_dump(), reopened=reopened).model_dump_json().encode()


def _signed_at(created_at: datetime, sent_at: datetime | None) -> datetime:
    return sent_at if sent_at is not None and abs(sent_at - created_at) < SAME_SIGNING else created_at


def openapi() -> Mapping[str, Any]:
    """Describe the call as an OpenAPI path item; the schemas it names are added by ``gateway.http.app``."""
    taken = {"application/json": {"schema": {"$ref": "#/components/schemas/CompanionHeartbeat"}}}
    return {
        "post": {
            "summary": "Say that the companion lives, and how it and its button are",
            "operationId": "post_heartbeat",
            "tags": ["companion"],
            "requestBody": {"required": True, "content": taken},
            "responses": {
                "200": json_of("HeartbeatAnswer", "Taken; how to behave from now on"),
                "401": json_of("Problem", "Not signed by an enrolled companion, or not newly", MEDIA_TYPE),
                "403": json_of("Problem", "The companion was revoked", MEDIA_TYPE),
                "413": json_of("Problem", "Larger than 64 KiB", MEDIA_TYPE),
                "503": json_of("Problem", "This node cannot write it down: try another", MEDIA_TYPE),
            },
        }
    }
