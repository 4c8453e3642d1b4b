"""A day goes from hour to hour in Brussels, nothing falls between two, and names stay where they belong."""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.casework.report import (
    Window,
    days_due,
    position_of,
    tasks_of,
    totals_of,
    window_of,
    worst_first,
)
from gateway.domain.casework.review import ReviewDue
from gateway.reporting.document import document_of, text_of
from gateway.reporting.html import html_of
from gateway.reporting.mail import protection_mail, report_mail
from gateway.reporting.pages import pdf_of
from gateway.reporting.speech import SPEECH
from schemas.alarm import AlarmState
from schemas.circumstances import RiskLevel
from schemas.outcome import Outcome
from schemas.press import Purpose
from schemas.protection import CompanionHeartbeat, Fault, FaultKind, PositionSourceState, ProtectionState
from schemas.protection_board import ProtectionTime
from schemas.report import DailyReport, PositionHealth, ReportedAlarm, ReportedFile, Task, TaskKind

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SEVEN = time(7)
ID = UUID("0192a000-0000-7000-8000-000000000001")
EVIL = '<script>alert(1)</script> #eval("1") *Anna* & "co"'


def hours(window: Window) -> float:
    return (window.until_at - window.from_at) / timedelta(hours=1)


def a_file(**changes: Any) -> ReportedFile:
    values: dict[str, Any] = {
        "registration_id": ID,
        "reference": "GE.1/2026",
        "risk": RiskLevel.HIGH,
        "life": "installed",
        "state": ProtectionState.PROTECTED,
        "since": NOW,
        "time": ProtectionTime(protected_s=86_300, unprotected_s=100, protected_pct=99.8, reachable_pct=99.8),
        "heard_at": NOW,
        "position": PositionHealth.GOOD,
    }
    return ReportedFile(**{**values, **changes})


def a_report(*files: ReportedFile, **changes: Any) -> DailyReport:
    values: dict[str, Any] = {
        "team": "BE-5415",
        "team_name": "Gent",
        "centre": "BE-VOV",
        "day": DAY,
        "from_at": NOW - timedelta(days=1),
        "until_at": NOW,
        "made_at": NOW,
        "final": True,
        "totals": totals_of(files),
        "files": files,
    }
    return DailyReport(**{**values, **changes})


def test_a_day_has_23_hours_in_march_and_25_in_october() -> None:
    assert hours(window_of(date(2026, 3, 29), SEVEN)) == 23
    assert hours(window_of(date(2026, 10, 25), SEVEN)) == 25
    assert hours(window_of(DAY, SEVEN)) == 24
    # 02:30 is not there on 29 March: it is as long after 01:30 as ever
    assert window_of(date(2026, 3, 29), time(2, 30)).until_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    # it is there twice on 25 October: the first counts
    assert window_of(date(2026, 10, 25), time(2, 30)).until_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.times())
def test_days_follow_each_other_without_gap_or_overlap(day: date, report_at: time) -> None:
    before, after = window_of(day, report_at), window_of(day + timedelta(days=1), report_at)
    assert before.until_at == after.from_at
    assert 22.9 < hours(before) < 25.1


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.times(), st.times())
def test_an_hour_that_was_changed_leaves_nothing_out(day: date, was: time, now: time) -> None:
    told_until = window_of(day, was).until_at
    following = window_of(day + timedelta(days=1), now, told_until)
    assert following.from_at <= told_until
    assert following.from_at < following.until_at


def test_a_report_is_due_at_its_hour_and_made_up_for_after_an_outage() -> None:
    just_before = NOW - timedelta(seconds=1)
    yesterday = DAY - timedelta(days=1)
    assert days_due(just_before, SEVEN, yesterday, 2) == []
    assert days_due(NOW, SEVEN, yesterday, 2) == [DAY]
    assert days_due(NOW, SEVEN, DAY, 2) == []
    assert days_due(NOW, SEVEN, None, 2) == [DAY]
    assert days_due(just_before, SEVEN, None, 2) == []
    assert days_due(NOW, SEVEN, DAY - timedelta(days=9), 2) == [DAY - timedelta(days=n) for n in (2, 1, 0)]


def test_what_waits_is_named_with_its_day_what_is_overdue_as_such() -> None:
    review = ReviewDue(registration_id=ID, reference="x", level=RiskLevel.HIGH, entries=2, since=None)
    decide_by = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)  # the end of 1 March in Brussels
    found = list(tasks_of("installed", {}, date(2026, 3, 2), decide_by, review, NOW))
    assert found == [
        Task(kind=TaskKind.DECISION_OVERDUE, on=date(2026, 3, 1)),
        Task(kind=TaskKind.EVALUATION_OVERDUE, on=date(2026, 3, 2)),
        Task(kind=TaskKind.REVIEW),
    ]
    soon = list(tasks_of("installed", {"decision": "granted"}, date(2026, 4, 13), decide_by, None, NOW))
    assert soon == [Task(kind=TaskKind.EVALUATION, on=date(2026, 4, 13))]
    assert not list(tasks_of("installed", {}, date(2026, 4, 14), None, None, NOW))
    assert [one.kind for one in tasks_of("heard", {"turn": "officer"}, None, None, None, NOW)] == ["officer"]
    assert not list(tasks_of("heard", {"turn": "nobody"}, None, None, None, NOW))
    refused = {"decision": "refused", "turn": "magistrate"}
    assert list(tasks_of("installed", refused, None, None, None, NOW)) == [Task(kind=TaskKind.MAGISTRATE)]
    unheard = {"decision": None, "turn": "officer"}
    assert [one.kind for one in tasks_of("installed", unheard, None, decide_by, None, NOW)] == [
        TaskKind.DECISION_OVERDUE,
        TaskKind.OFFICER,
    ]
    evaluated = {"decision": "granted", "evaluated": True, "turn": "magistrate"}
    assert list(tasks_of("installed", evaluated, date(2026, 3, 9), None, None, NOW)) == [
        Task(kind=TaskKind.MAGISTRATE, on=date(2026, 3, 9))
    ]


@pytest.mark.parametrize(
    ("source", "fix_age_s", "heard_before_s", "judged"),
    [
        (PositionSourceState.OK, 10, 60, PositionHealth.GOOD),
        (PositionSourceState.OK, None, 60, PositionHealth.GOOD),
        (PositionSourceState.OK, 901, 60, PositionHealth.OLD),
        (PositionSourceState.NO_FIX, 100, 60, PositionHealth.GOOD),
        (PositionSourceState.NO_FIX, None, 60, PositionHealth.NONE),
        (PositionSourceState.OFF, 10, 60, PositionHealth.OFF),
        (PositionSourceState.OK, 10, 3601, PositionHealth.UNKNOWN),
    ],
)
def test_a_position_is_judged_by_what_was_heard_last(source, fix_age_s, heard_before_s, judged) -> None:
    said = CompanionHeartbeat(position_source=source, last_fix_age_s=fix_age_s)
    assert position_of(said, NOW - timedelta(seconds=heard_before_s), NOW) is judged
    assert position_of(None, None, NOW) is PositionHealth.UNKNOWN


def test_what_wants_somebody_comes_first() -> None:
    alarm = ReportedAlarm(alarm_id=ID, purpose=Purpose.REAL, raised_at=NOW, state=AlarmState.CLOSED)
    files = worst_first(
        [
            a_file(reference="well"),
            a_file(reference="waits", tasks=(Task(kind=TaskKind.REVIEW),)),
            a_file(reference="lacks", state=ProtectionState.UNPROTECTED),
            a_file(reference="pressed", alarms=(alarm,)),
        ]
    )
    assert [file.reference for file in files] == ["pressed", "lacks", "waits", "well"]


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_every_language_says_everything_and_what_is_not_english_is_not_english(language) -> None:
    said = dict(_texts(SPEECH[language]))
    english = dict(_texts(SPEECH["en"]))
    assert said.keys() == english.keys()
    assert all(text.strip() for text in said.values())
    if language != "en":
        same = {name for name, text in said.items() if text == english[name] and len(text) > 8}
        assert same <= {"file.columns.1"}  # Protection


def _texts(words: Any, place: str = "") -> list[tuple[str, str]]:
    if is_dataclass(words):
        parts = {field.name: getattr(words, field.name) for field in fields(words)}
        return [one for name, value in parts.items() for one in _texts(value, f"{place}{name}.")]
    if isinstance(words, dict):
        return [one for key, value in words.items() for one in _texts(value, f"{place}{key.value}.")]
    if isinstance(words, tuple):
        return [one for number, value in enumerate(words) for one in _texts(value, f"{place}{number}.")]
    if callable(words):
        counted = words.__code__.co_varnames[0] == "n"
        given = [2] if counted else ["(a)", "(b)"][: words.__code__.co_argcount]
        text = words(*given)
        assert all(str(one) in text for one in given)
        return [(place.rstrip("."), text)]
    return [(place.rstrip("."), words)] if isinstance(words, str) else []


def test_every_code_has_its_words() -> None:
    for words in SPEECH.values():
        assert set(words.alarm.outcome) == set(Outcome)
        assert set(words.task.kind) == set(TaskKind)
        assert set(words.file.state) == set(ProtectionState)
        assert set(words.file.fault) == set(FaultKind)
        assert set(words.file.position) == set(PositionHealth)


def test_an_empty_day_is_said() -> None:
    assert (
        "Niets gebeurd; 2 dossiers; iedereen beschermd."
        in document_of(a_report(a_file(), a_file()), "nl").lines
    )
    assert "Rien à signaler ; il n’y a pas de dossier." in document_of(a_report(), "fr").lines
    assert SPEECH["nl"].alarm.empty in text_of(document_of(a_report(a_file()), "nl"))


def test_a_full_day_is_said_in_words_and_figures() -> None:
    alarm = ReportedAlarm(
        alarm_id=ID,
        purpose=Purpose.REAL,
        raised_at=NOW - timedelta(hours=7),
        state=AlarmState.CLOSED,
        outcome=Outcome.OFFENDER_GONE,
        answered_s=75.2,
        press_count=2,
    )
    file = a_file(
        state=ProtectionState.UNPROTECTED,
        faults=(Fault(kind=FaultKind.COMPANION_SILENT, since=NOW),),
        faults_seen=(FaultKind.COMPANION_SILENT, FaultKind.PHONE_BATTERY_LOW),
        alarms=(alarm,),
        tests=1,
        phone_battery_pct=17,
        tasks=(Task(kind=TaskKind.EVALUATION, on=date(2026, 4, 1)),),
    )
    text = text_of(document_of(a_report(file), "en"))
    for said in (
        "From 01/03/2026 07:00 to 02/03/2026 07:00.",
        "1 file: 1 not protected.",
        "1 alarm, 1 test; 1 thing waits.",
        "02/03/2026 00:00 | GE.1/2026 | offender gone | 1 min 15 s | 2",
        "not protected: phone not heard (also seen: phone battery low) | 99.8 % | phone 17 % | good",
        "Evaluation | 01/04/2026",
    ):
        assert said in text
    assert "99,8 %" in text_of(document_of(a_report(file), "nl"))


def test_a_name_stays_text_in_html_and_pdf_and_never_gets_into_a_mail() -> None:
    named = a_report(a_file(name=EVIL))
    document = document_of(named, "nl")
    page = html_of(document)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert pdf_of(document).startswith(b"%PDF-")
    with pytest.raises(ValueError, match="names"):
        report_mail(named, "nl", "msa@police.example", ("zorg@gent.example",), 0)


def test_the_same_mail_has_the_same_id_and_one_that_was_asked_for_another() -> None:
    report, to = a_report(a_file()), ("zorg@gent.example",)
    first, again, asked = (report_mail(report, "fr", "msa@police.example", to, n) for n in (0, 0, 1))
    assert first["Message-ID"] == again["Message-ID"] == "<daily.2026-03-02.BE-5415.0@police.example>"
    assert asked["Message-ID"] != first["Message-ID"]
    assert asked["References"] == first["Message-ID"]
    assert [part.get_content_type() for part in first.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "application/pdf",
    ]
    notice = protection_mail("GE.1/2026", "x", 3, "de", "msa@police.example", to, lacking=True)
    assert "GE.1/2026" in notice.get_content()
