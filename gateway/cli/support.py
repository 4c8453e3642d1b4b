"""What the commands share: settings, the database, how an error and a result are printed."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Column

from dispatch.ports import Logged
from gateway.clock import SystemClock
from gateway.domain.errors import GatewayError
from gateway.domain.wording import field_errors
from gateway.settings import Settings
from gateway.store import migrate
from gateway.store.casework.device_acts import PostgresDeviceActs
from gateway.store.casework.devices import PostgresDevices
from gateway.store.companions import Companions
from gateway.store.connect import Pool, Role, create_pool
from gateway.store.database import opened
from gateway.store.notices import PostgresNotices
from gateway.store.operators import Operators
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from gateway.store.units import PostgresUnits
from gateway.store.view import Viewer
from gateway.store.windows import PostgresWindows

T = TypeVar("T")
WRONG: Final = 1  # the exit status when something is wrong; 2 is a wrong command line

out: Final = Console()
err: Final = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, for scripts.")]


@dataclass(frozen=True)
class Stores:
    """The database of the settings, as the commands use it."""

    settings: Settings
    pool: Pool

    @cached_property
    def registrations(self) -> Registrations:
        """Registrations; the key file is read on first use. Raises ``KeyFileRefused``."""
        return Registrations(self.pool, Keyring.of(self.settings), SystemClock())

    @cached_property
    def companions(self) -> Companions:
        """Companions."""
        return Companions(self.pool, SystemClock())

    @cached_property
    def operators(self) -> Operators:
        """Operators."""
        return Operators(self.pool, SystemClock(), self.settings.session_hours)

    @cached_property
    def devices(self) -> PostgresDevices:
        """Buttons and phones."""
        return PostgresDevices(self.pool)

    @cached_property
    def device_acts(self) -> PostgresDeviceActs:
        """What is done with them; nodes that run know of a revoked companion within 5 seconds."""
        return PostgresDeviceActs(self.pool, SystemClock())

    @cached_property
    def units(self) -> PostgresUnits:
        """Units; consoles hear of changes by their nodes' poll, within a second."""
        return PostgresUnits(self.pool, self._viewer, _leave_to_the_poll)

    @cached_property
    def windows(self) -> PostgresWindows:
        """Test windows and exercises."""
        return PostgresWindows(self.pool, PostgresNotices(self.pool, self._viewer, _leave_to_the_poll))

    @cached_property
    def _viewer(self) -> Viewer:
        return Viewer(Keyring.of(self.settings), lambda _: None)


def settings_or_exit() -> Settings:
    """Read the settings; what is wrong in them ends the command with status 1."""
    try:
        return Settings()
    except ValidationError as error:
        for one in field_errors(error.errors()):
            err.print(f"MSA_{one.field.upper()}: {one.message}", style="red", markup=False)
        raise typer.Exit(WRONG) from None


def run(command: Callable[[Stores], Awaitable[T]]) -> T:
    """Run ``command`` on the database of the settings; an error of ours ends with status 1.

    The embedded database is made and migrated on first use; another must be migrated already.
    """
    settings = settings_or_exit()
    try:
        with opened(settings) as url:
            return asyncio.run(_on(url, settings, command))
    except GatewayError as error:
        raise failed(error) from None


def failed(error: GatewayError) -> typer.Exit:
    """Say what went wrong on standard error; raise what is returned."""
    err.print(str(error), style="red", markup=False)
    return typer.Exit(WRONG)


def print_json(value: Any) -> None:
    """Print one JSON value on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain, indent=2))


def print_json_line(value: Any) -> None:
    """Print one of many JSON values, on a line of its own."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def content_of(file: Path) -> bytes:
    """Return what a file holds; ``-`` is standard input."""
    if str(file) == "-":
        return typer.get_binary_stream("stdin").read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}", param_hint="FILE") from None


def id_column(heading: str) -> Column:
    """Make a table's column for ids, which a narrow terminal must not shorten."""
    return Column(heading, min_width=36, no_wrap=True)


def text_column(heading: str, min_width: int | None = None) -> Column:
    """Make a table's column that is folded in a narrow terminal, and not cut off."""
    return Column(heading, min_width=min_width, overflow="fold")


def _leave_to_the_poll(_: Sequence[Logged]) -> None:
    """Publish nothing: this is no node, and every node reads the streams each second."""


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


async def _on(url: str, settings: Settings, command: Callable[[Stores], Awaitable[T]]) -> T:
    if settings.embedded:
        await migrate.upgrade(url)
    async with create_pool(url, application_name="msa tool", role=Role.TOOL, max_size=2) as pool:
        async with pool.acquire() as connection:
            await migrate.check(connection)
        return await command(Stores(settings, pool))
