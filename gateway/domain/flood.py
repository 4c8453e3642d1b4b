"""Whether more alarms come than the operators of a centre can answer well.

More than ten new ones in ten minutes per operator is a flood (EEMUA 191; ANSI/ISA-18.2); it is over
below five, so that it does not come and go. Nothing is hidden: the supervisor is told, to fetch help.
"""

from dataclasses import dataclass
from typing import Final

from gateway.domain.notice import Detail, Notice
from schemas.protection import NoticeKind

WINDOW_S: Final = 600.0
BEGINS_ABOVE: Final = 10
ENDS_BELOW: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How busy a centre is: real alarms raised within ``WINDOW_S``, consoles that attend it."""

    centre: str
    fresh: int
    consoles: int
    flooded: bool


def flood(load: Load) -> Notice | None:
    """Return the notice to raise or to clear; None where all stays as it is."""
    operators = max(1, load.consoles)
    if not load.flooded and load.fresh > BEGINS_ABOVE * operators:
        detail: Detail = {"alarms": load.fresh, "within_s": WINDOW_S, "consoles": load.consoles}
        return Notice(kind=NoticeKind.FLOOD, subject=load.centre, detail=detail)
    if load.flooded and load.fresh < ENDS_BELOW * operators:
        return Notice(kind=NoticeKind.FLOOD, subject=load.centre, open=False)
    return None
