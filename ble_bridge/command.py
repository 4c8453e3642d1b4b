"""``msa bridge``: enrol this companion, run it, look into its outbox."""

import asyncio
import json
import logging
import sqlite3
import sys
from collections.abc import MutableMapping
from contextlib import nullcontext, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Final, Never

import httpx
import structlog
import typer
from bleak.exc import BleakError
from rich.console import Console
from rich.table import Table

from ble_bridge.bridge import UselessPolicyError
from ble_bridge.clock import SystemClock
from ble_bridge.enrolling import EnrolmentRefusedError, enrol, enrolment_request
from ble_bridge.entry import Entry
from ble_bridge.events import JsonLines
from ble_bridge.forget import forget_bond
from ble_bridge.outbox import Outbox
from ble_bridge.running import KINDS, ChoiceError, Choices, run
from ble_bridge.state import NotEnrolledError, StateDirectory
from ble_bridge.track import UnreadableTrackError
from ble_bridge.trial import Sentences, trial
from ble_bridge.wishes import pass_on

app = typer.Typer(
    no_args_is_help=True,
    help="The companion: hears the button over Bluetooth LE and posts each press until it is receipted.",
)

State = Annotated[Path, typer.Option(help="This companion's own directory: key, enrolment, outbox.")]


# True whatever the word was and whether or not a network was there: it is kept.
WISH_NOTED: Final = "Your wish to cancel is noted."


class Failure(typer.Exit):
    """Ends the command with a sentence on standard error."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(code)
        typer.echo(sentence, err=True)


@app.command("enrol")
def enrol_command(
    gateway: Annotated[str, typer.Option(help="Base URL of a gateway.")],
    code: Annotated[str, typer.Option(help="The one-time code from the person who registers her.")],
    state: State,
    label: Annotated[str, typer.Option(help="What she calls this phone.")] = "companion",
) -> None:
    """Make this companion known to the gateway. Its key pair is made here; only the public key leaves."""
    directory = StateDirectory.make(state)
    request = enrolment_request(directory.key(), label, version("msa-gateway"))
    try:
        enrolment = asyncio.run(enrol(gateway, code, request))
    except EnrolmentRefusedError as error:
        raise Failure(f"The gateway refused: {error}") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Failure(f"{gateway} cannot be reached: {type(error).__name__}") from error
    directory.keep_enrolment(enrolment)
    typer.echo(json.dumps({"companion_id": str(enrolment.companion_id), "gateways": enrolment.gateways}))


@app.command("run")
def run_command(  # noqa: PLR0913 (each is one option of the command)
    *,
    state: State,
    button: Annotated[
        str | None, typer.Option(help="The button's Bluetooth address or name; default: the one met before.")
    ] = None,
    driver: Annotated[str, typer.Option(help=f"What kind of button: {', '.join(KINDS)}.")] = "reference",
    gpsd: Annotated[str | None, typer.Option(help="Positions from a gpsd at HOST:PORT.")] = None,
    track: Annotated[
        Path | None, typer.Option(help="Positions from a recorded walk (GeoJSON with times, or NMEA).")
    ] = None,
    test: Annotated[bool, typer.Option("--test", help="Presses are tests: shown, but no siren.")] = False,
    events: Annotated[
        bool, typer.Option("--events", help="One JSON object a line on standard output.")
    ] = False,
    bench_in_process: Annotated[
        bool, typer.Option("--bench-in-process", help="With a virtual button inside this process: no D-Bus.")
    ] = False,
    bind_key: Annotated[
        str | None, typer.Option(envvar="MSA_BTHOME_BIND_KEY", help="BTHome bind key, 32 hex digits.")
    ] = None,
    passkey: Annotated[
        int | None, typer.Option(envvar="MSA_BUTTON_PASSKEY", help="The passkey printed on the button.")
    ] = None,
) -> None:
    """Hear the button and post its presses until stopped (Ctrl-C or SIGTERM)."""
    _log_to_stderr()
    choices = Choices(
        driver=driver,
        button=button,
        bind_key=bind_key,
        passkey=passkey,
        gpsd=gpsd,
        track=track,
        is_test=test,
        events=events,
        in_process=bench_in_process,
    )
    try:
        asyncio.run(run(StateDirectory.make(state), choices))
    except NotEnrolledError as error:
        raise Failure(f"{error}; run `msa bridge enrol` first", code=2) from error
    except (ChoiceError, UselessPolicyError, UnreadableTrackError) as error:
        raise Failure(str(error), code=2) from error
    except (OSError, sqlite3.Error) as error:
        raise Failure(f"The outbox or a file cannot be used: {error}") from error


@app.command("test")
def trial_command(
    *,
    state: State,
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for the receipt and for what she would feel.")
    ] = 120.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Send a test press and tell what becomes of it; no button is needed, and a running bridge may go on.

    It takes the whole way of a real press, is shown as a test and sounds no siren. Ends when its alarm is
    closed or the time is up. Exit status 1: no receipt came; the press is kept and sent by the next run.
    """
    _log_to_stderr()
    try:
        with JsonLines(sys.stdout) if as_json else nullcontext(Sentences(typer.echo)) as events:
            is_receipted = asyncio.run(trial(StateDirectory.make(state), events, wait))
    except NotEnrolledError as error:
        raise Failure(f"{error}; run `msa bridge enrol` first", code=2) from error
    except (OSError, sqlite3.Error) as error:
        raise Failure(f"The outbox or a file cannot be used: {error}") from error
    if not is_receipted:
        raise Failure("No receipt came in time. The press is kept and sent by the next run.")


@app.command("cancel")
def cancel_command(
    *,
    state: State,
    word: Annotated[
        str | None,
        typer.Option(help="Her word. Better not here, where the shell keeps it: it is asked for, unseen."),
    ] = None,
) -> None:
    """Pass on that she wishes to cancel. What is shown is always the same; the alarm goes on.

    Only a person at the centre closes an alarm. This stands in for the screen of a phone, and someone may
    look over her shoulder: no word, no answer and no lost network makes it look or end differently.
    """
    structlog.configure(processors=[_drop])
    directory = StateDirectory.make(state)
    spoken = _ask_word() if word is None else word
    typer.echo(WISH_NOTED)
    with suppress(NotEnrolledError, OSError, ValueError, sqlite3.Error):
        asyncio.run(pass_on(directory, spoken))


@app.command("outbox")
def outbox_command(
    *,
    state: State,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show the presses that wait for their receipt. Exit status 3 when any is refused."""
    waiting = asyncio.run(_waiting(StateDirectory.make(state)))
    if as_json:
        for entry in waiting:
            typer.echo(json.dumps(_row(entry)))
    else:
        _show(waiting)
    if any(entry.parked for entry in waiting):
        raise typer.Exit(3)


@app.command("forget")
def forget_command(
    *,
    state: State,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove the bond with the button, so that it can be paired anew.

    Do this only with the button in your hand: something that imitates it is refused by the bond.
    """
    directory = StateDirectory.make(state)
    pinned = directory.button()
    if pinned is None:
        raise Failure("This companion has met no button yet.", code=2)
    if not yes:
        typer.confirm(f"Forget the button {pinned.address}? Is it in your hand?", abort=True)
    try:
        asyncio.run(forget_bond(pinned.address))
    except (BleakError, OSError, TimeoutError) as error:
        raise Failure(f"The bond could not be removed: {error}") from error
    directory.unpin()
    typer.echo(f"Forgotten. The next {pinned.driver} button met is paired anew.", err=True)


def _ask_word() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Word", default="", hide_input=True, show_default=False))
    return sys.stdin.readline()


def _drop(_logger: object, _method: str, _event: MutableMapping[str, Any]) -> Never:
    raise structlog.DropEvent


async def _waiting(directory: StateDirectory) -> list[Entry]:
    async with Outbox(directory.outbox, SystemClock()) as outbox:
        return list(await outbox.waiting())


def _row(entry: Entry) -> dict[str, object]:
    press = entry.press
    return {
        "press_id": str(press.press_id),
        "purpose": press.purpose.value,
        "pattern": press.pattern.value,
        "heard_at": press.heard_at.isoformat() if press.heard_at else None,
        "attempts": entry.attempts,
        "parked": entry.parked,
    }


def _show(waiting: list[Entry]) -> None:
    if not waiting:
        typer.echo("Nothing waits: every press has its receipt.")
        return
    table = Table("press", "purpose", "pattern", "heard", "tries", "refused because")
    for entry in waiting:
        table.add_row(*(str(value) if value is not None else "" for value in _row(entry).values()))
    Console().print(table)


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
