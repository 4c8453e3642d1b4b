"""Which centre gets an alarm: where she is, if that can be believed; else where she is registered.

A position decides only when nothing is odd about it. Where something is, the registration's
centre gets the alarm or a copy, and so does the centre where the doubtful position lies: whoever
simulates a position can add a centre, and never take one away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from gateway.domain.centres import CentreMap
from gateway.domain.plausibility import IMPRECISE, JUMP, MOCK, STALE, UNKNOWN_RADIUS_M, judge_fix
from gateway.domain.position import radius_95
from schemas.alarm import RoutedBy, ShareReason
from schemas.position import Position

ABROAD_NEAR_M: Final = 5_000.0
"""So far beyond the border the nearest centre is told: it calls its colleagues across. Farther away
no centre is nearer than another in any way that counts, and the default takes it."""

DOUBTS: Final = frozenset({MOCK, STALE, JUMP, IMPRECISE})
"""What keeps a fix from deciding. Not a fix after ``at``: a press that waited has fresher ones."""

NEAR_BORDER: Final = "near_border"
ABROAD_NEAR: Final = "abroad_near"
ABROAD_FAR: Final = "abroad_far"
IMPLAUSIBLE_POSITION: Final = "implausible_position"
FLAGS: Final = frozenset({NEAR_BORDER, ABROAD_NEAR, ABROAD_FAR, IMPLAUSIBLE_POSITION}) | {
    f"{doubt}_position" for doubt in DOUBTS
}
"""Every flag that routing sets."""


class Copy(NamedTuple):
    """A centre that is shown the alarm besides the one that owns it, and why."""

    centre: str
    reason: ShareReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """Where an alarm goes. ``flags`` are codes for the press; ``copies`` never name ``centre``."""

    centre: str
    routed_by: RoutedBy
    flags: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()


def route(
    centres: CentreMap,
    positions: Sequence[Position],
    registration_centre: str | None,
    at: datetime,
    *,
    verified: bool = True,
) -> Routed:
    """Choose the centre for a press made ``at``, with ``positions`` on our clock, newest first.

    ``verified`` is false where the sender may be somebody else: then no position decides.
    """
    chosen, doubted = _choose(positions, at, verified=verified)
    home = registration_centre or centres.default
    if chosen is None or not centres.centres:
        by = RoutedBy.REGISTRATION if registration_centre else RoutedBy.DEFAULT
        routed = Routed(centre=home, routed_by=by)
    else:
        routed = _by_position(centres, chosen)
    if not doubted:
        return routed
    lies_in = (_lies_in(centres, fix) for fix, _ in doubted)
    copies = (*routed.copies, *(Copy(one, ShareReason.DOUBTFUL_POSITION) for one in (home, *lies_in) if one))
    return Routed(
        centre=routed.centre,
        routed_by=routed.routed_by,
        flags=(*routed.flags, *_doubt_flags(doubted)),
        copies=_once_each(copies, routed.centre),
    )


def _by_position(centres: CentreMap, fix: Position) -> Routed:
    """Route by a fix that is believed."""
    radius_m = radius_95(fix) or UNKNOWN_RADIUS_M
    inside, others = centres.around(fix, radius_m)
    # A circle that reaches into the country may hold her on this side of the border.
    centre = inside or centres.nearest(fix, max(ABROAD_NEAR_M, radius_m))
    if centre is None:
        return Routed(centre=centres.default, routed_by=RoutedBy.DEFAULT, flags=(ABROAD_FAR,))
    abroad = () if inside else (ABROAD_NEAR,)
    return Routed(
        centre=centre,
        routed_by=RoutedBy.POSITION if inside else RoutedBy.NEAREST,
        flags=(*abroad, NEAR_BORDER) if others else abroad,
        copies=tuple(Copy(other, ShareReason.NEAR_BORDER) for other in others if other != centre),
    )


Judged = tuple[Position, frozenset[str]]


def _choose(
    positions: Sequence[Position], at: datetime, *, verified: bool
) -> tuple[Position | None, list[Judged]]:
    """Return the freshest fix that can be believed, and what was doubted instead.

    That is every fix that would have decided before it, and every simulated one: a phone on which
    positions are simulated now and then is one that somebody tampers with.

    Of two fixes with a jump between them either may be the wrong one: the older is believed only
    where one before it agrees with it. A simulated fix is no evidence against another.
    """
    doubted: list[Judged] = []
    jumped_from = False
    for index, fix in enumerate(positions):
        before = next((older for older in positions[index + 1 :] if not older.mock), None)
        doubts = DOUBTS.intersection(judge_fix(fix, before, at))
        if fix.mock:
            doubts -= {JUMP}
        else:
            jumped_from = JUMP in doubts or (jumped_from and before is None)
            doubts = doubts | {JUMP} if jumped_from else doubts
        if verified and not doubts:
            simulated = frozenset({MOCK})
            return fix, [*doubted, *((older, simulated) for older in positions[index + 1 :] if older.mock)]
        doubted.append((fix, doubts))
    return None, doubted


def _doubt_flags(doubted: Sequence[Judged]) -> tuple[str, ...]:
    """Name what was doubted; nothing is odd about a fix that only came without a good signature."""
    doubts = sorted({doubt for _, doubts in doubted for doubt in doubts})
    return (IMPLAUSIBLE_POSITION, *(f"{doubt}_position" for doubt in doubts)) if doubts else ()


def _lies_in(centres: CentreMap, fix: Position) -> str | None:
    return (centres.centre_of(fix) or centres.nearest(fix, ABROAD_NEAR_M)) if centres.centres else None


def _once_each(copies: Sequence[Copy], owner: str) -> tuple[Copy, ...]:
    """Keep the first copy to each centre other than the owner."""
    told = {owner}
    kept = []
    for copy in copies:
        if copy.centre not in told:
            told.add(copy.centre)
            kept.append(copy)
    return tuple(kept)
