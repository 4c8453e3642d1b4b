"""Which other system a request is from: an access token (RFC 6750), or a signature (RFC 9421).

A router of FastAPI asks with the dependency ``scoped_to(IntegratorScope…)``, or calls ``integrator_of``
with a body it has read itself. A bare door is given ``Principals`` and asks ``of``.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Security
from fastapi.openapi.models import OAuth2 as OAuth2Model
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection, Request

from gateway.domain.credentials import IntegratorKey
from gateway.domain.door_errors import ScopeMissing, TokenInvalid, TokenMissing
from gateway.domain.errors import RequestRefused, SignatureInvalid, SignatureReplayed, TooMany
from gateway.domain.integrators import Integrator
from gateway.domain.throttle import Throttle
from gateway.door_metrics import DoorMetrics
from gateway.door_timing import STRANGER_TRIES, STRANGER_TRY_S
from gateway.http.doors.services import doors_of
from gateway.http.message_signatures import LONGEST_NONCE, NONCE_KEPT, Signed, examine
from gateway.http.services import address_of
from gateway.http.signatures import KEY_ID, request_urls
from gateway.ports import Clock, Credentials, Integrators
from schemas.integrators import SCOPE_WORDS, IntegratorScope

BEARER: Final = "bearer"
TOKEN_PATH: Final = "/v1/token"  # noqa: S105 (a path)


class Principals:
    """Says who sent a request."""

    def __init__(
        self,
        integrators: Integrators,
        credentials: Credentials,
        *,
        clock: Clock,
        public_urls: Sequence[str],
        metrics: DoorMetrics,
    ) -> None:
        self._integrators = integrators
        self._credentials = credentials
        self._clock = clock
        self._public_urls = tuple(public_urls)
        self._metrics = metrics
        self._strangers = Throttle(burst=STRANGER_TRIES, every_s=STRANGER_TRY_S)

    async def of(self, connection: HTTPConnection, body: bytes) -> Integrator:
        """Return whose request this is, with the scopes it has here; ``body`` is all of it, read already.

        Raises ``TokenMissing``, ``TokenInvalid``, ``SignatureInvalid``, ``SignatureReplayed``, ``TooMany``
        (tokens that no node made, of this address), ``DatabaseUnavailable``.
        """
        try:
            return await self._of(connection, body)
        except RequestRefused as refused:
            self._metrics.refused.labels(refused.kind.slug).inc()
            raise

    async def _of(self, connection: HTTPConnection, body: bytes) -> Integrator:
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == BEARER:
            integrator = await self._of_token(connection, token.strip())
            if integrator is None:
                raise TokenInvalid
            return integrator
        if is_signed(connection):
            return await self._signed(connection, body)
        raise TokenMissing

    async def _of_token(self, connection: HTTPConnection, token: str) -> Integrator | None:
        """Look a token up; those that strangers make up are bound by their address, and those alone."""
        if not self._integrators.vouched(token):
            now = self._clock.monotonic()
            if not self._strangers.allow(address_of(connection), now):
                raise TooMany
        return await self._integrators.of_token(token)

    async def _signed(self, connection: HTTPConnection, body: bytes) -> Integrator:
        """Return who signed; a key that nobody has is refused as a signature that does not hold."""
        key = await self._key(connection.headers.get("signature-input", ""))
        if key is None:
            raise SignatureInvalid
        signed = Signed(
            method=connection.scope["method"],
            urls=request_urls(connection, self._public_urls),
            headers=connection.headers,
            body=body,
        )
        now = self._clock.now()
        held = examine(str(key.key_id), key.public_key, signed, now)
        if held is None or not held.digest_holds or not held.nonce or len(held.nonce) > LONGEST_NONCE:
            raise SignatureInvalid
        if held.skewed(now):
            raise SignatureReplayed("it is dated more than 300 s from the gateway's clock")
        if held.expires_at is not None and held.expires_at < now:
            raise SignatureReplayed("it has expired, by its own word")
        if not await self._credentials.take_nonce(key.key_id, held.nonce, now + NONCE_KEPT):
            raise SignatureReplayed("its nonce was used before")
        return key.integrator

    async def _key(self, signature_input: str) -> IntegratorKey | None:
        claimed = KEY_ID.search(signature_input)
        try:
            return None if claimed is None else await self._credentials.key(UUID(claimed[1]))
        except ValueError:
            return None


def is_signed(connection: HTTPConnection) -> bool:
    """Whether a request stands on its signature; where a token comes as well, that counts."""
    scheme = connection.headers.get("authorization", "").partition(" ")[0]
    return scheme.lower() != BEARER and "signature-input" in connection.headers


class _Described(SecurityBase):
    """Says in the OpenAPI document how a call is authorised; it judges nothing."""

    def __init__(self) -> None:
        scopes = {str(scope): words for scope, words in SCOPE_WORDS.items()}
        flow = OAuthFlowClientCredentials(tokenUrl=TOKEN_PATH, scopes=scopes)
        self.scheme_name = "integrator"
        self.model: Any = OAuth2Model(
            flows=OAuthFlows(clientCredentials=flow),
            description="An access token, as a Bearer; or instead an RFC 9421 signature by a key of the"
            " integrator (docs/integrators.md)",
        )

    async def __call__(self, _: Request) -> None:
        """Leave it to ``Principals``."""

    def written(self) -> dict[str, Any]:
        """Return it as the document has it, for calls past FastAPI."""
        written: dict[str, Any] = self.model.model_dump(mode="json", by_alias=True, exclude_none=True)
        return written


DESCRIBED: Final = _Described()


async def integrator_of(connection: HTTPConnection, body: bytes) -> Integrator:
    """Return whose request this is. Raises what ``Principals.of`` does."""
    return await doors_of(connection).principals.of(connection, body)


def require(integrator: Integrator, *scopes: IntegratorScope) -> None:
    """Let through who has all of these scopes. Raises ``ScopeMissing``, which names those that lack."""
    lacking = sorted(set(scopes) - integrator.scopes)
    if lacking:
        raise ScopeMissing(" ".join(lacking))


def scoped_to(*scopes: IntegratorScope) -> Callable[..., Awaitable[Integrator]]:
    """Make a dependency that lets integrators through that have all of these scopes; none: any of them.

    Raises what ``Principals.of`` does, and ``ScopeMissing``.
    """
    described = Security(DESCRIBED, scopes=[str(scope) for scope in scopes])

    async def scoped(request: Request, _: Annotated[None, described]) -> Integrator:
        integrator = await integrator_of(request, await request.body())
        require(integrator, *scopes)
        return integrator

    return scoped
