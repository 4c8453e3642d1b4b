"""A companion that follows its victim: fixes that are kept until they are stored, in signed batches.

One batch at a time, as the bridge does it: what could not be sent goes along with the next.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

from loadtests.door import Door, Sent
from loadtests.moments import WallClock
from loadtests.samples import Place
from loadtests.signing import Companion, signed_post
from schemas.track import BATCH_MAX, PositionsReceipt

FIXES_A_BEAT: Final = 2
BEAT_NS: Final = 1_000_000_000
STORED: Final = 202
STEP_DEG: Final = 1e-6
"""She moves by 0.1 m to the north with each fix: so every fix of an alarm has a latitude of its own."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Fixes ready to be written to a socket."""

    request: bytes
    fixes: int


@dataclass(slots=True)
class Tally:
    """What became of the fixes of all companions; ``fixed`` is when (ns) each was fixed."""

    fixed: dict[tuple[str, float], int] = field(default_factory=dict)
    sent: list[Sent[Batch]] = field(default_factory=list)
    stored: int = 0
    known: int = 0
    dropped: int = 0
    put_off: int = 0


class Tracker:
    """One companion. Instants are those of ``perf_counter_ns``."""

    def __init__(
        self, url: str, companion: Companion, alarm_id: UUID, place: Place, clock: WallClock, tally: Tally
    ) -> None:
        self._url = url
        self._path = f"/v1/alarms/{alarm_id}/positions"
        self._companion = companion
        self._alarm = str(alarm_id)
        self._place = place
        self._clock = clock
        self._tally = tally
        self._index = 0
        self._waiting: list[dict[str, Any]] = []
        self._under_way: Sent[Batch] | None = None

    def beat(self, door: Door, due: int) -> None:
        """Take the fixes of the last second, the newest fixed now, and send what waits."""
        for back in reversed(range(FIXES_A_BEAT)):
            self._fix(due - back * BEAT_NS // FIXES_A_BEAT)
        self.send(door, due)

    def send(self, door: Door, due: int) -> None:
        """Send what waits, unless a batch is under way."""
        if self.waits and self._under_way is None:
            fixes = self._waiting[:BATCH_MAX]
            self._under_way = Sent(Batch(self._request(fixes, due), len(fixes)), due)
            self._tally.sent.append(self._under_way)
            door.post(self._under_way)

    @property
    def waits(self) -> bool:
        """Whether some of its fixes are not known to be stored."""
        self._settle()
        return bool(self._waiting)

    def _fix(self, fixed: int) -> None:
        self._index += 1
        latitude = round(self._place.latitude + self._index * STEP_DEG, 6)
        self._tally.fixed[self._alarm, latitude] = fixed
        self._waiting.append(
            {
                "index": self._index,
                "latitude": latitude,
                "longitude": self._place.longitude,
                "radius_m": 12.0,
                "fixed_at": self._clock.at(fixed).isoformat(),
                "method": "gnss",
            }
        )

    def _settle(self) -> None:
        """Forget what was stored; what was put off goes along with the next batch."""
        sent = self._under_way
        if sent is None or not (sent.answered or sent.lost):
            return
        self._under_way = None
        if sent.status != STORED:
            self._tally.put_off += 1
            return
        receipt = PositionsReceipt.model_validate_json(sent.body)
        self._tally.stored += receipt.stored
        self._tally.known += receipt.known
        self._tally.dropped += receipt.dropped
        del self._waiting[: sent.prepared.fixes]

    def _request(self, fixes: Sequence[dict[str, Any]], due: int) -> bytes:
        at = self._clock.at(due)
        told = {"sent_at": at.isoformat(), "phone_battery_pct": 80, "fixes": fixes}
        body = json.dumps(told, separators=(",", ":")).encode()
        return signed_post(self._url, self._path, self._companion, body, nonce=uuid4(), now=at)
