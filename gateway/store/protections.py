"""Who is protected, as it is stored; and how many, for the metrics."""

import asyncio
from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from gateway.domain.errors import DatabaseUnavailable
from gateway.failing import failed
from gateway.store.connect import Pool, acquire
from gateway.telemetry import Metrics
from gateway.timing import COUNTED_S
from schemas.protection import ProtectionView

# A file whose alarm is being installed was told to nobody, and yet she is not protected; one that has
# neither alarm nor phone yet is not to be.
VIEW: Final = """
SELECT CASE WHEN p.registration_id IS NOT NULL THEN protection_image(p)
            ELSE jsonb_build_object('registration_id', r.registration_id, 'centre', r.centre_id,
                'reference', r.reference, 'state', 'unprotected', 'since', r.created_at, 'faults', CASE
                    WHEN c.enrolled_at IS NULL THEN jsonb_build_array(
                        jsonb_build_object('kind', 'no_companion', 'since', r.created_at))
                    WHEN c.heard_at IS NULL THEN jsonb_build_array(
                        jsonb_build_object('kind', 'companion_silent', 'since', c.enrolled_at))
                    ELSE '[]'::jsonb END)
       END || jsonb_build_object('heard_at', c.heard_at) AS image
  FROM registration r
  LEFT JOIN protection p USING (registration_id)
  CROSS JOIN LATERAL (
       SELECT max(s.received_at) AS heard_at, min(k.enrolled_at) AS enrolled_at
         FROM companion k LEFT JOIN companion_state s USING (companion_id)
        WHERE k.registration_id = r.registration_id AND k.revoked_at IS NULL) AS c
 WHERE to_be_protected(r) AND (r.state = 'installed' OR c.enrolled_at IS NOT NULL)"""

WORST_FIRST: Final = """
 ORDER BY array_position(ARRAY['unprotected', 'degraded', 'protected'], coalesce(p.state, 'unprotected')),
       r.centre_id, r.reference"""

ALL: Final = VIEW + WORST_FIRST
NOT_KEPT: Final = "AND r.registration_id <> ALL (denied_to($2))"
OF_HER_TEAMS: Final = """
AND ($3 OR r.team = ANY (ARRAY(SELECT unnest(case_teams_of(o.zones, o.centres, o.roles))
                                 FROM operator o WHERE o.operator_id = $2)))"""
OF_CENTRES: Final = f"{VIEW} AND r.centre_id = ANY ($1) {NOT_KEPT} {OF_HER_TEAMS} {WORST_FIRST}"
OF_ONE: Final = f"{VIEW} AND r.registration_id = $1 {NOT_KEPT} {OF_HER_TEAMS}"

STATES: Final = "SELECT centre_id, state, count(*) AS count FROM protection GROUP BY centre_id, state"

COMPANIONS: Final = """
SELECT r.centre_id, count(*) AS count,
       CASE WHEN s.received_at IS NULL THEN 'never_heard'
            WHEN v.watched -> c.companion_id::text ? 'companion_silent' THEN 'silent'
            ELSE 'heard' END AS state
  FROM companion c
  JOIN registration r USING (registration_id)
  LEFT JOIN companion_state s USING (companion_id)
  LEFT JOIN supervision v ON v.registration_id = c.registration_id
 WHERE c.revoked_at IS NULL AND to_be_protected(r)
 GROUP BY 1, 3"""


class Protections:
    """The states of registrations. All raise ``DatabaseUnavailable``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of_all(self) -> list[ProtectionView]:
        """Return the state of every real registration, the worst first."""
        return await self._views(ALL)

    async def of_centres(
        self, centres: Collection[str], reader: UUID | None = None, *, whole: bool = True
    ) -> list[ProtectionView]:
        """Return the same of these centres, but of files that are kept from who reads, if anybody does.

        ``whole`` False: of the case teams alone for which she works.
        """
        return await self._views(OF_CENTRES, list(centres), reader, whole)

    async def of(
        self, registration_id: UUID, reader: UUID | None = None, *, whole: bool = True
    ) -> ProtectionView | None:
        """Return one registration's; None when there is none, it is not judged, or kept from who reads."""
        return next(iter(await self._views(OF_ONE, registration_id, reader, whole)), None)

    async def _views(self, question: str, *given: Any) -> list[ProtectionView]:
        async with acquire(self._pool) as database:
            rows = await database.fetch(question, *given)
        return [ProtectionView.model_validate(row["image"]) for row in rows]

    async def count(self, metrics: Metrics) -> None:
        """Set the gauges anew."""
        async with acquire(self._pool) as database:
            states = await database.fetch(STATES)
            companions = await database.fetch(COMPANIONS)
        for gauge, rows in ((metrics.protection, states), (metrics.companions, companions)):
            gauge.clear()
            for row in rows:
                gauge.labels(row["centre_id"], row["state"]).set(row["count"])


async def keep_counting(protections: Protections, metrics: Metrics) -> None:
    """Count for the metrics, until cancelled."""
    while True:
        try:
            await protections.count(metrics)
        except (DatabaseUnavailable, asyncpg.PostgresError) as error:
            failed("counted")
            structlog.get_logger().warning("protections_not_counted", error=type(error).__name__)
        await asyncio.sleep(COUNTED_S)
