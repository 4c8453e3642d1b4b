"""The report in English."""

from typing import Final

from gateway.reporting.words import AlarmWords, FileWords, TaskWords, TellingWords, Words
from schemas.outcome import Outcome
from schemas.protection import FaultKind, ProtectionState
from schemas.report import PositionHealth, TaskKind


def _s(count: int, ending: str = "s") -> str:
    return "" if count == 1 else ending


WORDS: Final = Words(
    title="Daily report, stalking alarm",
    subject=lambda team, day: f"Daily report stalking alarm {team}, {day}",
    period=lambda start, end: f"From {start} to {end}.",
    unfinished="The day is not over: this is how things stand now.",
    quiet=lambda n: f"Nothing happened; {n} file{_s(n)}; all protected.",
    quiet_none="Nothing happened; there are no files.",
    files=lambda n: f"{n} file{_s(n)}",
    protected=lambda n: f"{n} protected",
    degraded=lambda n: f"{n} degraded",
    unprotected=lambda n: f"{n} not protected",
    alarms=lambda n: f"{n} alarm{_s(n)}",
    open_alarms=lambda n: f"{n} of them still open",
    tests=lambda n: f"{n} test{_s(n)}",
    tasks=lambda n: f"{n} things wait" if n != 1 else "1 thing waits",
    no_names="This message names references only; names are on the page of the daily report.",
    confidential="Confidential: only for those who follow these files.",
    page="Page",
    date="%d/%m/%Y",
    decimal_comma=False,
    alarm=AlarmWords(
        caption="Alarms",
        empty="No alarms.",
        columns=("Time", "File", "Outcome", "Answered after", "Presses"),
        open="still open",
        unanswered="not answered",
        outcome={
            Outcome.ARREST: "arrest",
            Outcome.OFFENDER_GONE: "offender gone",
            Outcome.OFFENDER_NOT_FOUND: "offender not found",
            Outcome.PREVENTED: "prevented",
            Outcome.SLIP: "by mistake",
            Outcome.TEST: "test",
            Outcome.TECHNICAL: "technical cause",
            Outcome.DUPLICATE: "duplicate",
            Outcome.MISUSE: "misuse",
        },
    ),
    task=TaskWords(
        caption="What waits",
        empty="Nothing waits.",
        columns=("File", "What", "By"),
        now="now",
        kind={
            TaskKind.DECISION_OVERDUE: "Magistrate’s decision overdue",
            TaskKind.DECISION: "Magistrate’s decision",
            TaskKind.SUPPORT_OVERDUE: "Victim support not yet notified",
            TaskKind.EVALUATION_OVERDUE: "Evaluation overdue",
            TaskKind.EVALUATION: "Evaluation",
            TaskKind.REVIEW: "Circumstances to be reviewed",
            TaskKind.OFFICER: "The team’s next step",
            TaskKind.MAGISTRATE: "The magistrate’s next step",
        },
    ),
    file=FileWords(
        caption="Files",
        empty="No files.",
        columns=("File", "Protection", "Protected time", "Battery", "Position", "Last heard"),
        state={
            ProtectionState.PROTECTED: "protected",
            ProtectionState.DEGRADED: "degraded",
            ProtectionState.UNPROTECTED: "not protected",
        },
        not_installed="no alarm yet",
        fault={
            FaultKind.NO_COMPANION: "no phone enrolled",
            FaultKind.COMPANION_SILENT: "phone not heard",
            FaultKind.BUTTON_LINK_LOST: "phone does not hear the button",
            FaultKind.BUTTON_BATTERY_LOW: "button battery low",
            FaultKind.BUTTON_BATTERY_CRITICAL: "button battery nearly empty",
            FaultKind.PHONE_BATTERY_LOW: "phone battery low",
            FaultKind.PHONE_BATTERY_CRITICAL: "phone battery nearly empty",
            FaultKind.PERMISSION_MISSING: "permission missing",
            FaultKind.CLOCK_WRONG: "clock wrong",
            FaultKind.NO_POSITION_SOURCE: "no position",
            FaultKind.PRESSES_WAITING: "presses wait to be sent",
            FaultKind.OUTDATED: "app outdated",
            FaultKind.DEVICE_TAMPERED: "device tampered with",
            FaultKind.DEVICE_FAILED: "device failed",
        },
        installing="being installed",
        seen="also seen",
        unknown="not known",
        button="button",
        phone="phone",
        position={
            PositionHealth.GOOD: "good",
            PositionHealth.OLD: "old",
            PositionHealth.NONE: "none",
            PositionHealth.OFF: "off",
            PositionHealth.UNKNOWN: "not known",
        },
        never_heard="never",
    ),
    telling=TellingWords(
        lacking_subject="Protection is lacking",
        lacking=lambda reference: f"File {reference} has been less or not protected for over 10 minutes.",
        restored_subject="Protection is back",
        restored=lambda reference: f"File {reference} is protected again.",
        look="The protection board says what is wrong and what to do.",
    ),
)
