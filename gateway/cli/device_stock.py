"""``msa device`` for the things themselves: consignments, the stock, what lies unused, a device's history."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gateway.cli.support import WRONG, Json, Stores, content_of, err, out, print_json, run, text_column
from gateway.csv_text import csv_file
from gateway.domain.casework.consignment import Consignment
from gateway.domain.errors import NotAllowedNow, NotFound
from gateway.http.casework.devices import EXPORTED, report_of, row_of
from gateway.ports import DeviceQuery, IdleLimits
from gateway.timing import DEVICE_SILENT_DAYS, DEVICE_STOCK_DAYS, DEVICE_UNWIPED_DAYS
from schemas.devices import (
    DeviceAct,
    DeviceActRequest,
    DeviceHistory,
    DeviceKind,
    DeviceModel,
    DeviceReason,
    DeviceState,
    DeviceSummary,
    DeviceView,
    IdleReport,
)

Team = Annotated[str | None, typer.Option(help="A case team: a police zone, as BE-5415, or a centre.")]
Serial = Annotated[str, typer.Argument(help="Its serial number, however it is written.")]


def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV; - reads standard input.", allow_dash=True, metavar="FILE")
    ],
    *,
    team: Annotated[str | None, typer.Option(help="For lines that name no team.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is wrong.")] = False,
    json_: Json = False,
) -> None:
    """Receive a consignment of buttons and phones, all of it or nothing.

    Columns: kind, maker, model, serial; received_on, team, firmware and button_id may be. Every error is
    listed with its line; then nothing is received and the exit status is 1.

    Example: msa device import consignment.csv --team BE-5415 --dry-run
    """
    content = content_of(file)

    async def command(stores: Stores) -> Consignment:
        return await stores.device_acts.receive(None, content, team=team, dry_run=dry_run)

    with err.status(f"receiving {len(content.splitlines())} lines"):
        consignment = run(command)
    report = report_of(consignment, dry_run=dry_run)
    if json_:
        print_json(report.model_dump(mode="json"))
    else:
        for one in report.errors:
            place = f"line {one.line}: " + (f"{one.column}: " if one.column else "")
            err.print(place + one.message, style="red", markup=False)
        if report.errors:
            out.print(f"nothing received: {len(report.errors)} errors")
        else:
            out.print(f"{report.rows} valid" if dry_run else f"{report.received} received")
    if report.errors:
        raise typer.Exit(WRONG)


def stock(
    *,
    team: Team = None,
    kind: Annotated[DeviceKind | None, typer.Option(help="Only these.")] = None,
    state: Annotated[DeviceState | None, typer.Option(help="Only those in this state.")] = None,
    battery_below: Annotated[
        int | None, typer.Option(min=1, max=100, help="Only with a battery below so many percent.")
    ] = None,
    to: Annotated[Path | None, typer.Option("--out", help="Write them as CSV instead.")] = None,
    json_: Json = False,
) -> None:
    """List the buttons and phones, wherever they are; --state stock: those in stock.

    Example: msa device stock --team BE-5415 --battery-below 20
    """
    wanted = DeviceQuery(team=team, kind=kind, state=state, battery_below=battery_below)

    async def command(stores: Stores) -> tuple[DeviceView, ...]:
        return await stores.devices.export(None, wanted)

    devices = run(command)
    if to is not None:
        to.write_bytes(csv_file(EXPORTED, map(row_of, devices)))
        err.print(f"{len(devices)} written")
    elif json_:
        print_json([one.model_dump(mode="json") for one in devices])
    else:
        out.print(_table(devices))


def summary(*, json_: Json = False) -> None:
    """Tell who has what: counts by team, kind and state."""

    async def command(stores: Stores) -> DeviceSummary:
        return await stores.devices.summary(None)

    counts = run(command).counts
    if json_:
        print_json([one.model_dump(mode="json") for one in counts])
        return
    table = Table(*map(text_column, ("team", "kind", "state", "count")), box=None)
    for one in counts:
        table.add_row(one.team, one.kind, one.state, str(one.count))
    out.print(table)


def idle(
    *,
    silent_days: Annotated[
        int, typer.Option(min=1, help="With a victim, and not heard.")
    ] = DEVICE_SILENT_DAYS,
    stock_days: Annotated[int, typer.Option(min=1, help="In stock.")] = DEVICE_STOCK_DAYS,
    unwiped_days: Annotated[int, typer.Option(min=1, help="Back, and not wiped.")] = DEVICE_UNWIPED_DAYS,
    json_: Json = False,
) -> None:
    """List the devices that lie unused, the longest first."""
    limits = IdleLimits(silent_days=silent_days, stock_days=stock_days, unwiped_days=unwiped_days)

    async def command(stores: Stores) -> IdleReport:
        return await stores.devices.idle(None, limits)

    report = run(command)
    if json_:
        print_json(report.model_dump(mode="json"))
        return
    table = Table(*map(text_column, ("why", "since", "serial", "make", "team", "file")), box=None)
    for one in report.devices:
        device = one.device
        make = f"{device.kind} {device.maker} {device.model}"
        since = f"{one.since:%Y-%m-%d}"
        table.add_row(one.kind, since, device.serial, make, device.team, device.reference or "")
    out.print(table)


def history(serial: Serial, *, json_: Json = False) -> None:
    """Tell what was done with a device, newest first."""

    async def command(stores: Stores) -> DeviceHistory:
        return await stores.devices.history(None, (await _one(stores, serial)).device_id)

    told = run(command)
    if json_:
        print_json(told.model_dump(mode="json"))
        return
    out.print(_table([told.device]))
    table = Table(*map(text_column, ("at", "act", "state", "by", "team", "file", "reason")), box=None)
    for move in told.moves:
        by = move.by.name if move.by else "the system"
        table.add_row(
            f"{move.at:%Y-%m-%d %H:%M}",
            move.act,
            move.state,
            by,
            move.team,
            move.reference or "",
            move.reason or "",
        )
    out.print(table)


def act(
    serial: Serial,
    wanted: Annotated[
        DeviceAct, typer.Argument(metavar="ACT", help="E.g. issue, report_lost, return, wipe.")
    ],
    *,
    reference: Annotated[str | None, typer.Option(help="To issue: the file's reference.")] = None,
    team: Annotated[str | None, typer.Option(help="To transfer: to which team.")] = None,
    reason: Annotated[DeviceReason | None, typer.Option(help="Why it is faulty, lost or retired.")] = None,
    json_: Json = False,
) -> None:
    """Do something with a device; a phone that is lost, returned or wiped has its companion revoked.

    Example: msa device act 00:1A:7D:DA:71:13 report_lost --reason stolen
    """

    async def command(stores: Stores) -> DeviceView:
        device = await _one(stores, serial)
        request = DeviceActRequest(
            act=wanted, version=device.version, reference=reference, team=team, reason=reason
        )
        return await stores.device_acts.act(None, device.device_id, request)

    device = run(command)
    if json_:
        print_json(device.model_dump(mode="json"))
    else:
        out.print(f"{device.serial}: {device.state}", markup=False)


def models(
    add: Annotated[
        tuple[DeviceKind, str, str] | None,
        typer.Option(metavar="KIND MAKER MODEL", help="Add one, that consignments may hold it."),
    ] = None,
    *,
    json_: Json = False,
) -> None:
    """List the models that a consignment may hold, or add one.

    Example: msa device models --add phone Fairphone "Fairphone 5"
    """

    async def command(stores: Stores) -> tuple[DeviceModel, ...]:
        if add is not None:
            kind, maker, model = add
            await stores.devices.add_model(DeviceModel(kind=kind, maker=maker, model=model))
        return await stores.devices.models(None)

    known = run(command)
    if json_:
        print_json([one.model_dump(mode="json") for one in known])
        return
    table = Table(*map(text_column, ("kind", "maker", "model")), box=None)
    for one in known:
        table.add_row(one.kind, one.maker, one.model)
    out.print(table)


def register(app: typer.Typer) -> None:
    """Add these to ``msa device``."""
    app.command("import")(import_)
    for command in (stock, summary, idle, history, act, models):
        app.command()(command)


async def _one(stores: Stores, serial: str) -> DeviceView:
    """Find the device of this number. Raises ``NotFound``; ``NotAllowedNow`` where two makers use it."""
    found = (await stores.devices.page(None, DeviceQuery(scanned=serial))).devices
    if not found:
        raise NotFound(f"no device has the serial number {serial}")
    if len(found) > 1:
        raise NotAllowedNow("several makers use this serial number; do it on the page of devices")
    return found[0]


def _table(devices: Sequence[DeviceView]) -> Table:
    columns = ("serial", "kind", "make", "state", "team", "file", "battery", "firmware", "last heard")
    table = Table(*map(text_column, columns), box=None)
    for one in devices:
        battery = "" if one.battery_pct is None else f"{one.battery_pct} %"
        heard = "" if one.last_seen_at is None else f"{one.last_seen_at:%Y-%m-%d %H:%M}"
        table.add_row(
            one.serial,
            one.kind,
            f"{one.maker} {one.model}",
            one.state,
            one.team,
            one.reference or "",
            battery,
            one.firmware or "",
            heard,
        )
    return table
