"""The provider, over HTTP: discovery, keys, the exchange of a code, the person's claims.

What it says of itself and its keys are kept for a while; a key that is not among them is looked for once
more, not oftener than every ``OIDC_KEYS_AGAIN_S``. Every answer is bounded in time and size.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

import httpx
from authlib.common.security import generate_token
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import KeySet

from gateway.domain.claims import has_all
from gateway.oidc.client import Client
from gateway.oidc.errors import Refusal, SignInRefused
from gateway.oidc.metadata import BASIC, WELL_KNOWN, Metadata, read_metadata
from gateway.oidc.tokens import Expected, UnknownKey, checked_claims, key_set
from gateway.ports import Clock
from gateway.timing import OIDC_ANSWER_BYTES, OIDC_KEPT_S, OIDC_KEYS_AGAIN_S, OIDC_TRY_S

SECRET_CHARACTERS = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """A sign-in that was begun: what only this gateway knows of it. ``again``: by somebody signed in."""

    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)
    redirect_uri: str
    again: bool
    replaces: bytes | None = field(repr=False)
    begun_at: datetime


class Provider:
    """One OpenID provider."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self.client = client
        self._clock = clock
        self._trusted = ssl.create_default_context()
        self._turn = asyncio.Lock()
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def begin(self, redirect_uri: str, *, again: bool, replaces: bytes | None) -> UnderWay:
        """Make the secrets of one sign-in."""
        return UnderWay(
            nonce=generate_token(SECRET_CHARACTERS),
            code_verifier=generate_token(SECRET_CHARACTERS),
            redirect_uri=redirect_uri,
            again=again,
            replaces=replaces,
            begun_at=self._clock.now(),
        )

    async def address(self, sign_in: UnderWay, state: str) -> str:
        """Return where the browser goes to sign in. Raises ``SignInRefused``.

        Who signs in again proves anew who she is: that the provider remembers her is what ran out.
        """
        metadata = await self.metadata()
        anew = {"prompt": "login", "max_age": 0} if sign_in.again else {}
        return str(
            prepare_grant_uri(
                metadata.authorization_endpoint,
                self.client.client_id,
                "code",
                redirect_uri=sign_in.redirect_uri,
                scope=self.client.scopes,
                state=state,
                nonce=sign_in.nonce,
                code_challenge=create_s256_code_challenge(sign_in.code_verifier),
                code_challenge_method="S256",
                **anew,
            )
        )

    async def check_issuer(self, said: str | None) -> None:
        """Refuse an answer of another provider (RFC 9207). Raises ``SignInRefused``."""
        metadata = await self.metadata()
        if said is None and not metadata.says_issuer:
            return
        if said != metadata.issuer:
            raise SignInRefused(Refusal.FAILED, "the answer is of another issuer")

    async def redeem(self, code: str, sign_in: UnderWay) -> Mapping[str, Any]:
        """Exchange a code for the claims about who signed in. Raises ``SignInRefused``."""
        metadata = await self.metadata()
        answer = await self._exchange(code, sign_in, metadata)
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise SignInRefused(Refusal.FAILED, "the provider gave no ID token")
        expected = Expected(
            issuer=metadata.issuer,
            client_id=self.client.client_id,
            nonce=sign_in.nonce,
            access_token=access_token,
            algorithms=metadata.algorithms,
            now_s=int(self._clock.now().timestamp()),
            proved_since_s=int(sign_in.begun_at.timestamp()) if sign_in.again else None,
        )
        claims = await self._believed(id_token, expected)
        if metadata.userinfo_endpoint is None or has_all(claims, self.client.rules):
            return claims
        more = await self._ask("GET", metadata.userinfo_endpoint, {"Authorization": f"Bearer {access_token}"})
        if more.get("sub") != claims["sub"]:
            raise SignInRefused(Refusal.FAILED, "the provider tells of somebody else")
        return {**more, **claims}

    async def end_session_address(self, home: str) -> str | None:
        """Return where the browser goes to sign out there too, and comes ``home`` from; None: nowhere."""
        try:
            endpoint = (await self.metadata()).end_session_endpoint
        except SignInRefused:
            return None
        if endpoint is None:
            return None
        given = [("client_id", self.client.client_id), ("post_logout_redirect_uri", home)]
        return str(add_params_to_uri(endpoint, given))

    async def metadata(self) -> Metadata:
        """Return what the provider says of itself, at most an hour old. Raises ``SignInRefused``."""
        async with self._turn:
            now = self._clock.monotonic()
            if self._metadata is None or now - self._metadata[0] >= OIDC_KEPT_S:
                address = self.client.issuer.rstrip("/") + WELL_KNOWN
                self._metadata = now, read_metadata(await self._ask("GET", address), self.client.issuer)
            return self._metadata[1]

    async def keys(self, older_than_s: float = OIDC_KEPT_S) -> KeySet:
        """Return the provider's keys, read anew when older than so many seconds. Raises ``SignInRefused``."""
        address = (await self.metadata()).jwks_uri
        async with self._turn:
            now = self._clock.monotonic()
            if self._keys is None or now - self._keys[0] >= older_than_s:
                document = await self._ask("GET", address)
                self._keys = now, await asyncio.to_thread(key_set, document)
            return self._keys[1]

    async def _believed(self, id_token: str, expected: Expected) -> dict[str, Any]:
        for older_than_s in (OIDC_KEPT_S, OIDC_KEYS_AGAIN_S):
            keys = await self.keys(older_than_s)
            try:
                return await asyncio.to_thread(checked_claims, id_token, keys, expected)
            except UnknownKey:
                continue
        raise SignInRefused(Refusal.FAILED, "the ID token is signed with a key nobody knows")

    async def _exchange(self, code: str, sign_in: UnderWay, metadata: Metadata) -> Mapping[str, Any]:
        body = prepare_token_request(
            "authorization_code",
            redirect_uri=sign_in.redirect_uri,
            code=code,
            code_verifier=sign_in.code_verifier,
        )
        client_id, secret, method = self.client.client_id, self.client.secret, metadata.secret_by
        if secret is None:
            method = "none"
        elif method == BASIC:  # RFC 6749, 2.3.1: both are form-encoded first
            client_id, secret = quote_plus(client_id), quote_plus(secret)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        prepared = ClientAuth(client_id, secret, method).prepare(
            "POST", metadata.token_endpoint, headers, body
        )
        address, headers, body = prepared
        return await self._ask("POST", address, headers, body)

    async def _ask(
        self, method: str, address: str, headers: Mapping[str, str] | None = None, body: str | None = None
    ) -> Mapping[str, Any]:
        """Call the provider and return its JSON object; what it refuses is an error, and follows nothing."""
        try:
            async with asyncio.timeout(OIDC_TRY_S), httpx.AsyncClient(verify=self._trusted) as http:
                asked = {"Accept": "application/json", **(headers or {})}
                async with http.stream(method, address, headers=asked, content=body) as response:
                    answer = await _bounded(response)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
            raise SignInRefused(Refusal.UNREACHABLE, type(error).__name__) from None
        if response.status_code >= 500:
            raise SignInRefused(Refusal.UNREACHABLE, f"the provider answered {response.status_code}")
        try:
            said = json.loads(answer)
        except ValueError:
            said = None
        if response.status_code == 400 and isinstance(said, dict) and said.get("error") == "invalid_grant":
            raise SignInRefused(Refusal.EXPIRED, "the code was used before or is too old")
        if response.status_code != 200 or not isinstance(said, dict):
            raise SignInRefused(Refusal.FAILED, f"the provider answered {response.status_code}")
        return said


async def _bounded(response: httpx.Response) -> bytes:
    parts, size = [], 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > OIDC_ANSWER_BYTES:
            raise SignInRefused(Refusal.FAILED, "the provider's answer is too long")
        parts.append(part)
    return b"".join(parts)
