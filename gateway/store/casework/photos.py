"""Photos of victims and offenders: kept sealed, each for good; which one belongs, the file says."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway.domain.casework.editing import Content
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid, NotFound, SealBroken
from gateway.store.casework.circumstances import PostgresCircumstances
from gateway.store.casework.file_versions import Head, content_of, head_of
from gateway.store.casework.looks import entry_of
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Database
from gateway.store.row_seal import RowSeal, open_row, seal_row
from gateway.store.view import sealed_of
from schemas.circumstances import CircumstancesView, PhotoOf
from schemas.registration import Person

KEEP: Final = """
INSERT INTO registration_photo (registration_id, photo_of, photo_version, saved_at, saved_by, key_id,
                                wrapped_key, photo_sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"""

FIND: Final = """
SELECT key_id, wrapped_key, photo_sealed FROM registration_photo
 WHERE registration_id = $1 AND photo_of = $2 AND photo_version = $3"""

# Each centre that sees an alarm has a row of it, with the file as it was when she pressed.
OPEN_ALARM: Final = """
SELECT registration_id, centre_id, key_id, wrapped_key, person_sealed, circumstances_sealed, sealed_version
  FROM alarm WHERE alarm_id = $1 AND centre_id = ANY (my_centres()) AND state <> 'closed' LIMIT 1"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresPhotos:
    """All raise ``DatabaseUnavailable``, and ``NotFound`` for what is not in the person's scope."""

    files: PostgresCircumstances

    async def save(
        self, scope: Scope, registration_id: UUID, of: PhotoOf, expected_version: int, photo: bytes | None
    ) -> CircumstancesView:
        """Put a photo into the next version of the file, or (None) take it out of it.

        Alarms and older versions keep theirs. Raises ``StaleVersion``, ``FieldInvalid``.
        """
        async with scoped(self.files.pool, scope) as database:
            head = await head_of(database, registration_id, expected_version)
            before = await content_of(database, self.files.keyring, head)
            number = None if photo is None else head.version + 1
            after = _with_photo(before, of, number)
            if number is not None and photo is not None:
                await self._keep(database, scope, head, of, number, photo)
            return await self.files.saved(database, scope, head, before, after)

    async def of_file(self, scope: Scope, registration_id: UUID, of: PhotoOf, version: int | None) -> bytes:
        """Return a photo that came with a version of a file, by default the one it has now, as a JPEG."""
        async with scoped(self.files.pool, scope) as database:
            head = await head_of(database, registration_id)
            if version is None:
                version = _version_of((await content_of(database, self.files.keyring, head))[0], of)
            photo = await self._open(database, registration_id, of, version)
            await record(database, scope, entry_of(Kind.LOOKED, scope, head, f"{of}_photo", version=version))
            return photo

    async def of_alarm(self, scope: Scope, alarm_id: UUID, of: PhotoOf) -> bytes:
        """Return the photo that the file had at the press, while its alarm is open in a centre of hers."""
        async with scoped(self.files.pool, scope) as database:
            row = await database.fetchrow(OPEN_ALARM, alarm_id)
            if row is None:
                raise NotFound
            registration_id = row["registration_id"]
            try:
                person, _ = self.files.keyring.open(registration_id, sealed_of(row))
            except SealBroken:
                raise NotFound from None
            version = _version_of(person, of)
            photo = await self._open(database, registration_id, of, version)
            entry = Entry(
                kind=Kind.LOOKED,
                why=Why.ALARM,
                registration_id=registration_id,
                alarm_id=alarm_id,
                subject=f"{of}_photo",
                facts={"version": version},
            )
            await record(database, scope, entry)
            return photo

    async def _keep(
        self, database: Database, scope: Scope, head: Head, of: PhotoOf, version: int, photo: bytes
    ) -> None:
        sealed = seal_row(self.files.keyring, _use(head.registration_id, of, version), photo)
        await database.execute(
            KEEP,
            head.registration_id,
            of,
            version,
            self.files.clock.now(),
            scope.who.model_dump(mode="json"),
            sealed.key_id,
            sealed.wrapped_key,
            sealed.sealed,
        )

    async def _open(
        self, database: Database, registration_id: UUID, of: PhotoOf, version: int | None
    ) -> bytes:
        row = None if version is None else await database.fetchrow(FIND, registration_id, of, version)
        if row is None:
            raise NotFound
        try:
            return open_row(
                self.files.keyring, _use(registration_id, of, version), RowSeal.of(row, "photo_sealed")
            )
        except SealBroken:
            raise NotFound from None


def _with_photo(content: Content, of: PhotoOf, version: int | None) -> Content:
    person, circumstances = content
    whose = person.victim if of is PhotoOf.VICTIM else person.offender
    if whose is None:
        raise FieldInvalid("photo", "nobody is named whose it is")
    changed = whose.model_copy(update={"photo_version": version})
    return person.model_copy(update={of.value: changed}), circumstances


def _version_of(person: Person, of: PhotoOf) -> int | None:
    whose = person.victim if of is PhotoOf.VICTIM else person.offender
    return None if whose is None else whose.photo_version


def _use(registration_id: UUID, of: PhotoOf, version: int | None) -> str:
    return f"registration_photo:{registration_id}:{of}:{version}"
