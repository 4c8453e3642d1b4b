"""From whatever bytes a known companion sent to a heartbeat: what cannot be read of it is dropped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    return heartbeat_of(as_object(body, dropped), dropped)


def heartbeat_of(sent: Mapping[str, Any], dropped: Dropped | None = None) -> HeartbeatReading:
    """Return the heartbeat in a JSON object, e.g. one that a node of a later version stored."""
    dropped = Dropped() if dropped is None else dropped
    found = without_surrogates(dict(sent))
    try:
        return HeartbeatReading(CompanionHeartbeat.model_validate(found), tuple(dropped.names))
    except ValidationError as error:
        bad = {str(one["loc"][0]) for one in error.errors(include_input=False)}
    for name in sorted(bad):
        dropped.add(name)
        del found[name]
    return HeartbeatReading(CompanionHeartbeat.model_validate(found), tuple(dropped.names))
