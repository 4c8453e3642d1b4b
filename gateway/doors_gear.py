"""The part of the composition root for alarm gear: SCAIP over HTTPS, SIA DC-09 over TCP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from gateway.doors_ground import Callers, Ground
from gateway.enduring import enduring
from gateway.gear.dc09.door import Dc09Door
from gateway.gear.dc09.server import Dc09Server
from gateway.http.doors.scaip import ScaipDoor
from gateway.ports import Intake
from gateway.rereading import Reread
from gateway.store.doors.gear_accounts import PostgresGearAccounts


@dataclass(frozen=True, kw_only=True)
class GearIn:
    """Doors for alarm gear."""

    scaip: ScaipDoor
    loops: tuple[Callable[[], Any], ...]
    rereads: Mapping[str, Reread]

    @classmethod
    def of(cls, ground: Ground, callers: Callers, intake: Intake) -> Self:
        """Put it together; nothing runs yet, and nothing listens without ``MSA_DC09_PORT`` or a socket."""
        scaip = ScaipDoor(
            principals=callers.principals,
            integrators=callers.integrators,
            intake=intake,
            clock=ground.clock,
            metrics=callers.measured,
        )
        if ground.settings.dc09_port is None and ground.dc09_listener is None:
            return cls(scaip=scaip, loops=(), rereads={})
        door = Dc09Door(
            accounts=PostgresGearAccounts(ground.pool, ground.streaming.keyring, ground.clock),
            integrators=callers.integrators,
            intake=intake,
            clock=ground.clock,
            metrics=callers.measured,
        )
        server = Dc09Server(door, ground.settings, callers.measured, ground.dc09_listener)
        rereads = {} if ground.settings.dc09_tls_certificate is None else {"dc09_tls": server.reread}
        return cls(scaip=scaip, loops=(enduring(server.run),), rereads=rereads)
