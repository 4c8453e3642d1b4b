"""Whether a websocket's opening request belongs to a signed-in operator who attends alarms."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from starlette.requests import HTTPConnection

from dispatch.session import Close
from gateway.domain.errors import DatabaseUnavailable, NotSignedIn, WrongOrigin
from gateway.domain.people import ATTENDS_ALARMS
from gateway.http.principal import admit
from gateway.http.services import Services
from schemas.problems import CloseCode
from schemas.session import OperatorView, Role


async def signed_in(services: Services, scope: Mapping[str, Any]) -> OperatorView | Close:
    """Return whose session the cookie of this opening names, or why it is closed."""
    state = SimpleNamespace(state=SimpleNamespace(services=services))
    try:
        session = await admit(HTTPConnection({**scope, "app": state}))
    except WrongOrigin:
        return Close(CloseCode.NOT_YOUR_CENTRE, "opened from another site")
    except NotSignedIn:
        return Close(CloseCode.NOT_SIGNED_IN, "sign in first")
    except DatabaseUnavailable:
        return Close(CloseCode.GOING_AWAY, "the gateway cannot check who you are now")
    if session.operator.roles.isdisjoint({*ATTENDS_ALARMS, Role.CANARY}):
        return Close(CloseCode.NOT_YOUR_CENTRE, "your role does not attend alarms")
    return session.operator.view()
