"""The seven-bit alphabet of short messages (3GPP TS 23.038, 6.2.1), packed into octets."""

from typing import Final

_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED: Final = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_ESCAPE: Final = 0x1B


def unpacked(raw: bytes, skip_bits: int = 0) -> str:
    """Return the text packed in ``raw``, of which ``skip_bits`` bits in front are no part.

    Seven bits over at the end are padding where they are zero or a carriage return (6.1.2.3.1).
    """
    whole = int.from_bytes(raw, "little") >> skip_bits
    bits = max(len(raw) * 8 - skip_bits, 0)
    septets = [whole >> at & 0x7F for at in range(0, bits - bits % 7, 7)]
    if septets and bits % 7 == 0 and septets[-1] in {0, 0x0D}:
        septets.pop()
    return _text(septets)


def packed(text: str) -> bytes:
    """Return ``text`` packed. Raises ``ValueError`` for a character that the basic alphabet does not have."""
    whole = 0
    for index, character in enumerate(text):
        whole |= _BASIC.index(character) << 7 * index
    if len(text) % 8 == 7:
        whole |= 0x0D << 7 * len(text)
    return whole.to_bytes((len(text) * 7 + 7) // 8, "little")


def _text(septets: list[int]) -> str:
    found, escaped = [], False
    for septet in septets:
        if escaped:
            found.append(_ESCAPED.get(septet, _BASIC[septet]))
        elif septet != _ESCAPE:
            found.append(_BASIC[septet])
        escaped = septet == _ESCAPE and not escaped
    return "".join(found)
