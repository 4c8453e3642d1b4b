"""``msa exercise``: a centre practises with made-up victims on the very path of real alarms."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.table import Table

from gateway.cli.support import WRONG, Json, Stores, err, out, print_json, run, text_column
from gateway.clock import SystemClock
from gateway.settings import Settings
from gateway.store.windows import RunningExercise
from gateway.synthetic.door import PressKeptError, PressRefusedError, a_press, post
from gateway.synthetic.enrolling import enrolled
from gateway.synthetic.people import exercise_file
from gateway.synthetic.wallet import SyntheticCompanion, Wallet
from schemas.position import Method, Position
from schemas.press import Purpose, Receipt

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Exercises: made-up victims of a centre press through the real door; real presses stay real.",
)

Centre = Annotated[str, typer.Option(help="e.g. BE-VOV.")]
Keys = Annotated[
    Path | None, typer.Option(help="Directory of the made-up victims' keys; default MSA_DATA_DIR/exercise.")
]


@app.command()
def start(
    *,
    centre: Centre,
    minutes: Annotated[int, typer.Option(min=1, max=720, help="It ends by itself.")] = 60,
    people: Annotated[int, typer.Option(min=1, max=20, help="How many made-up victims.")] = 3,
    keys: Keys = None,
    json_: Json = False,
) -> None:
    """Make the centre's made-up victims, if need be, and show its consoles that an exercise runs.

    Again while it runs: it ends so many minutes from now.

    Example: msa exercise start --centre BE-VOV --minutes 60
    """

    async def command(stores: Stores) -> tuple[datetime, list[SyntheticCompanion]]:
        wallet = _wallet(stores.settings, keys)
        made = [
            await enrolled(stores, wallet, exercise_file(centre, number)) for number in range(1, people + 1)
        ]
        return await stores.windows.start_exercise(centre, minutes), made

    until, made = run(command)
    if json_:
        references = [one.reference for one in made]
        print_json({"centre": centre, "until": until, "people": references})
    else:
        out.print(f"{centre}: exercise with {len(made)} people until {until.astimezone():%H:%M:%S}")


@app.command()
def stop(*, centre: Centre, json_: Json = False) -> None:
    """End a centre's exercise now; exercise alarms that are still open are closed by hand or expire."""

    async def command(stores: Stores) -> bool:
        return await stores.windows.stop_exercise(centre)

    if not run(command):
        err.print("no exercise is running there", style="red")
        raise typer.Exit(WRONG)
    if json_:
        print_json({"centre": centre, "until": None})
    else:
        out.print(f"{centre}: the exercise is over")


@app.command()
def press(
    *,
    centre: Centre,
    person: Annotated[int, typer.Option(min=1, max=20, help="Which of the made-up victims presses.")] = 1,
    at: Annotated[
        str | None, typer.Option(help="Where she is, as LATITUDE,LONGITUDE; else without a position.")
    ] = None,
    gateway: Annotated[
        str | None, typer.Option(help="Base URL of a gateway; default the first of MSA_PUBLIC_URLS.")
    ] = None,
    keys: Keys = None,
    json_: Json = False,
) -> None:
    """Have a made-up victim press, through the gateway's real door, while an exercise runs in the centre.

    Example: msa exercise press --centre BE-VOV --person 2 --at 51.0543,3.7174
    """
    position = None if at is None else _position(at)

    async def command(stores: Stores) -> Receipt:
        await _running(stores, centre)
        companion = await _companion(stores, keys, centre, person)
        async with httpx.AsyncClient(trust_env=False) as http:
            wanted = a_press(SystemClock().now(), position)
            return await post(http, gateway or _default_gateway(stores.settings), companion, wanted)

    try:
        receipt = run(command)
    except PressKeptError as error:
        err.print(f"the press is {error}; do not press again", style="yellow", markup=False)
        raise typer.Exit(WRONG) from None
    except PressRefusedError as error:
        err.print(f"the press was not taken: {error}", style="red", markup=False)
        raise typer.Exit(WRONG) from None
    if json_:
        print_json(receipt.model_dump(mode="json"))
    else:
        out.print(f"{receipt.centre}: {receipt.purpose} alarm {receipt.alarm_id}", markup=False)
    if receipt.purpose is not Purpose.EXERCISE:
        err.print("this file is not an exercise's: close that alarm", style="red")
        raise typer.Exit(WRONG)


@app.command("list")
def list_(*, json_: Json = False) -> None:
    """List the exercises that run, until when, and their open alarms."""

    async def command(stores: Stores) -> list[RunningExercise]:
        return await stores.windows.exercises()

    running = run(command)
    if json_:
        print_json([asdict(one) for one in running])
        return
    table = Table(*map(text_column, ("centre", "until", "open alarms")), box=None)
    for one in running:
        table.add_row(one.centre, f"{one.until.astimezone():%Y-%m-%d %H:%M:%S}", str(one.open_alarms))
    out.print(table)


async def _running(stores: Stores, centre: str) -> None:
    if not any(one.centre == centre for one in await stores.windows.exercises()):
        err.print("no exercise is running there; `msa exercise start` begins one", style="red")
        raise typer.Exit(WRONG)


async def _companion(stores: Stores, keys: Path | None, centre: str, person: int) -> SyntheticCompanion:
    wallet = _wallet(stores.settings, keys)
    kept = await asyncio.to_thread(wallet.find, exercise_file(centre, person).registration_id)
    if kept is None:
        err.print("this person's key is not here; `msa exercise start` makes it", style="red")
        raise typer.Exit(WRONG)
    return kept


def _wallet(settings: Settings, keys: Path | None) -> Wallet:
    return Wallet(keys or settings.data_dir / "exercise")


def _default_gateway(settings: Settings) -> str:
    return settings.public_urls[0] if settings.public_urls else f"http://{settings.host}:{settings.port}"


def _position(at: str) -> Position:
    parts: Sequence[str] = at.split(",")
    try:
        latitude, longitude = map(float, parts)
        return Position(
            latitude=latitude,
            longitude=longitude,
            radius_m=10,
            fixed_at=SystemClock().now(),
            age_s=0,
            method=Method.RECORDED,
        )
    except ValueError:
        raise typer.BadParameter("give LATITUDE,LONGITUDE in degrees, e.g. 51.0543,3.7174") from None
