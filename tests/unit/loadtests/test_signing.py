from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from http_message_signatures import HTTPMessageVerifier, InvalidSignature, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256

from gateway.http.exact_signature import verify_exact
from loadtests.signing import Companion, signed_post

URL = "http://127.0.0.1:8112"
BODY = b'{"a": 1}'


class Message:
    method = "POST"
    url = f"{URL}/v1/presses"

    def __init__(self, headers: dict[str, str]) -> None:
        self.headers = headers


def headers_of(request: bytes) -> dict[str, str]:
    head = request.partition(b"\r\n\r\n")[0].partition(b"\r\n")[2]
    return dict(BytesHeaderParser().parsebytes(head).items())


def verify(companion: Companion, request: bytes) -> None:
    keys = {str(companion.companion_id): companion.key.public_key()}
    verifier = HTTPMessageVerifier(
        signature_algorithm=ECDSA_P256_SHA256,
        key_resolver=MappingKeyResolver(public_keys=keys, private_keys={}),
    )
    (found,) = verifier.verify(Message(headers_of(request)))
    assert "content-digest" in str(found.covered_components)


def test_a_request_is_signed_as_the_library_reads_it() -> None:
    companion = Companion(uuid4(), uuid4(), ec.generate_private_key(ec.SECP256R1()))
    now = datetime.now(UTC)  # noqa: TID251 (the library compares it with the clock)
    request = signed_post(URL, "/v1/presses", companion, BODY, nonce=uuid4(), now=now)
    assert request.endswith(b"\r\n\r\n" + BODY)
    verify(companion, request)
    with pytest.raises(InvalidSignature):
        verify(companion, request.replace(b"created=1", b"created=2"))


def test_a_request_is_signed_in_the_one_spelling_that_the_gateway_verifies_quickly() -> None:
    companion, nonce = Companion(uuid4(), uuid4(), ec.generate_private_key(ec.SECP256R1())), uuid4()
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    request = signed_post(URL, "/v1/presses", companion, BODY, nonce=nonce, now=now)
    headers = {name.lower(): value for name, value in headers_of(request).items()}
    key = companion.key.public_key()
    found = verify_exact(key, str(companion.companion_id), "POST", Message.url, headers, BODY)
    assert found is not None
    assert (found.created, found.nonce) == (int(now.timestamp()), str(nonce))
