"""What a restored database is held to: its schema, the sealed log, the backup's statement, proofs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from gateway.backup.facts import CHAIN_AT, ERASED, LAST_PRESSES, Facts, facts_of
from gateway.backup.statement import Statement
from gateway.domain.errors import BackupRefused
from gateway.seal_keys import ForgedSeal, PublicKeys
from gateway.sealing_log import checking_of
from gateway.settings import Settings
from gateway.store import migrate
from gateway.store.casework.log_checking import head_of
from gateway.store.connect import Pool, Role, create_pool
from schemas.keeping import ErasureProof


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreState:
    """How far a centre's log and presses go; ``last`` None: it has none."""

    sequence: int
    presses: int
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What was found. ``problems`` are in words, and empty where the database may be used.

    ``log_outside``: how far heads that were written outside say the log once went, and when that was signed.
    ``to_erase``: files that a proof says were erased, and that are back.
    """

    schema: str | None
    epoch: str
    log_position: int
    verified: bool
    centres: dict[str, CentreState]
    log_outside: tuple[int, str] | None = None
    to_erase: tuple[UUID, ...] = ()
    problems: list[str] = field(default_factory=list)


async def state_of(
    url: str, settings: Settings, statement: Statement | None, *, proofs: Sequence[Path] = ()
) -> State:
    """Look at a restored database, whoever restored it.

    Raises ``DatabaseUnavailable``, ``DatabaseRefused``, ``SealKeyRefused``, ``BackupRefused`` for proofs that
    cannot be read.
    """
    facts = await facts_of(url)
    problems: list[str] = []
    async with create_pool(url, application_name="msa db restored", role=Role.TOOL, max_size=2) as pool:
        fits = _schema(facts, problems)
        verified = fits and await _verified(pool, settings, problems)
        if statement is not None:
            await _continued(pool, facts, statement, problems)
        centres = await _presses(pool, facts)
        to_erase = await _to_erase(pool, proven(settings, proofs))
    return State(
        schema=facts.schema,
        epoch=facts.epoch,
        log_position=facts.position,
        verified=verified,
        centres=centres,
        log_outside=_outside(settings, facts),
        to_erase=to_erase,
        problems=problems,
    )


def _schema(facts: Facts, problems: list[str]) -> bool:
    if facts.schema == migrate.head():
        return True
    older = facts.schema in migrate.revisions()
    do = "start it, then `msa db migrate` and `msa db restored`" if older else "use the newer program"
    problems.append(f"its schema is {facts.schema}, this program needs {migrate.head()}: {do}")
    return False


async def _verified(pool: Pool, settings: Settings, problems: list[str]) -> bool:
    """Check the log by itself: heads written outside may know more than any restore can have."""
    checking = checking_of(settings.model_copy(update={"seal_heads": None}), pool, None, None)
    checked = await checking.check()
    if checked.log.wrongs:
        problems.append(f"the sealed log has {checked.log.wrongs} findings: `msa audit verify` names them")
    return not checked.log.wrongs


async def _continued(pool: Pool, facts: Facts, statement: Statement, problems: list[str]) -> None:
    """Find what the database had when the backup began and has no more."""
    async with pool.acquire() as database:
        chain = await database.fetchval(CHAIN_AT, statement.log_position)
    if facts.log_id != statement.log_id or chain is None or chain.hex() != statement.log_chain:
        problems.append(f"its log does not go on from the backup's, at position {statement.log_position}")
    behind = sorted(
        centre for centre, last in statement.centres.items() if facts.centres.get(centre, -1) < last
    )
    if behind:
        problems.append(f"it has less than the backup of {', '.join(behind)}")
    if facts.epoch == statement.epoch:
        problems.append(
            "it goes on in the backup's epoch: files copied without recovery; consoles are not told"
        )


async def _presses(pool: Pool, facts: Facts) -> dict[str, CentreState]:
    async with pool.acquire() as database:
        rows = await database.fetch(LAST_PRESSES)
    return {
        row["centre_id"]: CentreState(
            sequence=facts.centres.get(row["centre_id"], 0), presses=row["presses"], last=row["last"]
        )
        for row in rows
    }


def _outside(settings: Settings, facts: Facts) -> tuple[int, str] | None:
    """Return the furthest head outside that is beyond this log; what is no head of ours is passed over."""
    if settings.seal_heads is None or not settings.seal_heads.exists() or not settings.seal_key.exists():
        return None
    keys, furthest = PublicKeys.read(settings.seal_key), None
    for line in settings.seal_heads.read_text().splitlines():
        said = _head(keys, line)
        if said is not None and said["log"] == str(facts.log_id) and said["position"] > facts.position:
            furthest = max(furthest or (0, ""), (int(said["position"]), str(said["at"])))
    return furthest


def _head(keys: PublicKeys, line: str) -> Mapping[str, Any] | None:
    try:
        return head_of(keys, line)
    except (ForgedSeal, ValueError):
        return None


def proven(settings: Settings, proofs: Sequence[Path]) -> list[UUID]:
    """Return what was erased by proofs kept outside.

    Raises ``BackupRefused`` for one that this installation did not sign, and ``SealKeyRefused``.
    """
    keys = PublicKeys.read(settings.seal_key) if proofs or settings.seal_key.exists() else None
    return [_erased(keys, path) for path in proofs if keys]


async def _to_erase(pool: Pool, erased: list[UUID]) -> tuple[UUID, ...]:
    """Return which of them are not erased here."""
    if not erased:
        return ()
    async with pool.acquire() as database:
        rows = await database.fetch(ERASED, erased)
    return tuple(row["registration_id"] for row in rows)


def _erased(keys: PublicKeys, path: Path) -> UUID:
    try:
        proof = ErasureProof.model_validate_json(path.read_bytes())
        return UUID(json.loads(keys.verified(proof.jws))["registration_id"])
    except (OSError, ValidationError, ForgedSeal, ValueError, KeyError):
        raise BackupRefused(f"{path} is no proof of erasure that this installation signed") from None
