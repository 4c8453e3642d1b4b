"""What a receiver answers: ACK, NAK, DUH (DC-09 5.5.3). RSP answers a request for keys: none is made."""

import secrets
from datetime import UTC, datetime

from gateway.gear.dc09.framing import framed
from gateway.gear.dc09.message import BLOCK_BYTES, Header, encrypted


def stamp(now: datetime) -> str:
    """Return our time as it stands in a message, GMT."""
    return f"_{now.astimezone(UTC):%H:%M:%S,%m-%d-%Y}"


def ack(header: Header, now: datetime, key: bytes | None, *, binary_crc: bool = False) -> bytes:
    """Say that it is committed; to an encrypted message encrypted, with padding and time."""
    if header.encrypted and key is not None:
        clear = f"|]{stamp(now)}".encode("ascii")
        pad = secrets.token_hex(BLOCK_BYTES)[: -len(clear) % BLOCK_BYTES].encode("ascii")
        body = f'"*ACK"{_echo(header)}[{encrypted(pad + clear, key)}'
    else:
        body = f'"ACK"{_echo(header)}[]'
    return framed(body.encode("ascii"), binary_crc=binary_crc)


def duh(header: Header, *, binary_crc: bool = False) -> bytes:
    """Say that it came whole and is not taken."""
    return framed(f'"DUH"{_echo(header)}[]'.encode("ascii"), binary_crc=binary_crc)


def nak(now: datetime, *, binary_crc: bool = False) -> bytes:
    """Say that it came broken or with a wrong time, and what time it is; never encrypted."""
    return framed(f'"NAK"0000R0L0A0[]{stamp(now)}'.encode("ascii"), binary_crc=binary_crc)


def _echo(header: Header) -> str:
    return f"{header.sequence}{header.receiver}{header.line}#{header.account}"
