"""``POST /v1/token``: OAuth 2.0 client credentials (RFC 6749 section 4.4), for integrators.

It says neither whether there is such a client nor why its secret does not hold, and takes as long for each.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, unquote_plus
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, status
from starlette.requests import Request
from starlette.responses import Response

from gateway.domain.errors import TooMany
from gateway.domain.integrators import Integrator
from gateway.door_timing import TOKEN_S
from gateway.http.doors.principal import TOKEN_PATH
from gateway.http.doors.services import DoorServices, doors_of
from gateway.http.services import address_of, services_of
from schemas.integrators import SCOPE_WORDS, IntegratorScope, TokenAnswer, TokenError, TokenRefusal
from schemas.problems import Problem

router = APIRouter(tags=["integrators"])
Given = Annotated[DoorServices, Depends(doors_of)]

FORM: Final = "application/x-www-form-urlencoded"
GRANT: Final = "client_credentials"
MOST_FIELDS: Final = 20
BASIC_CHALLENGE: Final = 'Basic realm="msa", charset="UTF-8"'
NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}

REQUEST_BODY: Final[Mapping[str, Any]] = {
    "required": True,
    "content": {
        FORM: {
            "schema": {
                "type": "object",
                "required": ["grant_type"],
                "properties": {
                    "grant_type": {"type": "string", "enum": [GRANT]},
                    "scope": {
                        "type": "string",
                        "description": "Some of the account's scopes, separated by spaces; without it all: "
                        + ", ".join(SCOPE_WORDS),
                    },
                    "client_id": {"type": "string", "description": "Unless it comes by HTTP Basic"},
                    "client_secret": {"type": "string", "format": "password"},
                },
            }
        }
    },
}


@dataclass(frozen=True, slots=True)
class Client:
    """Who a request claims to be from."""

    client_id: str
    secret: str


class Refused(Exception):
    """There is no token."""

    def __init__(self, error: TokenError, description: str) -> None:
        super().__init__(description)
        self.refusal = TokenRefusal(error=error, error_description=description)


@router.post(
    TOKEN_PATH,
    openapi_extra={"requestBody": dict(REQUEST_BODY)},
    response_model=TokenAnswer,
    responses={
        400: {"model": TokenRefusal, "description": "The request, the grant or the scope is wrong"},
        401: {"model": TokenRefusal, "description": "The client or its secret does not hold"},
        429: {"model": Problem, "description": "Too many tokens were asked for; wait and try again"},
        503: {"model": Problem, "description": "The gateway cannot commit now; send the same again"},
    },
)
async def token(request: Request, doors: Given) -> Response:
    """Get an access token, which holds for a quarter of an hour; name the client by Basic or in the form."""
    try:
        answer = await _granted(request, doors)
    except Refused as refused:
        refusal = refused.refusal
        doors.metrics.tokens.labels(refusal.error).inc()
        unknown = refusal.error is TokenError.INVALID_CLIENT
        headers = {**NO_STORE, "WWW-Authenticate": BASIC_CHALLENGE} if unknown else NO_STORE
        code = status.HTTP_401_UNAUTHORIZED if unknown else status.HTTP_400_BAD_REQUEST
        return Response(refusal.model_dump_json(), code, headers, "application/json")
    doors.metrics.tokens.labels("granted").inc()
    return Response(answer.model_dump_json(), 200, NO_STORE, "application/json")


async def _granted(request: Request, doors: DoorServices) -> TokenAnswer:
    given = _form(request, await request.body())
    if "grant_type" not in given:
        raise Refused(TokenError.INVALID_REQUEST, "grant_type is missing")
    if given["grant_type"] != GRANT:
        raise Refused(TokenError.UNSUPPORTED_GRANT_TYPE, f"grant_type is {GRANT}")
    client = _client(request, given)
    _throttle(request, doors, client)
    integrator = await doors.credentials.client(_uuid(client.client_id), client.secret)
    made = None
    if integrator is not None:
        scopes = _scopes(integrator, given.get("scope", ""))
        made = await doors.credentials.new_token(integrator, scopes)
    if made is None:
        raise Refused(TokenError.INVALID_CLIENT, "the client, or its secret, is unknown")
    return TokenAnswer(access_token=made, expires_in=TOKEN_S, scope=" ".join(sorted(scopes)))


def _form(request: Request, body: bytes) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise Refused(TokenError.INVALID_REQUEST, f"the body is {FORM}")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=False, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refused(TokenError.INVALID_REQUEST, "the form cannot be read") from None
    given = dict(pairs)
    if len(given) != len(pairs):
        raise Refused(TokenError.INVALID_REQUEST, "a field comes twice")
    return given


def _client(request: Request, given: Mapping[str, str]) -> Client:
    """Read who it claims to be from: one way and not both (RFC 6749 section 2.3)."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        if "client_secret" in given:
            raise Refused(TokenError.INVALID_REQUEST, "name the client by Basic or in the form, not both")
        client = _basic(encoded)
        if given.get("client_id", client.client_id) != client.client_id:
            raise Refused(TokenError.INVALID_REQUEST, "client_id is another than that of Basic")
        return client
    if "client_id" not in given or "client_secret" not in given:
        raise Refused(TokenError.INVALID_CLIENT, "give client_id and client_secret, by Basic or in the form")
    return Client(given["client_id"], given["client_secret"])


def _basic(encoded: str) -> Client:
    try:
        name, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        name, colon, secret = "", "", ""
    if not colon:
        raise Refused(TokenError.INVALID_CLIENT, "the credentials of Basic cannot be read")
    return Client(unquote_plus(name), unquote_plus(secret))


def _throttle(request: Request, doors: DoorServices, client: Client) -> None:
    now, address = services_of(request).clock.monotonic(), address_of(request)
    throttles = doors.token_throttles
    if doors.credentials.seen(_uuid(client.client_id), client.secret):
        allowed = throttles.known.allow(str(_uuid(client.client_id)), now)
    else:
        one = f"{client.client_id[:64]} {address}"
        allowed = throttles.address.allow(address, now) and throttles.client.allow(one, now)
    if not allowed:
        doors.metrics.tokens.labels("throttled").inc()
        raise TooMany


def _scopes(integrator: Integrator, wanted: str) -> frozenset[IntegratorScope]:
    """Return the scopes asked for; all of the account's where none is."""
    named = wanted.split()
    if not named:
        return integrator.scopes
    if not integrator.scopes.issuperset(named):
        raise Refused(TokenError.INVALID_SCOPE, "a scope is unknown, or not the account's")
    return frozenset(map(IntegratorScope, named))


def _uuid(client_id: str) -> UUID:
    """Read a client's id; what is none is looked up all the same, as long as one that nobody has."""
    try:
        return UUID(client_id)
    except ValueError:
        return uuid4()
