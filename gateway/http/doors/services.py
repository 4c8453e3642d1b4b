"""What the doors' routers are given; ``gateway.main`` puts it in ``app.state.doors``."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from starlette.requests import HTTPConnection

from gateway.domain.throttle import Throttle
from gateway.door_metrics import DoorMetrics
from gateway.door_timing import TOKEN_TRIES, TOKEN_TRY_S
from gateway.http.doors.waiters import Waiters
from gateway.outbound.live_location import LiveLocations
from gateway.outbound.payload import Bodies
from gateway.ports import Credentials, Integrators, Streams

if TYPE_CHECKING:
    from gateway.http.doors.principal import Principals  # which asks for what is here


@dataclass(frozen=True, kw_only=True)
class TokenThrottles:
    """How often an access token may be asked for."""

    # By address too, so that nobody who knows a client's id keeps the client itself from its tokens.
    client: Throttle = field(default_factory=lambda: Throttle(burst=TOKEN_TRIES, every_s=TOKEN_TRY_S))
    # One whose secret held here before: no guesses of others are counted against it, whatever its address.
    known: Throttle = field(default_factory=lambda: Throttle(burst=10 * TOKEN_TRIES, every_s=0.1))
    # Several integrators may come through one proxy.
    address: Throttle = field(default_factory=lambda: Throttle(burst=10 * TOKEN_TRIES, every_s=0.1))


@dataclass(frozen=True, kw_only=True)
class DoorServices:
    """Everything behind the doors for other systems."""

    integrators: Integrators
    credentials: Credentials
    principals: "Principals"
    metrics: DoorMetrics
    streams: Streams
    bodies: Bodies
    token_throttles: TokenThrottles = field(default_factory=TokenThrottles)
    locations: LiveLocations | None = None
    waiters: Waiters = field(default_factory=Waiters)


def doors_of(connection: HTTPConnection) -> DoorServices:
    """Return what ``gateway.main`` (or a test) gave the application."""
    return cast("DoorServices", connection.app.state.doors)
