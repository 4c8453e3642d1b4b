"""Whether so many companions fell silent together that it is no longer about any one of them.

A network, a region's power or a gateway's address has gone, more likely than many phones at once. Each
silence is still told of its own victim; this says beside it that there is one cause to look for.
"""

from dataclasses import dataclass
from typing import Final

from gateway.domain.notice import Detail, Notice
from schemas.protection import Audience, NoticeKind

WINDOW_S: Final = 600.0
"""Silences that began within so long of now count as one. At least twice the longest reporting time a
policy gives a heartbeat, as companions that are lost together are not reported together."""

AT_LEAST: Final = 5
SHARE: Final = 0.1
"""It begins with so many of a centre's registrations, and is over below half of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A centre: registrations watched, those silent now, those of them since ``WINDOW_S``; what is told."""

    centre: str
    watched: int
    silent: int
    fresh: int
    told: bool


def many_silent(now: Silence) -> Notice | None:
    """Return the notice to raise or to clear; None where all stays as it is."""
    many = max(AT_LEAST, SHARE * now.watched)
    if not now.told and now.fresh >= many:
        detail: Detail = {"silent": now.silent, "watched": now.watched, "within_s": WINDOW_S}
        return Notice(
            kind=NoticeKind.MANY_SILENT,
            subject=now.centre,
            audience=(Audience.CASE_TEAM, Audience.SUPERVISOR),
            detail=detail,
        )
    if now.told and now.silent < many / 2:
        return Notice(kind=NoticeKind.MANY_SILENT, subject=now.centre, open=False)
    return None
