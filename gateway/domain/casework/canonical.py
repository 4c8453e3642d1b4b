"""One way to write JSON down (RFC 8785), so that whoever hashes the same record has the same bytes.

Keys sorted by UTF-16 code units, no white space, strings escaped no more than they must be, numbers as
ECMAScript writes them. An integer is written with all its digits, also beyond 2**53, where RFC 8785 would
have rounded it: none here is that large.
"""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

SMALLEST_PLAIN: Final = 1e-4
LARGEST_WHOLE: Final = 2.0**53
"""Python and ECMAScript write fractions from the first on alike, and whole numbers up to the last; whatever
is larger is whole."""

_encode: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


class _Written(Exception):
    """A number that Python's encoder writes otherwise."""


def canonical(value: Any) -> bytes:
    """Return the canonical JSON of a value of JSON's types. Raises ``ValueError`` for NaN and infinities."""
    return canonical_text(json.dumps(value, ensure_ascii=False, allow_nan=False))


def canonical_text(text: str) -> bytes:
    """Return the canonical form of a JSON text. Raises ``ValueError`` for what is not JSON."""
    try:
        value = json.loads(text, parse_float=_plain, parse_constant=_refused)
    except _Written:
        value = json.loads(text, parse_constant=_refused)
    else:
        if len(text.encode("utf-16-le")) == 2 * len(text):  # no key needs UTF-16's own order
            return _encode(value).encode()
    return _slowly(value).encode()


def instant(at: datetime) -> str:
    """Return an instant in UTC with its six decimals, as ``2026-03-01T08:00:00.000000Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def number(value: float) -> str:
    """Return a number as ECMAScript writes it. Raises ``ValueError`` for NaN and infinities."""
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 (NaN alone differs from itself)
        raise ValueError("not a number of JSON")
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text = "".join(map(str, digits))
    return ("-" if sign else "") + _placed(text, len(text) + int(exponent))


def _placed(digits: str, point: int) -> str:
    """Put the decimal point after ``point`` digits, as ECMA-262's Number::toString does."""
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    exponent = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"{digits[0]}{'.' if len(digits) > 1 else ''}{digits[1:]}{exponent}"


def _plain(text: str) -> float | int:
    """Read a number so that Python's own encoder writes it canonically, or give up on the quick way."""
    value = float(text)
    if value.is_integer():
        if abs(value) <= LARGEST_WHOLE:
            return int(value)
    elif abs(value) >= SMALLEST_PLAIN:
        return value
    raise _Written


def _refused(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _slowly(value: Any) -> str:
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return "{" + ",".join(f"{_encode(key)}:{_slowly(one)}" for key, one in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_slowly, value)) + "]"
    if isinstance(value, float):
        return number(value)
    return _encode(value)
