"""AML: what a phone tells of itself when an emergency number is called (ETSI TS 103 625, V1.3.1).

Three forms say the same in different words: a short message of version 1, one of version 2, and a form by
HTTPS. Each is read for what can be read of it; the rest is named in ``dropped``: a place is a life-sign.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.position import Position


class AmlForm(StrEnum):
    """Which of the three it was."""

    SMS_1 = "sms_v1"
    SMS_2 = "sms_v2"
    HTTPS = "https"


@dataclass(frozen=True, kw_only=True, slots=True)
class AmlMessage:
    """One message. ``number`` is the phone's own, which no short message says of itself.

    ``networks`` are the codes of country and operator, of the network it is in and of its home.
    ``whole`` is false where a short message of version 1 is not as long as it says.
    """

    form: AmlForm
    number: str | None = None
    position: Position | None = None
    called_at: datetime | None = None
    emergency_number: str | None = None
    altitude_m: float | None = None
    vertical_m: float | None = None
    floor: str | None = None
    imei: str | None = None
    imsi: str | None = None
    networks: tuple[str | None, str | None] = (None, None)
    cell: str | None = None
    language: str | None = None
    device: str | None = None
    whole: bool = True
    dropped: tuple[str, ...] = ()
