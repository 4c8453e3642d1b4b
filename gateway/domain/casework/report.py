"""A case team's day: from when to when it goes, what of it is reported, and what waits. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from gateway.domain.casework.days import ZONE, day_of
from gateway.domain.casework.review import ReviewDue
from schemas.protection import CompanionHeartbeat, PositionSourceState, ProtectionState
from schemas.report import PositionHealth, ReportedFile, ReportTotals, Task, TaskKind

EVALUATION_DAYS: Final = 42
"""An evaluation is spoken of six weeks before a term ends: the first of its reminders."""

HEARD_LATELY_S: Final = 3600.0
"""What a phone said of its position longer ago says nothing of the next press."""

FIX_OLD_S: Final = 900.0
"""A position that is older brings a team to where she was: a quarter of an hour is a way across a town."""

INSTALLED: Final = "installed"
WORST_FIRST: Final = (
    ProtectionState.UNPROTECTED,
    ProtectionState.DEGRADED,
    ProtectionState.PROTECTED,
    None,
)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time: ``from_at`` belongs to it, ``until_at`` does not."""

    from_at: datetime
    until_at: datetime


def hour_of(day: date, report_at: time) -> datetime:
    """Return the instant of an hour in Brussels on a day, in UTC.

    An hour that a day has twice is its first; one that it has not is as late as the one before the gap.
    """
    return datetime.combine(day, report_at, ZONE).astimezone(UTC)


def window_of(day: date, report_at: time, told_until: datetime | None = None) -> Window:
    """Return what the report of a day is about: from the hour of the day before, 23, 24 or 25 hours.

    ``told_until``: the end of the last report before it. If the hour was changed since, that is where this
    one begins, so that nothing falls between two reports.
    """
    until_at = hour_of(day, report_at)
    from_at = hour_of(day - timedelta(days=1), report_at)
    if told_until is not None and abs(told_until - from_at) < timedelta(days=1) and told_until < until_at:
        from_at = told_until
    return Window(from_at, until_at)


def days_due(now: datetime, report_at: time, last: date | None, back: int) -> list[date]:
    """Return the days whose report is due and not made, oldest first, ``back`` days at most."""
    today = day_of(now)
    newest = today if hour_of(today, report_at) <= now else today - timedelta(days=1)
    if last is None:
        return [today] if newest == today else []
    first = max(last + timedelta(days=1), newest - timedelta(days=back))
    return [first + timedelta(days=ahead) for ahead in range((newest - first).days + 1)]


def position_of(said: CompanionHeartbeat | None, heard_at: datetime | None, at: datetime) -> PositionHealth:
    """Judge whether a press at ``at`` would have brought a position, by what was heard last."""
    if said is None or heard_at is None or (at - heard_at).total_seconds() > HEARD_LATELY_S:
        return PositionHealth.UNKNOWN
    if said.position_source is PositionSourceState.OFF:
        return PositionHealth.OFF
    if said.last_fix_age_s is None:
        return PositionHealth.GOOD if said.position_source is PositionSourceState.OK else PositionHealth.NONE
    return PositionHealth.GOOD if said.last_fix_age_s <= FIX_OLD_S else PositionHealth.OLD


def tasks_of(
    state: str,
    life: Mapping[str, Any],
    ends_on: date | None,
    decide_by: datetime | None,
    review: ReviewDue | None,
    now: datetime,
) -> Iterator[Task]:
    """List what waits in a file, what is overdue first."""
    today = day_of(now)
    if state == INSTALLED:
        if decide_by is not None and life.get("decision") is None:
            late = TaskKind.DECISION_OVERDUE if decide_by <= now else TaskKind.DECISION
            yield Task(kind=late, on=day_of(decide_by - timedelta(seconds=1)))  # it is the end of that day
        support_by = _instant(life.get("support_by"))
        if support_by is not None and support_by <= now:
            yield Task(kind=TaskKind.SUPPORT_OVERDUE, on=day_of(support_by))
        if ends_on is not None and ends_on - timedelta(days=EVALUATION_DAYS) <= today:
            late = TaskKind.EVALUATION_OVERDUE if ends_on <= today else TaskKind.EVALUATION
            yield Task(kind=TaskKind.MAGISTRATE if life.get("evaluated") else late, on=ends_on)
    if _waits(state, life):
        yield Task(kind=TaskKind(life["turn"]))
    if review is not None:
        yield Task(kind=TaskKind.REVIEW, on=review.since)


def _waits(state: str, life: Mapping[str, Any]) -> bool:
    """Whether somebody's step is waited for of which nothing else is said."""
    turn, decision = life.get("turn"), life.get("decision")
    if state != INSTALLED or decision == "refused":
        return turn in {TaskKind.OFFICER, TaskKind.MAGISTRATE}
    return decision is None and turn == TaskKind.OFFICER


def worst_first(files: Iterable[ReportedFile]) -> tuple[ReportedFile, ...]:
    """Put what wants somebody first: alarms, then lacking protection, then what waits."""
    return tuple(
        sorted(
            files,
            key=lambda file: (
                not file.alarms,
                WORST_FIRST.index(file.state),
                not file.tasks,
                file.reference,
            ),
        )
    )


def totals_of(files: Sequence[ReportedFile]) -> ReportTotals:
    """Count the day."""
    states = [file.state for file in files]
    alarms = [alarm for file in files for alarm in file.alarms]
    return ReportTotals(
        files=len(files),
        protected=states.count(ProtectionState.PROTECTED),
        degraded=states.count(ProtectionState.DEGRADED),
        unprotected=states.count(ProtectionState.UNPROTECTED),
        alarms=len(alarms),
        open_alarms=sum(alarm.state != "closed" for alarm in alarms),
        tests=sum(file.tests for file in files),
        tasks=sum(len(file.tasks) for file in files),
    )


def _instant(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)
