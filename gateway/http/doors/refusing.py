"""How a door for events refuses, and says that a batch is not wholly known to be kept."""

from collections.abc import Sequence

import structlog

from gateway.domain.errors import GatewayError, Overloaded
from gateway.door_timing import EVENTS_RETRY_AFTER_S
from gateway.http.bare import Refusal, Send, answer_json, refuse
from gateway.http.problems import problem_of
from schemas.events import BatchAnswer, EventFate, EventResult
from schemas.problems import ProblemKind


async def refuse_for(send: Send, error: Refusal | GatewayError, logged: str) -> None:
    """Send the problem; a fault of ours is logged as ``logged``."""
    if isinstance(error, Refusal):
        await refuse(send, error.problem)
        return
    problem = problem_of(error)
    if problem.status >= ProblemKind.FAILED.status and not isinstance(error, Overloaded):
        structlog.get_logger().error(logged, error=type(error).__name__)
    await refuse(send, problem, EVENTS_RETRY_AFTER_S)


async def answer_batch(send: Send, status: int, results: Sequence[EventResult]) -> None:
    """Send a result an event, with ``status``, or 503 where one is not known to be kept."""
    unknown = any(one.fate is EventFate.UNKNOWN for one in results)
    later = (b"retry-after", str(EVENTS_RETRY_AFTER_S).encode())
    body = BatchAnswer(results=tuple(results)).model_dump_json().encode()
    await answer_json(send, 503 if unknown else status, body, more=(later,) if unknown else ())
