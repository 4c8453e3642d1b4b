"""Makes the daily reports when their hour has come, and sends each once.

A mail server may take a mail and the gateway die before it is written down: only then is it sent twice,
with the same Message-ID.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

import structlog

from gateway.domain.casework.report import days_due
from gateway.domain.errors import MailFailed
from gateway.failing import failed
from gateway.ports import Clock
from gateway.ports.reports import Post, Reports, Sending
from gateway.reporting.mail import report_mail
from gateway.timing import (
    REPORT_CATCH_UP_DAYS,
    REPORT_GIVE_UP_S,
    REPORT_LOOK_S,
    REPORT_RETRY_S,
    REPORTS_AT_ONCE,
)
from schemas.report import SendingState

log: Final = structlog.get_logger()


class ReportMetrics(Protocol):
    """What is counted of reports."""

    def report_mailed(self, centre: str, outcome: str) -> None:
        """Count one try to send a report."""

    def reports_unsent(self, waiting_s: dict[str, float]) -> None:
        """Say for how long the oldest mail of each centre has waited."""


@dataclass(kw_only=True)
class DailyReports:
    """The loop of one node. ``post`` None: nothing can be sent, reports are made all the same."""

    reports: Reports
    post: Post | None
    sender: str
    clock: Clock
    metrics: ReportMetrics
    _troubled: bool = False

    async def run(self) -> None:
        """Make and send for ever."""
        while True:
            try:
                await self.make()
                await self.send()
                self._troubled = False
            except Exception as error:  # noqa: BLE001 (the task's edge: what is due stays due)
                failed("daily_reports")
                if not self._troubled:
                    log.warning("daily_reports_wait", error=type(error).__name__)
                self._troubled = True
            await asyncio.sleep(REPORT_LOOK_S)

    async def make(self) -> int:
        """Make the reports whose day is over; return how many were not there yet."""
        made = 0
        for team in await self.reports.teams():
            now = self.clock.now()
            for day in days_due(now, team.report_at, team.last, REPORT_CATCH_UP_DAYS):
                made += await self.reports.make(team, day, now)
        return made

    async def send(self) -> int:
        """Send what is due; return how many went out."""
        sent = 0
        for _ in range(REPORTS_AT_ONCE):
            claimed = await self.reports.claim(1)
            if not claimed:
                break
            sent += await self._send(claimed[0])
        now = self.clock.now()
        unsent = await self.reports.unsent_since()
        self.metrics.reports_unsent({
            centre: max(0.0, (now - since).total_seconds()) for centre, since in unsent.items()
        })  # fmt: skip
        return sent

    async def _send(self, sending: Sending) -> bool:
        team = sending.team
        report = await self.reports.made(team.team, sending.day)
        if self.post is None or not team.mail or report is None:
            await self.reports.end(sending, SendingState.UNADDRESSED, 0, 0)
            return False
        message = await asyncio.to_thread(
            report_mail, report, team.language, self.sender, team.mail, sending.number
        )
        try:
            refused = await self.post.send(message, team.mail)
        except MailFailed as error:
            await self._failed(sending, error.detail or "MailFailed")
            return False
        self.metrics.report_mailed(team.centre, "sent")
        await self.reports.end(sending, SendingState.SENT, len(team.mail) - refused, refused)
        return True

    async def _failed(self, sending: Sending, why: str) -> None:
        log.warning("report_not_sent", team=sending.team.team, day=str(sending.day), error=why)
        if self.clock.now() - sending.asked_at >= timedelta(seconds=REPORT_GIVE_UP_S):
            self.metrics.report_mailed(sending.team.centre, "given_up")
            await self.reports.end(sending, SendingState.GIVEN_UP, 0, len(sending.team.mail))
            return
        self.metrics.report_mailed(sending.team.centre, "failed")
        pause_s = REPORT_RETRY_S[min(sending.tries, len(REPORT_RETRY_S)) - 1]
        await self.reports.put_off(sending, pause_s, why)
