"""Companions that say that they live."""

from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from loadtests.door import Door, Sent
from loadtests.moments import WallClock
from loadtests.signing import Companion, signed_post
from schemas.protection import CompanionHeartbeat, LinkState, PositionSourceState

PATH: Final = "/v1/heartbeats"
TAKEN: Final = 200


@dataclass(frozen=True, slots=True)
class Beat:
    """One heartbeat, ready to be written to a socket."""

    request: bytes


class Heart:
    """Sends heartbeats of companions; all that were sent are kept."""

    def __init__(self, url: str, clock: WallClock) -> None:
        self._url = url
        self._clock = clock
        self.sent: list[Sent[Beat]] = []

    def beat(self, door: Door, companion: Companion, due: int) -> None:
        """Send one."""
        at = self._clock.at(due)
        body = CompanionHeartbeat(
            sent_at=at,
            companion_version="loadtest",
            phone_battery_pct=80,
            button_battery_pct=90,
            button_link=LinkState.UP,
            position_source=PositionSourceState.OK,
            last_fix_age_s=1.0,
        )
        request = signed_post(
            self._url, PATH, companion, body.model_dump_json().encode(), nonce=uuid4(), now=at
        )
        self.sent.append(Sent(Beat(request), due))
        door.post(self.sent[-1])

    @property
    def refused(self) -> int:
        """How many were not taken."""
        return sum(one.status != TAKEN for one in self.sent)
