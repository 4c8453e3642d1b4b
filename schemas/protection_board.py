"""How the files of a case team are protected: the board, one file's course, and who is told of changes."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.base import CentreId, Instant, Line, Wire
from schemas.casework import TeamId
from schemas.circumstances import RiskLevel
from schemas.protection import Fault, FaultKind, ProtectionState
from schemas.session import OperatorName

BOARD_MAX = 5000
"""Files on one board: more than the largest centre follows."""


Share = Annotated[float, Field(ge=0, le=100, description="Percent, rounded down to a tenth")] | None
"""Never 100 when some of it is missing."""


class ProtectionShares(Wire):
    """How protected she was in a stretch of time, of the time that is known."""

    protected_pct: Share = Field(default=None, description="None: nothing is known")
    reachable_pct: Share = Field(
        default=None, description="Protected or degraded: a press would have arrived, if with less"
    )


class ProtectionTime(ProtectionShares):
    """The same with the time itself; what is not known of it is in none of the three."""

    protected_s: Annotated[float, Field(ge=0)] = 0
    degraded_s: Annotated[float, Field(ge=0)] = 0
    unprotected_s: Annotated[float, Field(ge=0)] = 0


class BoardFile(Wire):
    """One file on the board; no name, as whoever watches the board needs none."""

    registration_id: UUID
    reference: Line
    team: TeamId
    centre: CentreId
    risk: RiskLevel
    life: Line = Field(description="Where the file's life stands")
    state: ProtectionState
    since: Instant
    faults: tuple[Fault, ...] = ()
    day: ProtectionShares = Field(description="The last 24 hours")
    month: ProtectionShares = Field(description="The last 30 days")


class Board(Wire):
    """The files of one's teams that should be protected, the worst first (``GET /v1/casework/board``)."""

    at: Instant
    protected: int
    degraded: int
    unprotected: int
    files: tuple[BoardFile, ...]


class ProtectionChange(Wire):
    """What her protection was from ``at`` on; ``state`` None: not judged."""

    at: Instant
    state: ProtectionState | None
    faults: tuple[FaultKind, ...] = ()


class Telling(Wire):
    """Who is told when protection is lacking and when it is back (``PUT …/protection/telling``).

    ``version`` is the one that was seen; 0: nothing was ever set.
    """

    victim: bool = Field(default=False, description="By a text to her own phone, which others may read")
    zone: bool = Field(default=False, description="By mail to the police zone")
    version: Annotated[int, Field(ge=0)] = 0


class TellingView(Telling):
    """The same as it stands; what is not set up here reaches nobody."""

    set_by: OperatorName | None = None
    set_at: Instant | None = None
    victim_reachable: bool = Field(description="This gateway can have texts sent")
    zone_reachable: bool = Field(description="This gateway can send mail, and the zone has an address")


class ProtectionCourse(Wire):
    """How one file is and was protected (``GET /v1/casework/files/{id}/protection``)."""

    file: BoardFile
    heard_at: Instant | None = Field(default=None, description="When a companion of hers was last heard")
    changes: tuple[ProtectionChange, ...] = Field(description="The latest, newest first")
    telling: TellingView
