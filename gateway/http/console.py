"""Whether a websocket's opening request belongs to a signed-in operator who may have a console."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from starlette.requests import HTTPConnection

from dispatch.ports import Admission
from dispatch.session import Close
from gateway.admission import SIGN_IN, refusal
from gateway.domain.errors import DatabaseUnavailable, NotSignedIn, WrongOrigin
from gateway.http.principal import admit
from gateway.http.services import Services
from schemas.problems import CloseCode


async def signed_in(services: Services, scope: Mapping[str, Any]) -> Admission | Close:
    """Return the session that the cookie of this opening names, or why it is closed."""
    state = SimpleNamespace(state=SimpleNamespace(services=services))
    try:
        session = await admit(HTTPConnection({**scope, "app": state}))
    except WrongOrigin:
        return Close(CloseCode.NOT_YOUR_CENTRE, "opened from another site")
    except NotSignedIn:
        return SIGN_IN
    except DatabaseUnavailable:
        return Close(CloseCode.GOING_AWAY, "the gateway cannot check who you are now")
    return refusal(session.operator) or Admission(
        session.token_hash, session.operator.view(), session.expires_at, session.withheld
    )
