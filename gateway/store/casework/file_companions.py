"""The devices and companions of a file: who is enrolled, a code for another, one that is refused."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway import secret_text
from gateway.domain.casework.devices import IN_USE
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import NotAllowedNow, NotFound
from gateway.domain.rows import Row
from gateway.ports import Clock
from gateway.store.casework.device_rows import DEVICES, view_of
from gateway.store.casework.scoped import record, scoped
from gateway.store.companions import CODE_LIFETIME
from gateway.store.connect import Pool
from schemas.devices import CompanionView, DeviceKind, FileDevices

TEAM: Final = """
SELECT team, wrapped_key IS NOT NULL AS open, team = ANY (my_device_teams()) AS mine
  FROM registration WHERE registration_id = $1"""
OF_FILE: Final = f"{DEVICES} WHERE d.registration_id = $1 ORDER BY d.kind, d.serial_key"

# Revoked ones stay in sight: whoever looks for a lost phone sees that it was refused, and when.
COMPANIONS: Final = """
SELECT c.companion_id, c.registration_id, c.label, c.version, c.enrolled_at, c.revoked_at,
       greatest(s.received_at, c.last_seen_at) AS heard_at, s.facts -> 'phone_battery_pct' AS battery,
       d.device_id, r.team
  FROM companion c JOIN registration r USING (registration_id)
  LEFT JOIN companion_state s USING (companion_id)
  LEFT JOIN device d USING (companion_id)"""
OF_FILE_COMPANIONS: Final = f"{COMPANIONS} WHERE c.registration_id = $1 ORDER BY c.enrolled_at DESC"
ONE_COMPANION: Final = f"{COMPANIONS} WHERE c.companion_id = $1"

PHONE: Final = """
SELECT kind, state FROM device WHERE device_id = $1 AND registration_id = $2"""
NEW_CODE: Final = """
INSERT INTO enrolment_code (code_hash, registration_id, created_at, expires_at, device_id)
VALUES ($1, $2, $3, $4, $5)"""
REVOKE: Final = "SELECT revoke_companion($1, $2)"


class PostgresFileCompanions:
    """``gateway.ports.FileCompanions``. ``revoked`` is told of each companion that was, once it is."""

    def __init__(self, pool: Pool, clock: Clock, revoked: Callable[[UUID], None]) -> None:
        self._pool = pool
        self._clock = clock
        self._revoked = revoked

    async def of(self, scope: Scope, registration_id: UUID) -> FileDevices:
        """Return the devices and companions of a file; the look is written down. Raises ``NotFound``."""
        async with scoped(self._pool, scope) as database:
            file = await database.fetchrow(TEAM, registration_id)
            if file is None:
                raise NotFound
            devices = await database.fetch(OF_FILE, registration_id)
            companions = await database.fetch(OF_FILE_COMPANIONS, registration_id)
            looked = Entry(
                kind=Kind.LOOKED, why=Why.DEVICES, registration_id=registration_id, team=file["team"]
            )
            await record(database, scope, looked)
        return FileDevices(
            devices=tuple(view_of(row, scope) for row in devices),
            companions=tuple(_companion(row) for row in companions),
        )

    async def new_code(
        self, scope: Scope, registration_id: UUID, device_id: UUID | None
    ) -> tuple[str, datetime]:
        """Make a one-time code with which a companion enrols itself; return it and when it expires.

        Raises ``NotFound``; ``NotAllowedNow`` for a file that is erased and a phone that is not with it.
        """
        code, now = secret_text.new_code(), self._clock.now()
        async with scoped(self._pool, scope) as database:
            file = await database.fetchrow(TEAM, registration_id)
            if file is None or not file["mine"]:
                raise NotFound
            if not file["open"]:
                raise NotAllowedNow("the file is erased")
            if device_id is not None:
                phone = await database.fetchrow(PHONE, device_id, registration_id)
                if phone is None or phone["kind"] != DeviceKind.PHONE or phone["state"] not in IN_USE:
                    raise NotAllowedNow("the phone is not with this file")
            until = now + CODE_LIFETIME
            code_hash = secret_text.hash_of_code(code)
            await database.execute(NEW_CODE, code_hash, registration_id, now, until, device_id)
            made = Entry(
                kind=Kind.CODE_MADE,
                why=Why.DEVICES,
                registration_id=registration_id,
                team=file["team"],
                facts={} if device_id is None else {"device_id": str(device_id)},
            )
            await record(database, scope, made)
        return code, until

    async def revoke(self, scope: Scope, companion_id: UUID) -> CompanionView:
        """Refuse a companion from now on; again changes nothing. Raises ``NotFound``."""
        async with scoped(self._pool, scope) as database:
            row = await database.fetchrow(ONE_COMPANION, companion_id)
            if row is None:
                raise NotFound
            if row["revoked_at"] is None:
                if not await database.fetchval(REVOKE, companion_id, self._clock.now()):
                    raise NotFound  # it is shown for an alarm, or to whoever was let in: to read
                revoked = Entry(
                    kind=Kind.COMPANION_REVOKED,
                    why=Why.DEVICES,
                    registration_id=row["registration_id"],
                    subject=str(companion_id),
                    team=row["team"],
                )
                await record(database, scope, revoked)
                row = await database.fetchrow(ONE_COMPANION, companion_id)
                if row is None:
                    raise NotFound
        self._revoked(companion_id)
        return _companion(row)


def _companion(row: Row) -> CompanionView:
    return CompanionView(
        companion_id=row["companion_id"],
        label=row["label"],
        version=row["version"],
        enrolled_at=row["enrolled_at"],
        revoked_at=row["revoked_at"],
        heard_at=row["heard_at"],
        phone_battery_pct=row["battery"],
        device_id=row["device_id"],
    )
