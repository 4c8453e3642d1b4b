"""``msa canary``: the way from a press to a console, tried all the time on every node for every centre."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import structlog
import typer
from prometheus_client import start_http_server
from rich.table import Table

from gateway.canary import account as accounts
from gateway.canary.account import CanaryAccount
from gateway.canary.metrics import CanaryMetrics
from gateway.canary.probe import Probed
from gateway.canary.setup import set_up
from gateway.canary.watch import attached, for_ever, once, ways_of
from gateway.cli.support import (
    WRONG,
    Json,
    Stores,
    err,
    failed,
    out,
    print_json,
    run,
    settings_or_exit,
    text_column,
)
from gateway.domain.errors import WalletRefused
from gateway.settings import Settings
from gateway.synthetic.wallet import SyntheticCompanion, Wallet
from gateway.telemetry import configure_logging

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Canaries: signed presses of made-up victims, seen and answered at a console on every node.",
)

Keys = Annotated[
    Path | None, typer.Option(help="Directory of the canary's keys and account; default MSA_DATA_DIR/canary.")
]


@app.command()
def setup(*, keys: Keys = None, json_: Json = False) -> None:
    """Make a made-up victim with a companion for each centre, and the account that watches.

    Needs the database and the key file; `msa canary run` then needs only what this writes into the
    directory of the keys, mode 0600. Again changes nothing but adds what is missing, e.g. a new centre.
    """

    async def command(stores: Stores) -> tuple[CanaryAccount, list[SyntheticCompanion]]:
        return await set_up(stores, stores.operators, _directory(stores.settings, keys))

    account, companions = run(command)
    centres = [one.centre for one in companions]
    if json_:
        print_json({"account": account.username, "centres": centres})
    else:
        out.print(f"account {account.username}; {len(centres)} centres", markup=False)


@app.command("run")
def run_(
    *,
    node: Annotated[
        list[str] | None, typer.Option(help="Base URL of a node; may be given again; else MSA_CANARY_NODES.")
    ] = None,
    keys: Keys = None,
    once_: Annotated[
        bool, typer.Option("--once", help="One canary a node and centre; exit status 1 if one fails.")
    ] = False,
    host: Annotated[str, typer.Option(help="Address of /metrics.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of /metrics.")] = 8113,
    json_: Json = False,
) -> None:
    """Every 30 s press through each node for each centre, and see it through to a console on every node.

    Give the nodes' own addresses, not the load balancer's. Failures are logged, with where they ended;
    /metrics says when each way last succeeded.

    Example: msa canary run --node http://node-1:8112 --node http://node-2:8112
    """
    settings = settings_or_exit()
    nodes = {urlsplit(url).netloc: url for url in node or settings.canary_nodes}
    if not nodes:
        raise typer.BadParameter("name the nodes with --node or MSA_CANARY_NODES")
    configure_logging(settings.log_level)
    companions, account = _kept(_directory(settings, keys))
    if once_:
        found = asyncio.run(_once(nodes, companions, account))
        _report(found, json_=json_)
    else:
        metrics = CanaryMetrics(ways_of(tuple(nodes), [one.centre for one in companions]))
        start_http_server(port, host, metrics.registry)
        asyncio.run(_for_ever(nodes, companions, account, metrics))


async def _once(
    nodes: dict[str, str], companions: Sequence[SyntheticCompanion], account: CanaryAccount
) -> list[Probed]:
    async with attached(nodes, companions, account) as prober:
        return await once(prober)


async def _for_ever(
    nodes: dict[str, str],
    companions: Sequence[SyntheticCompanion],
    account: CanaryAccount,
    metrics: CanaryMetrics,
) -> None:
    log = structlog.get_logger()

    def told(probed: Probed) -> None:
        metrics.count(probed)
        if probed.failed is not None:
            log.error(
                "canary_failed",
                node=probed.node,
                centre=probed.centre,
                stage=probed.failed,
                words=probed.words,
            )

    async with attached(nodes, companions, account) as prober:
        log.info("canary_started", nodes=list(nodes), centres=list(prober.companions))
        await for_ever(prober, told)


def _kept(directory: Path) -> tuple[list[SyntheticCompanion], CanaryAccount]:
    try:
        companions, account = Wallet(directory).every(), accounts.kept(directory)
    except WalletRefused as error:
        raise failed(error) from None
    if not companions or account is None:
        err.print(f"{directory} holds no canary; `msa canary setup` makes one", style="red", markup=False)
        raise typer.Exit(WRONG)
    return companions, account


def _directory(settings: Settings, keys: Path | None) -> Path:
    return keys or settings.data_dir / "canary"


def _report(found: Sequence[Probed], *, json_: bool) -> None:
    if json_:
        print_json([asdict(one) for one in found])
    else:
        table = Table(*map(text_column, ("node", "centre", "commit ms", "consoles ms", "answered ms", "")))
        for one in found:
            consoles = ", ".join(str(_ms(seconds)) for seconds in one.console_s.values())
            words = "" if one.failed is None else f"{one.failed}: {one.words}"
            table.add_row(one.node, one.centre, _ms(one.commit_s), consoles, _ms(one.answered_s), words)
        out.print(table)
    if any(one.failed is not None for one in found):
        raise typer.Exit(WRONG)


def _ms(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.0f}"
