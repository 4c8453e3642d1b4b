"""What of a provider's own words is believed, and which addresses are called."""

from typing import Any

import pytest

from gateway.oidc.errors import SignInRefused
from gateway.oidc.metadata import read_metadata, usable

ISSUER = "https://provider.test/realms/police"
DOCUMENT: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": "https://other-host.test/token",
    "jwks_uri": f"{ISSUER}/keys",
}


def test_the_least_that_a_provider_must_say_is_enough() -> None:
    metadata = read_metadata(DOCUMENT, ISSUER)
    assert metadata.algorithms == ("RS256",)
    assert metadata.secret_by == "client_secret_basic"
    assert (metadata.userinfo_endpoint, metadata.end_session_endpoint) == (None, None)
    assert not metadata.says_issuer


def test_only_signatures_of_a_private_key_are_taken_from_what_it_offers() -> None:
    offered = ["none", "HS256", "ES256", "RS256", "EdDSA"]
    metadata = read_metadata(DOCUMENT | {"id_token_signing_alg_values_supported": offered}, ISSUER)
    assert metadata.algorithms == ("RS256", "ES256")


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": f"{ISSUER}/"},
        {"issuer": None},
        {"id_token_signing_alg_values_supported": ["none", "HS256"]},
        {"id_token_signing_alg_values_supported": "RS256"},
        {"authorization_endpoint": None},
        {"token_endpoint": "http://provider.test/token"},
        {"token_endpoint": "http://127.0.0.1/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": ["https://provider.test"]},
        {"userinfo_endpoint": "ftp://provider.test"},
        {"end_session_endpoint": "javascript:alert(1)"},
    ],
    ids=str,
)
def test_a_provider_that_says_something_else_is_not_used(changes: dict[str, Any]) -> None:
    with pytest.raises(SignInRefused):
        read_metadata(DOCUMENT | changes, ISSUER)


@pytest.mark.parametrize(
    ("issuer", "good"),
    [
        ("https://provider.test", True),
        ("http://provider.test", False),
        ("http://127.0.0.1:3000", True),
        ("http://localhost:3000", True),
        ("http://[::1]:3000", True),
        ("http://127.0.0.1.evil.test", False),
        ("https://provider.test/?tenant=1", False),
        ("https://provider.test/#x", False),
        ("https://user@provider.test", False),
        ("provider.test", False),
        ("", False),
    ],
)
def test_plain_http_is_for_this_machine_only(issuer: str, good: bool) -> None:  # noqa: FBT001 (a case's outcome)
    assert usable(issuer, issuer) is good
