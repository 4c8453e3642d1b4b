"""The risk level of a file: raised by one officer alone, lowered by two people."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from gateway.domain.casework.journal import Entry, Kind
from gateway.domain.casework.review import Intervals, is_lower
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import NotAllowedNow, NotFound, SealBroken, StaleVersion
from gateway.domain.rows import Row
from gateway.ports import Clock
from gateway.store.casework.file_versions import Head, head_of
from gateway.store.casework.looks import entry_of
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Database, Pool
from gateway.store.row_seal import RowSeal, open_row, seal_row
from gateway.store.sealing import Keyring
from gateway.timing import LOWERING_ASKED_S
from schemas.circumstances import Lowering, RiskLevel, RiskView, RiskWish
from schemas.session import OperatorName

LOCK: Final = "SELECT risk FROM registration WHERE registration_id = $1 FOR NO KEY UPDATE"
SET: Final = "UPDATE registration SET risk = $2 WHERE registration_id = $1"

OPEN: Final = """
SELECT request_id, to_level, asked_by, asked_at, expires_at, key_id, wrapped_key, ground_sealed
  FROM risk_request WHERE registration_id = $1 AND decision IS NULL AND expires_at > $2"""

ASK: Final = """
INSERT INTO risk_request (request_id, registration_id, from_level, to_level, asked_by, asked_at, expires_at,
                          key_id, wrapped_key, ground_sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""

# What has expired is said to have, whatever comes after it.
END: Final = """
UPDATE risk_request
   SET decision = CASE WHEN expires_at <= $3 THEN 'expired' ELSE $2 END, decided_by = $4, decided_at = $3
 WHERE registration_id = $1 AND decision IS NULL"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresRisk:
    """All raise ``DatabaseUnavailable``, and ``NotFound`` for a file that is not in the person's scope."""

    pool: Pool
    keyring: Keyring
    clock: Clock
    intervals: Intervals

    async def wish(self, scope: Scope, registration_id: UUID, wish: RiskWish) -> RiskView:
        """Raise the level at once, or ask for a lower one, in place of what was asked before.

        Raises ``StaleVersion``: the level is not what was seen; ``NotAllowedNow``: it is that already.
        """
        async with scoped(self.pool, scope) as database:
            head = await self._locked(database, registration_id)
            if head.level is not wish.was:
                raise StaleVersion(f"the level is {head.level} by now")
            if head.level is wish.level:
                raise NotAllowedNow(f"the level is {head.level} already")
            now = self.clock.now()
            await database.execute(END, registration_id, "overtaken", now, _written(scope))
            asks = is_lower(wish.level, head.level)
            await self._keep_ground(database, scope, head, wish, now)
            if not asks:
                await database.execute(END, registration_id, "raised", now, _written(scope))
                await database.execute(SET, registration_id, wish.level)
            await record(database, scope, _entry(scope, head, "asked" if asks else "raised", wish.level))
            return await self._view(database, scope, registration_id)

    async def confirm(self, scope: Scope, registration_id: UUID, request_id: UUID) -> RiskView:
        """Lower the level as a second person. Raises ``NotFound``, ``NotAllowedNow``."""
        async with scoped(self.pool, scope) as database:
            head = await self._locked(database, registration_id)
            asked = await self._asked(database, registration_id, request_id)
            if asked["asked_by"]["operator_id"] == str(scope.operator_id):
                raise NotAllowedNow("a second person confirms: whoever asked cannot")
            now = self.clock.now()
            await database.execute(END, registration_id, "confirmed", now, _written(scope))
            await database.execute(SET, registration_id, asked["to_level"])
            await record(database, scope, _entry(scope, head, "lowered", RiskLevel(asked["to_level"])))
            return await self._view(database, scope, registration_id)

    async def refuse(self, scope: Scope, registration_id: UUID, request_id: UUID) -> RiskView:
        """Leave the level as it is; by whoever asked, it is withdrawn. Raises ``NotFound``."""
        async with scoped(self.pool, scope) as database:
            head = await self._locked(database, registration_id)
            asked = await self._asked(database, registration_id, request_id)
            mine = asked["asked_by"]["operator_id"] == str(scope.operator_id)
            decision = "withdrawn" if mine else "refused"
            await database.execute(END, registration_id, decision, self.clock.now(), _written(scope))
            await record(database, scope, _entry(scope, head, decision, RiskLevel(asked["to_level"])))
            return await self._view(database, scope, registration_id)

    async def _locked(self, database: Database, registration_id: UUID) -> Head:
        if await database.fetchval(LOCK, registration_id) is None:
            raise NotFound
        return await head_of(database, registration_id)

    async def _asked(self, database: Database, registration_id: UUID, request_id: UUID) -> Row:
        row = await database.fetchrow(OPEN, registration_id, self.clock.now())
        if row is None or row["request_id"] != request_id:
            raise NotAllowedNow("nothing is asked any more: it was decided, or lapsed")
        return row

    async def _keep_ground(
        self, database: Database, scope: Scope, head: Head, wish: RiskWish, now: datetime
    ) -> None:
        request_id = uuid4()
        sealed = seal_row(self.keyring, _use(request_id), wish.ground.encode())
        await database.execute(
            ASK,
            request_id,
            head.registration_id,
            head.level,
            wish.level,
            _written(scope),
            now,
            now + timedelta(seconds=LOWERING_ASKED_S),
            sealed.key_id,
            sealed.wrapped_key,
            sealed.sealed,
        )

    async def _view(self, database: Database, scope: Scope, registration_id: UUID) -> RiskView:
        head = await head_of(database, registration_id)
        days = self.intervals[head.level]
        return await risk_view(database, self.keyring, scope, head, days, self.clock.now())


async def risk_view(
    database: Database, keyring: Keyring, scope: Scope, head: Head, review_days: int, now: datetime
) -> RiskView:
    """Return the level of a file and what is asked about it."""
    row = await database.fetchrow(OPEN, head.registration_id, now)
    lowering = None if row is None else _lowering(keyring, scope, row)
    return RiskView(level=head.level, review_days=review_days, lowering=lowering)


def _lowering(keyring: Keyring, scope: Scope, row: Row) -> Lowering:
    try:
        ground = open_row(keyring, _use(row["request_id"]), RowSeal.of(row, "ground_sealed")).decode()
    except SealBroken:
        ground = None
    asked_by = OperatorName.model_validate(row["asked_by"])
    return Lowering(
        request_id=row["request_id"],
        level=row["to_level"],
        asked_by=asked_by,
        asked_at=row["asked_at"],
        expires_at=row["expires_at"],
        ground=ground,
        mine=asked_by.operator_id == scope.operator_id,
    )


def _use(request_id: UUID) -> str:
    return f"risk_request:{request_id}:ground_sealed"


def _written(scope: Scope) -> dict[str, object]:
    return scope.who.model_dump(mode="json")


def _entry(scope: Scope, head: Head, act: str, level: RiskLevel) -> Entry:
    return entry_of(Kind.RISK_CHANGED, scope, head, "risk", act=act, before=head.level, level=level)
