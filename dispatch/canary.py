"""What a canary console is told: canaries, and of everything else only that something happened.

It watches the way from a press to a console on every node, so it is attached to every centre; what it
has no need to see it is not sent. Sequences stay gapless: what is hidden is an event about nothing.
"""

from collections.abc import Iterable
from typing import Final

from dispatch.ports import Logged, Shown
from schemas.frames import Event
from schemas.press import Purpose
from schemas.session import OperatorView, Role

CANARY: Final = Purpose.CANARY


def is_canary(operator: OperatorView) -> bool:
    """Whether this account watches the system and attends nothing, whatever other role it has."""
    return Role.CANARY in operator.roles


def told(event: Logged) -> bytes:
    """Return the frame of an event as a canary console is told it."""
    if event.purpose == CANARY:
        return event.payload
    hidden = Event(centre=event.centre, cursor=event.cursor, kind=event.kind, at=event.at)
    return hidden.model_dump_json().encode()


def shown(things: Iterable[Shown]) -> list[Shown]:
    """Return what of a snapshot a canary console is shown."""
    return [one for one in things if one.purpose == CANARY]
