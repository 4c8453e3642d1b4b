"""Which ID tokens are believed: made here with real keys, as no real provider makes the wrong ones."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from gateway.oidc.errors import Refusal, SignInRefused
from gateway.oidc.tokens import Expected, UnknownKey, checked_claims, key_set
from gateway.timing import OIDC_SKEW_S

NOW = 1_800_000_000
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
CURVE = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"}, private=True)
KEYS = KeySet([KEY, CURVE])
EXPECTED = Expected(
    issuer="https://provider.test",
    client_id="msa",
    nonce="n" * 48,
    access_token="token",
    algorithms=("RS256", "ES256"),
    now_s=NOW,
)
CLAIMS: dict[str, Any] = {
    "iss": "https://provider.test",
    "sub": "anna",
    "aud": "msa",
    "exp": NOW + 60,
    "iat": NOW,
    "nonce": "n" * 48,
    "at_hash": create_half_hash("token", "RS256").decode(),
}


def signed(key: Any = KEY, alg: str = "RS256", kid: str = "one", **changes: Any) -> str:
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return jwt.encode({"alg": alg, "kid": kid}, claims, key, algorithms=[alg])


def refusal(token: str, expected: Expected = EXPECTED) -> Refusal:
    with pytest.raises(SignInRefused) as refused:
        checked_claims(token, KEYS, expected)
    for value in ("anna", "n" * 48, "token-of", "provider.test"):
        assert value not in str(refused.value)
    return refused.value.refusal


def test_a_token_that_says_what_it_must_is_believed() -> None:
    assert checked_claims(signed(), KEYS, EXPECTED) == CLAIMS
    assert checked_claims(signed(at_hash=None), KEYS, EXPECTED)["sub"] == "anna"
    assert checked_claims(signed(aud=["msa", "other"], azp="msa"), KEYS, EXPECTED)["sub"] == "anna"
    curve = signed(CURVE, "ES256", "two")
    assert checked_claims(curve, KEYS, EXPECTED)["sub"] == "anna"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.test"},
        {"iss": None},
        {"sub": None},
        {"sub": 7},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": None},
        {"aud": "msa", "azp": "other"},
        {"aud": ["msa", "other"]},
        {"nonce": "another"},
        {"nonce": None},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": None},
        {"iat": NOW + OIDC_SKEW_S + 1},
        {"nbf": NOW + OIDC_SKEW_S + 1},
    ],
    ids=str,
)
def test_one_wrong_claim_is_enough(changes: dict[str, Any]) -> None:
    assert refusal(signed(**changes)) is Refusal.FAILED


def test_a_token_is_too_old_once_no_clock_can_be_so_wrong() -> None:
    assert checked_claims(signed(exp=NOW - OIDC_SKEW_S + 1), KEYS, EXPECTED)
    assert refusal(signed(exp=NOW - OIDC_SKEW_S)) is Refusal.EXPIRED


def test_who_signs_in_again_has_proved_it_since() -> None:
    again = replace(EXPECTED, proved_since_s=NOW)
    assert checked_claims(signed(auth_time=NOW - OIDC_SKEW_S), KEYS, again)
    for auth_time in (None, NOW - OIDC_SKEW_S - 1, "now", True):
        assert refusal(signed(auth_time=auth_time), again) is Refusal.FAILED


def test_a_token_that_nobody_signed_is_not_believed() -> None:
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "kid": "one"}, CLAIMS)]
    bare = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
    assert refusal(bare) is Refusal.FAILED
    head, body, signature = signed().split(".")
    assert refusal(f"{head}.{body}.") is Refusal.FAILED
    assert refusal(f"{head}.{body[:-2]}AA.{signature}") is Refusal.FAILED


def test_a_public_key_is_no_secret_to_sign_with() -> None:
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "one"}, CLAIMS)]
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    made = hmac.new(KEY.as_pem(private=False), text, hashlib.sha256).digest()
    assert refusal(f"{text.decode()}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}") is Refusal.FAILED


def test_another_key_of_the_same_name_does_not_sign_for_the_provider() -> None:
    other = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
    assert refusal(signed(other)) is Refusal.FAILED


def test_a_key_that_is_not_known_may_be_a_new_one() -> None:
    with pytest.raises(UnknownKey):
        checked_claims(signed(kid="three"), KEYS, EXPECTED)


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "..", "e30.e30.e30", "\ud800", "a" * 100_000])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert refusal(token) is Refusal.FAILED


@pytest.mark.parametrize(
    "document", [None, [], {}, {"keys": None}, {"keys": []}, {"keys": [1]}, {"keys": [{"kty": "x"}]}]
)
def test_what_are_no_keys_is_refused(document: object) -> None:
    with pytest.raises(SignInRefused):
        key_set(document)
