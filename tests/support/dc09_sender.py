"""Alarm gear that reports by SIA DC-09, written from the standard alone: nothing of ours is imported.

CRC, padding and encryption are this file's own, so that a mistake of ours is not met with the same one.
"""

import asyncio
import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

REPLY = re.compile(
    rb'\n([0-9A-F]{4})([0-9A-F]{4})("(\*?)(ACK|NAK|DUH)"(\d{4})(R[0-9A-F]+)?(L[0-9A-F]+)?(#[0-9A-F]+|A0)\[(.*))\r',
    re.DOTALL,
)


def crc(body: bytes) -> int:
    """CRC-16 as the standard's annex has it, bit by bit."""
    value = 0
    for byte in body:
        value ^= byte
        for _ in range(8):
            odd = value & 1
            value >>= 1
            if odd:
                value ^= 0xA001
    return value


def stamped(at: datetime) -> str:
    """The time of a message, GMT."""
    return at.strftime("_%H:%M:%S,%m-%d-%Y")


@dataclass
class Reply:
    """What the receiver said."""

    word: str
    sequence: str
    encrypted: bool
    content: str
    raw: bytes


@dataclass
class Gear:
    """A panel. ``skew_s``: its clock is so far ahead."""

    account: str
    now: Callable[[], datetime]
    key: bytes | None = None
    receiver: str = "R1"
    line: str = "L1"
    skew_s: float = 0.0
    sequence: int = 0

    def next(self) -> str:
        """The number of the next message."""
        self.sequence = self.sequence % 9999 + 1
        return f"{self.sequence:04d}"

    def frame(
        self,
        data: str,
        *,
        token: str = "SIA-DCS",
        extended: str = "",
        sequence: str | None = None,
        at: datetime | None = None,
        binary_crc: bool = False,
    ) -> bytes:
        """One message, encrypted where the panel has a key."""
        sequence = sequence or self.next()
        stamp = stamped((at or self.now()) + timedelta(seconds=self.skew_s))
        content = f"{data}]{extended}{stamp}".encode("cp1252")
        head = f"{sequence}{self.receiver}{self.line}#{self.account}[".encode()
        if self.key is None:
            body = f'"{token}"'.encode() + head + content
        else:
            body = f'"*{token}"'.encode() + head + self.sealed(b"|" + content)
        check = crc(body).to_bytes(2, "big") if binary_crc else b"%04X" % crc(body)
        return b"\n" + check + b"%04X" % len(body) + body + b"\r"

    def event(self, data: str, **more) -> bytes:
        """An event, with the account before it as the standard has it."""
        return self.frame(f"#{self.account}|{data}", **more)

    def null(self, **more) -> bytes:
        """A supervision message."""
        return self.frame("", token="NULL", **{"sequence": "0000", **more})

    def sealed(self, clear: bytes) -> bytes:
        """Pad in front and encrypt."""
        assert self.key is not None
        clear = b"Q" * (-len(clear) % 16) + clear
        cipher = Cipher(algorithms.AES(self.key), modes.CBC(bytes(16))).encryptor()
        return (cipher.update(clear) + cipher.finalize()).hex().upper().encode()

    def read(self, raw: bytes) -> Reply:
        """Check a reply as a panel does: CRC, length, and that it opens with the key."""
        found = REPLY.fullmatch(raw)
        assert found is not None, raw
        body = found[3]
        assert int(found[1], 16) == crc(body), raw
        assert int(found[2], 16) == len(body), raw
        content = found[10]
        if found[4]:
            assert self.key is not None
            cipher = Cipher(algorithms.AES(self.key), modes.CBC(bytes(16))).decryptor()
            content = cipher.update(bytes.fromhex(content.decode())) + cipher.finalize()
        return Reply(found[5].decode(), found[6].decode(), bool(found[4]), content.decode("cp1252"), raw)


class Connection:
    """One TCP connection of gear to a receiver."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def to(cls, port: int, **more) -> "Connection":
        """Connect."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, **more))

    async def say(self, frame: bytes) -> bytes:
        """Send a frame; return the reply, or nothing where the receiver ended the connection."""
        self.writer.write(frame)
        return await self.heard()

    async def heard(self) -> bytes:
        """Return the next reply, or nothing where the receiver ended the connection."""
        try:
            return await asyncio.wait_for(self.reader.readuntil(b"\r"), 10)
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""

    async def close(self) -> None:
        """End it."""
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()
