"""AML by HTTPS: a form, and the code that shows that nobody changed it on the way."""

import hashlib
import hmac
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl

from gateway.domain.errors import FieldInvalid
from gateway.formats.aml import AmlForm, AmlMessage
from gateway.formats.aml_fields import Fields

FIELDS_MAX: Final = 64
RADIUS_MAX_M: Final = 1_000_000.0

_CODE: Final = b"hmac="


def read_form(body: bytes, received_at: datetime) -> AmlMessage:
    """Read a form. ``location_time`` is in milliseconds.

    Raises ``FieldInvalid`` where it is no form, or has nothing of AML in it.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=FIELDS_MAX,
        )
    except ValueError:
        raise FieldInvalid("body", "is no form of AML") from None
    values: dict[str, str] = {}
    dropped = []
    for name, value in pairs:
        if name in values:
            dropped.append(name[:32])
        else:
            values[name] = value
    if not values.keys() & {"device_number", "location_latitude"}:
        raise FieldInvalid("body", "has neither device_number nor location_latitude")
    return _read(Fields(values, dropped), received_at)


def _read(fields: Fields, received_at: datetime) -> AmlMessage:
    where = (
        fields.number("location_latitude", low=-90, high=90),
        fields.number("location_longitude", low=-180, high=180),
    )
    told = (
        fields.seconds("location_time", 0.001),
        fields.confidence("location_certainty"),
        fields.method("location_source"),
    )
    radius = fields.number("location_accuracy", low=0, high=RADIUS_MAX_M)
    model, system = fields.text("device_model"), fields.text("device_os")
    home = fields.network("cell_home_mcc", "cell_home_mnc")
    here = fields.network("cell_network_mcc", "cell_network_mnc")
    return AmlMessage(
        form=AmlForm.HTTPS,
        number=fields.telephone("device_number"),
        position=fields.place(where, radius, told, received_at),
        altitude_m=fields.number("location_altitude", low=-20_000, high=100_000),
        floor=fields.text("location_floor"),
        imei=fields.digits("device_imei"),
        imsi=fields.digits("device_imsi"),
        networks=(here, home),
        cell=fields.text("cell_id"),
        device=" ".join(text for text in (model, system) if text) or None,
        dropped=tuple(dict.fromkeys(fields.dropped)),
    )


def code_holds(body: bytes, key: bytes) -> bool:
    """Say whether the form ends with the HMAC-SHA1 of what stands before it, in hexadecimal."""
    signed, found, code = body.rpartition(_CODE)
    if not found:
        return False
    right = hmac.new(key, signed.removesuffix(b"&"), hashlib.sha1).hexdigest()
    return hmac.compare_digest(right.encode(), code.strip().lower())
