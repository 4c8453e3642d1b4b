"""What stands in a frame of DC-09: header, content, extended data, time.

The header is read with pysiaalarm's own expression; the content is not: its expression keeps the first
event of several, stops at ``ti10:01:00`` and ``pi0``, and reads text as ASCII (docs/dc09.md).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from pysiaalarm.utils.enums import MessageTypes
from pysiaalarm.utils.regexes import MAIN_MATCHER

BLOCK_BYTES: Final = 16
IV: Final = bytes(BLOCK_BYTES)
"""All zeros (DC-09 5.4.6): the padding, which comes first, is what makes two messages differ."""

TEXT: Final = "cp1252"
EXTENSION: Final = re.compile(r"\[([^\[\]]*)\]")
TIMESTAMP: Final = re.compile(r"_(\d{2}:\d{2}:\d{2},\d{2}-\d{2}-\d{4})\s*$")
QUOTED: Final = re.compile(r"[*^]([^*^]*)[*^]?")
MODIFIER: Final = re.compile(r"([a-z]{2})([^A-Z/]*)")
EVENT: Final = re.compile(r"([A-Z]{2})(\d*)")
CONTACT_ID: Final = re.compile(r"\s*(\d)(\d{3})(?:\s+([0-9A-Fa-f]{2}))?(?:\s+([0-9A-Fa-f]{3}))?\s*$")


@dataclass(frozen=True, slots=True)
class Header:
    """What says whom it is from and how it is to be answered; ``rest`` is what follows the ``[``."""

    token: str
    encrypted: bool
    sequence: str
    receiver: str
    line: str
    account: str
    rest: str


@dataclass(frozen=True, slots=True)
class SiaEvent:
    """One event of SIA DC-03: two letters, the zone or user."""

    code: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class ContactIdEvent:
    """One event of Contact ID, SIA DC-05. ``qualifier``: 1 new or opening, 3 restoral or closing, 6 still."""

    qualifier: str
    code: str
    partition: str = ""
    zone: str = ""


Event = SiaEvent | ContactIdEvent


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A message in its parts. ``payload`` is the data without padding and account, as it was sent."""

    header: Header
    payload: str
    events: tuple[Event, ...]
    texts: tuple[str, ...]
    extensions: tuple[tuple[str, str], ...]
    sent_at: datetime | None

    def extension(self, letter: str) -> str | None:
        """Return the first piece of extended data with this letter."""
        return next((value for name, value in self.extensions if name == letter), None)


def read_header(body: bytes) -> Header | None:
    """Read what stands in clear; None: it is no header of DC-09."""
    found = MAIN_MATCHER.match("00000000" + body.decode("latin-1"))
    if found is None or found["account"] is None:
        return None
    return Header(
        token=found["message_type"],
        encrypted=found["encrypted_flag"] is not None,
        sequence=found["sequence"],
        receiver=found["receiver"] or "",
        line=found["line"],
        account=found["account"].upper(),
        rest=body[body.index(b"[") + 1 :].decode(TEXT, "replace"),
    )


def decrypted(header: Header, key: bytes) -> str | None:
    """Decrypt the content with AES-CBC; None: that is no content of this key and account."""
    try:
        sealed = bytes.fromhex(header.rest.rstrip("]"))
    except ValueError:
        return None
    if not sealed or len(sealed) % BLOCK_BYTES:
        return None
    cipher = Cipher(algorithms.AES(key), modes.CBC(IV)).decryptor()
    clear = (cipher.update(sealed) + cipher.finalize()).decode(TEXT, "replace")
    # nothing else says that the key is right: an encrypted message has its time, or names its account
    known = TIMESTAMP.search(clear) is not None or f"{header.account}|" in clear.upper()
    return clear.partition("|")[2] or clear if known and "]" in clear else None


def encrypted(clear: bytes, key: bytes) -> str:
    """Encrypt what is a multiple of the block with AES-CBC, as hex digits."""
    cipher = Cipher(algorithms.AES(key), modes.CBC(IV)).encryptor()
    return (cipher.update(clear) + cipher.finalize()).hex().upper()


def read_message(header: Header, content: str) -> Message:
    """Read the content, ``header.rest`` or what was decrypted; what cannot be read is not there."""
    block, _, tail = content.partition("]")
    payload = block.rpartition("|")[2]
    if header.encrypted and "|" not in block:
        payload = payload.lstrip("0")  # pads with zeros and no bar (docs/dc09.md)
    stamp = TIMESTAMP.search(tail)
    texts = tuple(text.strip() for text in QUOTED.findall(payload) if text.strip())
    events: Sequence[Event]
    if header.token == MessageTypes.ADMCID.value:
        events = _contact_id(payload)
    else:
        events = _sia(QUOTED.sub("", payload))
    return Message(
        header=header,
        payload=payload,
        events=tuple(events),
        texts=texts,
        extensions=tuple((value[0], value[1:]) for value in EXTENSION.findall(tail) if value),
        sent_at=None if stamp is None else read_time(stamp[1]),
    )


def read_time(text: str) -> datetime | None:
    """Read ``HH:MM:SS,MM-DD-YYYY``, which is GMT."""
    try:
        at = datetime.strptime(text.strip(), "%H:%M:%S,%m-%d-%Y").replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if 2000 <= at.year < 9999 else None


def _contact_id(payload: str) -> list[Event]:
    found = CONTACT_ID.match(payload)
    if found is None:
        return []
    return [ContactIdEvent(found[1], found[2], found[3] or "", found[4] or "")]


def _sia(payload: str) -> list[Event]:
    """Read ``Nri1/PA01/HA02``: new (N) or old (O), modifiers in small letters, events in capitals."""
    events: list[Event] = []
    unsure = payload.strip()
    if unsure[:1] in {"N", "O"} and not re.match(r"[A-Z]{2}\d*$", unsure):
        unsure = unsure[1:]
    for token in unsure.split("/"):
        rest = token
        if (modifier := MODIFIER.match(rest)) is not None:
            rest = rest[modifier.end() :]
        if (event := EVENT.match(rest)) is not None:
            events.append(SiaEvent(event[1], event[2]))
    return events
