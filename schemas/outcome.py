"""How an alarm ended: the one coded list, and the standard dispositions it maps to.

The dispositions are APCO ANS 1.111.2; it has none for a slip, a test or misuse, so those carry a
sub-code of our own.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from schemas.base import Line, Wire


class Outcome(StrEnum):
    """What closing an alarm needs."""

    ARREST = "arrest"
    OFFENDER_GONE = "offender_gone"
    OFFENDER_NOT_FOUND = "offender_not_found"
    PREVENTED = "prevented"
    SLIP = "slip"
    TEST = "test"
    TECHNICAL = "technical"
    DUPLICATE = "duplicate"
    MISUSE = "misuse"


GENUINE: Final = frozenset(
    {Outcome.ARREST, Outcome.OFFENDER_GONE, Outcome.OFFENDER_NOT_FOUND, Outcome.PREVENTED}
)
"""She was in danger; the rest is noise of one kind or another, and is counted apart."""

NEEDS_SECOND_LOOK: Final = frozenset({Outcome.SLIP, Outcome.TECHNICAL})
"""Counts only once a supervisor has agreed: what looks like a slip may be a press under coercion."""


class Disposition(Wire):
    """An APCO disposition, with our own sub-code where the list has no word for it."""

    code: Line
    sub_code: Line | None = None


DISPOSITIONS: Final[Mapping[Outcome, Disposition]] = MappingProxyType(
    {
        Outcome.ARREST: Disposition(code="03"),
        Outcome.OFFENDER_GONE: Disposition(code="14", sub_code="offender_gone"),
        Outcome.OFFENDER_NOT_FOUND: Disposition(code="14", sub_code="offender_not_found"),
        Outcome.PREVENTED: Disposition(code="01", sub_code="prevented"),
        Outcome.SLIP: Disposition(code="10", sub_code="slip"),
        Outcome.TEST: Disposition(code="10", sub_code="test"),
        Outcome.TECHNICAL: Disposition(code="17"),
        Outcome.DUPLICATE: Disposition(code="22"),
        Outcome.MISUSE: Disposition(code="10", sub_code="misuse"),
    }
)
