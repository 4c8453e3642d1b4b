"""Devices: ``/v1/devices``; what people do with them, consignments in and tables out."""

from dataclasses import replace
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from gateway.csv_text import MEDIA_TYPE, csv_file
from gateway.domain.casework.consignment import COLUMNS, Consignment
from gateway.domain.casework.scope import Scope
from gateway.http.casework.services import casework_of
from gateway.http.casework.visiting import scope_of
from gateway.http.problems import response_of
from gateway.ports import DeviceQuery, IdleLimits
from gateway.timing import DEVICE_SILENT_DAYS, DEVICE_STOCK_DAYS, DEVICE_UNWIPED_DAYS
from schemas.casework import TeamId
from schemas.devices import (
    ConsignmentError,
    ConsignmentReport,
    DeviceActRequest,
    DeviceHistory,
    DeviceKind,
    DeviceModel,
    DevicePage,
    DeviceState,
    DeviceSummary,
    DeviceView,
    IdleReport,
)
from schemas.problems import FieldError, Problem, ProblemKind
from schemas.session import Role

CONSIGNMENT_MAX_BYTES: Final = 512 * 1024
"""A consignment of ``ROWS_MAX`` devices with every cell filled takes 400 kB."""

PAGE_MAX: Final = 200

router: Final = APIRouter(prefix="/v1/devices", tags=["devices"])

Keeper = Annotated[Scope, Depends(scope_of(Role.CASE_OFFICER, Role.ADMIN))]
DeviceId = Annotated[UUID, Path(description="The device's id")]
Days = Annotated[int, Query(ge=1, le=3650)]
TypedIn = Annotated[str | None, Query(max_length=100)]
CSV_BODY: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}
}


async def wanted(
    team: TeamId | None = None,
    kind: DeviceKind | None = None,
    state: DeviceState | None = None,
    scanned: TypedIn = None,
    text: TypedIn = None,
    battery_below: Annotated[int | None, Query(ge=1, le=100)] = None,
) -> DeviceQuery:
    """Return which devices are asked for."""
    return DeviceQuery(
        team=team, kind=kind, state=state, scanned=scanned, text=text, battery_below=battery_below
    )


Wanted = Annotated[DeviceQuery, Depends(wanted)]


@router.get("")
async def devices(
    request: Request,
    scope: Keeper,
    query: Wanted,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
) -> DevicePage:
    """List devices by serial number; ``scanned`` is a whole one as a scanner types it, ``text`` a part."""
    return await casework_of(request).devices.page(scope, replace(query, after=after, limit=limit))


@router.get("/summary")
async def summary(request: Request, scope: Keeper) -> DeviceSummary:
    """Tell who has what: counts by team, kind and state."""
    return await casework_of(request).devices.summary(scope)


@router.get("/idle")
async def idle(
    request: Request,
    scope: Keeper,
    silent_days: Days = DEVICE_SILENT_DAYS,
    stock_days: Days = DEVICE_STOCK_DAYS,
    unwiped_days: Days = DEVICE_UNWIPED_DAYS,
) -> IdleReport:
    """List devices that lie unused: with a victim but silent, long in stock, back but not wiped."""
    limits = IdleLimits(silent_days=silent_days, stock_days=stock_days, unwiped_days=unwiped_days)
    return await casework_of(request).devices.idle(scope, limits)


@router.get("/models")
async def models(request: Request, scope: Keeper) -> tuple[DeviceModel, ...]:
    """List the models that a consignment may hold."""
    return await casework_of(request).devices.models(scope)


class Csv(Response):
    """Rows, the heading first."""

    media_type = MEDIA_TYPE


@router.get("/export", response_class=Csv)
async def export(request: Request, scope: Keeper, query: Wanted) -> Response:
    """Write the devices that are asked for as CSV, with the columns of a consignment first."""
    rows = await casework_of(request).devices.export(scope, query)
    headers = {"Content-Disposition": 'attachment; filename="devices.csv"'}
    return Csv(csv_file(EXPORTED, map(row_of, rows)), headers=headers)


@router.post(
    "/imports", max_body_size=CONSIGNMENT_MAX_BYTES, openapi_extra=CSV_BODY, response_model=ConsignmentReport
)
async def receive(
    request: Request, scope: Keeper, *, team: TeamId | None = None, dry_run: bool = False
) -> Any:
    """Receive a consignment (CSV, ``docs/casework.md``), all of it or nothing; ``dry_run`` only reads it.

    Tried only, it answers 200 with every error and its line; else what is wrong is refused with 422.
    """
    content = await request.body()
    consignment = await casework_of(request).device_acts.receive(scope, content, team=team, dry_run=dry_run)
    if consignment.errors and not dry_run:
        errors = tuple(
            FieldError(
                field=f"line {one.line}" + (f", {one.column}" if one.column else ""), message=one.message
            )
            for one in consignment.errors
        )
        return response_of(Problem.of(ProblemKind.INVALID, "nothing was received", errors=errors))
    return report_of(consignment, dry_run=dry_run)


@router.get("/{device_id}")
async def history(request: Request, scope: Keeper, device_id: DeviceId) -> DeviceHistory:
    """Return a device and all that was done with it."""
    return await casework_of(request).devices.history(scope, device_id)


@router.post("/{device_id}/acts")
async def act(
    request: Request, scope: Keeper, device_id: DeviceId, wanted_act: DeviceActRequest
) -> DeviceView:
    """Do something with a device: issue it, report it lost, take it back, and so on."""
    return await casework_of(request).device_acts.act(scope, device_id, wanted_act)


EXPORTED: Final = (*COLUMNS[:-1], "state", "state_since", "reference", "battery_pct", "last_seen_at")


def row_of(device: DeviceView) -> tuple[Any, ...]:
    """Return a line of the table that leaves."""
    return (
        device.kind,
        device.maker,
        device.model,
        device.serial,
        device.received_on,
        device.team,
        device.firmware,
        device.state,
        device.state_since,
        device.reference,
        device.battery_pct,
        device.last_seen_at,
    )


def place_of(error: ConsignmentError) -> str:
    """Name where in the file something is wrong."""
    return f"line {error.line}" + (f", {error.column}" if error.column else "")


def report_of(consignment: Consignment, *, dry_run: bool) -> ConsignmentReport:
    """Return what became of a consignment."""
    good = not consignment.errors and not dry_run
    return ConsignmentReport(
        rows=consignment.rows,
        received=len(consignment.parcels) if good else 0,
        dry_run=dry_run,
        errors=tuple(consignment.errors),
    )
