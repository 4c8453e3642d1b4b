"""What the case teams' routers are given; ``gateway.main`` puts it in ``app.state.casework``."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, cast
from uuid import UUID

from starlette.requests import HTTPConnection

from gateway.domain.casework.answers import Asked
from gateway.domain.casework.asked import FilesAsked
from gateway.domain.casework.scope import Scope
from gateway.http.casework.access_services import AccessServices
from gateway.http.casework.file_ports import Circumstances, Hotspots, PhotoReader, Photos, Risk
from gateway.http.casework.keeping_services import KeepingServices
from gateway.http.casework.perimeter_ports import FileTrackers, Perimeters
from gateway.ports import DeviceActs, Devices, FileCompanions
from gateway.ports.reports import ReportTeam
from schemas.casework import TeamView
from schemas.life import FilesPage, FileView, NewFile, StepsView, StepView
from schemas.protection_board import BoardFile, ProtectionChange, Telling, TellingView
from schemas.report import DailyReport, ReportFormat, SendingView
from schemas.statistics import Statistics
from schemas.steps import StepRequest


class Teams(Protocol):
    """Case teams. Raises ``DatabaseUnavailable``."""

    async def of(self, scope: Scope) -> tuple[TeamView, ...]:
        """Return the teams of this scope."""


class ProtectionBoard(Protocol):
    """How files are protected. Raises ``DatabaseUnavailable``."""

    async def of(self, scope: Scope, team: str | None, limit: int) -> str:
        """Return the board of her teams, or of one of them, as JSON."""

    async def one(
        self, scope: Scope, registration_id: UUID
    ) -> tuple[BoardFile, datetime | None, tuple[ProtectionChange, ...]]:
        """Return one file's, when she was last heard, and its latest changes. Raises ``NotFound``."""


class Tellings(Protocol):
    """Who is told of changes of protection. Raises ``DatabaseUnavailable`` and ``NotFound``."""

    async def of(self, scope: Scope, registration_id: UUID) -> TellingView:
        """Return what is set."""

    async def set(self, scope: Scope, registration_id: UUID, wanted: Telling) -> TellingView:
        """Set it. Raises ``StaleVersion``."""


class Files(Protocol):
    """Files of case teams. Raises ``DatabaseUnavailable``; ``NotFound`` for what is not in scope."""

    async def page(self, scope: Scope, asked: FilesAsked) -> FilesPage:
        """Return a page of files. Raises ``FieldInvalid``."""

    async def get(self, scope: Scope, registration_id: UUID) -> FileView:
        """Return a file, opened."""

    async def create(self, scope: Scope, new: NewFile) -> FileView:
        """Open a file. Raises ``FieldInvalid``, ``NotAllowedNow`` and ``RegistrationConflict``."""


class Lives(Protocol):
    """Steps of files. Raises ``DatabaseUnavailable``; ``NotFound`` for what is not in scope."""

    async def steps(self, scope: Scope, registration_id: UUID) -> StepsView:
        """Return a file's life."""

    async def take(self, scope: Scope, registration_id: UUID, wanted: StepRequest) -> StepView:
        """Take a step. Raises ``NotYours``, ``NotAllowedNow``, ``StaleVersion`` and ``FieldInvalid``."""


class ReportReading(Protocol):
    """Daily reports. All raise ``DatabaseUnavailable`` and ``NotFound``."""

    async def read(
        self, scope: Scope, team: str | None, day: date, form: ReportFormat
    ) -> tuple[DailyReport, ReportTeam]:
        """Return a team's day with names, and whose it is. Raises ``FieldInvalid``."""

    async def resend(self, scope: Scope, team: str | None, day: date) -> tuple[SendingView, ...]:
        """Have it sent once more; return its mails. Raises ``NotAllowedNow``."""


class Figures(Protocol):
    """Figures about all files and alarms, small ones hidden. Raises ``DatabaseUnavailable``."""

    def day_for(self, wanted: date | None, scope: Scope) -> date:
        """Return the day that this person is answered for. Raises ``FieldInvalid``."""

    async def of(self, scope: Scope | None, asked: Asked, form: str) -> Statistics:
        """Return figures, and record that they were asked for. Raises ``FieldInvalid``."""


@dataclass(frozen=True, kw_only=True)
class CaseworkServices:
    """What the routers of ``gateway.http.casework`` use, as ports."""

    teams: Teams
    board: ProtectionBoard
    tellings: Tellings
    reports: ReportReading
    circumstances: Circumstances
    risk: Risk
    files: Files
    lives: Lives
    devices: Devices
    device_acts: DeviceActs
    companions: FileCompanions
    photos: Photos
    photo_reader: PhotoReader
    hotspots: Hotspots
    perimeters: Perimeters
    trackers: FileTrackers
    access: AccessServices
    keeping: KeepingServices
    statistics: Figures


def casework_of(connection: HTTPConnection) -> CaseworkServices:
    """Return what ``gateway.main`` gave the application."""
    return cast("CaseworkServices", connection.app.state.casework)
