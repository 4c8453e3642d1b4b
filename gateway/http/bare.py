"""What a bare ASGI application needs: to read a body within bounds, to answer, and to describe its answers.

Such an answer goes to no browser, so its few headers are its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from gateway.http.problems import MEDIA_TYPE, challenge_of
from gateway.timing import BODY_DEADLINE_S, BODY_MAX_BYTES
from schemas.problems import Problem, ProblemKind

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

RETRY_LATER: Final = frozenset({ProblemKind.UNAVAILABLE.status, ProblemKind.TOO_MANY.status})


class Refusal(Exception):
    """The request is not taken; ``problem`` says why."""

    def __init__(self, kind: ProblemKind) -> None:
        super().__init__(kind.title)
        self.problem = Problem.of(kind)


async def read_body(scope: Scope, receive: Receive, most: int = BODY_MAX_BYTES) -> bytes:
    """Return the body; refuse one of more bytes than ``most``, or that trickles in."""
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if not declared.isdigit() or int(declared[:20]) > most:
        raise Refusal(ProblemKind.TOO_LARGE)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_DEADLINE_S):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refusal(ProblemKind.MALFORMED)
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > most:
                    raise Refusal(ProblemKind.TOO_LARGE)
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise Refusal(ProblemKind.TOO_SLOW) from None


async def answer_json(
    send: Send,
    status: int,
    body: bytes,
    kind: bytes = b"application/json",
    more: tuple[tuple[bytes, bytes], ...] = (),
) -> None:
    """Send one answer."""
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Send, problem: Problem, retry_after_s: int = 1) -> None:
    """Send a problem; what is served past FastAPI is posted."""
    more = []
    if problem.status in RETRY_LATER:
        more.append((b"retry-after", str(retry_after_s).encode()))
    if (challenge := challenge_of(problem)) is not None:
        more.append((b"www-authenticate", challenge.encode()))
    if problem.status == ProblemKind.METHOD_NOT_ALLOWED.status:
        more.append((b"allow", b"POST"))
    await answer_json(
        send, problem.status, problem.model_dump_json().encode(), MEDIA_TYPE.encode(), tuple(more)
    )


def json_of(name: str, words: str, kind: str = "application/json") -> dict[str, Any]:
    """Describe an answer whose body is the schema ``name``."""
    return {"description": words, "content": {kind: {"schema": {"$ref": f"#/components/schemas/{name}"}}}}
