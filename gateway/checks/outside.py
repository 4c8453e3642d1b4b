"""Whoever this node talks to besides its database: each is asked, and given no longer than the deadline."""

import asyncio
import ssl
from datetime import datetime
from typing import Final

import httpx

from gateway.bus.connecting import Connection
from gateway.bus.credentials import CredentialsFile
from gateway.certificates import shown_end
from gateway.checks.check import Check, doubt, good, worst, wrong
from gateway.checks.context import Context
from gateway.checks.files import lasting
from gateway.domain.errors import BusUnreachable, MailFailed, MailRefused, WebhookRefused
from gateway.oidc.client import Client
from gateway.oidc.provider import Provider
from gateway.reporting.smtp import SmtpPost, is_here
from gateway.settings import Settings
from gateway.webhooks import Outside

ANSWER_S: Final = 2.25
"""One of several addresses has so long, so that each is told of by itself: > BUS_CONNECT_S,
< ``examining.DEADLINE_S``."""

UNKNOWN_AUTHORITY: Final = frozenset({18, 19, 20, 21})
"""X509_V_ERR_*: self-signed, or by an authority that this machine does not know."""


async def sign_in(context: Context) -> Check:
    """Ask the OpenID provider what it says of itself, and for its keys. Raises what ``Provider`` raises."""
    client = await asyncio.to_thread(Client.of, context.settings)
    if client is None:
        return good("sign-in", "local accounts; MSA_OIDC_ISSUER is not set")
    provider = Provider(client, context.clock)
    metadata, keys = await provider.metadata(), await provider.keys()
    beside = " and local accounts" if context.settings.local_accounts else ""
    away = "" if metadata.end_session_endpoint else "; does not end its own session when somebody signs out"
    signs = ", ".join(metadata.algorithms)
    found = f"{client.issuer}{beside}; signs by {signs}, {len(keys.keys)} keys{away}"
    if metadata.issuer.startswith("http://"):
        return doubt("sign-in", found, "the provider must be https")
    return good("sign-in", found)


async def mail_server(context: Context) -> Check | None:
    """Sign in at the mail server, and send nothing; settings that cannot be used are another check's."""
    try:
        post = await asyncio.to_thread(SmtpPost.of, context.settings)
    except MailRefused:
        return None
    if post is None:
        return None
    try:
        await post.try_out(ANSWER_S)
    except MailFailed as error:
        found = f"{post.host}:{post.port} does not let us in ({error.detail})"
        return doubt("mail server", found, "mails wait and are tried again", "ReportNotSent")
    return good("mail server", "answers" + (" and lets us in" if post.username else ""))


async def public_addresses(context: Context) -> Check:
    """Go to this gateway as its companions do: its certificate, and whether anything answers."""
    name, settings = "public address", context.settings
    if not settings.public_urls and not settings.embedded:
        return doubt(name, "MSA_PUBLIC_URLS is not set: the Host header is believed", "set it")
    found = await asyncio.gather(*(_address(name, url, asks=True) for url in settings.public_urls))
    return worst(name, found, "MSA_PUBLIC_URLS is not set: the Host header is believed")


async def webhook_address(context: Context) -> Check | None:
    """Shake hands with whoever is told when nobody answers, and say nothing."""
    try:
        outside = await asyncio.to_thread(Outside.of, context.settings)
    except WebhookRefused:  # which is another check's
        return None
    if outside is None or not outside.url.startswith("https://"):
        return None
    return await _address("webhook address", outside.url, asks=False)


async def _address(name: str, url: str, *, asks: bool) -> Check:
    host = httpx.URL(url).host
    if not url.startswith("https://"):
        if not is_here(host):
            return doubt(name, f"{host}: not https, so it can be read and changed on the way", "use https")
        return await _answering(name, url)
    try:
        async with asyncio.timeout(ANSWER_S):
            trusted, end = await _shown(url)
    except ssl.SSLCertVerificationError as error:
        return wrong(name, f"{host}: {error.verify_message}", "renew or correct it", "CertificateExpiring")
    except TimeoutError:
        return doubt(name, f"{host}: did not answer within {ANSWER_S:g} s", "see whether it can from outside")
    except (OSError, ValueError) as error:
        found = f"{host}: cannot be reached from here ({type(error).__name__})"
        return doubt(name, found, "see whether it can from outside")
    certificate = lasting(name, host, end) if end else doubt(name, f"{host}: shows no certificate")
    if not trusted:
        stranger = doubt(
            name, "by an authority this machine does not know", "give companions its certificate"
        )
        certificate = worst(name, [certificate, stranger], "")
    return worst(name, [certificate, await _answering(name, url)], "") if asks else certificate


async def _shown(url: str) -> tuple[bool, datetime | None]:
    """Return whether the certificate is trusted here, and when it ends; one that nobody takes is raised."""
    context = await asyncio.to_thread(ssl.create_default_context)
    try:
        return True, await shown_end(url, context)
    except ssl.SSLCertVerificationError as error:
        if error.verify_code not in UNKNOWN_AUTHORITY:
            raise
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return False, await shown_end(url, context)


async def _answering(name: str, url: str) -> Check:
    """Look whether a gateway stands behind the address; its certificate was judged before."""
    try:
        async with asyncio.timeout(ANSWER_S), _untrusting() as http, http.stream("GET", url) as response:
            status = response.status_code
    except (httpx.HTTPError, TimeoutError) as error:
        none = f"{url}: no answer ({type(error).__name__})"
        return doubt(name, none, "is the gateway behind it running?")
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return doubt(
            name, f"{url} answers {status}: no gateway behind it", "is the gateway behind it running?"
        )
    return good(name, f"{url} answers {status}")


def _untrusting() -> httpx.AsyncClient:
    return httpx.AsyncClient(verify=False, trust_env=False)  # noqa: S501 (nothing is sent, nothing believed)


async def nats(context: Context) -> Check:
    """Connect to each NATS server by itself. Raises ``BusFileRefused``."""
    name, urls = "doorbell", context.settings.nats_urls
    await asyncio.to_thread(_nats_files, context.settings)
    found = await asyncio.gather(*(_nats_server(context, url) for url in urls))
    if not all(one.doubtful for one in found):
        return worst(name, found, "")
    said = "; ".join(one.found for one in found)
    late = "hints come by the poll, a second late, and what is only kept is seen at one node"
    return wrong(name, f"{said}: {late}", "see to the NATS servers", "DoorbellDown")


def _nats_files(settings: Settings) -> None:
    """Read what the connection reads in its loop, where a disk that hangs would hold up everything."""
    if settings.nats_credentials_file is not None:
        CredentialsFile(settings.nats_credentials_file).check()
    if settings.nats_ca_file is not None:
        settings.nats_ca_file.open("rb").close()


async def _nats_server(context: Context, url: str) -> Check:
    alone = context.settings.model_copy(update={"nats_urls": (url,)})
    host = httpx.URL(url).netloc.decode().rpartition("@")[2]
    connecting = asyncio.create_task(Connection.to(alone))
    connecting.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # it may end late
    await asyncio.wait({connecting}, timeout=ANSWER_S)  # not cancelled: it closes its socket by itself
    try:
        connection = connecting.result()
    except (BusUnreachable, asyncio.InvalidStateError):
        return doubt("doorbell", f"NATS {host} does not answer", "see to that server", "DoorbellDown")
    await connection.close()
    return good("doorbell", f"NATS {host} answers")
