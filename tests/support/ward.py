"""Victims, phones that say how they are, and nodes that judge, on a real database in virtual time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from dispatch.centre_board import CentreBoard
from dispatch.ports import Logged
from gateway.domain.supervision import SupervisionPolicy
from gateway.store.connect import Pool
from gateway.store.presence import Presence
from gateway.store.sealing import Keyring
from gateway.store.stream import PostgresLog
from gateway.store.supervision import Supervisor
from gateway.store.view import Viewer
from gateway.store.writer import COMMIT, as_json
from gateway.telemetry import Metrics
from schemas.frames import Cursor, Event, Snapshot, server_frame
from schemas.protection import FaultKind, ProtectionState
from tests.support.clock import VirtualClock
from tests.support.heartbeats import well
from tests.support.records import a_record

POLICY: Final = SupervisionPolicy()

REGISTER: Final = """
INSERT INTO registration (registration_id, centre_id, reference, key_id, wrapped_key, person_sealed,
                          circumstances_sealed, sealed_version, policy, created_at, updated_at, population)
VALUES ($1, $2, $3, 'none', 'x'::bytea, ''::bytea, ''::bytea, 1, '{}', $4, $4, $5)"""
ENROL: Final = """
INSERT INTO companion (companion_id, registration_id, public_key, label, enrolled_at)
VALUES ($1, $2, ''::bytea, 'phone', $3)"""
REVOKE: Final = "UPDATE companion SET revoked_at = $2 WHERE companion_id = $1"
CLOSE: Final = "UPDATE alarm SET state = 'closed' WHERE registration_id = $1"


class Node:
    """One gateway, as far as supervision goes."""

    def __init__(self, pool: Pool, clock: VirtualClock) -> None:
        self.metrics = Metrics()
        self.told: list[Logged] = []
        viewer = Viewer(Keyring("k", {"k": b"k" * 32}), lambda _: None)
        self.presence = Presence(pool, clock, POLICY.limits, self.metrics)
        self.supervisor = Supervisor(pool, viewer, self.told.extend, POLICY, self.metrics)


class Ward:
    """What a test does; every instant is the test's."""

    def __init__(self, pool: Pool, clock: VirtualClock) -> None:
        self.pool = pool
        self.clock = clock
        self.node = self.another_node()

    def another_node(self) -> Node:
        """Start one more."""
        return Node(self.pool, self.clock)

    async def a_file(self, centre: str = "BE-VOV", population: str = "real", days: float = 30) -> UUID:
        """Register a victim, so many days ago."""
        registration_id, at = uuid4(), self.clock.now() - timedelta(days=days)
        await self.pool.execute(REGISTER, registration_id, centre, f"GE.{registration_id}", at, population)
        return registration_id

    async def a_phone(self, registration_id: UUID, days: float = 30) -> UUID:
        """Enrol a companion, so many days ago."""
        companion_id = uuid4()
        await self.pool.execute(ENROL, companion_id, registration_id, self.clock.now() - timedelta(days=days))
        return companion_id

    async def a_victim(self, centre: str = "BE-VOV", **file: Any) -> tuple[UUID, UUID]:
        """Register and equip."""
        registration_id = await self.a_file(centre, **file)
        return registration_id, await self.a_phone(registration_id)

    async def revoke(self, companion_id: UUID) -> None:
        """Refuse a companion from now on."""
        await self.pool.execute(REVOKE, companion_id, self.clock.now())

    async def press(self, registration_id: UUID, companion_id: UUID, centre: str = "BE-VOV") -> None:
        """Open an alarm."""
        record = a_record((registration_id, companion_id), centre)
        await self.pool.fetch(COMMIT, centre, [as_json(record)], [b""])

    async def close(self, registration_id: UUID) -> None:
        """Close her alarms, past the log: only whether one is open counts here."""
        await self.pool.execute(CLOSE, registration_id)

    async def beat(
        self, *companions: UUID, node: Node | None = None, signed_at: datetime | None = None, **said: Any
    ) -> list[bool]:
        """Let companions be heard now, and write it down; tell of each whether it was taken."""
        presence = (node or self.node).presence
        at = signed_at or self.clock.now()
        taken = [presence.hear(companion_id, well(**said), at) for companion_id in companions]
        await presence.write(self.clock.now())
        return taken

    async def sweep(self, node: Node | None = None) -> int:
        """Judge whoever is due."""
        return await (node or self.node).supervisor.sweep(self.clock.now())

    async def wait(self, seconds: float, *companions: UUID, every: float = 25.0, **said: Any) -> int:
        """Let time pass with a sweep each second, these companions heard as they should be."""
        told = 0
        for second in range(1, int(seconds) + 1):
            self.clock.advance(1)
            if companions and second % every == 0:
                await self.beat(*companions, **said)
            told += await self.sweep()
        return told

    async def state(self, registration_id: UUID) -> tuple[ProtectionState, set[FaultKind]] | None:
        """Return what is stored of her."""
        row = await self.pool.fetchrow("SELECT * FROM protection WHERE registration_id = $1", registration_id)
        if row is None:
            return None
        return ProtectionState(row["state"]), {FaultKind(fault["kind"]) for fault in row["faults"]}

    async def events(self, centre: str = "BE-VOV") -> list[Event]:
        """Return the centre's whole log."""
        log = PostgresLog(self.pool, Viewer(Keyring("k", {"k": b"k" * 32}), lambda _: None))
        head = (await log.bounds())[centre].head
        found = [
            server_frame.validate_json(one.payload)
            for one in await log.read(centre, after=0, up_to=head, limit=10_000)
        ]
        return [event for event in found if isinstance(event, Event)]

    async def changes(self, centre: str = "BE-VOV") -> list[tuple[ProtectionState, set[FaultKind]]]:
        """Return what the centre was told of protection, in order."""
        return [
            (event.protection.state, {fault.kind for fault in event.protection.faults})
            for event in await self.events(centre)
            if event.protection is not None
        ]

    async def notices(self, centre: str = "BE-VOV") -> list[str]:
        """Return what was raised and cleared, in order."""
        return [event.kind for event in await self.events(centre) if event.notice is not None]

    async def replayed(self, centre: str = "BE-VOV") -> CentreBoard:
        """Return what a console knows that followed the log from its beginning."""
        board = CentreBoard()
        for event in await self.events(centre):
            board.apply(event, 0.0)
        return board

    async def from_snapshot(self, centre: str = "BE-VOV") -> CentreBoard:
        """Return what a console knows that attached just now."""
        log = PostgresLog(self.pool, Viewer(Keyring("k", {"k": b"k" * 32}), lambda _: None))
        cursor, shown = await log.snapshot(centre)
        board = CentreBoard()
        board.collect(_snapshot(centre, cursor, [(one.field, one.payload) for one in shown]), 0.0)
        return board


def _snapshot(centre: str, cursor: Cursor, shown: Sequence[tuple[str, bytes]]) -> Snapshot:
    fields = ("alarms", "units", "notices", "protections")
    parts = {field: b",".join(payload for name, payload in shown if name == field) for field in fields}
    body = ",".join(f'"{field}":[{part.decode()}]' for field, part in parts.items())
    frame = server_frame.validate_json(
        f'{{"type":"snapshot","centre":"{centre}","cursor":{cursor.model_dump_json()},'
        f'"reason":"first_attach",{body}}}'
    )
    assert isinstance(frame, Snapshot)
    return frame
