"""``msa console``: attach to centres from a terminal."""

import asyncio
import os
import sys
from typing import Annotated, Final
from uuid import UUID

import httpx
import typer

from dispatch.client import COOKIE, ConsoleClient, ConsoleClosedError, sign_in, sign_in_with_link
from schemas.trail import AlarmTrail

HTTP_S: Final = 10.0

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def console(
    *,
    centre: Annotated[
        list[str] | None, typer.Option(help="A centre to follow, e.g. BE-VOV; several times for several.")
    ] = None,
    url: Annotated[str, typer.Option(envvar="MSA_URL", help="The gateway.")] = "http://127.0.0.1:8112",
    operator: Annotated[str | None, typer.Option(envvar="MSA_OPERATOR", help="Name of the account.")] = None,
    link: Annotated[
        str | None, typer.Option(help="A one-time sign-in link of `msa operator link` instead of a password.")
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="Print what comes as JSON Lines, and act on nothing.")
    ] = False,
) -> None:
    """Watch centres and answer their alarms from a terminal: the fallback when the browser is down.

    F2 acknowledges, F3 assigns a unit, F4 says where it stands, F5 notes, F6 hands over, F7 shows the
    trail, F8 closes, F10 leaves. The password is asked for, or read from MSA_PASSWORD.

    Example: msa console --centre BE-VOV --operator j.peeters
    """
    try:
        cookie = asyncio.run(_signed_in(url, operator, link))
        client = ConsoleClient(url, cookie, centres=tuple(centre or ()))
        if json_:
            asyncio.run(_print(client))
        else:
            _show(url, cookie, client)
    except (httpx.HTTPError, ConsoleClosedError, OSError, ValueError) as error:
        typer.echo(f"msa console: {error or type(error).__name__}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


async def _signed_in(url: str, operator: str | None, link: str | None) -> str:
    if link is not None:
        return await sign_in_with_link(url, link.partition("#link=")[2] or link)
    name = operator or typer.prompt("Name", err=True)
    password = os.environ.get("MSA_PASSWORD") or typer.prompt("Password", hide_input=True, err=True)
    return await sign_in(url, name, password)


async def _print(client: ConsoleClient) -> None:
    """Print what comes; nobody is told that it was seen, as nobody may be looking."""
    async with client:
        async for told in client:
            sys.stdout.write(told.model_dump_json() + "\n")
            sys.stdout.flush()


def _show(url: str, cookie: str, client: ConsoleClient) -> None:
    from dispatch.terminal.app import Terminal  # noqa: PLC0415 (textual takes a moment to import)

    async def trail_of(alarm_id: UUID) -> AlarmTrail:
        async with httpx.AsyncClient(
            base_url=url, timeout=HTTP_S, headers={"Cookie": f"{COOKIE}={cookie}"}
        ) as http:
            answer = await http.get(f"/v1/alarms/{alarm_id}/trail")
            answer.raise_for_status()
            return AlarmTrail.model_validate_json(answer.content)

    terminal = Terminal(client, trail_of)
    terminal.run()
    if terminal.return_code:
        raise typer.Exit(terminal.return_code)
