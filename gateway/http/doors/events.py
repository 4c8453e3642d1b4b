"""``POST /v1/events`` as a bare ASGI application: CloudEvents 1.0, structured, in a batch, or binary.

Requests pass one at a time, each in a turn of the event loop of its own, as positions do, and a batch is
read event by event with a turn for others between: a press that comes behind them is read in the next
turn. What may hold an alarm waits for no turn.

A batch is answered 200 with a result an event. Not 207: that is WebDAV's, of one body for many resources.
Where an event of it is not known to be kept the answer is 503, with the results all the same: whoever reads
no more than the status sends all of it again, which changes nothing that was kept.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.requests import HTTPConnection

from gateway.domain.errors import GatewayError, RequestRefused, SignatureInvalid, TooLarge
from gateway.domain.integrators import Inbound, Integrator
from gateway.door_metrics import DoorMetrics
from gateway.door_timing import (
    BATCH_MAX_BYTES,
    EVENTS_A_BATCH,
    EVENTS_RETRY_AFTER_S,
    EVENTS_WAITING_BYTES,
    EVENTS_WAITING_MAX,
)
from gateway.http.bare import Receive, Refusal, Scope, Send, answer_json, json_of, read_body, refuse
from gateway.http.doors.event_requests import BATCH_TYPE, STRUCTURED_TYPE, Headers, Mode, read_headers
from gateway.http.doors.principal import Principals, is_signed
from gateway.http.doors.refusing import answer_batch, refuse_for
from gateway.http.positions import Line
from gateway.http.problems import MEDIA_TYPE
from gateway.ingest.cloud_event import (
    Unread,
    read_batch,
    read_binary,
    read_member,
    read_structured,
)
from gateway.ingest.event_results import failed, outcome_of
from gateway.ingest.in_turns import in_turns
from gateway.ports import Clock, Intake
from gateway.timing import BODY_MAX_BYTES
from schemas.events import EventFate, EventResult
from schemas.problems import Problem, ProblemKind

PATH: Final = "/v1/events"
URGENT: Final = b"be.msa.alarm."
UNCOVERED: Final = (
    "in the binary mode what an event is stands in headers, which the signature does not cover:"
    " sign it structured, or send a token"
)
UNKNOWN_TYPE: Final = "unknown"


class EventsDoor:
    """Takes events in. 201, 200 and 202 mean kept."""

    def __init__(self, principals: Principals, intake: Intake, clock: Clock, metrics: DoorMetrics) -> None:
        self._principals = principals
        self._intake = intake
        self._clock = clock
        self._metrics = metrics
        self._line = Line(EVENTS_WAITING_MAX, EVENTS_WAITING_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] != "POST":
            await refuse(send, Problem.of(ProblemKind.METHOD_NOT_ALLOWED))
            return
        try:
            headers = read_headers(scope["headers"])
            results = await self._take(scope, receive, headers)
        except (Refusal, GatewayError) as error:
            await refuse_for(send, error, "events_not_taken")
        else:
            await _answer(send, headers.mode, results)

    async def _take(self, scope: Scope, receive: Receive, headers: Headers) -> Sequence[EventResult]:
        received_at = self._clock.now()
        if headers.mode is Mode.NONE:
            kinds = f"{STRUCTURED_TYPE}, {BATCH_TYPE} and the headers ce-… of the binary mode"
            raise RequestRefused(f"its content-type is none of {kinds}")
        batch = headers.mode is Mode.BATCH
        body = await read_body(scope, receive, BATCH_MAX_BYTES if batch else BODY_MAX_BYTES)
        if URGENT not in body and URGENT.decode() not in headers.attributes.get("type", ""):
            await self._line.turn(len(body))
        connection = HTTPConnection(scope)
        integrator = await self._principals.of(connection, body)
        if headers.mode is Mode.BINARY and is_signed(connection):
            raise SignatureInvalid(UNCOVERED)
        read = await self._read(integrator, headers, body)
        return await self._taken(read, received_at)

    async def _read(self, integrator: Integrator, headers: Headers, body: bytes) -> list[Inbound | Unread]:
        match headers.mode:
            case Mode.BINARY:
                return [read_binary(integrator, headers.attributes, headers.content_type, body)]
            case Mode.STRUCTURED:
                return [read_structured(integrator, body)]
        sent = read_batch(body)
        if sent is None:
            raise RequestRefused("it is not a JSON array")
        if len(sent) > EVENTS_A_BATCH:
            raise TooLarge(f"it holds more than {EVENTS_A_BATCH} events")
        return [read_member(integrator, one) async for one in in_turns(sent)]

    async def _taken(self, read: Sequence[Inbound | Unread], received_at: Any) -> Sequence[EventResult]:
        """Hand on what could be read; return the results in the order of what was sent."""
        taken = iter(await self._intake.take([one for one in read if isinstance(one, Inbound)], received_at))
        results = []
        for one in read:
            if isinstance(one, Inbound):
                result = next(taken)
                self._metrics.events_in.labels(one.type, outcome_of(result)).inc()
            else:
                result = failed(one.source, one.event_id, one.refused)
                self._metrics.events_in.labels(UNKNOWN_TYPE, outcome_of(result)).inc()
            results.append(result)
        return results


def status_of(result: EventResult) -> int:
    """Return the status of a single event's answer."""
    if result.problem is not None:
        return result.problem.status
    if result.seen_before:
        return 200
    return 201 if result.fate is EventFate.COMMITTED else 202


async def _answer(send: Send, mode: Mode, results: Sequence[EventResult]) -> None:
    if mode is Mode.BATCH:
        await answer_batch(send, 200, results)
        return
    (result,) = results
    if result.problem is not None:
        await refuse(send, result.problem, EVENTS_RETRY_AFTER_S)
    else:
        await answer_json(send, status_of(result), result.model_dump_json().encode())


def openapi() -> Mapping[str, Any]:
    """Describe the call as an OpenAPI path item; the schemas it names are added by ``gateway.http.app``."""
    event = {"$ref": "#/components/schemas/CloudEventIn"}
    return {
        "post": {
            "summary": "Send one event or a batch; the same source and id always get the first answer",
            "operationId": "post_events",
            "tags": ["integrators"],
            "requestBody": {
                "required": True,
                "content": {
                    STRUCTURED_TYPE: {"schema": event},
                    BATCH_TYPE: {"schema": {"type": "array", "items": event, "maxItems": EVENTS_A_BATCH}},
                    "application/json": {
                        "schema": {"type": "object"},
                    },
                },
            },
            "responses": _answers(),
        }
    }


def _answers() -> Mapping[str, Any]:
    """Describe what is answered; how, stands at the top."""
    taken = {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("EventResult", "BatchAnswer")]}
    return {
        "200": {
            "description": "A batch: a result an event. One event: it came before, the first answer",
            "content": {"application/json": {"schema": taken}},
        },
        "201": json_of("EventResult", "An alarm, committed and on its way to the consoles"),
        "202": json_of("EventResult", "Kept, and worked off behind the alarms"),
        "400": json_of("Problem", "It could not be read", MEDIA_TYPE),
        "401": json_of("Problem", "Neither an access token nor a signature that holds", MEDIA_TYPE),
        "403": json_of("Problem", "The scope for this type lacks", MEDIA_TYPE),
        "409": json_of("Problem", "Not now: no perimeter is watched here", MEDIA_TYPE),
        "408": json_of("Problem", "The body did not arrive in time", MEDIA_TYPE),
        "413": json_of("Problem", "Larger than 64 KiB, or a batch than 256 KiB", MEDIA_TYPE),
        "422": json_of("Problem", "A type, version or field that is not known; what is", MEDIA_TYPE),
        "429": json_of("Problem", "Too many wait (never told of an alarm), or made-up tokens", MEDIA_TYPE),
        "503": {
            "description": "Not known to be kept: send the same again",
            "content": {
                MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
                "application/json": {"schema": {"$ref": "#/components/schemas/BatchAnswer"}},
            },
        },
    }
