"""The event of an alarm in PEMEA's shape (ETSI TS 103 478), as values: all but its XML.

That schema is printed in ETSI's text and is in no public repository; ``docs/pemea.md`` says what is missing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway.formats.leaving import LOCATION_KEPT, Leaving, part_id, telephone_uri
from gateway.formats.pidf_lo import MEDIA_TYPE, Target, pidf_lo_of
from schemas.alarm import AlarmState, AlarmView
from schemas.press import Purpose

TIME_TO_LIVE: Final = timedelta(seconds=60)
"""So long a hop may keep trying (our assumption): an emergency call that is older is no call any more."""


class Capability(StrEnum):
    """What the sending side offers beyond the message itself."""

    LOCATION_UPDATE = "location_update"


@dataclass(frozen=True, kw_only=True, slots=True)
class MoreInformation:
    """Where more can be asked for: by GET, of a media type."""

    uri: str
    media_type: str
    capability: Capability


@dataclass(frozen=True, kw_only=True, slots=True)
class EmergencyData:
    """One ``emergencyDataSend``, as far as the public descriptions of it go.

    ``route``: the nodes it has passed, ours first. ``caller``: URIs of who calls; none without
    ``persons:read``. ``location``: PIDF-LO by value. ``test``: never to be answered with help.
    """

    identifier: str
    timestamp: datetime
    expires_at: datetime
    route: tuple[str, ...]
    caller: tuple[str, ...] = ()
    location: bytes | None = None
    more: tuple[MoreInformation, ...] = ()
    on_error: str | None = None
    on_capability_support: str | None = None
    test: bool = False
    over: bool = False


def emergency_data(alarm: AlarmView, leaving: Leaving, callbacks: str | None = None) -> EmergencyData:
    """Return the message about an alarm as it is now.

    ``callbacks``: our URL under which a binding takes errors and capabilities; None: it takes none.
    """
    over = alarm.state is AlarmState.CLOSED
    more: tuple[MoreInformation, ...] = ()
    if leaving.location_url is not None and not over:
        more = (
            MoreInformation(
                uri=leaving.location_url, media_type=MEDIA_TYPE, capability=Capability.LOCATION_UPDATE
            ),
        )
    return EmergencyData(
        identifier=f"{alarm.alarm_id}.{alarm.version}",
        timestamp=leaving.at,
        expires_at=leaving.at + TIME_TO_LIVE,
        route=(leaving.domain,),
        caller=tuple(uri for uri in (telephone_uri(alarm, leaving),) if uri is not None),
        location=_location(alarm, leaving),
        more=more,
        on_error=None if callbacks is None else f"{callbacks}/errors",
        on_capability_support=None if callbacks is None else f"{callbacks}/capabilities",
        test=alarm.purpose is not Purpose.REAL,
        over=over,
    )


def _location(alarm: AlarmView, leaving: Leaving) -> bytes | None:
    if not alarm.positions:
        return None
    target = Target(
        entity=f"pres:{part_id(alarm, 'current').removeprefix('urn:uuid:')}@{leaving.domain}",
        device=part_id(alarm, "current-device"),
        kept_until=leaving.at + LOCATION_KEPT,
    )
    return pidf_lo_of(alarm.positions[0], target)
