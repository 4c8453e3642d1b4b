"""Steps of a file as they are written down and read: the ground sealed under a key of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gateway.domain.casework.life import Taken
from gateway.domain.errors import SealBroken
from gateway.domain.rows import Row
from gateway.store.connect import Database
from gateway.store.sealing import Keyring, SealedWords
from schemas.life import FileState, StepKind, StepView
from schemas.session import OperatorName

WRITE: Final = """
INSERT INTO registration_step (registration_id, number, kind, at, on_date, done_by, centre_id, team,
                               arrondissement, state, document, facts, key_id, wrapped_key, ground_sealed)
SELECT $1, $2, $3, $4, $5, $6, coalesce(z.centre_id, c.centre_id), $7, z.arrondissement, $8, $9, $10, $11,
       $12, $13
  FROM (SELECT $7::text AS team) AS given
  LEFT JOIN zone z ON z.zone_id = given.team
  LEFT JOIN centre c ON c.centre_id = given.team"""

READ: Final = "SELECT * FROM registration_step WHERE registration_id = $1 ORDER BY number"


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What is written of a step besides what was decided."""

    registration_id: UUID
    number: int
    at: datetime
    by: OperatorName | None = None
    document: str | None = None
    ground: str | None = None


async def write(database: Database, keyring: Keyring, taken: Taken, written: Written) -> StepView:
    """Write a step down in this transaction; its number must be free."""
    sealed = None
    if written.ground:
        sealed = keyring.seal_words(_row(written.registration_id, written.number), written.ground)
    await database.execute(
        WRITE,
        written.registration_id,
        written.number,
        taken.kind,
        written.at,
        taken.on_date,
        None if written.by is None else written.by.model_dump(mode="json"),
        taken.case.team,
        taken.case.state,
        written.document,
        taken.facts,
        sealed and sealed.key_id,
        sealed and sealed.wrapped_key,
        sealed and sealed.sealed,
    )
    return StepView(
        registration_id=written.registration_id,
        number=written.number,
        kind=taken.kind,
        at=written.at,
        on_date=taken.on_date,
        done_by=written.by,
        team=taken.case.team,
        state=taken.case.state,
        document=written.document,
        facts=taken.facts,
        ground=written.ground or None,
    )


async def read(database: Database, keyring: Keyring, registration_id: UUID) -> tuple[StepView, ...]:
    """Return the steps of a file, oldest first, their grounds opened."""
    rows = await database.fetch(READ, registration_id)
    return tuple(_view(row, keyring) for row in rows)


def _view(row: Row, keyring: Keyring) -> StepView:
    ground = _ground(row, keyring)
    by: dict[str, Any] | None = row["done_by"]
    return StepView(
        registration_id=row["registration_id"],
        number=row["number"],
        kind=StepKind(row["kind"]),
        at=row["at"],
        on_date=row["on_date"],
        done_by=None if by is None else OperatorName.model_validate(by),
        team=row["team"],
        state=FileState(row["state"]),
        document=row["document"],
        facts=row["facts"],
        ground=ground,
        ground_erased=ground is None and row["ground_sealed"] is not None,
    )


def _ground(row: Row, keyring: Keyring) -> str | None:
    if row["ground_sealed"] is None:
        return None
    sealed = SealedWords(key_id=row["key_id"], wrapped_key=row["wrapped_key"], sealed=row["ground_sealed"])
    try:
        return keyring.open_words(_row(row["registration_id"], row["number"]), sealed)
    except SealBroken:
        return None


def _row(registration_id: UUID, number: int) -> str:
    return f"registration_step:{registration_id}:{number}"
