"""A door that speaks one standard's format: one request becomes events, and each gets its result.

Requests pass one at a time, as other events do; what comes by such a door is no alarm, and a press never
waits for it.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.requests import HTTPConnection

from gateway.domain.errors import GatewayError
from gateway.domain.integrators import Inbound, Integrator
from gateway.door_metrics import DoorMetrics
from gateway.door_timing import EVENTS_WAITING_BYTES, EVENTS_WAITING_MAX
from gateway.http.bare import Receive, Refusal, Scope, Send, json_of, read_body, refuse
from gateway.http.doors.principal import Principals
from gateway.http.doors.refusing import answer_batch, refuse_for
from gateway.http.positions import Line
from gateway.http.problems import MEDIA_TYPE
from gateway.ingest.event_results import outcome_of
from gateway.ports import Clock, Intake
from schemas.events import EventResult
from schemas.problems import Problem, ProblemKind


class FormatDoor(ABC):
    """A bare ASGI application. 202 means kept; 503 that the same again is right."""

    body_max_bytes: int

    def __init__(self, principals: Principals, intake: Intake, clock: Clock, metrics: DoorMetrics) -> None:
        self._principals = principals
        self._intake = intake
        self._clock = clock
        self._metrics = metrics
        self._line = Line(EVENTS_WAITING_MAX, EVENTS_WAITING_BYTES)

    @abstractmethod
    def read(
        self, connection: HTTPConnection, body: bytes, integrator: Integrator, received_at: datetime
    ) -> Sequence[Inbound]:
        """Return what a request comes to. Raises ``RequestRefused``."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] != "POST":
            await refuse(send, Problem.of(ProblemKind.METHOD_NOT_ALLOWED))
            return
        try:
            results = await self._take(scope, receive)
        except (Refusal, GatewayError) as error:
            await refuse_for(send, error, "format_not_taken")
        else:
            await answer_batch(send, 202, results)

    async def _take(self, scope: Scope, receive: Receive) -> Sequence[EventResult]:
        received_at = self._clock.now()
        connection = HTTPConnection(scope)
        body = await read_body(scope, receive, self.body_max_bytes)
        await self._line.turn(len(body))
        integrator = await self._principals.of(connection, body)
        events = self.read(connection, body, integrator, received_at)
        results = await self._intake.take(events, received_at)
        for event, result in zip(events, results, strict=True):
            self._metrics.events_in.labels(event.type, outcome_of(result)).inc()
        return results


def content_type_of(connection: HTTPConnection) -> str:
    """Return the media type without its parameters, in small letters."""
    return connection.headers.get("content-type", "").partition(";")[0].strip().lower()


def described(
    *,
    summary: str,
    operation: str,
    bodies: Mapping[str, Mapping[str, Any]],
    parameter: Mapping[str, Any],
    answers: Mapping[str, str],
) -> Mapping[str, Any]:
    """Describe such a call as an OpenAPI path item; the schemas it names are added by ``gateway.http.app``.

    ``answers``: what 202 means, and the words of refusals that are the format's own.
    """
    refusals = {
        "400": "It could not be read",
        "401": "Neither an access token nor a signature that holds",
        "403": "The scope for it lacks",
        "408": "The body did not arrive in time",
        "413": "Larger than it may be",
        "422": "Not of this format, or of nobody",
        "429": "Too many wait, or too many made-up tokens of this address",
    } | {status: words for status, words in answers.items() if status != "202"}
    both = json_of("Problem", "", MEDIA_TYPE)["content"] | json_of("BatchAnswer", "")["content"]
    return {
        "post": {
            "summary": summary,
            "operationId": operation,
            "tags": ["integrators"],
            "parameters": [dict(parameter)],
            "requestBody": {
                "required": True,
                "content": {kind: {"schema": dict(schema)} for kind, schema in bodies.items()},
            },
            "responses": {
                "202": json_of("BatchAnswer", answers["202"]),
                **{status: json_of("Problem", words, MEDIA_TYPE) for status, words in refusals.items()},
                "503": {"description": "Not known to be kept: send the same again", "content": both},
            },
        }
    }
