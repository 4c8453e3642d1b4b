"""The part of the composition root for what leaves by mail and text: daily reports, notices of protection."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from gateway.ports import Clock
from gateway.reporting.daily import DailyReports
from gateway.reporting.smtp import SmtpPost
from gateway.reporting.telling import ProtectionTellings, texts_of
from gateway.settings import Settings
from gateway.store.casework.report_reading import PostgresReportReading
from gateway.store.casework.reports import PostgresReports
from gateway.store.casework.telling import PostgresTellings, Reach
from gateway.store.casework.telling_claims import PostgresDueTellings
from gateway.store.connect import Pool
from gateway.store.sealing import Keyring
from gateway.telemetry import Metrics


@dataclass(frozen=True, kw_only=True)
class CaseworkMail:
    """What ``gateway.casework`` needs of it."""

    tellings: PostgresTellings
    reports: PostgresReportReading
    loops: tuple[Callable[[], Any], ...]

    @classmethod
    def of(cls, settings: Settings, pool: Pool, keyring: Keyring, clock: Clock, metrics: Metrics) -> Self:
        """Put it together. Raises ``MailRefused`` and ``WebhookRefused``."""
        post, texts = SmtpPost.of(settings), texts_of(settings)
        sender = "" if post is None else post.sender
        reach = Reach(texts=texts is not None, mail=post is not None)
        reports = PostgresReports(pool, settings, settings.review_intervals)
        daily = DailyReports(
            reports=reports,
            post=post,
            sender=sender,
            clock=clock,
            metrics=metrics,
        )
        tellings = ProtectionTellings(
            due=PostgresDueTellings(pool, keyring, settings),
            texts=texts,
            post=post,
            sender=sender,
            clock=clock,
            metrics=metrics,
        )
        return cls(
            tellings=PostgresTellings(pool, reach),
            reports=PostgresReportReading(
                pool=pool, reports=reports, keyring=keyring, clock=clock, reach=reach
            ),
            loops=(daily.run, tellings.run),
        )
