"""One HTTP request with events, by the CloudEvents HTTP binding 1.0.2: which of the three modes it is in."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import unquote

PREFIX: Final = "ce-"
STRUCTURED_TYPE: Final = "application/cloudevents+json"
BATCH_TYPE: Final = "application/cloudevents-batch+json"
ATTRIBUTES_MAX: Final = 64


class Mode(StrEnum):
    """How events stand in a request."""

    STRUCTURED = "structured"
    BATCH = "batch"
    BINARY = "binary"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Headers:
    """What the headers of a request say of the events in it."""

    mode: Mode
    content_type: str
    attributes: Mapping[str, str]


def read_headers(given: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return the mode and, in binary mode, the attributes, decoded as the binding says (3.1.3.2)."""
    content_type = ""
    attributes: dict[str, str] = {}
    for raw_name, raw_value in given:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").strip()
        if name == "content-type":
            content_type = value
        elif name.startswith(PREFIX) and len(attributes) < ATTRIBUTES_MAX:
            attributes.setdefault(name.removeprefix(PREFIX), _decoded(value))
    kind = content_type.partition(";")[0].strip().lower()
    if kind == BATCH_TYPE:
        mode = Mode.BATCH
    elif kind == STRUCTURED_TYPE:
        mode = Mode.STRUCTURED
    elif attributes:
        mode = Mode.BINARY
    else:
        mode = Mode.NONE
    return Headers(mode, content_type, attributes if mode is Mode.BINARY else {})


def _decoded(value: str) -> str:
    """Undo quoting (RFC 9110, 5.6.4), then percent-encoding, once; what is not UTF-8 is seen to be broken.

    Some clients put UTF-8 into a header as it is, which the binding forbids; it is read all the same.
    """
    if len(value) > 1 and value.startswith('"') and value.endswith('"'):
        value = _unescaped(value[1:-1])
    with suppress(UnicodeError):
        value = value.encode("latin-1").decode("utf-8")
    return unquote(value, errors="replace")


def _unescaped(quoted: str) -> str:
    out, escaped = [], False
    for char in quoted:
        escaped = char == "\\" and not escaped
        if not escaped:
            out.append(char)
    return "".join(out)
