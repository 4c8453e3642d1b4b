"""One connection to a NATS server, made once and never mended: who loses it makes another.

nats-py's own reconnecting is left off. It gives up for ever when a server answers with an error, keeps a
stale count of pings, and knows of no new credentials; a new client has none of that. Its calls are never
cancelled: a cancelled ping stops its reader without a word.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, Final

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from gateway.bus.credentials import CredentialsFile
from gateway.domain.errors import BusFileRefused, BusUnreachable
from gateway.settings import Settings
from gateway.timing import BUS_CONNECT_S, BUS_FLUSH_S, BUS_GOODBYE_S, BUS_PING_S, BUS_PINGS

Handler = Callable[[str, bytes], None]
"""Called with a message's subject and payload."""

TROUBLE: Final = (OSError, TimeoutError, nats.errors.Error, ValueError)
"""What the library raises at a server that is away, slow, strange, or wants other credentials."""


class Connection:
    """A client that is connected. What it loses is told by ``lives`` alone."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @classmethod
    async def to(cls, settings: Settings) -> "Connection":
        """Connect to the first server that answers. Raises ``BusUnreachable``, ``BusFileRefused``."""
        client = Client()
        connecting = asyncio.create_task(client.connect(**_options(settings)))
        try:
            await asyncio.shield(connecting)
            _refuse_downgrade(settings, client)
        except TROUBLE as error:
            await _end(client)
            raise BusUnreachable(type(error).__name__) from None
        except asyncio.CancelledError:
            connecting.cancel()  # the process ends: nothing is read from it any more
            raise
        return cls(client)

    @property
    def lives(self) -> bool:
        """Whether its server answers its pings, as far as is known: it may be ``BUS_LOST_S`` behind."""
        return self._client.is_connected

    async def subscribe(self, subject: str, handler: Handler) -> None:
        """Have every message of others on ``subject`` handled. Raises ``BusUnreachable``."""

        async def handle(message: Msg) -> None:
            handler(message.subject, message.data)

        await self._asked(self._client.subscribe(subject, cb=handle))

    async def publish(self, subject: str, payload: bytes) -> None:
        """Hand a message to the library. Raises ``BusUnreachable``."""
        await self._asked(self._client.publish(subject, payload))

    async def close(self) -> None:
        """End it, without waiting long for a server that says nothing."""
        await _end(self._client)

    async def _asked(self, call: Awaitable[Any]) -> None:
        try:
            await asyncio.shield(asyncio.ensure_future(call))
        except TROUBLE as error:
            raise BusUnreachable(type(error).__name__) from None


async def _end(client: Client) -> None:
    """Close it; one whose server does not read on goes when its socket does."""
    closing = asyncio.ensure_future(client.close())
    closing.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # nobody asks for it
    await asyncio.wait({closing}, timeout=BUS_GOODBYE_S)


def _options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        "servers": list(settings.nats_urls),
        "name": f"msa {settings.node}",
        "no_echo": True,
        "allow_reconnect": False,
        "max_reconnect_attempts": 1,
        "reconnect_time_wait": 0,
        "connect_timeout": BUS_CONNECT_S,
        "ping_interval": BUS_PING_S,
        "max_outstanding_pings": BUS_PINGS,
        "flush_timeout": BUS_FLUSH_S,
        "error_cb": _passed_over,
    }
    if settings.nats_credentials_file is not None:
        credentials = CredentialsFile(settings.nats_credentials_file)
        credentials.check()
        options |= {"user_jwt_cb": credentials.jwt, "signature_cb": credentials.signature}
    if _sealed(settings):
        options["tls"] = _context(settings)
    return options


def _context(settings: Settings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.nats_ca_file)
    except (OSError, ssl.SSLError) as error:
        raise BusFileRefused(f"{settings.nats_ca_file} cannot be read ({type(error).__name__})") from None


def _sealed(settings: Settings) -> bool:
    return any(url.startswith("tls://") for url in settings.nats_urls)


def _refuse_downgrade(settings: Settings, client: Client) -> None:
    """Refuse a server that speaks in clear where TLS was asked for: the library asks the server."""
    said: Any = client._server_info  # noqa: SLF001 (what decided whether TLS was spoken is nowhere else)
    if _sealed(settings) and not said.get("tls_required"):
        raise OSError


async def _passed_over(_error: Exception) -> None:
    """Say nothing: what matters is seen by ``lives``, and a server that is away would fill the log."""
