"""What stands before the curtain rises: a fresh database with sample files, an operator and a case team."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from gateway.clock import SystemClock
from gateway.demo.team import Member, case_team
from gateway.passwords import hash_password
from gateway.settings import Settings
from gateway.store import migrate
from gateway.store.companions import Companions
from gateway.store.connect import Role as ConnectionRole
from gateway.store.connect import create_pool
from gateway.store.embedded import EmbeddedPostgres
from gateway.store.operators import Operators
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from schemas.registration import Registration
from schemas.session import Role

DATABASE: Final = "demo"
SAMPLES: Final = Path(__file__).parents[1] / "samples" / "registrations.jsonl"
CENTRE: Final = "BE-VOV"
USERNAME: Final = "demo"
PASSWORD: Final = "only for the demo"  # noqa: S105 (it opens made-up files on this machine only)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where everything is, and what opens it."""

    database: str
    registration: str
    enrolment_code: str
    browser_link: str
    terminal_link: str
    team: tuple[Member, ...]


@asynccontextmanager
async def staged(server: EmbeddedPostgres, settings: Settings) -> AsyncIterator[Stage]:
    """Make the database anew and fill it; the settings' data directory keeps the key."""
    yield await _filled(await made_anew(server, DATABASE), settings)


async def made_anew(server: EmbeddedPostgres, name: str) -> str:
    """Drop the database of this name, if there is one, make an empty one, migrated; return its URL."""
    admin = await asyncpg.connect(server.dsn())
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {name}")
    finally:
        await admin.close()
    database = server.dsn(name)
    await migrate.upgrade(database)
    return database


async def _filled(database: str, settings: Settings) -> Stage:
    files = [Registration.model_validate_json(line) for line in SAMPLES.read_text().splitlines()]
    hers = next(file for file in files if file.centre == CENTRE)
    clock = SystemClock()
    async with create_pool(database, application_name="msa demo", role=ConnectionRole.TOOL) as pool:
        await Registrations(pool, Keyring.of(settings), clock).save(files)
        code, _ = await Companions(pool, clock).new_code(hers.registration_id)
        operators = Operators(pool, clock, settings.session_hours)
        password_hash = hash_password(PASSWORD)
        operator = await operators.add(
            USERNAME,
            name="Demo operator",
            roles=[Role.OPERATOR],
            centres=[CENTRE],
            password_hash=password_hash,
        )
        browser, _ = await operators.new_link(operator.operator_id)
        terminal, _ = await operators.new_link(operator.operator_id)
        theirs = [file.registration_id for file in files if file.centre == CENTRE]
        team = await case_team(pool, operators, centre=CENTRE, files=theirs, password_hash=password_hash)
    return Stage(
        database=database,
        registration=hers.reference,
        enrolment_code=code,
        browser_link=browser,
        terminal_link=terminal,
        team=team,
    )
