"""Websocket frames as a console needs them (RFC 6455), sans I/O.

Enough of the protocol for one known server and no more: its frames are unmasked and never
fragmented. Ours are masked with zeros, which costs nothing and is a mask like any other.
"""

import base64
import hashlib
import os
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

_ACCEPT_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_ZERO_MASK: Final = bytes(4)


class Opcode(IntEnum):
    """The kinds of frame there are here."""

    TEXT = 1
    CLOSE = 8
    PING = 9
    PONG = 10


class ProtocolBroken(Exception):
    """The peer does not speak the protocol, or speaks a part of it that is not understood here."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame from the server."""

    opcode: Opcode
    payload: bytes


def split(received: bytes) -> tuple[list[Frame], bytes]:
    """Cut what was received into whole frames; return them and the beginning of the next.

    Raises:
        ProtocolBroken: a fragmented or masked frame, or an unknown opcode.
    """
    frames: list[Frame] = []
    start, end = 0, len(received)
    while end - start >= 2:
        opcode, length = received[start], received[start + 1]
        body = start + 2
        if length >= 126:
            width = 2 if length == 126 else 8
            if length > 127:
                raise ProtocolBroken("a masked frame")
            if end - body < width:
                break
            length = int.from_bytes(received[body : body + width])
            body += width
        if end - body < length:
            break
        frames.append(Frame(_opcode(opcode), received[body : body + length]))
        start = body + length
    return frames, received[start:]


def client_frame(opcode: Opcode, payload: bytes) -> bytes:
    """Return one final frame as a client sends it."""
    length = len(payload)
    if length < 126:
        head = bytes((0x80 | opcode, 0x80 | length))
    elif length < 65_536:
        head = bytes((0x80 | opcode, 0x80 | 126)) + length.to_bytes(2)
    else:
        head = bytes((0x80 | opcode, 0x80 | 127)) + length.to_bytes(8)
    return head + _ZERO_MASK + payload


class Handshake:
    """The opening of one websocket."""

    def __init__(self, host: str, path: str, subprotocol: str, cookie: str) -> None:
        key = base64.b64encode(os.urandom(16))
        self._accept = base64.b64encode(
            hashlib.sha1(key + _ACCEPT_GUID, usedforsecurity=False).digest()  # prescribed by RFC 6455
        )
        self.request = (
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key.decode()}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: {subprotocol}\r\nCookie: {cookie}\r\n\r\n"
        ).encode()

    def answer(self, received: bytes) -> bytes | None:
        """Return what follows the server's answer; None while it is incomplete.

        Raises:
            ProtocolBroken: the server did not open a websocket.
        """
        head, found, rest = received.partition(b"\r\n\r\n")
        if not found:
            return None
        status, *lines = head.split(b"\r\n")
        pairs = (one.partition(b":") for one in lines)
        fields = {name.strip().lower(): value.strip() for name, _, value in pairs}
        if b" 101 " not in status + b" " or fields.get(b"sec-websocket-accept") != self._accept:
            raise ProtocolBroken(f"no websocket: {status.decode('latin-1')}")
        return rest


def _opcode(first: int) -> Opcode:
    try:
        if first & 0x80:
            return Opcode(first & 0x7F)
    except ValueError:
        pass
    raise ProtocolBroken(f"a frame that begins with {first:#04x}")
