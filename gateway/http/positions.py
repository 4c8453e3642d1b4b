"""``POST /v1/alarms/{id}/positions`` as a bare ASGI application, beside the press.

It comes a thousand times as often as a press and is never as urgent. So requests that have arrived pass
one at a time, each in a turn of the event loop of its own: a press that comes behind five hundred of
them is read in the next turn. What waits is bounded; beyond that a companion is told to come back.

A companion's clock may be off by days, so the instant of signing is not judged: what is sent again after
its nonce is forgotten is known by its index.
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import structlog
from starlette.requests import HTTPConnection

from gateway.domain.errors import GatewayError, NotFound, Overloaded
from gateway.http.bare import Receive, Refusal, Scope, Send, answer_json, json_of, read_body, refuse
from gateway.http.problems import MEDIA_TYPE, problem_of
from gateway.http.services import Companions
from gateway.http.signatures import judge, request_urls, signer
from gateway.ingest.batch import read_batch
from gateway.ingest.positions import Positions, SignedAs
from gateway.ports import Clock
from gateway.telemetry import Metrics
from gateway.timing import POSITIONS_RETRY_AFTER_S, POSITIONS_WAITING_BYTES, POSITIONS_WAITING_MAX
from schemas.problems import Problem, ProblemKind
from schemas.track import PositionsReceipt

PATH: Final = re.compile(r"/v1/alarms/([^/]{1,64})/positions")
DOCUMENTED: Final = "/v1/alarms/{alarm_id}/positions"


class PositionsDoor:
    """Takes positions in. 202 means stored."""

    def __init__(
        self,
        companions: Companions,
        public_urls: tuple[str, ...],
        positions: Positions,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._companions = companions
        self._public_urls = public_urls
        self._positions = positions
        self._clock = clock
        self._metrics = metrics
        self._line = Line(POSITIONS_WAITING_MAX, POSITIONS_WAITING_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] != "POST":
            await refuse(send, Problem.of(ProblemKind.METHOD_NOT_ALLOWED))
            return
        try:
            receipt = await self._take(scope, receive)
        except Refusal as refusal:
            self._metrics.batches.labels("refused").inc()
            await refuse(send, refusal.problem)
        except GatewayError as error:
            problem = problem_of(error)
            failed = problem.status >= ProblemKind.FAILED.status
            self._metrics.batches.labels("failed" if failed else "refused").inc()
            if failed and not isinstance(error, Overloaded):
                structlog.get_logger().error("positions_not_stored", error=type(error).__name__)
            await refuse(send, problem, POSITIONS_RETRY_AFTER_S)
        else:
            self._metrics.batches.labels("stored").inc()
            await answer_json(send, 202, receipt.model_dump_json().encode())

    async def _take(self, scope: Scope, receive: Receive) -> PositionsReceipt:
        received_at = self._clock.now()
        body = await read_body(scope, receive)
        await self._line.turn(len(body))
        alarm_id = _alarm_id(scope["path"])
        connection = HTTPConnection(scope)
        verdict = await judge(
            self._companions,
            received_at,
            method=scope["method"],
            urls=request_urls(connection, self._public_urls),
            headers=connection.headers,
            body=body,
        )
        companion, nonce = signer(verdict)
        reading = read_batch(body)
        if reading is None:
            raise Refusal(ProblemKind.MALFORMED)
        self._metrics.fixes.labels("unreadable").inc(reading.dropped)
        signed = SignedAs(
            companion_id=companion.companion_id,
            registration_id=companion.registration_id,
            nonce=nonce,
            created_at=verdict.created_at,
        )
        return await self._positions.take(alarm_id, reading, signed, received_at)


class Line:
    """Requests that pass one at a time, in order; so many may wait, with so many bytes in all."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._free = most
        self._free_bytes = most_bytes
        self._gate = asyncio.Lock()

    async def turn(self, size: int) -> None:
        """Wait for a turn of the event loop of one's own. Raises ``Overloaded``."""
        if self._free <= 0 or self._free_bytes < size:
            raise Overloaded
        self._free -= 1
        self._free_bytes -= size
        try:
            async with self._gate:  # held until the next turn, when it is passed on
                await asyncio.sleep(0)
        finally:
            self._free += 1
            self._free_bytes += size


def _alarm_id(path: str) -> UUID:
    found = PATH.fullmatch(path)
    try:
        return UUID(found[1] if found else "")
    except ValueError:
        raise NotFound from None


def openapi() -> Mapping[str, Any]:
    """Describe the call as an OpenAPI path item; the schemas it names are added by ``gateway.http.app``."""
    return {
        "post": {
            "summary": "Send fixes of an alarm's track; a fix that comes again is known by its index",
            "operationId": "post_positions",
            "tags": ["companion"],
            "parameters": [
                {
                    "name": "alarm_id",
                    "in": "path",
                    "required": True,
                    "description": "The alarm's id",
                    "schema": {"type": "string", "format": "uuid"},
                }
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PositionBatch"}}},
            },
            "responses": {
                "202": json_of("PositionsReceipt", "Stored; what was dropped is counted"),
                "400": json_of("Problem", "There is no list of fixes in it", MEDIA_TYPE),
                "401": json_of("Problem", "Not signed by an enrolled companion, or sent before", MEDIA_TYPE),
                "403": json_of("Problem", "The companion was revoked", MEDIA_TYPE),
                "404": json_of("Problem", "There is no such alarm of hers", MEDIA_TYPE),
                "413": json_of("Problem", "Larger than 64 KiB", MEDIA_TYPE),
                "503": json_of(
                    "Problem", "Not known to be stored: keep the fixes, send them later", MEDIA_TYPE
                ),
            },
        }
    }
