"""What the bridge needs from outside, as small Protocols; adapters are at its edge."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ble_bridge.decoding import Raw, Reading, Step
from ble_bridge.reference_service import Stage
from schemas.position import Method
from schemas.press import Pattern, Press, Receipt
from schemas.protection import CompanionHeartbeat, HeartbeatAnswer
from schemas.registration import ButtonPolicy
from schemas.signals import Signals
from schemas.track import CancelAnswer, CancelWish, PositionBatch, PositionsReceipt


class Clock(Protocol):
    """Two clocks: the wall, which may be wrong and jump, and one that only moves forward."""

    @property
    def era(self) -> str:
        """Name the stretch within which ``monotonic()`` values compare (the machine's boot)."""

    def now(self) -> datetime:
        """Return the wall clock, aware UTC."""

    def monotonic(self) -> float:
        """Return seconds that never jump and do not stop while the machine sleeps."""


class LinkLostError(Exception):
    """The button cannot be reached now; whoever asked may ask again after the next ``up``."""


class GattRefusedError(Exception):
    """The button answered that it will not do this; the link itself is fine."""


class Gatt(Protocol):
    """One session's characteristics, looked up by UUID; every call is bounded in time.

    All raise LinkLostError when the link is gone or does not answer, GattRefusedError when the
    button has no such characteristic or refuses.
    """

    def now_s(self) -> float:
        """Return the instant on the monotonic clock, for values that are read."""

    def has(self, uuid: str) -> bool:
        """Tell whether the button has this characteristic."""

    async def read(self, uuid: str) -> bytes:
        """Read a value."""

    async def write(self, uuid: str, value: bytes) -> None:
        """Write a value of at most 20 bytes to every characteristic of this UUID."""

    async def subscribe(self, uuid: str) -> None:
        """Have every notification timestamped and queued as ``Raw``."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a kind of button before meeting one.

    ``services`` are advertised, ``names`` are how its advertised name may begin, ``patterns`` the
    acts it can tell. ``bonds``: it is paired and bonded, and refuses to work unencrypted; else it is
    forgeable: anyone near can imitate or grab it. ``counts``: its steps count presses.
    """

    name: str
    services: tuple[str, ...]
    names: tuple[str, ...]
    patterns: frozenset[Pattern]
    bonds: bool
    counts: bool = False

    @property
    def forgeable(self) -> bool:
        """Whether anyone near can imitate the button."""
        return not self.bonds


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """What holds for the link now; an advertising button is never paired but may be encrypted."""

    paired: bool = False
    bonded: bool = False
    encrypted: bool = False
    stack: str = ""


class Driver(Protocol):
    """One kind of button that is connected to."""

    @property
    def profile(self) -> Profile:
        """The facts of this kind."""

    @property
    def button_id(self) -> str | None:
        """The button's own id once a session has begun; None where it has none."""

    @property
    def heartbeat(self) -> str:
        """The characteristic whose reading proves the whole path, where there is no battery level."""

    async def begin(self, gatt: Gatt, policy: ButtonPolicy, hear: Callable[[Raw], None]) -> None:
        """Prepare a fresh session: settings, subscription, and what the button kept meanwhile."""

    def decode(self, raw: Raw) -> Sequence[Reading]:
        """Read what was heard; bytes that mean nothing give nothing. No I/O."""

    async def stage(self, gatt: Gatt, step: Step | None, stage: Stage, hear: Callable[[Raw], None]) -> None:
        """Let the victim feel, silently, how far her press got."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One fix. ``fixed_s`` is monotonic, ``fixed_at`` what the source's clock said.

    ``radius_m`` is the uncertainty at ``confidence``; None where the source does not say.
    """

    latitude: float
    longitude: float
    fixed_s: float
    fixed_at: datetime
    method: Method
    radius_m: float | None = None
    confidence: float = 0.95
    mock: bool = False
    speed_mps: float | None = None
    heading_deg: float | None = None


class PositionSource(Protocol):
    """Where the companion is; never waited for."""

    async def run(self) -> None:
        """Follow the source until cancelled."""

    def latest(self) -> Sequence[Fix]:
        """Return at most three fixes, newest first, at once."""


@dataclass(frozen=True, slots=True)
class PhoneHealth:
    """What this machine says of its battery; None where it does not say."""

    battery_pct: int | None = None
    charging: bool | None = None


class Health(Protocol):
    """How the machine that the bridge runs on is; never waited for."""

    async def run(self, changed: Callable[[], None]) -> None:
        """Follow it until cancelled; call ``changed`` after each look that found it different."""

    def phone(self) -> PhoneHealth:
        """Return how it was when last looked at, at once."""


@dataclass(frozen=True, slots=True)
class Receipted:
    """The gateway committed the press."""

    receipt: Receipt
    sent_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A gateway has the press on its disk and shows it; its database is away, so ask again."""

    again_after_s: float


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer that counts: the press may or may not be stored. Send it again.

    ``is_way``: any other press would have fared the same.
    """

    reason: str
    is_way: bool = True


@dataclass(frozen=True, slots=True)
class Refused:
    """Every gateway said that this request can never succeed as it is."""

    status: int
    reason: str


Answer = Receipted | Kept | Unknown | Refused


class Gateway(Protocol):
    """The uplink: one or several gateways behind one face."""

    async def post(self, as_of_now: Callable[[], Press]) -> Answer:
        """Send a press, trying the gateways in order; never raises for what a network does.

        ``as_of_now`` is asked anew for each, for it ages while one of them keeps silent.
        """

    async def signals(self, alarm_id: UUID, after: int) -> Signals | Refused | Unknown:
        """Wait for the signals after ``after``; empty when the poll ran out."""

    async def positions(
        self, alarm_id: UUID, as_of_now: Callable[[], PositionBatch]
    ) -> PositionsReceipt | Refused | Unknown:
        """Send fixes of an alarm's track, on a connection that no press waits for."""

    async def heartbeat(self, heartbeat: CompanionHeartbeat) -> HeartbeatAnswer | Refused | Unknown:
        """Prove to be alive, on the connection of the presses."""

    async def cancel(self, alarm_id: UUID, wish: CancelWish) -> CancelAnswer | Refused | Unknown:
        """Pass on that she wishes to cancel."""

    async def keep_warm(self) -> None:
        """Keep the connection to the first gateway open; failures are no news."""


class Events(Protocol):
    """What the bridge tells its surroundings, one flat record at a time."""

    def emit(self, event: str, **fields: object) -> None:
        """Tell one event; never blocks and never raises."""
