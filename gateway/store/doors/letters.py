"""An event as it lies in the inbox and in quarantine: all that it says sealed under a key of its row."""

import base64
import json
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError

from gateway.domain.errors import SealBroken
from gateway.domain.integrators import Inbound, Integrator
from gateway.store.row_seal import RowSeal, open_row, seal_row
from gateway.store.sealing import Keyring
from schemas.events import DATA_OF, EventType


def seal_event(keyring: Keyring, key: UUID, event: Inbound) -> RowSeal:
    """Seal what an event says, whom it is about and what it was read from."""
    said = {
        "source": event.source,
        "id": event.event_id,
        "subject": event.subject,
        "time": None if event.time is None else event.time.isoformat(),
        "data": event.data.model_dump(mode="json"),
        "dropped": event.dropped,
        "raw": base64.b64encode(event.raw).decode(),
    }
    return seal_row(keyring, _use(key), json.dumps(said, ensure_ascii=False).encode())


def open_event(keyring: Keyring, key: UUID, kind: str, integrator: Integrator, seal: RowSeal) -> Inbound:
    """Open what ``seal_event`` sealed. Raises ``SealBroken``, also for what a later version wrote."""
    try:
        said = json.loads(open_row(keyring, _use(key), seal))
        type_ = EventType(kind)
        return Inbound(
            integrator=integrator,
            type=type_,
            source=said["source"],
            event_id=said["id"],
            subject=said["subject"],
            time=None if said["time"] is None else datetime.fromisoformat(said["time"]),
            data=DATA_OF[type_].model_validate(said["data"]),
            raw=base64.b64decode(said["raw"]),
            dropped=tuple(said["dropped"]),
        )
    except (ValueError, KeyError, TypeError, ValidationError):
        raise SealBroken("it does not hold what it should") from None


def _use(key: UUID) -> str:
    return f"event:{key}"
