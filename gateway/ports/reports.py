"""Ports of the daily report: what is due, what is sent, and the way the mail takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from email.message import EmailMessage
from typing import Protocol

from schemas.report import DailyReport, SendingState
from schemas.zone import ReportLanguage


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportTeam:
    """A team that gets a report; ``last`` and ``told_until``: the day and the end of its newest."""

    team: str
    name: str
    centre: str
    language: ReportLanguage
    mail: tuple[str, ...]
    report_at: time
    last: date | None = None
    told_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """A mail that this node has claimed, until ``claimed_until``; ``tries`` counts this one."""

    team: ReportTeam
    day: date
    number: int
    tries: int
    asked_at: datetime
    claimed_until: datetime


class Reports(Protocol):
    """Daily reports. All raise ``DatabaseUnavailable``."""

    async def teams(self) -> list[ReportTeam]:
        """Return the teams that get one."""

    async def make(self, team: ReportTeam, day: date, now: datetime) -> bool:
        """Make a team's report of a day that is over, and what is to be sent; False: it was there."""

    async def claim(self, limit: int) -> list[Sending]:
        """Claim mails that are due."""

    async def made(self, team: str, day: date) -> DailyReport | None:
        """Return a report as it was made, without names."""

    async def end(self, sending: Sending, state: SendingState, recipients: int, refused: int) -> None:
        """Say that nothing remains to be done about a mail; recorded in the journal."""

    async def put_off(self, sending: Sending, by_s: float, error: str) -> None:
        """Try again in so many seconds."""

    async def unsent_since(self) -> dict[str, datetime]:
        """Return, by centre, when the oldest mail that has not gone out was asked for."""


class Post(Protocol):
    """The way a mail takes."""

    async def send(self, message: EmailMessage, recipients: Sequence[str]) -> int:
        """Hand a mail over; return how many of its recipients were refused.

        Raises ``MailFailed`` when it was handed over to nobody, as far as is known.
        """
