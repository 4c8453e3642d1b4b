"""A report in the words of a language: one document, which HTML, PDF and plain text show alike. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from gateway.domain.casework.days import ZONE
from gateway.reporting.speech import SPEECH
from gateway.reporting.words import Words
from schemas.protection import ProtectionState
from schemas.report import DailyReport, ReportedAlarm, ReportedFile
from schemas.zone import ReportLanguage

OVER: Final = frozenset({"closed", "archived"})
"""Lives of files that had an alarm, and have none any more."""

NOTHING: Final = "–"  # noqa: RUF001 (the dash of an empty cell)


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table: what it is, its columns, a line of text for each cell; ``empty`` is said without any."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What somebody reads."""

    language: ReportLanguage
    title: str
    heading: str
    lines: tuple[str, ...]
    tables: tuple[Table, ...]
    closing: tuple[str, ...]
    page: str


def document_of(report: DailyReport, language: ReportLanguage) -> Document:
    """Say a report in a language; names are in it where the report has them."""
    words = SPEECH[language]
    named = any(file.name for file in report.files)
    day = _day(report.day, words)
    return Document(
        language=language,
        title=words.title,
        heading=f"{report.team_name}, {day}",
        lines=tuple(_summary(report, words)),
        tables=(_alarms(report, words), _tasks(report, words), _files(report, words)),
        closing=(words.confidential,) if named else (words.no_names, words.confidential),
        page=words.page,
    )


def subject_of(report: DailyReport, language: ReportLanguage) -> str:
    """Return the subject of a report's mail."""
    words = SPEECH[language]
    return words.subject(report.team_name, _day(report.day, words))


def text_of(document: Document) -> str:
    """Return a document as plain text, for who reads mail so."""
    parts = [document.title, document.heading, "", *document.lines]
    for table in document.tables:
        parts += ["", table.caption.upper()]
        parts += [" | ".join(row) for row in table.rows] or [table.empty]
    return "\n".join([*parts, "", *document.closing, ""])


def _summary(report: DailyReport, words: Words) -> Iterator[str]:
    totals = report.totals
    yield words.period(_instant(report.from_at, words), _instant(report.until_at, words))
    if not report.final:
        yield words.unfinished
    if not totals.files:
        yield words.quiet_none
    elif not (totals.alarms or totals.tests or totals.tasks or totals.degraded or totals.unprotected):
        yield words.quiet(totals.files)
    else:
        states = (
            (totals.unprotected, words.unprotected),
            (totals.degraded, words.degraded),
            (totals.protected, words.protected),
        )
        said = ", ".join(say(count) for count, say in states if count)
        yield f"{words.files(totals.files)}: {said}." if said else f"{words.files(totals.files)}."
        open_alarms = f" ({words.open_alarms(totals.open_alarms)})" if totals.open_alarms else ""
        happened = f"{words.alarms(totals.alarms)}{open_alarms}, {words.tests(totals.tests)}"
        yield f"{happened}; {words.tasks(totals.tasks)}."


def _alarms(report: DailyReport, words: Words) -> Table:
    found = sorted(
        ((alarm, file) for file in report.files for alarm in file.alarms), key=lambda one: one[0].raised_at
    )
    return Table(
        caption=words.alarm.caption,
        columns=words.alarm.columns,
        rows=tuple(_alarm(alarm, file, words) for alarm, file in found),
        empty=words.alarm.empty,
    )


def _alarm(alarm: ReportedAlarm, file: ReportedFile, words: Words) -> tuple[str, ...]:
    outcome = words.alarm.open if alarm.outcome is None else words.alarm.outcome[alarm.outcome]
    answered = words.alarm.unanswered if alarm.answered_s is None else _lasted(alarm.answered_s)
    return (_instant(alarm.raised_at, words), _named(file), outcome, answered, str(alarm.press_count))


def _tasks(report: DailyReport, words: Words) -> Table:
    found = sorted(
        ((task, file) for file in report.files for task in file.tasks), key=lambda one: one[0].on or date.min
    )
    return Table(
        caption=words.task.caption,
        columns=words.task.columns,
        rows=tuple(
            (_named(file), words.task.kind[task.kind], _day(task.on, words) if task.on else words.task.now)
            for task, file in found
        ),
        empty=words.task.empty,
    )


def _files(report: DailyReport, words: Words) -> Table:
    return Table(
        caption=words.file.caption,
        columns=words.file.columns,
        rows=tuple(_file(file, words) for file in report.files),
        empty=words.file.empty,
    )


def _file(file: ReportedFile, words: Words) -> tuple[str, ...]:
    said = words.file
    if file.state is None:
        return (_named(file), NOTHING if file.life in OVER else said.not_installed, *[NOTHING] * 4)
    share = file.time.protected_pct
    batteries = ((said.button, file.button_battery_pct), (said.phone, file.phone_battery_pct))
    battery = ", ".join(f"{what} {percent} %" for what, percent in batteries if percent is not None)
    return (
        _named(file),
        _protection(file, file.state, words),
        said.unknown if share is None else f"{_number(share, words)} %",
        battery or said.unknown,
        said.position[file.position],
        said.never_heard if file.heard_at is None else _instant(file.heard_at, words),
    )


def _protection(file: ReportedFile, state: ProtectionState, words: Words) -> str:
    said = words.file
    now = [said.fault[fault.kind] for fault in file.faults]
    if state is not ProtectionState.PROTECTED and not now:
        now = [said.installing]
    standing = {fault.kind for fault in file.faults}
    seen = [said.fault[kind] for kind in file.faults_seen if kind not in standing]
    text = said.state[state] + (f": {', '.join(now)}" if now else "")
    return f"{text} ({said.seen}: {', '.join(seen)})" if seen else text


def _named(file: ReportedFile) -> str:
    return file.reference if file.name is None else f"{file.reference}, {file.name}"


def _day(day: date, words: Words) -> str:
    return day.strftime(words.date)


def _instant(at: datetime, words: Words) -> str:
    return at.astimezone(ZONE).strftime(f"{words.date} %H:%M")


def _lasted(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _number(value: float, words: Words) -> str:
    text = f"{value:g}"
    return text.replace(".", ",") if words.decimal_comma else text


def shown(tables: Sequence[Table]) -> list[dict[str, object]]:
    """Return tables as the PDF's template reads them."""
    return [
        {"caption": one.caption, "columns": one.columns, "rows": one.rows, "empty": one.empty}
        for one in tables
    ]
