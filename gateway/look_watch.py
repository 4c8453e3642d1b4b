"""Watches who looks at files: counts looks, judges who looks at too many, tells supervisors.

Each node counts and judges from the journal; what is kept and told is kept and told once.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog

from gateway.domain.notice import Notice
from gateway.failing import failed
from gateway.ports import Notices
from gateway.timing import LOOKS_WATCHED_S
from schemas.access import AnomalyKind
from schemas.protection import NoticeKind


@dataclass(frozen=True, slots=True)
class Counted:
    """So many looks of a role, on a ground, shown or refused."""

    role: str
    why: str
    outcome: str
    number: int


@dataclass(frozen=True, slots=True)
class Untold:
    """Something odd that nobody was told yet."""

    anomaly_id: UUID
    kind: AnomalyKind
    centres: Sequence[str]


class Anomalies(Protocol):
    """Looks as the journal has them. All raise ``DatabaseUnavailable``."""

    async def count(self) -> Sequence[Counted]:
        """Return what was looked at since this was last asked."""

    async def judge(self) -> None:
        """Keep whatever is unusual about this hour."""

    async def untold(self) -> Sequence[Untold]:
        """Return what nobody has been told yet."""

    async def told(self, anomaly_id: UUID) -> bool:
        """Note that it was told; False when another node has."""


class LookMetrics(Protocol):
    """What is counted of it."""

    def looked(self, role: str, why: str, outcome: str, number: int) -> None:
        """Count looks."""

    def look_anomaly(self, kind: str) -> None:
        """Count something odd."""


class LookWatch:
    """The loop of one node."""

    def __init__(self, anomalies: Anomalies, notices: Notices, metrics: LookMetrics) -> None:
        self._anomalies = anomalies
        self._notices = notices
        self._metrics = metrics

    async def run(self) -> None:
        """Look every ``LOOKS_WATCHED_S``, for ever."""
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 (the task's edge: a fault of the watch ends no node)
                failed("looks_watched")
                structlog.get_logger().warning("looks_not_watched", error=type(error).__name__)
            await asyncio.sleep(LOOKS_WATCHED_S)

    async def look(self) -> None:
        """Count, judge, and tell what is new. Raises ``DatabaseUnavailable``."""
        for counted in await self._anomalies.count():
            self._metrics.looked(counted.role, counted.why, counted.outcome, counted.number)
        await self._anomalies.judge()
        for odd in await self._anomalies.untold():
            await self._tell(odd)

    async def _tell(self, odd: Untold) -> None:
        # Without a name: every console of the centre hears of a notice, hers too.
        notice = Notice(kind=NoticeKind.LOOKS, subject=str(odd.anomaly_id), detail={"kind": odd.kind.value})
        for centre in odd.centres:
            await self._notices.tell(centre, [notice])
        if await self._anomalies.told(odd.anomaly_id):
            self._metrics.look_anomaly(odd.kind.value)
