"""``msa conformance URL``: an integrator tries alone whether it and a gateway understand each other."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer
from rich.console import Console

from conformance import events, streams, tokens, webhooks
from conformance.checks import Check, Outcome, Result, run_all
from conformance.peer import TRY_S, Given, Peer
from conformance.receiver import Receiver, listening
from conformance.report import as_json, print_table
from conformance.signing import Signer

DEADLINE_S: Final = 55.0
"""All of it takes less than a minute, and a few seconds where all is well."""

FAILED: Final = 1
NOT_RUN: Final = 2

CHECKS: Final[tuple[Check, ...]] = (
    *tokens.suite.checks,
    *events.suite.checks,
    *streams.suite.checks,
    *webhooks.suite.checks,
)

app = typer.Typer(add_completion=False)
err: Final = Console(stderr=True)


class NotRun(Exception):
    """The checks were not begun; the message says why."""


Url = Annotated[str, typer.Argument(help="The gateway's base URL, e.g. https://msa.example")]
ClientId = Annotated[str, typer.Option(help="The account's client id.")]
SecretFile = Annotated[Path, typer.Option(help="File with its secret.", exists=True, dir_okay=False)]
KeyFile = Annotated[
    Path | None, typer.Option(help="A private key of it, PEM, to try signatures.", exists=True)
]
KeyId = Annotated[str | None, typer.Option(help="That key's id.")]
Listen = Annotated[
    str | None, typer.Option(help="HOST:PORT here that a receiver of it leads to, to try webhooks.")
]
WebhookSecretFile = Annotated[
    Path | None, typer.Option(help="File with that receiver's secret, whsec_ or whpk_.", exists=True)
]
Tracker = Annotated[
    str | None, typer.Option(help="The subject of a tracker of it that was put on for a file.")
]
Only = Annotated[list[str] | None, typer.Option(help="Only checks whose name begins so; again for more.")]
Really = Annotated[
    bool, typer.Option("--really", help="Run with an account that is no sandbox: REAL ALARMS ARE RAISED.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, for scripts.")]


@app.command()
def conformance(  # noqa: PLR0913 (each is an option)
    url: Url,
    *,
    client_id: ClientId,
    secret_file: SecretFile,
    key_file: KeyFile = None,
    key_id: KeyId = None,
    listen: Listen = None,
    webhook_secret_file: WebhookSecretFile = None,
    tracker: Tracker = None,
    only: Only = None,
    really: Really = False,
    json_: Json = False,
) -> None:
    """Try a gateway as docs/integrators.md describes it: tokens, events in, streams, webhooks.

    It needs a sandbox account, and raises two exercise alarms, one of them without a file or a place, which
    stay open: somebody closes them on a console. Exit status 0: nothing failed; 1: something did; 2: it was
    not run.

    Example: msa conformance https://msa.example --client-id 0b0c… --secret-file secret
    """
    begun = time.monotonic()
    try:
        given = Given(
            url=_base(url),
            client_id=client_id,
            secret=_content(secret_file),
            signer=_signer(key_id, key_file),
            listen=_place(listen, webhook_secret_file),
            tracker=tracker,
            webhook_secret=None if webhook_secret_file is None else _content(webhook_secret_file),
        )
        results = asyncio.run(_run(given, _chosen(only), really=really))
    except (NotRun, OSError, ValueError) as error:
        err.print(f"not run: {error}", style="red", markup=False)
        raise typer.Exit(NOT_RUN) from None
    _tell(given.url, results, time.monotonic() - begun, as_text=not json_)
    if any(one.outcome is Outcome.FAILED for one in results):
        raise typer.Exit(FAILED)


def _chosen(only: Sequence[str] | None) -> list[Check]:
    chosen = [one for one in CHECKS if not only or one.name.startswith(tuple(only))]
    if not chosen:
        raise NotRun("no check's name begins so")
    return chosen


def _tell(url: str, results: Sequence[Result], took_s: float, *, as_text: bool) -> None:
    if as_text:
        print_table(Console(), results, took_s)
    else:
        typer.echo(json.dumps(as_json(url, results, took_s), ensure_ascii=False, indent=2))


async def _run(given: Given, checks: Sequence[Check], *, really: bool) -> list[Result]:
    async with (
        httpx.AsyncClient(base_url=given.url, timeout=TRY_S, trust_env=False) as http,
        _listening(given) as receiver,  # from the start, so that nothing waits for it
    ):
        peer = Peer(given, http, receiver)
        peer.account = await _account(peer)
        if not peer.account.get("sandbox") and not really:
            raise NotRun(
                "this account is no sandbox, so that the alarms of the checks would be real ones;"
                " ask for a sandbox (msa integrator add --sandbox), or give --really"
            )
        return await run_all(peer, checks, DEADLINE_S)


@asynccontextmanager
async def _listening(given: Given) -> AsyncIterator[Receiver | None]:
    if given.listen is None:
        yield None
        return
    async with listening(*given.listen) as receiver:
        yield receiver


async def _account(peer: Peer) -> dict[str, object]:
    try:
        answer = await peer.call("GET", "/v1/integrator", headers=await peer.bearer())
        answer.raise_for_status()
    except httpx.HTTPStatusError as error:
        status, path = error.response.status_code, error.request.url.path
        raise NotRun(f"{path} answers {status}: are client id and secret right?") from None
    except httpx.HTTPError as error:
        raise NotRun(f"{peer.given.url} cannot be reached ({type(error).__name__})") from None
    return dict(answer.json())


def _base(url: str) -> str:
    parsed = httpx.URL(url)
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise NotRun("the URL begins with https:// or http://")
    return url.rstrip("/")


def _signer(key_id: str | None, file: Path | None) -> Signer | None:
    if (file is None) != (key_id is None):
        raise NotRun("--key-file and --key-id go together")
    return None if file is None or key_id is None else Signer.read(key_id, file)


def _place(listen: str | None, secret_file: Path | None) -> tuple[str, int] | None:
    if (listen is None) != (secret_file is None):
        raise NotRun("--listen and --webhook-secret-file go together")
    if listen is None:
        return None
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise NotRun("--listen is HOST:PORT")
    return host.strip("[]"), int(port)


def _content(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip()
