"""A small receiver of webhooks (Standard Webhooks 1.0) that fails the first call on purpose."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

BODY_MAX: Final = 1 << 20
OLDEST_S: Final = 300


@dataclass(frozen=True, slots=True)
class Call:
    """One call that came, and what it was answered."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    answered: int

    def verified(self, secret: str, now: float) -> str | None:
        """Verify as the standard says; None: it holds, else what does not."""
        try:
            call_id, at = self.headers["webhook-id"], int(self.headers["webhook-timestamp"])
            signatures = self.headers["webhook-signature"].split()
        except (KeyError, ValueError):
            return "webhook-id, webhook-timestamp or webhook-signature is missing or wrong"
        if abs(now - at) > OLDEST_S:
            return "webhook-timestamp is more than 5 minutes off"
        signed = b"%b.%d.%b" % (call_id.encode(), at, self.body)
        return None if any(_holds(secret, one, signed) for one in signatures) else "no signature holds"


@dataclass(slots=True)
class Receiver:
    """Answers 503 to the first call, 204 to the others."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)
    _held: dict[asyncio.StreamWriter, "asyncio.Task[None] | None"] = field(default_factory=dict)

    async def until(self, number: int) -> list[Call]:
        """Wait until so many calls came."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.calls) >= number)
        return self.calls

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection."""
        self._held[writer] = asyncio.current_task()
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")).strip():
                headers = _headers(head)
                size = min(int(headers.get("content-length", "0")), BODY_MAX)
                body = await reader.readexactly(size)
                answered = 204 if self.calls else 503
                words = b"204 No Content" if self.calls else b"503 Service Unavailable\r\ncontent-length: 0"
                writer.write(b"HTTP/1.1 %b\r\n\r\n" % words)
                await writer.drain()
                async with self._came:
                    self.calls.append(Call(headers, body, answered))
                    self._came.notify_all()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
            pass
        except asyncio.CancelledError:
            pass  # the program ends; handed on, Python 3.11 writes of it on standard error
        finally:
            self._held.pop(writer, None)
            writer.close()

    async def hang_up(self) -> None:
        """End the connections that are kept open."""
        held = [task for task in self._held.values() if task is not None]
        for writer in tuple(self._held):
            writer.close()
        await asyncio.gather(*held, return_exceptions=True)


@asynccontextmanager
async def listening(host: str, port: int) -> AsyncIterator[Receiver]:
    """Receive while the block runs. Raises ``OSError``."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, host, port)
    async with server:
        receiver.port = server.sockets[0].getsockname()[1]
        try:
            yield receiver
        finally:
            server.close()  # whoever called now would be left over
            await receiver.hang_up()


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _holds(secret: str, signature: str, signed: bytes) -> bool:
    version, _, encoded = signature.partition(",")
    given = base64.b64decode(encoded)
    if version == "v1" and secret.startswith("whsec_"):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        return hmac.compare_digest(given, hmac.new(key, signed, hashlib.sha256).digest())
    if version == "v1a" and secret.startswith("whpk_"):
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(secret.removeprefix("whpk_")))
        try:
            public.verify(given, signed)
        except InvalidSignature:
            return False
        return True
    return False
