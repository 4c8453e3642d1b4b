"""Bodies that a press door must survive: each with whether a press_id can be read in it."""

import json
from typing import Any, Final

PRESS_ID: Final = "7f3a1f52-6a49-4d0e-9c37-1b1a0a8f6c11"


def body(**changes: Any) -> bytes:
    """A press with some of its fields replaced."""
    return json.dumps({"press_id": PRESS_ID, "purpose": "real", "pattern": "hold", **changes}).encode()


def raw(text: str) -> bytes:
    """A press with raw JSON text spliced in."""
    return f'{{"press_id": "{PRESS_ID}", {text}}}'.encode()


FIX: Final = '{"latitude": %s, "longitude": 3.7, "fixed_at": "2026-03-02T09:00:00Z"}'

READABLE: Final[dict[str, bytes]] = {
    "NaN latitude": raw('"positions": [' + FIX % "NaN" + "]"),
    "Infinity": raw('"age_ms": Infinity'),
    "minus Infinity": raw('"age_ms": -Infinity'),
    "1e400": raw('"age_ms": 1e400'),
    "NaN as text": body(age_ms="NaN"),
    "latitude out of range": raw('"positions": [' + FIX % "999" + "]"),
    "NUL in text": raw('"companion_version": "a\\u0000b"'),
    "lone surrogate": raw('"companion_version": "\\ud800"'),
    "surrogate in a nested name": raw('"button": {"button_id": "\\udfff", "driver": "x"}'),
    "600 deep": raw('"button": ' + "[" * 600 + "]" * 600),
    "900 deep in a field": raw('"positions": ' + '{"a":' * 900 + "1" + "}" * 900),
    "5000 deep": raw('"button": ' + "[" * 5000 + "]" * 5000),
    "5000 digits": raw('"attempt": ' + "9" * 5000),
    "huge float": raw('"phone_battery_pct": 1e308'),
    "UTF-16": body().decode().encode("utf-16"),
    "UTF-16 big endian without a mark": body().decode().encode("utf-16-be"),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + body(),
    "bad UTF-8 in text": raw('"companion_version": "')[:-1] + b'\xff\xfe"}',
    "doubled keys": raw(f'"press_id": "{PRESS_ID[:-1]}2", "pattern": "hold", "pattern": "short"'),
    "wrong types everywhere": body(
        pattern=7,
        pressed_at=[],
        heard_at={},
        sent_at="yesterday",
        age_ms="soon",
        latched="perhaps",
        attempt=-1,
        button="b",
        phone_battery_pct="full",
        positions={"latitude": 1},
        companion_version=9,
    ),
    "a purpose that a phone may not set": body(purpose="exercise"),
    "clock a day ahead": body(sent_at="2099-03-03T09:00:00Z", pressed_at="2099-03-03T08:59:59Z"),
    "clock at the end of time": body(sent_at="9999-12-31T23:59:59Z", pressed_at="0001-01-01T00:00:00Z"),
    "naive instants": body(sent_at="2026-03-02T09:00:00", pressed_at="2026-03-02T09:00:00"),
    "a hundred positions": raw('"positions": [' + ",".join([FIX % "51.0"] * 100) + "]"),
    "truncated": body()[:-2],
    "trailing rubbish": body() + b"}}}",
}

UNREADABLE: Final[dict[str, bytes]] = {
    "empty": b"",
    "not JSON": b"help",
    "an array": b"[1, 2]",
    "a number": b"1",
    "null": b"null",
    "no press_id": b'{"purpose": "real"}',
    "press_id is no UUID": b'{"press_id": "one", "purpose": "real"}',
    "binary": bytes(range(256)),
    "only NUL": b"\x00" * 100,
}
