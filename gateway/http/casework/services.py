"""What the case teams' routers are given; ``gateway.main`` puts it in ``app.state.casework``."""

from dataclasses import dataclass
from typing import Protocol, cast

from starlette.requests import HTTPConnection

from gateway.domain.casework.scope import Scope
from schemas.casework import TeamView


class Teams(Protocol):
    """Case teams. Raises ``DatabaseUnavailable``."""

    async def of(self, scope: Scope) -> tuple[TeamView, ...]:
        """Return the teams of this scope."""


@dataclass(frozen=True, kw_only=True)
class CaseworkServices:
    """What the routers of ``gateway.http.casework`` use, as ports."""

    teams: Teams


def casework_of(connection: HTTPConnection) -> CaseworkServices:
    """Return what ``gateway.main`` gave the application."""
    return cast("CaseworkServices", connection.app.state.casework)
