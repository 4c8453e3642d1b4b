"""How files are kept: held, erased for ever, and what proves it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import asyncpg

from gateway.domain.casework.canonical import canonical, instant
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid, NotAllowedNow, NotFound, SealBroken
from gateway.domain.rows import Row
from gateway.seal_keys import SealKey
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Database, Pool, acquire
from schemas.keeping import (
    DisposalView,
    EraseWish,
    ErasureGround,
    ErasureProof,
    Hindrance,
    KeepingView,
    KeptAlarm,
)
from schemas.session import OperatorName, Role

KEPT: Final = """
SELECT r.registration_id, r.reference, r.centre_id, r.team, r.held_since, r.erased_at,
       erasure_hindrances(r.registration_id, false) AS hindrances,
       erasure_hindrances(r.registration_id, true) AS by_order,
       r.team = ANY (my_case_teams()) AS mine
  FROM registration r WHERE r.registration_id = $1"""

DISPOSALS: Final = """
SELECT disposal_id, at, class, ground, done_by, counts FROM disposal
 WHERE registration_id = $1 ORDER BY disposal_id"""

ALARMS: Final = """
SELECT alarm_id, raised_at, purpose, state FROM alarm
 WHERE registration_id = $1 AND owner = centre_id AND purpose <> 'canary'
 ORDER BY raised_at DESC, alarm_id LIMIT 50"""

HOLD: Final = "SELECT hold_file($1, $2)"
ERASE: Final = "SELECT erase_file($1, $2, $3)"

PROOF: Final = """
SELECT d.*, l.position, l.chain, t.log_id
  FROM disposal d CROSS JOIN chain_tip t
  LEFT JOIN chain_link l ON l.source = 'disposal' AND l.stream = '' AND l.number = d.disposal_id
 WHERE d.registration_id = $1 AND d.class = 'file' ORDER BY d.disposal_id DESC LIMIT 1"""
KEYED: Final = "SELECT t FROM keyed_tables() AS t"
KEYS_LEFT: Final = "SELECT count(*) FROM {} WHERE registration_id = $1 AND wrapped_key IS NOT NULL"


@dataclass(frozen=True, slots=True)
class PostgresKeeping:
    """``gateway.http.casework.keeping_ports.Keeping``."""

    pool: Pool

    async def of(self, scope: Scope, registration_id: UUID) -> KeepingView:
        """Tell how a file is kept. Raises ``DatabaseUnavailable``, and ``NotFound`` beyond the scope."""
        async with scoped(self.pool, scope) as database:
            row = await _kept(database, registration_id)
            await record(database, scope, _entry(row, Kind.LOOKED, scope, subject="keeping"))
            return await _view(database, row, scope)

    async def hold(self, scope: Scope, registration_id: UUID, *, held: bool) -> KeepingView:
        """Hold a file, or release it; the same again changes nothing. Raises ``NotFound``."""
        async with scoped(self.pool, scope) as database:
            row = await _kept(database, registration_id)
            if row["erased_at"] is not None:
                raise NotAllowedNow("erased")
            if (row["held_since"] is not None) is not held:
                await database.execute(HOLD, registration_id, held)
                kind = Kind.HELD if held else Kind.RELEASED
                await record(database, scope, _entry(row, kind, scope))
            row = await _kept(database, registration_id)
            return await _view(database, row, scope)

    async def erase(self, scope: Scope, registration_id: UUID, wish: EraseWish) -> KeepingView:
        """Erase a file for ever.

        Raises ``NotFound``, ``FieldInvalid`` where the reference is another's, and ``NotAllowedNow``,
        which names what hinders it.
        """
        async with scoped(self.pool, scope) as database:
            row = await _kept(database, registration_id)
            if wish.reference != row["reference"]:
                raise FieldInvalid("reference", "is not this file's")
            by = scope.who.model_dump(mode="json")
            disposal = await _erased(database, row, by, wish.ground)
            facts = {"disposal": disposal, "ground": wish.ground}
            await record(database, scope, _entry(row, Kind.ERASED, scope, facts=facts))
            row = await _kept(database, registration_id)
            return await _view(database, row, scope)


async def erase_by_system(pool: Pool, registration_id: UUID, ground: ErasureGround) -> int:
    """Erase a file on the word of whoever runs this machine, or of the retention; return the disposal.

    Raises ``NotFound``, ``NotAllowedNow``, ``DatabaseUnavailable``.
    """
    async with acquire(pool) as database, database.transaction():
        row = await _kept(database, registration_id)
        disposal = await _erased(database, row, None, ground)
        facts = {"disposal": disposal, "ground": ground}
        await record(database, None, _entry(row, Kind.ERASED, None, facts=facts))
        return disposal


async def hold_by_system(pool: Pool, registration_id: UUID, *, held: bool) -> None:
    """Hold a file, or release it, on the word of whoever runs this machine. Raises ``NotFound``."""
    async with acquire(pool) as database, database.transaction():
        row = await _kept(database, registration_id)
        await database.execute(HOLD, registration_id, held)
        await record(database, None, _entry(row, Kind.HELD if held else Kind.RELEASED, None))


async def erasure_proof(pool: Pool, key: SealKey, registration_id: UUID) -> ErasureProof:
    """Sign that a file was erased: what was destroyed, when, by whom, and where the log has it.

    Raises ``NotFound`` where it was not, and ``SealBroken`` where a key of it is left or the log has it not.
    """
    async with acquire(pool) as database:
        row = await database.fetchrow(PROOF, registration_id)
        if row is None:
            raise NotFound
        left = await _keys_left(database, registration_id)
    if any(left.values()):
        raise SealBroken(f"keys are left in {', '.join(name for name, count in left.items() if count)}")
    if row["position"] is None:
        raise SealBroken("its erasure is not in the sealed log yet")
    statement = {
        "v": 1,
        "statement": "every key of this file was destroyed, and what was personal outside it removed",
        "registration_id": str(registration_id),
        "disposal": row["disposal_id"],
        "at": instant(row["at"]),
        "done_by": row["done_by"],
        "ground": row["ground"],
        "destroyed": row["counts"],
        "keys_left": left,
        "links_digest": row["links_digest"].hex(),
        "log": str(row["log_id"]),
        "position": row["position"],
        "chain": row["chain"].hex(),
    }
    return ErasureProof(statement=statement, jws=key.signed(canonical(statement)), key_id=key.key_id)


async def _keys_left(database: Database, registration_id: UUID) -> dict[str, int]:
    """Count the keys of a file that are left, by table. The names are the catalogue's own."""
    return {
        row["t"]: await database.fetchval(KEYS_LEFT.format(json.dumps(row["t"])), registration_id)
        for row in await database.fetch(KEYED)
    }


async def _kept(database: Database, registration_id: UUID) -> Row:
    row = await database.fetchrow(KEPT, registration_id)
    if row is None:
        raise NotFound
    return row


async def _erased(database: Database, row: Row, by: dict[str, Any] | None, ground: ErasureGround) -> int:
    hindrances = row["by_order"] if ground is ErasureGround.COURT_ORDER else row["hindrances"]
    if hindrances:
        raise NotAllowedNow(" ".join(hindrances))
    try:
        disposal: int = await database.fetchval(ERASE, row["registration_id"], by, ground)
    except asyncpg.ObjectNotInPrerequisiteStateError:  # an alarm was raised, or it was held, just now
        raise NotAllowedNow("it has changed") from None
    return disposal


def _entry(
    row: Row,
    kind: Kind,
    scope: Scope | None,
    *,
    subject: str | None = None,
    facts: Mapping[str, Any] = MappingProxyType({}),
) -> Entry:
    decides = scope is None or Role.MAGISTRATE in scope.roles
    why = Why.SYSTEM if scope is None else Why.DECISION if decides else Why.CASE
    return Entry(
        kind=kind,
        why=why,
        registration_id=row["registration_id"],
        subject=subject,
        centre=row["centre_id"],
        team=row["team"],
        facts=dict(facts),
    )


async def _view(database: Database, row: Row, scope: Scope) -> KeepingView:
    alarms = await database.fetch(ALARMS, row["registration_id"])
    disposals = await database.fetch(DISPOSALS, row["registration_id"])
    return KeepingView(
        registration_id=row["registration_id"],
        reference=row["reference"],
        held_since=row["held_since"],
        erased_at=row["erased_at"],
        hindrances=tuple(Hindrance(one) for one in row["hindrances"]),
        by_order=tuple(Hindrance(one) for one in row["by_order"]),
        may_decide=Role.MAGISTRATE in scope.roles and bool(row["mine"]),
        alarms=tuple(KeptAlarm.model_validate(dict(one)) for one in alarms),
        disposals=tuple(
            DisposalView(
                disposal_id=one["disposal_id"],
                at=one["at"],
                data_class=one["class"],
                ground=one["ground"],
                by=None if one["done_by"] is None else OperatorName.model_validate(one["done_by"]),
                counts=one["counts"],
            )
            for one in disposals
        ),
    )
