"""What is done with devices: decided by the table, written with history and journal, or not at all."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from gateway.domain.casework.consignment import Consignment, Known, Parcel, read_consignment
from gateway.domain.casework.devices import (
    RULES,
    Device,
    FileOfTeam,
    Given,
    Moved,
    Need,
    check_role,
    decide,
)
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import NotAllowedNow, NotFound, StaleVersion
from gateway.domain.uuid7 import uuid7
from gateway.ports import Clock
from gateway.store.casework.device_rows import DEVICES, device_of, models_in, on_behalf, roles_of, view_of
from gateway.store.casework.scoped import record
from gateway.store.connect import Database, Pool
from schemas.devices import ConsignmentFault, DeviceAct, DeviceActRequest, DeviceView

ONE: Final = f"{DEVICES} WHERE d.device_id = $1"
LOCK_FILES: Final = """
SELECT FROM registration
 WHERE registration_id IN ($2::uuid, (SELECT d.registration_id FROM device d WHERE d.device_id = $1))
 ORDER BY registration_id FOR SHARE"""
LOCK: Final = "SELECT * FROM device WHERE device_id = $1 FOR UPDATE"

# A file that is over gets no device; one that is erased has nobody to give it to.
FILE: Final = """
SELECT registration_id, team,
       wrapped_key IS NOT NULL AND state NOT IN ('refused', 'closed', 'archived') AS open
  FROM registration WHERE registration_id = $1::uuid OR ($1::uuid IS NULL AND reference = $2 AND team = $3)"""

COMPANION: Final = """
SELECT companion_id FROM companion
 WHERE companion_id = $1 AND registration_id = $2 AND revoked_at IS NULL"""

MOVE: Final = """
UPDATE device SET state = $3, team = $4, registration_id = $5, companion_id = $6, version = $2,
       state_since = CASE state WHEN $3 THEN state_since ELSE $7 END
 WHERE device_id = $1"""
KEEP: Final = """
INSERT INTO device_move (device_id, number, act, at, done_by, state, team, registration_id, companion_id,
                         reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""
REVOKE: Final = "UPDATE companion SET revoked_at = coalesce(revoked_at, $2) WHERE companion_id = $1"
REVOKE_AS_PERSON: Final = "SELECT revoke_companion($1, $2)"

MY_TEAMS: Final = """
SELECT team FROM unnest(CASE
    WHEN $1 THEN ARRAY(SELECT zone_id FROM zone UNION ALL SELECT centre_id FROM centre)
    ELSE my_teams() END) AS t (team)"""
KNOWN: Final = "SELECT * FROM known_devices($1, $2, $3)"
TODAY: Final = "SELECT (now() AT TIME ZONE 'Europe/Brussels')::date"
RECEIVE: Final = """
INSERT INTO device (device_id, kind, maker, model, serial, team, state, received_on, firmware, button_id,
                    state_since, version)
SELECT device_id, kind, maker, model, serial, team, 'stock', received_on, firmware, button_id, $10, 1
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[],
              $8::text[], $9::text[])
       AS p (device_id, kind, maker, model, serial, team, received_on, firmware, button_id)"""
# A statement of its own: the policy looks for the device, which has to be there.
RECEIVED: Final = """
INSERT INTO device_move (device_id, number, act, at, done_by, state, team)
SELECT device_id, 1, 'receive', $3, $4, 'stock', team
  FROM unnest($1::uuid[], $2::text[]) AS p (device_id, team)"""


def _nobody(_: UUID) -> None:
    """Tell nobody: nodes that run ask each 5 s what was revoked."""


class PostgresDeviceActs:
    """``gateway.ports.DeviceActs``. ``revoked`` is told of each companion that was, once it is."""

    def __init__(self, pool: Pool, clock: Clock, revoked: Callable[[UUID], None] = _nobody) -> None:
        self._pool = pool
        self._clock = clock
        self._revoked = revoked

    async def act(self, scope: Scope | None, device_id: UUID, wanted: DeviceActRequest) -> DeviceView:
        """Do what is wanted with one device; see ``gateway.ports.DeviceActs`` for what is refused."""
        check_role(wanted.act, roles_of(scope))
        async with on_behalf(self._pool, scope) as database:
            await database.execute(LOCK_FILES, device_id, wanted.registration_id)
            row = await database.fetchrow(LOCK, device_id)
            if row is None:
                raise NotFound
            device = device_of(row)
            if device.version != wanted.version:
                raise StaleVersion(f"version {device.version}")
            given = await _given(database, device, wanted)
            moved = decide(device, wanted.act, roles_of(scope), given)
            await self.write(database, scope, moved, before=device)
            after = await database.fetchrow(ONE, device_id)
        if moved.revoked is not None:
            self._revoked(moved.revoked)
        if after is None:
            raise NotFound  # it went to a team that is not hers
        return view_of(after, scope)

    async def write(self, database: Database, scope: Scope | None, moved: Moved, *, before: Device) -> None:
        """Write what was decided, in this transaction: device, history, companion, journal."""
        now, device = self._clock.now(), moved.device
        by = None if scope is None else scope.who.model_dump(mode="json")
        # First what needs it as it was: of another team, or with no companion, it is found no more.
        await database.execute(
            KEEP,
            device.device_id,
            device.version,
            moved.act,
            now,
            by,
            device.state,
            device.team,
            device.registration_id or before.registration_id,
            device.companion_id or before.companion_id,
            moved.reason,
        )
        if moved.revoked is not None:
            await database.execute(REVOKE if scope is None else REVOKE_AS_PERSON, moved.revoked, now)
        await database.execute(
            MOVE,
            device.device_id,
            device.version,
            device.state,
            device.team,
            device.registration_id,
            device.companion_id,
            now,
        )
        await record(database, scope, _entry(moved, before, system=scope is None))

    async def receive(
        self, scope: Scope | None, content: bytes, *, team: str | None, dry_run: bool
    ) -> Consignment:
        """Read a consignment; receive all of it unless anything is wrong in it, or it is only tried."""
        async with on_behalf(self._pool, scope) as database:
            teams = [row["team"] for row in await database.fetch(MY_TEAMS, scope is None)]
            known = Known(
                models=await models_in(database),
                teams=teams,
                team=team or (teams[0] if len(teams) == 1 else None),
                today=await database.fetchval(TODAY),
            )
            consignment = read_consignment(content, known)
            await _find_known(database, consignment)
            if not consignment.errors and not dry_run:
                await self._receive(database, scope, consignment.parcels)
        return consignment

    async def _receive(self, database: Database, scope: Scope | None, parcels: Sequence[Parcel]) -> None:
        now = self._clock.now()
        by = None if scope is None else scope.who.model_dump(mode="json")
        ids = [uuid7(now) for _ in parcels]
        try:
            await database.execute(
                RECEIVE,
                ids,
                [one.kind for one in parcels],
                [one.maker for one in parcels],
                [one.model for one in parcels],
                [one.serial for one in parcels],
                [one.team for one in parcels],
                [one.received_on for one in parcels],
                [one.firmware for one in parcels],
                [one.button_id for one in parcels],
                now,
            )
        except asyncpg.UniqueViolationError:
            raise NotAllowedNow("somebody receives the same devices at this very moment") from None
        await database.execute(RECEIVED, ids, [one.team for one in parcels], now, by)
        teams = sorted({one.team for one in parcels})
        facts = {"devices": len(parcels), "teams": teams}
        team = teams[0] if len(teams) == 1 else None
        await record(
            database, scope, Entry(kind=Kind.DEVICES_IMPORTED, why=Why.DEVICES, team=team, facts=facts)
        )


async def _given(database: Database, device: Device, wanted: DeviceActRequest) -> Given:
    """Look up what the act names, as far as whoever asks may see it. Raises ``NotFound``."""
    needs = RULES[wanted.act].needs
    file = None
    if Need.FILE in needs and (wanted.registration_id or wanted.reference):
        row = await database.fetchrow(FILE, wanted.registration_id, wanted.reference, device.team)
        if row is None:
            raise NotFound("of this team there is no such file")
        file = FileOfTeam(registration_id=row["registration_id"], team=row["team"], is_open=row["open"])
    if Need.TEAM in needs and wanted.team is not None and not await _is_mine(database, wanted.team):
        raise NotFound("team")
    companion = None
    if wanted.act is DeviceAct.PAIR and wanted.companion_id is not None:
        companion = await database.fetchval(COMPANION, wanted.companion_id, device.registration_id)
        if companion is None:
            raise NotFound("companion_id")
    return Given(file=file, team=wanted.team, companion_id=companion, reason=wanted.reason)


async def _is_mine(database: Database, team: str) -> bool:
    everybody = await database.fetchval("SELECT current_user <> 'msa_person'")
    return team in {row["team"] for row in await database.fetch(MY_TEAMS, everybody)}


async def _find_known(database: Database, consignment: Consignment) -> None:
    """Say of each device that is here already in which line it stands."""
    identities = list(consignment.lines)
    places: Sequence[Any] = await database.fetch(
        KNOWN,
        [kind for kind, _, _ in identities],
        [maker for _, maker, _ in identities],
        [serial for _, _, serial in identities],
    )
    for row in places:
        consignment.wrong(consignment.lines[identities[row[0] - 1]], ConsignmentFault.KNOWN, "serial")
    consignment.errors.sort(key=lambda error: error.line)


def _entry(moved: Moved, before: Device, *, system: bool) -> Entry:
    device = moved.device
    facts = {
        "device_id": str(device.device_id),
        "device": device.kind,
        "act": moved.act,
        "state": device.state,
        **({"reason": moved.reason} if moved.reason else {}),
        **({"revoked": str(moved.revoked)} if moved.revoked else {}),
    }
    return Entry(
        kind=Kind.DEVICE_MOVED,
        why=Why.SYSTEM if system else Why.DEVICES,
        registration_id=device.registration_id or before.registration_id,
        subject=str(device.device_id),
        team=device.team,
        facts=facts,
    )
