"""``msa serve``: one gateway node."""

import asyncio
import json
import sys

import typer

from gateway.domain.errors import GatewayError
from gateway.main import serve
from gateway.settings import Settings
from gateway.telemetry import configure_logging

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def run() -> None:
    """Serve presses and consoles until SIGTERM.

    Settings come from MSA_* in the environment (see docs/settings.md). Without MSA_DATABASE_URL an
    embedded PostgreSQL in MSA_DATA_DIR is started and migrated; any other database must have been
    migrated with `msa db migrate`. Prints one JSON line when it serves: where.
    Exit status 1: the database cannot be trusted with presses.
    """
    settings = Settings()
    configure_logging(settings.log_level)
    try:
        if sys.platform == "win32":
            asyncio.run(serve(settings, _say))
        else:
            import uvloop  # noqa: PLC0415 (not made for Windows)

            uvloop.run(serve(settings, _say))
    except GatewayError as error:
        typer.echo(f"msa serve: {error}", err=True)
        raise typer.Exit(1) from None


def _say(url: str) -> None:
    sys.stdout.write(json.dumps({"event": "started", "url": url}) + "\n")
    sys.stdout.flush()
