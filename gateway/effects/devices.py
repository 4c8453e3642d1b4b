"""How her device is: proof of life and faults, for supervision; beside an open alarm, its battery."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.alarm import Change
from gateway.domain.errors import NotAllowedNow
from gateway.domain.happenings import report_device
from gateway.domain.integrators import Inbound, Linked
from gateway.effects.keys import name_of, said_at
from gateway.effects.reach import Reach
from gateway.ports.effects import LifeSigns
from schemas.alarm import AlarmView, DeviceReport
from schemas.events import DeviceCondition


@dataclass(frozen=True, kw_only=True)
class Devices:
    """A fault never looks like an alarm: it goes where those of companions go."""

    reach: Reach
    signs: LifeSigns

    async def told(
        self, event: Inbound, data: DeviceCondition, linked: Linked, received_at: datetime
    ) -> None:
        """Supervise it where there is a file; say it beside each open alarm of hers where it is news."""
        at = said_at(event, received_at)
        if linked.known:
            await self.signs.hear(event.integrator, linked.registration_id, data, at)
        report = DeviceReport(condition=data.condition, battery_pct=data.battery_pct, at=at)

        def decide(alarm: AlarmView, _: datetime) -> Change | None:
            try:
                return report_device(alarm, report, name_of(event))
            except NotAllowedNow:
                return None  # it was closed meanwhile

        _, alarms = await self.reach.whose(event, linked)
        for alarm_id in alarms[:1]:
            await self.reach.change(event, alarm_id, decide)
