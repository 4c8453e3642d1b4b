"""Everything there is about one registration, opened, as one file: for whom it concerns, or a transfer."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from gateway.domain.casework.canonical import instant
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.rows import Row
from gateway.evidence_check import zipped
from gateway.ports import Clock
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Database, Pool, acquire
from gateway.store.row_seal import RowSeal, open_row
from gateway.store.sealing import Keyring, SealedWords
from gateway.store.view import sealed_of
from schemas.session import Role

MINE: Final = """
SELECT registration_id, centre_id, team FROM registration
 WHERE registration_id = $1 AND team = ANY (my_case_teams())"""

# Whatever knows of a file or of an alarm, so that a table that is added is exported without being named.
TABLES: Final = """
SELECT c.relname::text AS name, bool_or(a.attname = 'registration_id') AS of_file
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND NOT a.attisdropped AND a.attname IN ('registration_id', 'alarm_id') AND c.relname <> ALL ($1)
 GROUP BY 1 ORDER BY 1"""
OF_FILE: Final = "SELECT t.*, to_jsonb(t) AS whole_row FROM {} t WHERE t.registration_id = $1"
OF_ALARMS: Final = """
SELECT t.*, to_jsonb(t) AS whole_row FROM {} t
 WHERE t.alarm_id IN (SELECT a.alarm_id FROM alarm a WHERE a.registration_id = $1)"""

LEFT_OUT: Final[Mapping[str, str]] = {
    "anomaly": "about those who looked",
    "denial": "about those from whom it is kept",
    "deadline": "of the machinery",
    "enrolment_code": "a secret",
    "glass": "words of those who asked to look; that they did stands in the journal",
    "honeytoken": "of the machinery",
    "supervision": "of the machinery",
    "webhook_call": "what was told the outside of an alarm, which is here",
}
"""Tables that are not exported, and why."""

NOT_TOLD: Final = frozenset({Kind.DENIED, Kind.ADMITTED})
"""Entries of the journal that are left out with ``denial``: from whom it is kept, and as what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresFileExport:
    """Exports files. Raises ``DatabaseUnavailable``."""

    pool: Pool
    keyring: Keyring
    clock: Clock

    async def of(self, scope: Scope, registration_id: UUID) -> bytes:
        """Return everything about a file of hers, and record that. Raises ``NotFound`` beyond the scope."""
        async with scoped(self.pool, scope) as database:
            row = await database.fetchrow(MINE, registration_id)
            if row is None:
                raise NotFound
            why = Why.CASE if Role.CASE_OFFICER in scope.roles else Why.DECISION
            entry = Entry(
                kind=Kind.EXPORTED,
                why=why,
                registration_id=registration_id,
                centre=row["centre_id"],
                team=row["team"],
            )
            await record(database, scope, entry)
        async with (
            acquire(self.pool) as database,
            database.transaction(isolation="repeatable_read", readonly=True),
        ):
            tables, photos = await self._tables(database, registration_id)
        about = {
            "v": 1,
            "registration_id": str(registration_id),
            "exported_at": instant(self.clock.now()),
            "exported_by": scope.who.model_dump(mode="json"),
            "left_out": LEFT_OUT,
        }
        members = {"about.json": about, **{f"{name}.json": rows for name, rows in tables.items()}}
        written = [(name, _json(value)) for name, value in members.items()]
        return await asyncio.to_thread(zipped, [*written, *photos])

    async def _tables(
        self, database: Database, registration_id: UUID
    ) -> tuple[dict[str, list[Any]], list[tuple[str, bytes]]]:
        found: dict[str, list[Any]] = {}
        photos: list[tuple[str, bytes]] = []
        for table in await database.fetch(TABLES, list(LEFT_OUT)):
            name = table["name"]
            query = (OF_FILE if table["of_file"] else OF_ALARMS).format(json.dumps(name))
            rows = await database.fetch(query, registration_id)
            if not rows:
                continue
            opener = OPENERS.get(name)
            found[name] = []
            for row in rows:
                if name == "journal" and row["kind"] in NOT_TOLD:
                    continue
                said = {key: value for key, value in row["whole_row"].items() if not _is_sealed(key)}
                found[name].append(said | (_opened(self.keyring, opener, row) if opener else {}))
            if name == "registration_photo":
                photos += [one for row in rows if (one := _photo(self.keyring, row)) is not None]
        return found, photos


def _is_sealed(column: str) -> bool:
    return column.endswith("_sealed") or column in {"wrapped_key", "key_id", "public_key"}


def _opened(keyring: Keyring, opener: Callable[[Keyring, Row], dict[str, Any]], row: Row) -> dict[str, Any]:
    try:
        return opener(keyring, row)
    except SealBroken:
        return {"readable": False}


def _file(keyring: Keyring, row: Row) -> dict[str, Any]:
    person, circumstances = keyring.open_json(row["registration_id"], sealed_of(row))
    return {"person": json.loads(person), "circumstances": json.loads(circumstances)}


def _alarm(keyring: Keyring, row: Row) -> dict[str, Any]:
    notes = row["notes_sealed"]
    written = [] if notes is None else keyring.open_notes(row["registration_id"], sealed_of(row), notes)[::-1]
    return {**_file(keyring, row), "notes": written}


def _step(keyring: Keyring, row: Row) -> dict[str, Any]:
    if row["ground_sealed"] is None:
        return {}
    sealed = SealedWords(key_id=row["key_id"], wrapped_key=row["wrapped_key"], sealed=row["ground_sealed"])
    return {
        "ground": keyring.open_words(f"registration_step:{row['registration_id']}:{row['number']}", sealed)
    }


def _risk(keyring: Keyring, row: Row) -> dict[str, Any]:
    use = f"risk_request:{row['request_id']}:ground_sealed"
    return {"ground": open_row(keyring, use, RowSeal.of(row, "ground_sealed")).decode()}


OPENERS: Final[Mapping[str, Callable[[Keyring, Row], dict[str, Any]]]] = {
    "registration": _file,
    "registration_version": _file,
    "registration_step": _step,
    "risk_request": _risk,
    "alarm": _alarm,
}


def _photo(keyring: Keyring, row: Row) -> tuple[str, bytes] | None:
    of, version = row["photo_of"], row["photo_version"]
    use = f"registration_photo:{row['registration_id']}:{of}:{version}"
    try:
        return f"photos/{of}-{version}.jpg", open_row(keyring, use, RowSeal.of(row, "photo_sealed"))
    except SealBroken:
        return None


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode() + b"\n"
