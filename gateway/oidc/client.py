"""What this gateway is to the provider: its client id, its secret, what it asks for."""

from dataclasses import dataclass, field
from typing import Final

from gateway.domain.claims import ClaimRules
from gateway.oidc.errors import OidcRefused
from gateway.oidc.metadata import usable
from gateway.private_files import open_mode
from gateway.settings import Settings

OPENID: Final = "openid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client as registered at the provider. Without a secret it is a public one, which PKCE suffices."""

    issuer: str
    client_id: str
    secret: str | None = field(repr=False)
    scopes: str
    name: str
    rules: ClaimRules

    @classmethod
    def of(cls, settings: Settings) -> "Client | None":
        """Return what the settings name; None where they name no provider. Raises ``OidcRefused``."""
        if settings.oidc_issuer is None:
            if not settings.local_accounts:
                raise OidcRefused(
                    "MSA_LOCAL_ACCOUNTS is off and MSA_OIDC_ISSUER is not set: nobody could enter"
                )
            return None
        if settings.oidc_client_id is None:
            raise OidcRefused("MSA_OIDC_CLIENT_ID is not set")
        if not usable(settings.oidc_issuer, settings.oidc_issuer):
            raise OidcRefused("MSA_OIDC_ISSUER must be https (http on this machine only), without ? and #")
        if OPENID not in settings.oidc_scopes.split():
            raise OidcRefused("MSA_OIDC_SCOPES must have openid")
        return cls(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            secret=_secret(settings),
            scopes=settings.oidc_scopes,
            name=settings.oidc_name or "",
            rules=ClaimRules(
                name=settings.oidc_name_claim,
                roles=settings.oidc_roles_claim,
                centres=settings.oidc_centres_claim,
                zones=settings.oidc_zones_claim,
                role_of=dict(settings.oidc_roles),
                centre_of=dict(settings.oidc_centres),
                zone_of=dict(settings.oidc_zones),
            ),
        )


def _secret(settings: Settings) -> str | None:
    path = settings.oidc_client_secret_file
    if path is None:
        return None
    try:
        secret = path.read_text(encoding="utf-8").strip()
        if open_mode(path) is not None:
            raise OidcRefused(f"{path} can be read by others; chmod 600")
    except OSError as error:
        raise OidcRefused(f"{path}: {type(error).__name__}") from None
    if not secret:
        raise OidcRefused(f"{path} is empty")
    return secret
