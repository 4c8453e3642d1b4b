"""All looks, in the order in which they are told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from gateway.checks import configured, contents, disks, files, going_on, machine, map_ground, outside, server
from gateway.checks.check import RUNBOOK, Check
from gateway.checks.context import Context, Need
from gateway.checks.examining import Look
from gateway.settings import Settings
from gateway.store.connect import Database

Found = Check | None


def looks_of(settings: Settings) -> tuple[Look, ...]:
    """Return what is looked at for these settings; NATS takes the place of the database's doorbell."""
    return (*OWN, *OUTSIDE, *DATABASE, NATS if settings.nats_urls else NOTIFY, *CONTENTS)


def _own(name: str, check: Callable[[Settings], Found], remedy: str = "docs/settings.md") -> Look:
    """Look in a thread at what the settings name."""

    async def at(context: Context) -> Found:
        return await asyncio.to_thread(check, context.settings)

    return Look(name=name, at=at, remedy=remedy)


def _of_machine(name: str, check: Callable[[], Found]) -> Look:
    return _own(name, lambda _: check())


def _stored(
    name: str,
    check: Callable[[Database, Context], Awaitable[Found]],
    needs: Need = Need.SCHEMA,
    *,
    remedy: str = "",
    may_be_silent: bool = False,
) -> Look:
    """Look into the database on a connection borrowed for it."""

    async def at(context: Context) -> Found:
        async with context.database() as connection:
            return await check(connection, context)

    return Look(name=name, at=at, needs=needs, may_be_silent=may_be_silent, remedy=remedy)


OWN: Final = (
    _own("settings", configured.described),
    _own("key file", files.key_file),
    _own("private files", files.private_files),
    _own("spool", disks.spool),
    _own("disks", disks.disks),
    _of_machine("time service", machine.time_service),
    _of_machine("open files", machine.open_files),
    _own("centre areas", configured.areas),
    _own("answering", configured.answering),
    _own("webhook", configured.webhook),
    _own("mail", configured.mail),
    _own("basemap", map_ground.basemap),
    _own("supervision", configured.supervision),
    _own("gear certificate", files.gear_certificate),
)

OUTSIDE: Final = (
    Look(name="sign-in", at=outside.sign_in, remedy="docs/operations.md, Signing in by an OpenID provider"),
    Look(name="public address", at=outside.public_addresses, may_be_silent=True),
    Look(name="webhook address", at=outside.webhook_address, may_be_silent=True),
    Look(name="mail server", at=outside.mail_server, may_be_silent=True),
)

NATS: Final = Look(name="doorbell", at=outside.nats, remedy=RUNBOOK.format("DoorbellDown"))
NOTIFY: Final = _stored("doorbell", server.doorbell, Need.DATABASE, remedy=RUNBOOK.format("DoorbellDown"))

DATABASE: Final = (
    Look(name="database", at=server.database, remedy=RUNBOOK.format("DatabaseAway")),
    _stored("standbys", server.standbys, Need.DATABASE),
    _stored("archive", server.archive, Need.DATABASE),
    _stored("clock", server.clock, Need.DATABASE),
)

CONTENTS: Final = (
    _stored("schema", contents.schema, Need.DATABASE, remedy="docs/operations.md, One node"),
    _stored("sealed files", contents.sealed_files, may_be_silent=True),
    _stored("access", contents.access),
    _stored("centres", contents.centres, remedy="docs/settings.md, The areas of the centres"),
    _stored("answering centres", contents.answering_centres, remedy="docs/settings.md"),
    _stored("connections", server.connections),
    _stored("nodes", going_on.nodes),
    _stored("sealed log", going_on.sealed_log, remedy=RUNBOOK.format("LogNotSealed")),
    _stored("canary", going_on.canary),
)
