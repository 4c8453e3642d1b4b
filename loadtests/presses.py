"""Presses prepared in advance: the bytes of signed requests, so that sending one costs a write."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256

from loadtests.samples import press_body, utc_now
from schemas.enrolment import COVERED_WITH_BODY, SIGNATURE_LABEL
from schemas.press import Purpose

PURPOSES: Final = (Purpose.REAL, Purpose.TEST)
"""Each opens an alarm of its own for a registration, and both go the very same way."""


@dataclass(frozen=True, slots=True)
class Companion:
    """An enrolled companion and the key it signs with."""

    companion_id: UUID
    registration_id: UUID
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Prepared:
    """One press, ready to be written to a socket."""

    press_id: UUID
    registration_id: UUID
    request: bytes


@dataclass(slots=True)
class _Message:
    """What the signing library reads and writes of a request."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


class PressMaker:
    """Signs presses for one gateway, first those that open an alarm.

    ``fresh`` is how many more presses will open one; those after are further presses on alarms that
    are open, which the gateway commits and fans out in the same way.
    """

    def __init__(self, url: str, companions: Sequence[Companion]) -> None:
        self._url = f"{url}/v1/presses"
        self._host = urlsplit(url).netloc
        self._senders = list(product(PURPOSES, companions))
        self._next = 0

    @property
    def fresh(self) -> int:
        """How many more presses will open an alarm."""
        return max(0, len(self._senders) - self._next)

    def prepare(self, count: int) -> list[Prepared]:
        """Sign ``count`` presses now; the gateway takes them as fresh for 300 s."""
        return [self._prepare(*sender) for sender in self._take(count)]

    def _take(self, count: int) -> Iterator[tuple[Purpose, Companion]]:
        for _ in range(count):
            yield self._senders[self._next % len(self._senders)]
            self._next += 1

    def _prepare(self, purpose: Purpose, companion: Companion) -> Prepared:
        now, press_id = utc_now(), uuid4()
        body = press_body(press_id, purpose, now)
        key_id = str(companion.companion_id)
        message = _Message("POST", self._url, {"Content-Type": "application/json"})
        HTTPMessageSigner(
            signature_algorithm=ECDSA_P256_SHA256,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={key_id: companion.key}),
        ).sign(
            message,
            key_id=key_id,
            created=now,
            nonce=str(press_id),
            label=SIGNATURE_LABEL,
            covered_component_ids=COVERED_WITH_BODY,
            body=body,
        )
        return Prepared(press_id, companion.registration_id, self._request(message.headers, body))

    def _request(self, headers: dict[str, str], body: bytes) -> bytes:
        lines = [f"{name}: {value}" for name, value in headers.items()]
        head = ["POST /v1/presses HTTP/1.1", f"Host: {self._host}", f"Content-Length: {len(body)}", *lines]
        return "\r\n".join((*head, "", "")).encode() + body
