"""The part of the composition root that sees to it that alarms are answered: its adapters, its loops."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from gateway.attendance import Attendance
from gateway.domain.response import Response
from gateway.follow_ups import FollowUpService
from gateway.ports import Clock, Neighbourhood
from gateway.rereading import Reread
from gateway.settings import Settings
from gateway.store.alarms import PostgresAlarms
from gateway.store.attendance import PostgresAttendance
from gateway.store.changes import PostgresChanges
from gateway.store.connect import Pool
from gateway.store.deadlines import PostgresDeadlines
from gateway.store.follow_ups import PostgresFollowUps
from gateway.store.notices import PostgresNotices
from gateway.store.webhook_calls import PostgresCalls
from gateway.telemetry import Metrics
from gateway.timers import Timers
from gateway.webhooks import Outside, Webhooks


@dataclass(frozen=True, kw_only=True)
class Stores:
    """What it shares with the rest of the node."""

    pool: Pool
    alarms: PostgresAlarms
    changes: PostgresChanges
    notices: PostgresNotices
    attendances: PostgresAttendance


@dataclass(frozen=True, kw_only=True)
class Answering:
    """What ``gateway.main`` needs of it."""

    loops: tuple[Callable[[], Any], ...]
    rereads: Mapping[str, Reread]

    @classmethod
    def of(
        cls,
        settings: Settings,
        stores: Stores,
        attending: Callable[[], Mapping[str, int]],
        neighbourhood: Neighbourhood,
        respond: Callable[[str], Response],
        clock: Clock,
        metrics: Metrics,
    ) -> Self:
        """Put it together; nothing runs yet. Raises ``WebhookRefused``."""
        timers = Timers(
            deadlines=PostgresDeadlines(stores.pool),
            alarms=stores.alarms,
            changes=stores.changes,
            attendances=stores.attendances,
            neighbourhood=neighbourhood,
            respond=respond,
            clock=clock,
            metrics=metrics,
        )
        outside, calls = Outside.of(settings), PostgresCalls(stores.pool)
        follow_ups = FollowUpService(
            follow_ups=PostgresFollowUps(stores.pool),
            notices=stores.notices,
            calls=calls if outside else None,
        )
        loops = [Attendance(stores.attendances, attending, clock).run, timers.run, follow_ups.run]
        rereads: dict[str, Reread] = {}
        if outside is not None:
            webhooks = Webhooks(
                outside=outside, calls=calls, notices=stores.notices, clock=clock, metrics=metrics
            )
            loops.append(webhooks.run)
            rereads["escalation_webhook"] = partial(webhooks.reread, settings)
        return cls(loops=tuple(loops), rereads=rereads)
