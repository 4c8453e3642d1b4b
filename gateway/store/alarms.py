"""Alarms one at a time: find one, take one, see its deliveries."""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from dispatch.ports import Logged
from gateway.ports import Acknowledged, FirstDelivery
from gateway.store.connect import Pool, acquire
from gateway.store.view import Viewer
from gateway.telemetry import Metrics
from schemas.alarm import AlarmView
from schemas.session import OperatorView

FIND: Final = """
SELECT alarm_image(a)::text AS image, a.registration_id, a.key_id, a.wrapped_key,
       a.person_sealed, a.circumstances_sealed, a.sealed_version
  FROM alarm a
 WHERE a.alarm_id = $1"""

OPEN: Final = """
SELECT alarm_image(a)::text AS image, a.registration_id, a.key_id, a.wrapped_key,
       a.person_sealed, a.circumstances_sealed, a.sealed_version
  FROM alarm a
 WHERE a.centre_id = ANY($1) AND a.state <> 'closed'
 ORDER BY a.raised_at, a.alarm_id"""

ACKNOWLEDGE: Final = """
SELECT repeated, alarm_id, version, sequence, committed_at AS at, kind, image::text AS image,
       stream_epoch() AS epoch, registration_id, key_id, wrapped_key, person_sealed,
       circumstances_sealed, sealed_version
  FROM commit_acknowledgement($1, $2, $3, $4, $5, $6)"""

FIRST_DELIVERY: Final = """
SELECT fanned_out_at, painted_at, delivered_at FROM delivery
 WHERE centre_id = $1 AND alarm_id = $2
 ORDER BY delivered_at LIMIT 1"""


class PostgresAlarms:
    """``gateway.ports.Alarms``; an acknowledgement goes straight to ``publish``."""

    def __init__(
        self, pool: Pool, viewer: Viewer, publish: Callable[[Sequence[Logged]], None], metrics: Metrics
    ) -> None:
        self._pool = pool
        self._viewer = viewer
        self._publish = publish
        self._metrics = metrics

    async def find(self, alarm_id: UUID) -> AlarmView | None:
        """Return the alarm, enriched, or None."""
        async with acquire(self._pool) as database:
            row = await database.fetchrow(FIND, alarm_id)
        return None if row is None else self._viewer.alarm(row)

    async def open_of(self, centres: tuple[str, ...]) -> list[AlarmView]:
        """Return the open alarms of these centres, oldest first."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(OPEN, list(centres))
        return [self._viewer.alarm(row) for row in rows]

    async def acknowledge(
        self, alarm: AlarmView, operator: OperatorView, request_id: UUID
    ) -> Acknowledged | None:
        """Take the alarm if it still is as given; None when it has changed."""
        async with acquire(self._pool) as database:
            row = await database.fetchrow(
                ACKNOWLEDGE,
                alarm.centre,
                alarm.alarm_id,
                alarm.version,
                operator.operator_id,
                operator.name,
                request_id,
            )
        if row is None:
            return None
        if not row["repeated"]:
            event = self._viewer.event(row, alarm.centre, row["epoch"])
            self._publish([event])
            took_s = (event.at - alarm.raised_at).total_seconds()
            self._metrics.acknowledgement.labels(alarm.centre).observe(took_s)
        return Acknowledged(row["alarm_id"], row["version"])

    async def first_delivery(self, alarm: AlarmView) -> FirstDelivery | None:
        """Return when the alarm was first drawn on a screen."""
        async with acquire(self._pool) as database:
            row = await database.fetchrow(FIRST_DELIVERY, alarm.centre, alarm.alarm_id)
        return None if row is None else FirstDelivery(**row)
