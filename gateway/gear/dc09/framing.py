"""Frames of DC-09 in a stream of bytes: LF, CRC, length, body, CR; and back.

CRC is CRC-16/ARC over the body; four hex digits, or two bytes from panels of the 2007 edition, which are
answered in kind. A CR stands in no body, so a frame ends at its CR whatever its length says.
"""

from dataclasses import dataclass
from typing import Final

BODY_MAX_BYTES: Final = 0xFFF
"""The length is ``0LLL``: three hex digits (DC-09 5.5.1.3)."""

LF: Final = 0x0A
CR: Final = 0x0D
QUOTE: Final = 0x22
HEX: Final = frozenset(b"0123456789abcdefABCDEF")


def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
        table.append(crc)
    return tuple(table)


_CRC: Final = _table()


def crc16(data: bytes) -> int:
    """Return CRC-16/ARC: polynomial 0x8005 reflected, from zero."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _CRC[(crc ^ byte) & 0xFF]
    return crc


@dataclass(frozen=True, slots=True)
class Frame:
    """What came between LF and CR. ``whole``: its CRC and its length hold."""

    raw: bytes
    body: bytes
    whole: bool
    binary_crc: bool = False


def framed(body: bytes, *, binary_crc: bool = False) -> bytes:
    """Put a body into a frame."""
    crc = crc16(body)
    head = crc.to_bytes(2, "big") if binary_crc else b"%04X" % crc
    return b"\n" + head + b"%04X" % len(body) + body + b"\r"


class Deframer:
    """Cuts a stream into frames; holds never more than one of the largest and what one read brought."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def begun(self) -> bool:
        """Whether a frame has begun and is not whole yet."""
        return bool(self._held)

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes in; return the frames that are complete, broken ones among them."""
        self._held += data
        frames = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def _next(self) -> Frame | None:
        held = self._held
        start = held.find(LF)
        noise = bytes(held if start < 0 else held[:start]).strip(b"\r\n\t \x00")
        if noise:
            del held[: len(held) if start < 0 else start]
            return Frame(noise[:BODY_MAX_BYTES], b"", whole=False)
        del held[: max(start, 0) if start >= 0 else len(held)]
        if not held:
            return None
        head = _head(held)
        if head is None:
            return self._broken() if len(held) > 9 or CR in held[1:] else None
        body_at, crc, length, binary = head
        end = held.find(CR, body_at)
        if end < 0:
            return self._broken() if len(held) - body_at > BODY_MAX_BYTES else None
        body = bytes(held[body_at:end])
        frame = Frame(bytes(held[: end + 1]), body, len(body) == length and crc16(body) == crc, binary)
        del held[: end + 1]
        return frame

    def _broken(self) -> Frame:
        """Give up on what is held, as far as the next thing that could begin or end a frame."""
        held = self._held
        ends = [at for at in (held.find(CR, 1), held.find(LF, 1)) if at > 0]
        end = min(ends, default=len(held))
        if end < len(held) and held[end] == CR:
            end += 1
        raw = bytes(held[:end])
        del held[:end]
        return Frame(raw[:BODY_MAX_BYTES], b"", whole=False)


def _head(held: bytearray) -> tuple[int, int, int, bool] | None:
    """Return where the body begins, its CRC, its length, and whether the CRC is binary."""
    if len(held) > 9 and held[9] == QUOTE and HEX.issuperset(held[1:9]):
        return 9, int(held[1:5], 16), int(held[5:9], 16), False
    if len(held) > 7 and held[7] == QUOTE and HEX.issuperset(held[3:7]):
        return 7, int.from_bytes(held[1:3], "big"), int(held[3:7], 16), True
    return None
