"""Every port behind what events do, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from gateway.cancelling import Cancelling
from gateway.domain.errors import (
    CannotCommit,
)
from gateway.domain.integrators import Integrator
from gateway.domain.notice import Notice
from gateway.domain.response import Response
from gateway.effects.calls import Calls
from gateway.effects.devices import Devices
from gateway.effects.fixes import Fixes
from gateway.effects.late import Late
from gateway.effects.reach import Reach
from gateway.effects.said import Said
from gateway.effects.table import AlarmEffects
from gateway.effects.wishes import Wishes
from gateway.ports import BatchFate, Fate, FixBatch, Kept, Proposal, RequestKey, Verdict
from gateway.ports.effects import ClosedAlarm, NamedFile
from gateway.ports.hotspots import Flag
from schemas.alarm import AlarmState, AlarmView
from schemas.events import (
    DeviceCondition,
)
from schemas.hotspots import HotspotKind
from schemas.position import Position
from tests.support.clock import VirtualClock
from tests.support.dispatch import AT
from tests.support.events import APP, FakeStandIns

NOW = AT + timedelta(seconds=60)
HERE = Position(latitude=51.05, longitude=3.72, radius_m=20, fixed_at=AT)


@dataclass
class World:
    """Every port behind the handlers, in memory."""

    alarms: dict[UUID, AlarmView] = field(default_factory=dict)
    answered: dict[RequestKey, Verdict] = field(default_factory=dict)
    changes: list[Proposal] = field(default_factory=list)
    batches: list[FixBatch] = field(default_factory=list)
    notices: list[tuple[str, Notice]] = field(default_factory=list)
    flags: dict[str, list[Flag]] = field(default_factory=dict)
    files: dict[UUID, NamedFile] = field(default_factory=dict)
    heard: list[DeviceCondition] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    slips: int = 0
    full: bool = False

    async def open_of(self, registration_id: UUID) -> Sequence[UUID]:
        hers = [one for one in self.alarms.values() if one.registration_id == registration_id]
        return [one.alarm_id for one in hers if one.state is not AlarmState.CLOSED]

    async def closed_since(self, registration_id: UUID, at: datetime) -> bool:
        hers = [one for one in self.alarms.values() if one.registration_id == registration_id]
        return any(one.state is AlarmState.CLOSED and at <= AT for one in hers)

    async def closed_last(self, registration_ids: Sequence[UUID], since: datetime) -> ClosedAlarm | None:
        for one in self.alarms.values():
            closure = one.closure
            if one.registration_id in registration_ids and closure is not None and closure.at >= since:
                return ClosedAlarm(alarm_id=one.alarm_id, at=closure.at)
        return None

    async def named(self, registration_ids: Sequence[UUID]) -> Mapping[UUID, NamedFile]:
        return {one: self.files[one] for one in registration_ids if one in self.files}

    async def bare(self, alarm_ids: Sequence[UUID]) -> Mapping[UUID, AlarmView | None]:
        return {one: self.alarms[one] for one in alarm_ids}

    async def find(self, alarm_id: UUID) -> AlarmView | None:
        return self.alarms.get(alarm_id)

    async def commit(self, proposals: Sequence[Proposal]) -> list[Verdict]:
        (one,) = proposals
        assert one.request is not None
        if one.request in self.answered:
            return [replace(self.answered[one.request], fate=Fate.REPEATED)]
        if self.slips:
            self.slips -= 1
            return [Verdict(Fate.CHANGED)]
        self.steps.append("commit")
        self.changes.append(one)
        self.alarms[one.change.alarm.alarm_id] = one.change.alarm
        self.answered[one.request] = Verdict(Fate.COMMITTED, one.change.alarm.alarm_id)
        return [self.answered[one.request]]

    async def answer(self, request: RequestKey) -> Verdict | None:
        return self.answered.get(request)

    async def keep(self, batch: FixBatch) -> Kept:
        if self.full:
            raise CannotCommit
        self.steps.append("fixes")
        self.batches.append(batch)
        size = len(batch.fixes)
        return Kept(fate=BatchFate.TAKEN, stored=size, known=0, unwanted=0, followed=None, at=NOW)  # type: ignore[arg-type] # nobody asks

    async def number_flags(self, centre: str, number: str) -> Sequence[Flag]:
        assert number
        self.steps.append("flags")
        return [flag for flag in self.flags.get(centre, ()) if flag.kind is HotspotKind.NUMBER]

    async def address_flags(self, centre: str, address: str) -> Sequence[Flag]:
        assert address
        return [flag for flag in self.flags.get(centre, ()) if flag.kind is HotspotKind.ADDRESS]

    async def tell(self, centre: str, notices: Sequence[Notice]) -> int:
        self.notices += [(centre, notice) for notice in notices]
        return len(notices)

    async def hear(self, by: Integrator, victim: UUID, condition: DeviceCondition, at: datetime) -> None:
        assert (by, at <= NOW) == (APP, True)
        assert victim
        self.heard.append(condition)

    def flag(self, centre: str, registration_id: UUID | None, kind: HotspotKind = HotspotKind.NUMBER) -> None:
        one = Flag(hotspot_id=uuid4(), centre=centre, kind=kind, registration_id=registration_id)
        self.flags.setdefault(centre, []).append(one)
        if registration_id is not None:
            self.files[registration_id] = NamedFile(
                registration_id=registration_id, centre=centre, reference=f"file {centre}"
            )

    def effects(self) -> AlarmEffects:
        ports: Any = self
        clock = VirtualClock(NOW)
        reach = Reach(hers=ports, stand_ins=FakeStandIns(), alarms=ports, changes=ports, clock=clock)
        fixes = Fixes(reach=reach, writer=ports)
        return AlarmEffects.of(
            said=Said(reach=reach, late=Late(reach=reach, respond=lambda _: Response())),
            fixes=fixes,
            calls=Calls(
                reach=reach,
                fixes=fixes,
                flags=ports,
                notices=ports,
                centres=("BE-VAN", "BE-VOV"),
                centre_of=lambda position: "BE-VAN" if position.longitude > 4 else "BE-VOV",
            ),
            wishes=Wishes(reach=reach, cancelling=Cancelling(alarms=ports, changes=ports, clock=clock)),
            devices=Devices(reach=reach, signs=ports),
        )
