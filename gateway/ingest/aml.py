"""From a message of AML to events in our words: an emergency call, and where its phone is.

The subject is the phone's number; where none is told, the IMEI or the IMSI. An event's id is made from what
it tells, so that one fix that comes by short message and by HTTPS, or twice, is one event.
"""

import hashlib
from typing import Final

from gateway.domain.door_errors import ScopeMissing
from gateway.domain.errors import FieldInvalid
from gateway.domain.integrators import Inbound, Integrator
from gateway.formats.aml import AmlMessage
from schemas.events import CallReceived, EventData, EventType, PositionUpdated
from schemas.integrators import IntegratorScope

SOURCE: Final = "urn:msa:door:aml"

UNKNOWN_INSTANT: Final = "time of positioning"


def events_of(integrator: Integrator, message: AmlMessage, raw: bytes) -> list[Inbound]:
    """Return what a message comes to for this integrator: a call, a position, or both.

    Raises ``ScopeMissing`` where it may send neither, ``FieldInvalid`` where it says of nobody or nothing.
    """
    may = integrator.scopes & {IntegratorScope.POSITIONS, IntegratorScope.CALLS}
    if not may:
        raise ScopeMissing(f"{IntegratorScope.POSITIONS} or {IntegratorScope.CALLS}")
    subject = _subject(message)
    told: list[tuple[EventType, str, EventData]] = []
    position = message.position
    if IntegratorScope.CALLS in may and message.number is not None:
        call = CallReceived(caller_number=message.number, called_at=message.called_at, position=position)
        told.append((EventType.CALL_RECEIVED, _call_id(message, raw), call))
    if IntegratorScope.POSITIONS in may and position is not None:
        data = PositionUpdated(positions=(position,))
        told.append((EventType.POSITION_UPDATED, _fix_id(message, raw), data))
    if not told:
        raise FieldInvalid("body", "tells neither a place nor a number that this account may send")
    return [
        Inbound(
            integrator=integrator,
            type=kind,
            source=SOURCE,
            event_id=event_id,
            subject=subject,
            time=position.fixed_at if position is not None else message.called_at,
            data=data,
            raw=raw,
            dropped=message.dropped,
        )
        for kind, event_id, data in told
    ]


def _subject(message: AmlMessage) -> str:
    for prefix, value in (("", message.number), ("imei:", message.imei), ("imsi:", message.imsi)):
        if value is not None:
            return f"{prefix}{value}"
    raise FieldInvalid("number", "who called is told neither in the message nor beside it")


def _fix_id(message: AmlMessage, raw: bytes) -> str:
    """Return the id of the fix; its second and its fifth decimal, as short messages tell no more."""
    position = message.position
    if position is None or UNKNOWN_INSTANT in message.dropped:
        return _hashed("raw", raw.hex())
    second = position.fixed_at.replace(microsecond=0).isoformat()
    return _hashed(_subject(message), second, f"{position.latitude:.5f}", f"{position.longitude:.5f}")


def _call_id(message: AmlMessage, raw: bytes) -> str:
    """Return the id of the call: by its start if that is told, else by the fix that told of it."""
    if message.called_at is not None:
        return _hashed("call", _subject(message), message.called_at.isoformat())
    return _hashed("call", _fix_id(message, raw))


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]
