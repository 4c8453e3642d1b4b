"""Which pages of the case teams' application each role has."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from schemas.casework import CaseworkPage
from schemas.session import Role

PAGES: Final[Mapping[Role, tuple[CaseworkPage, ...]]] = MappingProxyType(
    {
        Role.CASE_OFFICER: (
            CaseworkPage.FILES,
            CaseworkPage.DEVICES,
            CaseworkPage.HOTSPOTS,
            CaseworkPage.REPORT,
            CaseworkPage.STATISTICS,
            CaseworkPage.GLASS,
        ),
        Role.MAGISTRATE: (CaseworkPage.FILES, CaseworkPage.STATISTICS, CaseworkPage.GLASS),
        Role.SUPERVISOR: (CaseworkPage.HOTSPOTS, CaseworkPage.STATISTICS, CaseworkPage.GLASS),
        Role.AUDITOR: (CaseworkPage.AUDIT, CaseworkPage.STATISTICS),
        Role.ADMIN: (CaseworkPage.DEVICES, CaseworkPage.STATISTICS),
    }
)


def pages_of(roles: Iterable[Role]) -> tuple[CaseworkPage, ...]:
    """Return the pages that somebody of these roles has, in their order."""
    mine = {page for role in roles for page in PAGES.get(role, ())}
    return tuple(page for page in CaseworkPage if page in mine)
