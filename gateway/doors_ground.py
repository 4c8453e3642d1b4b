"""What every part behind the doors for other systems is made from."""

import socket
from dataclasses import dataclass

from gateway.centre_files import CentreFiles
from gateway.door_metrics import DoorMetrics
from gateway.http.doors.principal import Principals
from gateway.ports import Clock, Effects, Integrators
from gateway.settings import Settings
from gateway.store.connect import Pool
from gateway.storing import Storing
from gateway.streaming import Streaming
from gateway.telemetry import Metrics


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The node. ``database`` is the URL for what holds a connection; ``effects`` what an event does.

    ``dc09_listener``: a socket for alarm gear that was handed over.
    """

    settings: Settings
    database: str
    pool: Pool
    streaming: Streaming
    storing: Storing
    centres: CentreFiles
    effects: Effects
    clock: Clock
    metrics: Metrics
    dc09_listener: socket.socket | None = None


@dataclass(frozen=True, kw_only=True)
class Callers:
    """Who speaks to it, and what is counted of that."""

    integrators: Integrators
    principals: Principals
    measured: DoorMetrics
