"""AML by short message: text, or data packed in seven bits.

``lt`` and ``lg`` are latitude and longitude in version 1, and in version 2 the seconds between call and fix,
and the language.
"""

from datetime import datetime, timedelta
from typing import Final

from gateway.domain.errors import FieldInvalid
from gateway.formats.aml import AmlForm, AmlMessage
from gateway.formats.aml_fields import Fields
from gateway.formats.gsm7 import unpacked
from schemas.position import Position

HEADER: Final = 'A"ML='
TEXT_MAX: Final = 1_600
"""Ten concatenated short messages; AML fits into one."""

RADIUS_MAX_M: Final = 1_000_000.0
OFFSET_MAX_S: Final = 9_998.0
"""How far the fix may be from the call's start; beyond it the field says that it is not known."""


def read_sms(text: str, received_at: datetime) -> AmlMessage:
    """Read the text of a short message.

    Raises ``FieldInvalid`` where it is none of AML, or of a version that is not known.
    """
    text = text.strip("\r\n\0 ")
    if len(text) > TEXT_MAX or not text.startswith(HEADER):
        raise FieldInvalid("body", f"is no short message of AML, which begins with {HEADER}")
    values, dropped = _split(text)
    version = values.pop('A"ML')
    fields = Fields(values, dropped)
    if version == "1":
        return _version_1(values, fields, received_at, len(text))
    if version == "2":
        return _version_2(fields, received_at)
    raise FieldInvalid("body", 'A"ML is neither 1 nor 2')


def read_data_sms(raw: bytes, received_at: datetime) -> AmlMessage:
    """Read a data short message: packed in seven bits, or plain, with or without its user data header.

    Raises ``FieldInvalid`` as ``read_sms`` does.
    """
    if len(raw) > TEXT_MAX:
        raise FieldInvalid("body", "is longer than a short message")
    return read_sms(next((text for text in _readings(raw) if text.startswith(HEADER)), ""), received_at)


def _readings(raw: bytes) -> list[str]:
    """Return every way to read the octets, the likeliest first."""
    found = [unpacked(raw), raw.decode("ascii", "replace")]
    if raw and raw[0] + 1 < len(raw):
        header_bits = (raw[0] + 1) * 8
        # The text after a header begins at the next septet (3GPP TS 23.040, 9.2.3.24).
        found += [unpacked(raw, header_bits + -header_bits % 7), raw[raw[0] + 1 :].decode("ascii", "replace")]
    return found


def _split(text: str) -> tuple[dict[str, str], list[str]]:
    """Return the fields; of one that comes twice the first counts, and what is no field is dropped."""
    values: dict[str, str] = {}
    dropped = []
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        name = name.strip()
        if not equals or name in values:
            if part.strip():
                dropped.append(name[:16])
            continue
        values[name] = value.strip()
    return values, dropped


def _version_1(values: dict[str, str], fields: Fields, received_at: datetime, length: int) -> AmlMessage:
    """Read version 1. A message says its own length last: one that does not may have lost its end."""
    told = fields.number("ml", low=0, high=100_000)
    whole = told == length
    if told is None and values:
        lost = list(values)[-1]
        fields.dropped.append(lost)
        del values[lost]
    elif not whole:
        fields.dropped.append("ml")
    where = fields.number("lt", low=-90, high=90), fields.number("lg", low=-180, high=180)
    radius = fields.number("rd", low=0, high=RADIUS_MAX_M)
    if where == (0.0, 0.0) and radius is None:
        where = (None, None)  # what a phone says that has no place
    return AmlMessage(
        form=AmlForm.SMS_1,
        position=fields.place(
            where, radius, (fields.compact("top"), fields.confidence("lc"), fields.method("pm")), received_at
        ),
        imsi=fields.digits("si"),
        imei=fields.digits("ei"),
        networks=(fields.network("mcc", "mnc"), None),
        whole=whole,
        dropped=tuple(dict.fromkeys(fields.dropped)),
    )


def _version_2(fields: Fields, received_at: datetime) -> AmlMessage:
    called_at = fields.seconds("et")
    language = fields.text("lg")
    return AmlMessage(
        form=AmlForm.SMS_2,
        position=_place_2(fields, called_at, received_at),
        called_at=called_at,
        emergency_number=fields.telephone("en"),
        altitude_m=fields.number("lz", 0, low=-20_000, high=100_000),
        vertical_m=fields.number("lz", 1, low=0, high=100_000) or None,
        imei=fields.digits("ei"),
        imsi=fields.digits("si"),
        networks=(fields.digits("nc"), fields.digits("hc")),
        language=language,
        dropped=tuple(dict.fromkeys(fields.dropped)),
    )


def _place_2(fields: Fields, called_at: datetime | None, received_at: datetime) -> Position | None:
    """Return the fix; one whose distance to the call is not known is of the call's start (our assumption)."""
    offset = fields.number("lt", low=-OFFSET_MAX_S, high=OFFSET_MAX_S)
    if offset is None and called_at is not None:
        fields.dropped.append("lt")
    fixed_at = called_at + timedelta(seconds=offset or 0) if called_at is not None else None
    where = fields.number("lo", 0, low=-90, high=90), fields.number("lo", 1, low=-180, high=180)
    radius = fields.number("lo", 2, low=0, high=RADIUS_MAX_M)
    told = fixed_at, fields.confidence("lc"), fields.method("ls")
    return fields.place(where, radius, told, received_at)
