"""Circumstances of a file: as they stand, as they were, the next version, their history."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway.domain.casework.days import day_of
from gateway.domain.casework.editing import (
    SCREEN_LINES,
    Content,
    changes,
    confirm,
    faults,
    screen_lines,
    settle,
)
from gateway.domain.casework.journal import Kind
from gateway.domain.casework.review import Intervals, reviews
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid
from gateway.ports import Clock
from gateway.store.casework.file_versions import (
    FileVersion,
    Head,
    content_of,
    head_of,
    readable,
    save_version,
    version_of,
    versions_of,
)
from gateway.store.casework.looks import entry_of
from gateway.store.casework.risk import risk_view
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Database, Pool
from gateway.store.sealing import Keyring
from schemas.circumstances import Checked, CircumstancesEdit, CircumstancesView, VersionList, VersionSummary
from schemas.session import Role

VERSIONS_SHOWN: Final = 30
"""Versions of one answer: each is opened to tell what it changed, some 60 us."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresCircumstances:
    """All raise ``DatabaseUnavailable``, and ``NotFound`` for a file that is not in the person's scope."""

    pool: Pool
    keyring: Keyring
    clock: Clock
    intervals: Intervals

    async def current(self, scope: Scope, registration_id: UUID) -> CircumstancesView:
        """Return the newest version, opened; the look is recorded."""
        async with scoped(self.pool, scope) as database:
            head = await head_of(database, registration_id)
            view = await self._view(database, scope, head, head.version)
            await record(
                database, scope, entry_of(Kind.LOOKED, scope, head, "circumstances", version=head.version)
            )
            return view

    async def version(self, scope: Scope, registration_id: UUID, number: int) -> CircumstancesView:
        """Return one version as it was saved; the look is recorded."""
        async with scoped(self.pool, scope) as database:
            head = await head_of(database, registration_id)
            view = await self._view(database, scope, head, number)
            await record(database, scope, entry_of(Kind.LOOKED, scope, head, "circumstances", version=number))
            return view

    async def save(self, scope: Scope, registration_id: UUID, edit: CircumstancesEdit) -> CircumstancesView:
        """Save the next version; what it changed is recorded, as kinds alone.

        An edit that changes nothing saves nothing. Raises ``StaleVersion``, ``FieldInvalid``.
        """
        wrong = faults(edit.person, edit.circumstances)
        if wrong:
            raise FieldInvalid.of(wrong)
        async with scoped(self.pool, scope) as database:
            head = await head_of(database, registration_id, edit.expected_version)
            before = await content_of(database, self.keyring, head)
            after = settle(before, (edit.person, edit.circumstances), day_of(self.clock.now()))
            return await self.saved(database, scope, head, before, after)

    async def check(self, scope: Scope, registration_id: UUID, checked: Checked) -> CircumstancesView:
        """Confirm entries as of today, unchanged. Raises ``StaleVersion``, ``FieldInvalid``."""
        async with scoped(self.pool, scope) as database:
            head = await head_of(database, registration_id, checked.expected_version)
            before = await content_of(database, self.keyring, head)
            today = day_of(self.clock.now())
            try:
                after = confirm(before, checked.entries, today, person=checked.person)
            except IndexError:
                raise FieldInvalid("entries", "there is no such entry") from None
            return await self.saved(database, scope, head, before, after)

    async def history(self, scope: Scope, registration_id: UUID, before: int | None) -> VersionList:
        """Return who saved which version when, and what it changed; the look is recorded."""
        async with scoped(self.pool, scope) as database:
            head = await head_of(database, registration_id)
            found = await versions_of(database, self.keyring, registration_id, before, VERSIONS_SHOWN + 1)
            await record(database, scope, entry_of(Kind.LOOKED, scope, head, "versions"))
        shown = found[:VERSIONS_SHOWN]
        earlier = [*found[1:], None][: len(shown)]
        pairs = zip(shown, earlier, strict=True)
        return VersionList(
            versions=tuple(_summary(version, was) for version, was in pairs),
            more=len(found) > VERSIONS_SHOWN,
        )

    async def saved(
        self, database: Database, scope: Scope, head: Head, before: Content, after: Content
    ) -> CircumstancesView:
        """Save what changed of a locked file, if anything did; show what there is then."""
        changed = changes(before, after)
        number = head.version
        if changed:
            number = await save_version(database, self.keyring, scope, head, after, self.clock.now())
            entry = entry_of(
                Kind.CHANGED, scope, head, "circumstances", version=number, changed=list(changed)
            )
            await record(database, scope, entry)
        head = await head_of(database, head.registration_id)
        return await self._view(database, scope, head, number)

    async def _view(self, database: Database, scope: Scope, head: Head, number: int) -> CircumstancesView:
        version = await version_of(database, self.keyring, head.registration_id, number)
        person, circumstances = readable(version)
        newest = number == head.version
        today = day_of(self.clock.now())
        days = self.intervals[head.level]
        return CircumstancesView(
            registration_id=head.registration_id,
            reference=head.reference,
            centre=head.centre,
            team=head.team,
            version=number,
            newest=newest,
            saved_at=version.saved_at,
            saved_by=version.saved_by,
            person=person,
            circumstances=circumstances,
            reviews=reviews(person, circumstances, days, today) if newest else (),
            screen_lines=screen_lines(circumstances),
            screen_lines_max=SCREEN_LINES,
            risk=await risk_view(database, self.keyring, scope, head, days, self.clock.now()),
            may_edit=Role.CASE_OFFICER in scope.roles,
            alarm_open=head.alarm_open,
        )


def _summary(version: FileVersion, was: FileVersion | None) -> VersionSummary:
    """Tell what a version changed; nothing where it, or the one before, cannot be read."""
    changed = None
    if version.content is not None and (version.number == 1 or (was and was.content)):
        changed = changes(was.content if was else None, version.content)
    return VersionSummary(
        version=version.number, saved_at=version.saved_at, saved_by=version.saved_by, changed=changed
    )
