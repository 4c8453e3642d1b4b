"""The one place where an error becomes a problem (RFC 9457); no value anyone sent is repeated."""

import uuid
from pathlib import Path
from typing import Final

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.domain.errors import FieldInvalid, GatewayError
from gateway.domain.wording import field_errors
from gateway.http.allowed import allowed_on
from schemas.problems import Problem, ProblemKind

MEDIA_TYPE: Final = "application/problem+json"
KIND_OF_STATUS: Final = {
    400: ProblemKind.MALFORMED,
    404: ProblemKind.NOT_FOUND,
    405: ProblemKind.METHOD_NOT_ALLOWED,
    408: ProblemKind.TOO_SLOW,
    413: ProblemKind.TOO_LARGE,
    429: ProblemKind.TOO_MANY,
    503: ProblemKind.UNAVAILABLE,
}
RETRY_AFTER_SECONDS: Final = {ProblemKind.TOO_MANY: 10, ProblemKind.UNAVAILABLE: 1}

SIGNATURE_CHALLENGE: Final = 'Signature realm="msa"'
BEARER_CHALLENGE: Final = 'Bearer realm="msa"'
SESSION_CHALLENGE: Final = 'Session realm="msa"'
CHALLENGES: Final = {
    ProblemKind.NOT_SIGNED_IN: SESSION_CHALLENGE,
    ProblemKind.WRONG_CREDENTIALS: SESSION_CHALLENGE,
    ProblemKind.SIGNATURE_MISSING: SIGNATURE_CHALLENGE,
    ProblemKind.SIGNATURE_INVALID: SIGNATURE_CHALLENGE,
    ProblemKind.SIGNATURE_REPLAYED: SIGNATURE_CHALLENGE,
    ProblemKind.TOKEN_MISSING: f"{BEARER_CHALLENGE}, {SIGNATURE_CHALLENGE}",
    ProblemKind.TOKEN_INVALID: f'{BEARER_CHALLENGE}, error="invalid_token"',
    ProblemKind.SCOPE_MISSING: f'{BEARER_CHALLENGE}, error="insufficient_scope"',
}
"""What a 401 asks for (RFC 9110, 11.6.1): RFC 9421's signature, an access token (RFC 6750, 3), or the
cookie of ``/v1/session``. No browser knows any of them, so none opens a dialogue of its own."""

_CHALLENGE_OF_TYPE: Final = {Problem.of(kind).type: challenge for kind, challenge in CHALLENGES.items()}

log = structlog.get_logger()


def install(app: FastAPI) -> None:
    """Make every refusal and failure of ``app`` a problem."""
    app.add_exception_handler(GatewayError, _of_ours)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_starlette)
    app.add_middleware(Failures)


def problem_of(error: GatewayError) -> Problem:
    """Return the problem an error of ours leaves as."""
    errors = error.errors if isinstance(error, FieldInvalid) else ()
    detail = None if error.kind.status >= 500 else error.detail
    return Problem.of(error.kind, detail, errors=errors)


def challenge_of(problem: Problem) -> str | None:
    """Return the ``WWW-Authenticate`` of a problem, if it asks for something."""
    return _CHALLENGE_OF_TYPE.get(problem.type)


def response_of(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """Return the response that carries a problem."""
    body = problem.model_dump_json(exclude_none=True)
    return Response(body, problem.status, headers, MEDIA_TYPE)


class Failures:
    """Outermost: answers ``failed`` for what nobody foresaw, and logs where it was, by an id.

    The exception's own words are left out of answer and log: they may hold what somebody sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 (the edge: a request's failure must not be the server's)
            failure = f"urn:uuid:{uuid.uuid4()}"
            where = _where(error)
            log.error("request.failed", failure=failure, route=_route(scope), **where)  # noqa: TRY400 (its words stay out)
            if not started:
                await response_of(Problem.of(ProblemKind.FAILED, instance=failure))(scope, receive, send)


async def _of_ours(_: Request, error: Exception) -> Response:
    if not isinstance(error, GatewayError):
        raise TypeError("registered for GatewayError only") from error
    if error.kind.status >= 500:
        log.warning("request.not_served", problem=error.kind.slug, error=type(error).__name__)
    headers = {}
    if error.kind in RETRY_AFTER_SECONDS:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS[error.kind])
    if error.kind in CHALLENGES:
        headers["WWW-Authenticate"] = CHALLENGES[error.kind]
    return response_of(problem_of(error), headers)


async def _of_validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise TypeError("registered for RequestValidationError only") from error
    found = error.errors()
    if any(one["loc"][0] == "path" for one in found) and (refused := _not_allowed(request)):
        return refused
    if any(one["type"] == "json_invalid" for one in found):
        return response_of(Problem.of(ProblemKind.MALFORMED, "the body is not JSON"))
    errors = field_errors(found, skip=1)  # the first part says body, path or query
    return response_of(Problem.of(ProblemKind.INVALID, errors=errors))


async def _of_starlette(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise TypeError("registered for HTTPException only") from error
    fallback = ProblemKind.FAILED if error.status_code >= 500 else ProblemKind.MALFORMED
    kind = KIND_OF_STATUS.get(error.status_code, fallback)
    headers = dict(error.headers or {})
    about_path = kind in {ProblemKind.NOT_FOUND, ProblemKind.METHOD_NOT_ALLOWED}
    if about_path and (refused := _not_allowed(request)):
        return refused
    return response_of(Problem.of(kind), headers)


def _not_allowed(request: Request) -> Response | None:
    """Refuse a method that the path has not; None: it has it, or is in no document.

    Another route that fits may take it: one whose template takes any value, or the console's files.
    """
    allowed = allowed_on(request.app, request.url.path)
    if not allowed or request.method in allowed:
        return None
    return response_of(Problem.of(ProblemKind.METHOD_NOT_ALLOWED), {"Allow": ", ".join(allowed)})


def _route(scope: Scope) -> str:
    """Name the route, not the path: a path may hold a code."""
    return str(getattr(scope.get("route"), "path", "unknown"))


def _where(error: BaseException) -> dict[str, str]:
    trace, places = error.__traceback__, []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return {"error": type(error).__name__, "where": " < ".join(reversed(places[-6:]))}
