"""``msa serve``: one gateway node."""

import asyncio
import json
import os
import sys

import typer

from gateway import tracing
from gateway.domain.errors import GatewayError
from gateway.main import serve
from gateway.service_manager import ServiceManager, handed_over
from gateway.settings import Settings
from gateway.telemetry import configure_logging

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def run() -> None:
    """Serve presses and consoles until SIGTERM.

    Settings come from MSA_* in the environment (see docs/settings.md). Without MSA_DATABASE_URL an
    embedded PostgreSQL in MSA_DATA_DIR is started and migrated; any other database must have been
    migrated with `msa db migrate`. Prints one JSON line when it serves: where.
    Sockets of a service manager (LISTEN_FDS; named http, metrics, dc09) are taken over, and it is told how
    the node is (NOTIFY_SOCKET, WATCHDOG_USEC). SIGHUP reads keys and certificates again.
    Exit status 1: the database cannot be trusted with presses.
    """
    settings = Settings()
    configure_logging(settings.log_level)
    tracing.export(settings.node)
    try:
        node = serve(
            settings,
            _say,
            sockets=handed_over(os.environ),
            manager=ServiceManager.of(os.environ),
        )
        if sys.platform == "win32":
            asyncio.run(node)
        else:
            import uvloop  # noqa: PLC0415 (not made for Windows)

            uvloop.run(node)
    except GatewayError as error:
        typer.echo(f"msa serve: {error}", err=True)
        raise typer.Exit(1) from None


def _say(url: str) -> None:
    sys.stdout.write(json.dumps({"event": "started", "url": url}) + "\n")
    sys.stdout.flush()
