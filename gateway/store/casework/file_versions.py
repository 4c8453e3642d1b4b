"""A file's versions: read and opened, and the next one saved, in a transaction as a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from gateway.domain.casework.editing import Content
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid, NotAllowedNow, NotFound, SealBroken, StaleVersion
from gateway.domain.rows import Row
from gateway.store.casework.reviews import keep_review
from gateway.store.connect import Database
from gateway.store.sealing import Keyring
from gateway.store.view import sealed_of
from schemas.circumstances import RiskLevel
from schemas.registration import FILE_MAX_BYTES, file_bytes
from schemas.session import OperatorName

HEAD: Final = """
SELECT r.registration_id, r.reference, r.centre_id, r.team, r.sealed_version, r.risk,
       EXISTS (SELECT FROM alarm a WHERE a.registration_id = r.registration_id
                  AND a.state <> 'closed' AND a.purpose = 'real') AS alarm_open
  FROM registration r WHERE r.registration_id = $1"""

LOCK: Final = f"{HEAD} FOR NO KEY UPDATE OF r"

VERSION: Final = """
SELECT registration_id, sealed_version, saved_at, saved_by, key_id, wrapped_key, person_sealed,
       circumstances_sealed
  FROM registration_version WHERE registration_id = $1 AND sealed_version = $2"""

# One more than is listed: what the oldest of them changed is told by the one before it.
VERSIONS: Final = """
SELECT registration_id, sealed_version, saved_at, saved_by, key_id, wrapped_key, person_sealed,
       circumstances_sealed
  FROM registration_version
 WHERE registration_id = $1 AND sealed_version < coalesce($2, 2147483647)
 ORDER BY sealed_version DESC LIMIT $3"""

SAVE: Final = """
UPDATE registration
   SET key_id = $2, wrapped_key = $3, person_sealed = $4, circumstances_sealed = $5, sealed_version = $6,
       updated_at = $7
 WHERE registration_id = $1"""

KEEP: Final = """
INSERT INTO registration_version
SELECT registration_id, sealed_version, updated_at, $2, key_id, wrapped_key, person_sealed,
       circumstances_sealed
  FROM registration WHERE registration_id = $1"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """A file as it stands, unopened."""

    registration_id: UUID
    reference: str
    centre: str
    team: str
    version: int
    level: RiskLevel
    alarm_open: bool

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Make it from a row of ``HEAD``."""
        return cls(
            registration_id=row["registration_id"],
            reference=row["reference"],
            centre=row["centre_id"],
            team=row["team"],
            version=row["sealed_version"],
            level=RiskLevel(row["risk"]),
            alarm_open=row["alarm_open"],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class FileVersion:
    """One version, opened; ``content`` None: it was erased, or does not open."""

    number: int
    saved_at: datetime
    saved_by: OperatorName | None
    content: Content | None


async def head_of(database: Database, registration_id: UUID, expected_version: int | None = None) -> Head:
    """Return a file; with the version somebody saw it is locked until the transaction ends.

    Raises ``NotFound``, also for a file that this person may not see, and ``StaleVersion``.
    """
    row = await database.fetchrow(HEAD if expected_version is None else LOCK, registration_id)
    if row is None:
        raise NotFound
    head = Head.from_row(row)
    if expected_version not in {None, head.version}:
        raise StaleVersion(f"it is version {head.version} by now")
    return head


async def version_of(database: Database, keyring: Keyring, registration_id: UUID, number: int) -> FileVersion:
    """Return one version. Raises ``NotFound``."""
    row = await database.fetchrow(VERSION, registration_id, number)
    if row is None:
        raise NotFound
    return _opened(keyring, row)


async def content_of(database: Database, keyring: Keyring, head: Head) -> Content:
    """Return what the newest version holds. Raises ``NotAllowedNow`` when nobody can read it any more."""
    version = await version_of(database, keyring, head.registration_id, head.version)
    return readable(version)


def readable(version: FileVersion) -> Content:
    """Return what it holds. Raises ``NotAllowedNow``."""
    if version.content is None:
        raise NotAllowedNow("this version cannot be opened: it was erased, or its key is not here")
    return version.content


async def versions_of(
    database: Database, keyring: Keyring, registration_id: UUID, before: int | None, limit: int
) -> Sequence[FileVersion]:
    """Return versions, newest first."""
    return [_opened(keyring, row) for row in await database.fetch(VERSIONS, registration_id, before, limit)]


async def save_version(
    database: Database, keyring: Keyring, scope: Scope, head: Head, content: Content, now: datetime
) -> int:
    """Save the next version of a locked file, and return its number. Raises ``FieldInvalid``: too large."""
    number = head.version + 1
    person, circumstances = content
    size = file_bytes(person, circumstances)
    if size > FILE_MAX_BYTES:
        raise FieldInvalid("", f"the file takes {size} bytes; at most {FILE_MAX_BYTES} fit into an alarm")
    sealed = keyring.seal(head.registration_id, number, person, circumstances)
    await database.execute(
        SAVE,
        head.registration_id,
        sealed.key_id,
        sealed.wrapped_key,
        sealed.person_sealed,
        sealed.circumstances_sealed,
        number,
        now,
    )
    await database.execute(KEEP, head.registration_id, scope.who.model_dump(mode="json"))
    await keep_review(database, head.registration_id, number, person, circumstances)
    return number


def _opened(keyring: Keyring, row: Row) -> FileVersion:
    try:
        content = keyring.open(row["registration_id"], sealed_of(row))
    except SealBroken:
        content = None
    return FileVersion(
        number=row["sealed_version"],
        saved_at=row["saved_at"],
        saved_by=None if row["saved_by"] is None else OperatorName.model_validate(row["saved_by"]),
        content=content,
    )
