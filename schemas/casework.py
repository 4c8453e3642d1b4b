"""The case teams: zones, and what somebody who works on files has before her."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.base import CentreId, Line, Wire
from schemas.session import OperatorView

ZoneId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{2}-[0-9]{4}$"),
    Field(description="A police zone, by its country and number", examples=["BE-5415"]),
]
TeamId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{2}-([A-Z0-9]{1,3}|[0-9]{4})$"),
    Field(description="A case team: a police zone's, or a centre's own for files that name no zone"),
]


class TeamView(Wire):
    """A case team."""

    team: TeamId
    name: Line
    centre: CentreId
    arrondissement: Line | None = Field(default=None, description="None: of the centre's own team")


class CaseworkPage(StrEnum):
    """A page of the case teams' application."""

    FILES = "files"
    DEVICES = "devices"
    HOTSPOTS = "hotspots"
    REPORT = "report"
    STATISTICS = "statistics"
    GLASS = "glass"
    AUDIT = "audit"


class CaseworkView(Wire):
    """Who is here, for which teams, and which pages are hers (``GET /v1/casework``)."""

    operator: OperatorView
    teams: tuple[TeamView, ...]
    pages: tuple[CaseworkPage, ...]
