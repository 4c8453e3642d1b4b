"""Of what a case team is reminded, and when. What is overdue stays said; time ends nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from gateway.domain.casework.case import Case, Moment
from gateway.domain.casework.days import day_of
from gateway.domain.casework.effects import System
from gateway.domain.casework.terms import DECISION_SOON_DAYS, EVALUATION_DAYS
from gateway.domain.notice import Notice
from schemas.life import FileState, Pending, ReminderKind, StepKind
from schemas.protection import Audience, NoticeKind

EVALUATION: Final = tuple(
    zip((ReminderKind.SIX_WEEKS, ReminderKind.TWO_WEEKS, ReminderKind.DUE), EVALUATION_DAYS, strict=True)
)


ABOUT: Final[Mapping[ReminderKind, NoticeKind]] = MappingProxyType(
    {
        ReminderKind.SIX_WEEKS: NoticeKind.EVALUATION_DUE,
        ReminderKind.TWO_WEEKS: NoticeKind.EVALUATION_DUE,
        ReminderKind.DUE: NoticeKind.EVALUATION_DUE,
        ReminderKind.DECISION_SOON: NoticeKind.DECISION_DUE,
        ReminderKind.DECISION_OVERDUE: NoticeKind.DECISION_DUE,
        ReminderKind.SUPPORT_OVERDUE: NoticeKind.SUPPORT_DUE,
    }
)
"""The notice that each reminder belongs to."""

RECORDED: Final[Mapping[ReminderKind, StepKind]] = MappingProxyType(
    {
        ReminderKind.SIX_WEEKS: StepKind.EVALUATION_DUE,
        ReminderKind.TWO_WEEKS: StepKind.EVALUATION_DUE,
        ReminderKind.DUE: StepKind.EVALUATION_DUE,
        ReminderKind.DECISION_OVERDUE: StepKind.DECISION_OVERDUE,
    }
)
"""The step that records a reminder; the others are notices only."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder, and the day that it is about: together they are given once."""

    kind: ReminderKind
    about: date


def reminders_of(case: Case, moment: Moment) -> Iterator[Reminder]:
    """List what somebody should have been reminded of by now, oldest first."""
    if case.state is not FileState.INSTALLED:
        return
    if case.ends_on is not None and case.life.decision == "granted":
        for kind, days in EVALUATION:
            if case.ends_on - timedelta(days=days) <= moment.today:
                yield Reminder(kind, case.ends_on)
    if case.decide_by is not None and case.life.decision is None:
        about = day_of(case.decide_by - timedelta(seconds=1))  # it is the end of that day
        if case.decide_by - timedelta(days=DECISION_SOON_DAYS) <= moment.now:
            yield Reminder(ReminderKind.DECISION_SOON, about)
        if case.decide_by <= moment.now:
            yield Reminder(ReminderKind.DECISION_OVERDUE, about)
    if case.life.support_by is not None and case.life.support_by <= moment.now:
        yield Reminder(ReminderKind.SUPPORT_OVERDUE, day_of(case.life.support_by))


def notices_of(case: Case, subject: str, reference: str, moment: Moment) -> Iterator[Notice]:
    """List what the case team is told: one notice for each thing that is waited for, its latest reminder."""
    latest = {ABOUT[one.kind]: one for one in reminders_of(case, moment)}
    for kind, reminder in latest.items():
        yield Notice(
            kind=kind,
            subject=subject,
            audience=(Audience.CASE_TEAM,),
            reference=reference,
            detail={"reminder": reminder.kind, "about": reminder.about.isoformat()},
        )


def pending_of(case: Case, moment: Moment) -> Pending:
    """Return for what, and since when, somebody is waited for."""
    due = {reminder.kind for reminder in reminders_of(case, moment)}
    installed = case.state is FileState.INSTALLED
    asked = installed and case.ends_on is not None and case.life.decision == "granted"
    return Pending(
        decide_by=case.decide_by if installed else None,
        decision_overdue=ReminderKind.DECISION_OVERDUE in due,
        support_by=case.life.support_by if installed else None,
        support_overdue=ReminderKind.SUPPORT_OVERDUE in due,
        evaluation_from=case.ends_on - timedelta(days=EVALUATION_DAYS[0]) if asked and case.ends_on else None,
        evaluation_overdue=ReminderKind.DUE in due,
    )


def steps_for(given: Iterable[Reminder], moment: Moment) -> Iterator[System]:
    """List the steps that record reminders given just now; of those that belong together only the latest."""
    latest = {RECORDED[one.kind]: one for one in given if one.kind in RECORDED}
    for kind, reminder in latest.items():
        facts = {"reminder": reminder.kind, "about": reminder.about.isoformat()}
        yield System(kind=kind, on_date=moment.today, facts=facts)
