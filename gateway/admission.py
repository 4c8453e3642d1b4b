"""Who may have a console, and how the console of somebody whose rights have changed is closed. Pure."""

from typing import Final

from dispatch.session import Close
from gateway.domain.people import BOUND_TO_CENTRES, Operator
from schemas.problems import CloseCode

SIGN_IN: Final = Close(CloseCode.NOT_SIGNED_IN, "sign in first")

RIGHTS_CHANGED: Final = Close(CloseCode.GOING_AWAY, "your rights or your session have changed: connect again")
"""Makes a console connect again by itself, at once: its welcome then tells what it may see now."""


def refusal(operator: Operator) -> Close | None:
    """Return why this operator may have no console; None: may have one."""
    if operator.roles.isdisjoint(BOUND_TO_CENTRES):
        return Close(CloseCode.NOT_YOUR_CENTRE, "your role does not attend alarms")
    if not operator.centres:
        return Close(CloseCode.NOT_YOUR_CENTRE, "no centre is yours")
    return None


def ending(operator: Operator | None) -> Close:
    """Return how a console is closed whose operator has these rights now.

    She had others when it came, or has signed in again since. None: the session is over, or the account
    is disabled.
    """
    return SIGN_IN if operator is None else refusal(operator) or RIGHTS_CHANGED
