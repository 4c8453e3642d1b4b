"""How a caller may say who it is, as the OpenAPI document names it; what is said is judged elsewhere."""

from typing import Annotated, Final

from fastapi import Security
from fastapi.security import APIKeyCookie, APIKeyHeader

# The prefix makes browsers insist on Secure, on the path / and on this very host.
COOKIE: Final = "__Host-msa"

_session: Final = APIKeyCookie(
    name=COOKIE,
    scheme_name="session",
    description="Set by POST /v1/session; what changes something comes with our own Origin, or none",
    auto_error=False,
)
_signature: Final = APIKeyHeader(
    name="Signature",
    scheme_name="signature",
    description="RFC 9421, with Signature-Input: by the key of an enrolled companion, or of an integrator",
    auto_error=False,
)
SaidBySession = Annotated[str | None, Security(_session)]
SaidBySignature = Annotated[str | None, Security(_signature)]

BY_SIGNATURE: Final = [{"signature": list[str]()}]
"""What a call past FastAPI asks of a companion."""

BY_TOKEN: Final = [{"integrator": list[str]()}]
"""What one asks of an integrator."""
