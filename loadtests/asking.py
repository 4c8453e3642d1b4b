"""One HTTP request over a connection of its own: what is asked seldom, and by nobody in a hurry."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

DEADLINE_S: Final = 30.0
Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def address_of(url: str) -> Address:
    """Return host and port."""
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 80


async def ask(
    url: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    cookie: str | None = None,
    source: str | None = None,
) -> Answer:
    """GET, or POST where there is a body; ``source`` is the address to ask from.

    Raises:
        OSError: nobody answers (``TimeoutError`` and ``ConnectionError`` are ones).
    """
    content = b"" if body is None else json.dumps(body).encode()
    head = (
        f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\nConnection: close\r\n"
    )
    if cookie is not None:
        head += f"Cookie: {cookie}\r\n"
    head += "\r\n"
    async with asyncio.timeout(DEADLINE_S):
        return await exchange(address_of(url), head.encode() + content, source)


async def exchange(address: Address, request: bytes, source: str | None = None) -> Answer:
    """Write a whole request to a connection of its own and read the answer.

    Raises:
        OSError: the connection was refused or ended early.
    """
    local = None if source is None else (source, 0)
    reader, writer = await asyncio.open_connection(*address, local_addr=local)
    try:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").rstrip().split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(int(status.split()[1]), headers, body)
    except (EOFError, asyncio.LimitOverrunError, ValueError) as error:
        raise ConnectionError(f"{type(error).__name__} while an answer was read") from error
    finally:
        writer.close()
