"""Consoles and centres: who attends, how it goes there, and which are beside each other."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from dispatch.ports import AttachedConsole
from schemas.overview import Overview


@dataclass(frozen=True, slots=True)
class Presence:
    """Who sits where: consoles a centre over all nodes, and the centres that are unattended."""

    consoles: Mapping[str, int]
    unattended: frozenset[str] = frozenset()

    @property
    def attended(self) -> frozenset[str]:
        """The centres where somebody sits."""
        return frozenset(centre for centre, consoles in self.consoles.items() if consoles)


class Attendances(Protocol):
    """Where each node writes down who attends. Raises ``DatabaseUnavailable``."""

    async def beat(self, consoles: Mapping[str, int]) -> None:
        """Say that this node lives, and how many consoles attend each centre here."""

    async def presence(self) -> Presence:
        """Return who sits where, as the nodes that live have said."""


class Neighbourhood(Protocol):
    """Which centres are beside each other."""

    @property
    def default(self) -> str:
        """The centre that takes what no other takes."""

    def neighbours(self, centre: str) -> Sequence[str]:
        """Return the centres that share a border with this one, the longest border first."""


class Consoles(Protocol):
    """Where each node writes down how its consoles are. Raises ``DatabaseUnavailable``."""

    async def tell(self, changed: Sequence[AttachedConsole], attached: Collection[UUID]) -> None:
        """Say how some are; those that are not ``attached`` any more are forgotten."""

    async def tell_sounds(self) -> None:
        """Write down what was noted of sirens since the last time; what cannot be written is kept."""

    async def tell_canaries(self, seen: Mapping[str, datetime]) -> None:
        """Say when canaries were last seen here, by centre."""


class Overviews(Protocol):
    """What supervisors see. Raises ``DatabaseUnavailable``."""

    async def of(self, centres: Collection[str]) -> Overview:
        """Return how these centres are now."""
