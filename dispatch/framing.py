"""Websocket text frames as bytes, made once and written to many (RFC 6455 section 5.2)."""

from typing import Final

_FIN_TEXT: Final = 0x81


def text_frame(payload: bytes) -> bytes:
    """Return one unmasked, final text frame around ``payload`` (UTF-8)."""
    length = len(payload)
    if length < 126:
        return bytes((_FIN_TEXT, length)) + payload
    if length < 65_536:
        return bytes((_FIN_TEXT, 126)) + length.to_bytes(2) + payload
    return bytes((_FIN_TEXT, 127)) + length.to_bytes(8) + payload
