"""A file as its life sees it: what was established so far, and what the world says now."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from gateway.domain.casework.days import day_of
from schemas.life import FileState, Procedure, Turn


@dataclass(frozen=True, kw_only=True, slots=True)
class Life:
    """What the steps established: codes, days and flags, nothing personal (``registration.life``)."""

    procedure: Procedure = Procedure.STANDARD
    imported: bool = False
    pv_number: bool = False
    willing: bool | None = None
    agreement_signed: bool = False
    deliberated: bool = False
    risk_assessed: bool = False
    ground: bool = False
    decision: Literal["granted", "refused"] | None = None
    installed_on: date | None = None
    support_notified: bool = False
    support_by: datetime | None = None
    evaluated: bool = False
    overdue: bool = False
    multi_agency: bool = False
    begun_on: date | None = None
    last_on: date | None = None
    turn: Turn = Turn.NOBODY

    @classmethod
    def presumed(cls) -> "Life":
        """Return the life of a file that came with its alarm: what came before is on paper elsewhere."""
        return cls(
            imported=True,
            pv_number=True,
            willing=True,
            agreement_signed=True,
            deliberated=True,
            risk_assessed=True,
            ground=True,
            decision="granted",
            support_notified=True,
        )

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Life":
        """Read what is kept; nothing: as of a file that came with its alarm."""
        return _kept.validate_python(kept) if kept else cls.presumed()

    def kept(self) -> dict[str, Any]:
        """Return it as JSON."""
        written: dict[str, Any] = _kept.dump_python(self, mode="json")
        return written


_kept: Final = TypeAdapter(Life)


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A file: where it stands, and by when somebody must act."""

    state: FileState
    life: Life
    team: str
    ends_on: date | None = None
    decide_by: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What the database says besides: looked up when a step is taken, never said by whoever takes it.

    ``proof_press``: a test alarm of hers since her present phone was enrolled. ``proof_position``:
    one of them with a position.
    """

    alarm_open: bool = False
    proof_press: bool = False
    proof_position: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """When a step is taken, and the terms that are set here."""

    now: datetime
    urgent_decision_days: int = 5

    @property
    def today(self) -> date:
        """The day it is in Brussels."""
        return day_of(self.now)


def with_life(case: Case, **changes: Any) -> Case:
    """Return the case with changes to what is established."""
    return replace(case, life=replace(case.life, **changes))
