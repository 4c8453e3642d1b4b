"""Another system in a test's hands: an account, its secret, its key, what it sends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519

from gateway.domain.credentials import key_from_pem
from gateway.domain.integrators import Integrator
from gateway.ports import Clock
from gateway.store.connect import Pool
from gateway.store.doors.accounts import PostgresAccounts
from schemas.integrators import IntegratorScope
from tests.support.phone import Draft

EVERY_SCOPE = tuple(IntegratorScope)


@dataclass(frozen=True, kw_only=True)
class Client:
    """An account and its secret."""

    integrator: Integrator
    secret: str

    @property
    def basic(self) -> httpx.BasicAuth:
        return httpx.BasicAuth(str(self.integrator.integrator_id), self.secret)

    async def token(self, http: httpx.AsyncClient, url: str = "", **form: str) -> str:
        """Ask for an access token; return it."""
        given = {"grant_type": "client_credentials", **form}
        answer = await http.post(f"{url}/v1/token", auth=self.basic, data=given)
        answer.raise_for_status()
        return str(answer.json()["access_token"])


async def a_client(
    pool: Pool,
    clock: Clock,
    *scopes: IntegratorScope,
    centres: Iterable[str] = ("BE-VOV",),
    sandbox: bool = False,
    **changes: Any,
) -> Client:
    """Make an account; without scopes with all of them."""
    integrator = Integrator(
        integrator_id=uuid4(),
        name=changes.pop("name", f"integrator-{uuid4()}"),
        scopes=frozenset(scopes or EVERY_SCOPE),
        centres=frozenset(centres),
        sandbox=sandbox,
        created_at=clock.now(),
        **changes,
    )
    return Client(integrator=integrator, secret=await PostgresAccounts(pool, clock).add(integrator))


class SigningKey:
    """A key of an integrator, by which it signs its requests (RFC 9421)."""

    def __init__(self, *, edwards: bool = False) -> None:
        self.key: Any = (
            ed25519.Ed25519PrivateKey.generate() if edwards else ec.generate_private_key(ec.SECP256R1())
        )
        self.algorithm = ED25519 if edwards else ECDSA_P256_SHA256
        self.key_id: UUID = uuid4()

    @property
    def pem(self) -> bytes:
        return bytes(self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    async def kept(self, accounts: PostgresAccounts, integrator: Integrator) -> "SigningKey":
        """Have its public half kept with an account."""
        self.key_id = await accounts.add_key(integrator, *key_from_pem(self.pem))
        return self

    def sign(
        self, method: str, url: str, *, created: datetime, body: bytes | None = None, **changes: Any
    ) -> dict[str, str]:
        """Return the headers that sign a request; ``changes`` go to the library's signer."""
        draft, key_id = Draft(method, url), str(self.key_id)
        signer = HTTPMessageSigner(
            signature_algorithm=self.algorithm,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={key_id: self.key}),
        )
        given: dict[str, Any] = {
            "key_id": key_id,
            "nonce": str(uuid4()),
            "label": "sig1",
            "covered_component_ids": ("@method", "@target-uri"),
            **changes,
        }
        signer.sign(draft, created=created, body=body or None, **given)
        return draft.headers
