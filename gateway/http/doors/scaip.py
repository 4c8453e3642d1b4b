"""``POST /v1/scaip`` as a bare ASGI application: one request of SCAIP, one answer.

Who sends it is known by its access token or signature, as everywhere. The status of HTTP says the same as
``snu``, for whoever reads no further.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import structlog
from starlette.requests import HTTPConnection

from gateway.domain.door_errors import XmlRefused
from gateway.domain.errors import GatewayError
from gateway.domain.integrators import Inbound, Integrator
from gateway.door_metrics import DoorMetrics
from gateway.door_timing import EVENTS_RETRY_AFTER_S, SCAIP_RESENT_S
from gateway.gear.identity import Resends
from gateway.gear.scaip.mapping import Request, StatusNumber, read, read_request
from gateway.gear.scaip.reply import written
from gateway.gear.subjects import subject_of
from gateway.http.bare import Receive, Refusal, Scope, Send, answer_json, json_of, read_body, refuse
from gateway.http.doors.principal import Principals
from gateway.http.problems import MEDIA_TYPE as PROBLEM_TYPE
from gateway.http.problems import problem_of
from gateway.ports import Clock, Intake, Integrators
from gateway.xml_text import parse_xml
from schemas.events import EventFate, EventResult
from schemas.problems import Problem, ProblemKind

PATH: Final = "/v1/scaip"
MEDIA_TYPE: Final = "application/scaip+xml"
SOURCE: Final = "urn:scaip"
LATER: Final = "not known to be kept; send the same again"
HTTP_STATUS: Final = {
    StatusNumber.HANDLED: 200,
    StatusNumber.TOO_LONG: 413,
    StatusNumber.INVALID_FORMAT: 400,
    StatusNumber.WRONG_CONTENT: 422,
    StatusNumber.NOT_TREATED: 403,
    StatusNumber.BUSY: 503,
    StatusNumber.TAG_MISSING: 422,
    StatusNumber.REFERENCE_MISSING: 422,
    StatusNumber.UNDEFINED: 500,
}


class ScaipDoor:
    """Takes requests of SCAIP in. ``snu`` 0 means kept, and nothing else does."""

    def __init__(
        self,
        *,
        principals: Principals,
        integrators: Integrators,
        intake: Intake,
        clock: Clock,
        metrics: DoorMetrics,
    ) -> None:
        self._principals = principals
        self._integrators = integrators
        self._intake = intake
        self._clock = clock
        self._metrics = metrics
        self._resends = Resends(SCAIP_RESENT_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] != "POST":
            await refuse(send, Problem.of(ProblemKind.METHOD_NOT_ALLOWED))
            return
        received_at = self._clock.now()
        try:
            body = await read_body(scope, receive)
            integrator = await self._principals.of(HTTPConnection(scope), body)
        except Refusal as refusal:
            if refusal.problem.status == ProblemKind.TOO_LARGE.status:
                await self._answer(send, None, StatusNumber.TOO_LONG, "longer than 64 KiB")
            else:
                await refuse(send, refusal.problem)
            return
        except GatewayError as error:
            problem = problem_of(error)
            if problem.status >= ProblemKind.FAILED.status:
                await self._answer(send, None, StatusNumber.BUSY, LATER)
            else:
                await refuse(send, problem, EVENTS_RETRY_AFTER_S)
            return
        await self._answer(send, *await self._judge(integrator, body, received_at))

    async def _judge(
        self, integrator: Integrator, body: bytes, received_at: datetime
    ) -> tuple[Request | None, StatusNumber, str]:
        """Read a request and hand it on; return it with what is to be answered."""
        try:
            request = read_request(parse_xml(body))
        except XmlRefused as error:
            return None, StatusNumber.INVALID_FORMAT, str(error)
        if request is None:
            return None, StatusNumber.INVALID_FORMAT, "it is no mrq"
        try:
            return request, *await self._take(integrator, request, body, received_at)
        except GatewayError as error:
            structlog.get_logger().error("gear_message_not_committed", error=type(error).__name__)
            return request, StatusNumber.BUSY, LATER

    async def _take(
        self, integrator: Integrator, request: Request, body: bytes, received_at: datetime
    ) -> tuple[StatusNumber, str]:
        """Hand it on; what is wrong with it is told first, then what became of it."""
        reading = read(request, received_at)
        if not reading.said:
            return reading.status, reading.wrong
        subject = await subject_of(self._integrators, integrator, reading.names)
        sending = self._resends.of(received_at, integrator.integrator_id.bytes, *_same(request))
        events = [
            Inbound(
                integrator=integrator,
                type=one.type,
                source=SOURCE,
                event_id=f"{sending.event_id}:{number}",
                subject=subject,
                time=None,
                data=one.data,
                raw=body,
                dropped=reading.dropped,
            )
            for number, one in enumerate(reading.said)
        ]
        results = await self._intake.take(events, received_at)
        if reading.status is not StatusNumber.HANDLED:
            return reading.status, reading.wrong
        return _became(results)

    async def _answer(
        self, send: Send, request: Request | None, status: StatusNumber, wrong: str = ""
    ) -> None:
        self._metrics.gear.labels("scaip", str(int(status))).inc()
        later = ((b"retry-after", str(EVENTS_RETRY_AFTER_S).encode()),) if status is StatusNumber.BUSY else ()
        body = written(request, status, wrong)
        await answer_json(send, HTTP_STATUS[status], body, MEDIA_TYPE.encode(), later)


def _same(request: Request) -> tuple[str, ...]:
    """Return what stays when it is sent again: everything but the time of its place."""
    place = {name: text for name, text in request.place.items() if name != "tim"}
    return tuple(f"{name}={text}" for name, text in sorted({**request.tags, **place}.items()))


def _became(results: tuple[EventResult, ...]) -> tuple[StatusNumber, str]:
    if any(one.fate is EventFate.UNKNOWN for one in results):
        return StatusNumber.BUSY, LATER
    first = results[0]  # what matters most stands first
    if first.fate is not EventFate.REFUSED:
        return StatusNumber.HANDLED, ""
    problem = first.problem
    if problem is not None and problem.status == ProblemKind.TOO_MANY.status:
        return StatusNumber.BUSY, problem.title
    return StatusNumber.NOT_TREATED, "" if problem is None else f"{problem.title} {problem.detail or ''}"


def openapi() -> Mapping[str, Any]:
    """Describe the call as an OpenAPI path item."""

    def answer(words: str) -> dict[str, Any]:
        return {"description": words, "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}

    schema = _schema()
    return {
        "post": {
            "summary": "Send one request of SCAIP (SS 91100, CLC/TS 50134-9); docs/scaip.md",
            "operationId": "post_scaip",
            "tags": ["integrators"],
            "requestBody": {
                "required": True,
                "content": {MEDIA_TYPE: {"schema": schema}, "application/xml": {"schema": schema}},
            },
            "responses": {
                "200": answer("mrs with snu 0: handled. An alarm is committed"),
                "400": answer("snu 2: it could not be read"),
                "401": json_of("Problem", "Neither an access token nor a signature that holds", PROBLEM_TYPE),
                "403": answer("snu 5: not treated; its integrator may not say this"),
                "408": json_of("Problem", "The body did not arrive in time", PROBLEM_TYPE),
                "413": answer("snu 1: longer than 64 KiB"),
                "422": answer("snu 3, 7 or 10: content, a tag or the reference; an alarm in it is raised"),
                "429": json_of("Problem", "Too many made-up tokens of this address", PROBLEM_TYPE),
                "503": answer("snu 6: not known to be kept, send the same again"),
            },
        }
    }


def _schema() -> Mapping[str, Any]:
    """Describe the parts of a request that every unit sends."""
    tags = {
        "ref": "Reference of the message",
        "cid": "The unit",
        "dty": "Device type",
        "did": "The device",
        "stc": "Status code",
        "mty": "ME message, RE reset, IN update, PI heartbeat",
    }
    return {
        "type": "object",
        "xml": {"name": "mrq"},
        "required": ["ref", "cid", "dty"],
        "properties": {tag: {"type": "string", "description": words} for tag, words in tags.items()},
    }
