"""``POST /v1/presses`` as a bare ASGI application, mounted before FastAPI.

The press is the one request whose path is kept as short as it can be: no routing, no dependency
injection, no model of the request; a body is read, judged, made sense of, committed. ``OPENAPI``
documents it where FastAPI would have.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import structlog
from starlette.requests import HTTPConnection

from gateway import faults, tracing
from gateway.domain.errors import GatewayError
from gateway.http.bare import Receive, Refusal, Scope, Send, answer_json, json_of, read_body, refuse
from gateway.http.problems import MEDIA_TYPE, problem_of
from gateway.http.services import Companions
from gateway.http.signatures import Finding, Verdict, judge, request_urls
from gateway.ingest.accept import Answer, Ingest, Sender
from gateway.ingest.keeping import CommitsOrKeeps
from gateway.ingest.tolerant import read_press
from gateway.ports import Clock
from gateway.telemetry import Metrics
from gateway.timing import UNVERIFIED_BURST, UNVERIFIED_PER_S
from schemas.press import Press, ProvisionalReceipt, Receipt
from schemas.problems import Problem, ProblemKind

PATH: Final = "/v1/presses"
COMPANIONS_REMEMBERED: Final = 10_000


class PressDoor:
    """Takes presses in. 201 and 200 mean committed, nothing else does; 202 means kept on this node's disk."""

    def __init__(
        self,
        companions: Companions,
        public_urls: tuple[str, ...],
        ingest: Ingest,
        presses: CommitsOrKeeps,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._companions = companions
        self._public_urls = public_urls
        self._ingest = ingest
        self._presses = presses
        self._clock = clock
        self._metrics = metrics
        self._allowance = Allowance()
        self._log = structlog.get_logger()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] != "POST":
            await _answer(send, Problem.of(ProblemKind.METHOD_NOT_ALLOWED))
            return
        with tracing.begun("receive", scope["headers"]):
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            receipt = await self._take(scope, receive)
        except Refusal as refusal:
            self._metrics.presses.labels("refused", "unknown").inc()
            self._log.warning("press_refused", problem=refusal.problem.type)
            await _answer(send, refusal.problem)
        except GatewayError as error:
            self._metrics.presses.labels("failed", "unknown").inc()
            self._log.error("press_not_committed", error=type(error).__name__)
            await _answer(send, problem_of(error))
        else:
            await _answer(send, receipt)
            faults.reach("after_reply")

    async def _take(self, scope: Scope, receive: Receive) -> Answer:
        received_at = self._clock.now()
        body = await read_body(scope, receive)
        with tracing.step("judge"):
            sender = self._admit(await self._judge(scope, body))
        reading = read_press(body)
        answer = await self._ingest.accept_or_keep(reading, body, sender, received_at, self._presses)
        took_s = (self._clock.now() - received_at).total_seconds()
        if isinstance(answer, ProvisionalReceipt):
            self._account_kept(reading.press, answer, took_s)
        else:
            self._account(reading.press, answer, took_s)
        return answer

    async def _judge(self, scope: Scope, body: bytes) -> Verdict:
        connection = HTTPConnection(scope)
        return await judge(
            self._companions,
            self._clock.now(),
            method=scope["method"],
            urls=request_urls(connection, self._public_urls),
            headers=connection.headers,
            body=body,
        )

    def _admit(self, verdict: Verdict) -> Sender:
        """Refuse strangers, and a flood in the name of a companion whose key did not sign it."""
        companion = verdict.companion
        if companion is None:
            raise Refusal(ProblemKind.SIGNATURE_MISSING)
        if verdict.finding is Finding.REVOKED:
            raise Refusal(ProblemKind.COMPANION_REVOKED)
        if not verdict.verified and not self._allowance.take(companion.companion_id, self._clock.monotonic()):
            raise Refusal(ProblemKind.TOO_MANY)
        return Sender(
            companion_id=companion.companion_id,
            registration_id=companion.registration_id,
            centre=companion.centre,
            verified=verdict.verified,
            flags=verdict.flags if verdict.verified else (*verdict.flags, f"signature_{verdict.finding}"),
        )

    def _account_kept(self, press: Press, receipt: ProvisionalReceipt, took_s: float) -> None:
        self._metrics.presses.labels("provisional", press.purpose).inc()
        self._log.warning(
            "press",
            outcome="provisional",
            press_id=str(press.press_id),
            centre=receipt.centre,
            purpose=press.purpose,
            took_ms=round(took_s * 1000, 2),
            attempt=press.attempt,
            flags=receipt.flags,
        )

    def _account(self, press: Press, receipt: Receipt, took_s: float) -> None:
        outcome = "seen_before" if receipt.seen_before else "committed"
        self._metrics.presses.labels(outcome, receipt.purpose).inc()
        trace_id = tracing.ids().get("trace_id")
        self._metrics.press_commit.labels(receipt.purpose).observe(took_s, tracing.exemplar(trace_id))
        for flag in receipt.flags:
            self._metrics.flags.labels(flag, receipt.purpose).inc()
        self._log.info(
            "press",
            outcome=outcome,
            press_id=str(press.press_id),
            alarm_id=str(receipt.alarm_id),
            centre=receipt.centre,
            purpose=receipt.purpose,
            sequence=receipt.sequence,
            took_ms=round(took_s * 1000, 2),
            attempt=press.attempt,
            flags=receipt.flags,
        )


class Allowance:
    """How many unverified presses a companion may still have taken: a token bucket each."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[UUID, tuple[float, float]] = OrderedDict()

    def take(self, companion_id: UUID, now: float) -> bool:
        """Take one token at monotonic time ``now``; False when there is none."""
        tokens, since = self._buckets.pop(companion_id, (float(UNVERIFIED_BURST), now))
        tokens = min(float(UNVERIFIED_BURST), tokens + (now - since) * UNVERIFIED_PER_S)
        allowed = tokens >= 1
        self._buckets[companion_id] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > COMPANIONS_REMEMBERED:
            self._buckets.popitem(last=False)
        return allowed


async def _answer(send: Send, answer: Answer | Problem) -> None:
    if isinstance(answer, Problem):
        await refuse(send, answer)
    else:
        await answer_json(send, _status_of(answer), answer.model_dump_json().encode())


def _status_of(answer: Answer) -> int:
    if isinstance(answer, ProvisionalReceipt):
        return 202
    return 200 if answer.seen_before else 201


def openapi() -> Mapping[str, Any]:
    """Describe the call as an OpenAPI path item; the schemas it names are added by ``main``."""
    return {
        "post": {
            "summary": "Post one press; the same press_id always gets the first answer",
            "operationId": "post_press",
            "tags": ["companion"],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Press"}}},
            },
            "responses": {
                "201": json_of("Receipt", "Committed"),
                "200": json_of("Receipt", "Was committed before; the first receipt again"),
                "202": json_of(
                    "ProvisionalReceipt", "Kept and shown, not committed: send the same again later"
                ),
                "401": json_of("Problem", "Not signed by an enrolled companion", MEDIA_TYPE),
                "403": json_of("Problem", "The companion was revoked", MEDIA_TYPE),
                "413": json_of("Problem", "Larger than 64 KiB", MEDIA_TYPE),
                "429": json_of("Problem", "Too many unverified presses", MEDIA_TYPE),
                "503": json_of("Problem", "Not known to be committed: send the same again", MEDIA_TYPE),
                "507": json_of("Problem", "Neither committed nor kept: send the same elsewhere", MEDIA_TYPE),
            },
        }
    }
