"""Rows of ``device`` as values, and the transaction in which they are read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from gateway.domain.casework.devices import KEEPERS, Device, acts_of
from gateway.domain.casework.scope import Scope
from gateway.domain.rows import Row
from gateway.store.casework.scoped import scoped
from gateway.store.connect import Database, Pool, acquire
from schemas.devices import DeviceKind, DeviceModel, DeviceState, DeviceView
from schemas.session import Role

DEVICES: Final = """
SELECT d.*, r.registration_id AS file, r.reference
  FROM device d LEFT JOIN registration r ON r.registration_id = d.registration_id"""

MODELS: Final = "SELECT kind, maker, model FROM device_model ORDER BY kind, maker, model"


@asynccontextmanager
async def on_behalf(pool: Pool, scope: Scope | None) -> AsyncIterator[Database]:
    """Hold a transaction as a person; None: as the machine's own administrator, who sees all."""
    if scope is not None:
        async with scoped(pool, scope) as database:
            yield database
        return
    async with acquire(pool) as database, database.transaction():
        yield database


async def models_in(database: Database) -> tuple[DeviceModel, ...]:
    """Return the models that are known."""
    return tuple(DeviceModel.model_validate(dict(row)) for row in await database.fetch(MODELS))


def roles_of(scope: Scope | None) -> frozenset[Role]:
    """Return as whom it is decided; the machine's administrator does all that people may."""
    return KEEPERS if scope is None else scope.roles


def device_of(row: Row) -> Device:
    """Return what is decided on."""
    return Device(
        device_id=row["device_id"],
        kind=DeviceKind(row["kind"]),
        team=row["team"],
        state=DeviceState(row["state"]),
        registration_id=row["registration_id"],
        companion_id=row["companion_id"],
        version=row["version"],
    )


def view_of(row: Row, scope: Scope | None) -> DeviceView:
    """Return what this person sees: whose file it is with is for case officers."""
    named = scope is None or Role.CASE_OFFICER in scope.roles
    return DeviceView(
        device_id=row["device_id"],
        kind=DeviceKind(row["kind"]),
        maker=row["maker"],
        model=row["model"],
        serial=row["serial"],
        team=row["team"],
        state=DeviceState(row["state"]),
        state_since=row["state_since"],
        registration_id=row["file"] if named else None,
        reference=row["reference"] if named else None,
        companion_id=row["companion_id"] if named else None,
        firmware=row["firmware"],
        battery_pct=row["battery_pct"],
        battery_at=row["battery_at"],
        received_on=row["received_on"],
        last_seen_at=row["last_seen_at"],
        version=row["version"],
        acts=acts_of(device_of(row), roles_of(scope)),
    )
