"""What a provider says about itself (OpenID Connect Discovery 1.0), and what of it is believed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from gateway.oidc.errors import Refusal, SignInRefused

WELL_KNOWN: Final = "/.well-known/openid-configuration"
BELIEVED: Final = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512")
"""Signatures of ID tokens that are believed: made by a private key. Never ``none``, and none made with the
client's secret, which two have."""

BASIC: Final = "client_secret_basic"
METHODS: Final = (BASIC, "client_secret_post")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The provider's addresses and habits."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    algorithms: tuple[str, ...]
    secret_by: str
    says_issuer: bool


def read_metadata(document: Mapping[str, Any], issuer: str) -> Metadata:
    """Read a discovery document. Raises ``SignInRefused`` for one that cannot be trusted or used."""
    if document.get("issuer") != issuer:
        raise SignInRefused(Refusal.FAILED, "the provider says that it is another issuer")
    supported = document.get("id_token_signing_alg_values_supported", ["RS256"])
    algorithms = tuple(each for each in BELIEVED if isinstance(supported, list) and each in supported)
    if not algorithms:
        raise SignInRefused(Refusal.FAILED, "the provider signs in no way that is believed")
    methods = document.get("token_endpoint_auth_methods_supported", [BASIC])
    secret_by = next((each for each in METHODS if isinstance(methods, list) and each in methods), BASIC)
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_address(document, "authorization_endpoint", issuer),
        token_endpoint=_address(document, "token_endpoint", issuer),
        jwks_uri=_address(document, "jwks_uri", issuer),
        userinfo_endpoint=_optional(document, "userinfo_endpoint", issuer),
        end_session_endpoint=_optional(document, "end_session_endpoint", issuer),
        algorithms=algorithms,
        secret_by=secret_by,
        says_issuer=document.get("authorization_response_iss_parameter_supported") is True,
    )


def usable(address: str, issuer: str) -> bool:
    """Whether an address may be called: https; http only for a provider on this very machine."""
    url, home = urlsplit(address), urlsplit(issuer)
    if not url.hostname or url.fragment or url.username is not None:
        return False
    if address == issuer and url.query:
        return False
    if url.scheme == "https":
        return True
    return url.scheme == "http" and _loopback(url.hostname) and _loopback(home.hostname or "")


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(document: Mapping[str, Any], name: str, issuer: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not usable(value, issuer):
        raise SignInRefused(Refusal.FAILED, f"the provider's {name} is missing or not https")
    return value


def _optional(document: Mapping[str, Any], name: str, issuer: str) -> str | None:
    return _address(document, name, issuer) if document.get(name) is not None else None
