"""From whatever bytes a known companion sent to a heartbeat: what cannot be read of it is dropped."""

from dataclasses import dataclass

from pydantic import ValidationError

from gateway.ingest.tolerant import Dropped, as_object, without_surrogates
from schemas.protection import CompanionHeartbeat


@dataclass(frozen=True, slots=True)
class HeartbeatReading:
    """A heartbeat, and the fields that were dropped from it (names, never values)."""

    heartbeat: CompanionHeartbeat
    dropped: tuple[str, ...] = ()


def read_heartbeat(body: bytes) -> HeartbeatReading:
    """Return the heartbeat in ``body``. Never raises: even an empty one says that the companion lives."""
    dropped = Dropped()
    found = without_surrogates(as_object(body, dropped))
    try:
        return HeartbeatReading(CompanionHeartbeat.model_validate(found), tuple(dropped.names))
    except ValidationError as error:
        bad = {str(one["loc"][0]) for one in error.errors(include_input=False)}
    for name in sorted(bad):
        dropped.add(name)
        del found[name]
    return HeartbeatReading(CompanionHeartbeat.model_validate(found), tuple(dropped.names))
