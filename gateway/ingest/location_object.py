"""From a location object (PIDF-LO) to a position of whoever it is about."""

import hashlib
from typing import Final

from pydantic import TypeAdapter, ValidationError

from gateway.domain.door_errors import ScopeMissing
from gateway.domain.errors import FieldInvalid
from gateway.domain.integrators import Inbound, Integrator
from gateway.formats.pidf_lo_in import Located
from schemas.events import EventType, PositionUpdated
from schemas.integrators import IntegratorScope, Subject

SOURCE: Final = "urn:msa:door:pidf-lo"

_subject: Final[TypeAdapter[str]] = TypeAdapter(Subject)


def event_of(integrator: Integrator, located: Located, subject: str | None, raw: bytes) -> Inbound:
    """Return the position; ``subject`` None: the object's ``entity`` says whom it is about.

    The same fix of the same subject is one event. Raises ``ScopeMissing``, ``FieldInvalid``.
    """
    if IntegratorScope.POSITIONS not in integrator.scopes:
        raise ScopeMissing(str(IntegratorScope.POSITIONS))
    position = located.position
    if position is None:
        why = "; ".join(located.dropped)[:200] or "an address alone is no position"
        raise FieldInvalid("location-info", why)
    try:
        about = _subject.validate_python(subject or located.entity)
    except ValidationError:
        raise FieldInvalid("subject", "neither the request nor the entity says whom it is about") from None
    fix = (about, position.fixed_at.isoformat(), f"{position.latitude:.7f}", f"{position.longitude:.7f}")
    told = raw.hex() if "timestamp" in located.dropped else "\n".join(fix)
    return Inbound(
        integrator=integrator,
        type=EventType.POSITION_UPDATED,
        source=SOURCE,
        event_id=hashlib.sha256(told.encode()).hexdigest()[:40],
        subject=about,
        time=position.fixed_at,
        data=PositionUpdated(positions=(position,)),
        raw=raw,
        dropped=located.dropped,
    )
