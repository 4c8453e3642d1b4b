"""Devices as people see them: lists, counts, what lies unused, one with its history."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from gateway.domain.casework.consignment import key_of
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import NotFound
from gateway.domain.rows import Row
from gateway.ports.devices import DeviceQuery, IdleLimits
from gateway.store.casework.device_rows import DEVICES, models_in, on_behalf, view_of
from gateway.store.casework.scoped import record
from gateway.store.connect import Database, Pool
from schemas.devices import (
    DeviceAct,
    DeviceCount,
    DeviceHistory,
    DeviceModel,
    DeviceMoveView,
    DevicePage,
    DeviceReason,
    DeviceState,
    DeviceSummary,
    DeviceView,
    IdleDevice,
    IdleKind,
    IdleReport,
)
from schemas.session import OperatorName, Role

EXPORT_MAX: Final = 100_000
"""Devices in a table that leaves: ten times those of 5,000 files."""

IDLE_MAX: Final = 500
"""Devices in an idle report: more than anybody asks about in a week."""

PAGE: Final = f"""{DEVICES}
 WHERE ($1::text IS NULL OR d.team = $1) AND ($2::text IS NULL OR d.kind = $2)
   AND ($3::text IS NULL OR d.state = $3)
   AND ($4::text IS NULL OR d.serial_key = $4 OR d.button_key = $4)
   AND ($5::text IS NULL OR strpos(d.serial_key, $5) > 0)
   AND ($8::integer IS NULL OR d.battery_pct < $8)
   AND ($6::uuid IS NULL
        OR (d.serial_key, d.device_id)
           > (SELECT a.serial_key, a.device_id FROM device a WHERE a.device_id = $6))
 ORDER BY d.serial_key, d.device_id LIMIT $7"""  # noqa: S608 (of constants)

SUMMARY: Final = """
SELECT team, kind, state, count(*) AS count FROM device
 GROUP BY team, kind, state ORDER BY team, kind, state"""

IDLE: Final = f"""
SELECT i.why, i.since, d.*
  FROM ({DEVICES}) d,
       LATERAL (
           SELECT 'silent' AS why, greatest(d.last_seen_at, d.state_since) AS since, $1::integer AS days
            WHERE d.file IS NOT NULL AND d.state IN ('issued', 'paired', 'tested', 'faulty')
           UNION ALL SELECT 'in_stock', d.state_since, $2 WHERE d.state = 'stock'
           UNION ALL SELECT 'unwiped', d.state_since, $3
            WHERE d.registration_id IS NULL AND d.state IN ('returned', 'faulty')) i
 WHERE i.since < now() - make_interval(days => i.days)
 ORDER BY i.since, d.device_id LIMIT $4"""  # noqa: S608 (of constants)

ONE: Final = f"{DEVICES} WHERE d.device_id = $1"
MOVES: Final = """
SELECT m.*, r.reference FROM device_move m LEFT JOIN registration r USING (registration_id)
 WHERE m.device_id = $1 ORDER BY m.number DESC"""

ADD_MODEL: Final = "INSERT INTO device_model VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"


class PostgresDevices:
    """``gateway.ports.Devices``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def page(self, scope: Scope | None, query: DeviceQuery) -> DevicePage:
        """Return the devices that are wanted."""
        async with on_behalf(self._pool, scope) as database:
            rows = await _wanted(database, query, query.limit + 1)
        shown = rows[: query.limit]
        return DevicePage(
            devices=tuple(view_of(row, scope) for row in shown),
            next=shown[-1]["device_id"] if len(rows) > len(shown) else None,
        )

    async def export(self, scope: Scope | None, query: DeviceQuery) -> tuple[DeviceView, ...]:
        """Return all the devices that are wanted; that they left is written down."""
        async with on_behalf(self._pool, scope) as database:
            rows = await _wanted(database, query, EXPORT_MAX)
            if scope is not None:
                left = Entry(
                    kind=Kind.DEVICES_EXPORTED,
                    why=Why.DEVICES,
                    team=query.team,
                    facts={"devices": len(rows)},
                )
                await record(database, scope, left)
        return tuple(view_of(row, scope) for row in rows)

    async def summary(self, scope: Scope | None) -> DeviceSummary:
        """Count the devices by team, kind and state."""
        async with on_behalf(self._pool, scope) as database:
            rows = await database.fetch(SUMMARY)
        return DeviceSummary(counts=tuple(DeviceCount.model_validate(dict(row)) for row in rows))

    async def idle(self, scope: Scope | None, limits: IdleLimits) -> IdleReport:
        """Return the devices that lie unused, the longest first."""
        async with on_behalf(self._pool, scope) as database:
            rows = await database.fetch(
                IDLE, limits.silent_days, limits.stock_days, limits.unwiped_days, IDLE_MAX + 1
            )
        return IdleReport(
            silent_days=limits.silent_days,
            stock_days=limits.stock_days,
            unwiped_days=limits.unwiped_days,
            devices=tuple(
                IdleDevice(kind=IdleKind(row["why"]), since=row["since"], device=view_of(row, scope))
                for row in rows[:IDLE_MAX]
            ),
            more=len(rows) > IDLE_MAX,
        )

    async def history(self, scope: Scope | None, device_id: UUID) -> DeviceHistory:
        """Return a device with its moves; that somebody looked is written down. Raises ``NotFound``."""
        async with on_behalf(self._pool, scope) as database:
            row = await database.fetchrow(ONE, device_id)
            if row is None:
                raise NotFound
            moves = await database.fetch(MOVES, device_id)
            if scope is not None and row["registration_id"] is not None:
                looked = Entry(
                    kind=Kind.LOOKED,
                    why=Why.DEVICES,
                    registration_id=row["registration_id"],
                    team=row["team"],
                    facts={"device_id": str(device_id)},
                )
                await record(database, scope, looked)
        named = scope is None or Role.CASE_OFFICER in scope.roles
        return DeviceHistory(
            device=view_of(row, scope), moves=tuple(_move_of(move, named=named) for move in moves)
        )

    async def models(self, scope: Scope | None) -> tuple[DeviceModel, ...]:
        """Return the models that are known."""
        async with on_behalf(self._pool, scope) as database:
            return await models_in(database)

    async def add_model(self, model: DeviceModel) -> None:
        """Let consignments hold this model too; again changes nothing."""
        async with on_behalf(self._pool, None) as database:
            await database.execute(ADD_MODEL, model.kind, model.maker, model.model)


async def _wanted(database: Database, query: DeviceQuery, limit: int) -> Sequence[Row]:
    scanned = None if query.scanned is None else key_of(query.scanned)
    text = None if query.text is None else key_of(query.text)
    return await database.fetch(
        PAGE,
        query.team,
        query.kind,
        query.state,
        scanned,
        text,
        query.after,
        limit,
        query.battery_below,
    )


def _move_of(row: Row, *, named: bool) -> DeviceMoveView:
    by = row["done_by"]
    return DeviceMoveView(
        number=row["number"],
        act=DeviceAct(row["act"]),
        at=row["at"],
        by=None if by is None else OperatorName.model_validate(by),
        state=DeviceState(row["state"]),
        team=row["team"],
        reference=row["reference"] if named else None,
        reason=None if row["reason"] is None else DeviceReason(row["reason"]),
    )
