"""The report in German."""

from typing import Final

from gateway.reporting.words import AlarmWords, FileWords, TaskWords, TellingWords, Words
from schemas.outcome import Outcome
from schemas.protection import FaultKind, ProtectionState
from schemas.report import PositionHealth, TaskKind


def _s(count: int, ending: str = "s") -> str:
    return "" if count == 1 else ending


WORDS: Final = Words(
    title="Tagesbericht Stalking-Alarm",
    subject=lambda team, day: f"Tagesbericht Stalking-Alarm {team}, {day}",
    period=lambda start, end: f"Von {start} bis {end}.",
    unfinished="Der Tag ist noch nicht zu Ende: Dies ist der Stand von jetzt.",
    quiet=lambda n: f"Nichts geschehen; {n} Akte{_s(n, 'n')}; alle geschützt.",
    quiet_none="Nichts geschehen; es gibt keine Akten.",
    files=lambda n: f"{n} Akte{_s(n, 'n')}",
    protected=lambda n: f"{n} geschützt",
    degraded=lambda n: f"{n} eingeschränkt",
    unprotected=lambda n: f"{n} nicht geschützt",
    alarms=lambda n: f"{n} Alarm{_s(n, 'e')}",
    open_alarms=lambda n: f"davon {n} noch offen",
    tests=lambda n: f"{n} Test{_s(n)}",
    tasks=lambda n: f"{n} Punkte warten" if n != 1 else "1 Punkt wartet",
    no_names="Diese Nachricht nennt nur Aktenzeichen; Namen stehen auf der Seite des Tagesberichts.",
    confidential="Vertraulich: nur für die, die diese Akten betreuen.",
    page="Seite",
    date="%d.%m.%Y",
    decimal_comma=True,
    alarm=AlarmWords(
        caption="Alarme",
        empty="Keine Alarme.",
        columns=("Zeit", "Akte", "Ausgang", "Beantwortet nach", "Knopfdrücke"),
        open="noch offen",
        unanswered="nicht",
        outcome={
            Outcome.ARREST: "Festnahme",
            Outcome.OFFENDER_GONE: "Täter war weg",
            Outcome.OFFENDER_NOT_FOUND: "Täter nicht angetroffen",
            Outcome.PREVENTED: "verhindert",
            Outcome.SLIP: "aus Versehen",
            Outcome.TEST: "Test",
            Outcome.TECHNICAL: "technische Ursache",
            Outcome.DUPLICATE: "doppelt",
            Outcome.MISUSE: "Missbrauch",
        },
    ),
    task=TaskWords(
        caption="Was wartet",
        empty="Nichts wartet.",
        columns=("Akte", "Was", "Bis"),
        now="jetzt",
        kind={
            TaskKind.DECISION_OVERDUE: "Entscheidung des Magistrats überfällig",
            TaskKind.DECISION: "Entscheidung des Magistrats",
            TaskKind.SUPPORT_OVERDUE: "Opferbetreuung noch nicht verständigt",
            TaskKind.EVALUATION_OVERDUE: "Bewertung überfällig",
            TaskKind.EVALUATION: "Bewertung",
            TaskKind.REVIEW: "Umstände durchzusehen",
            TaskKind.OFFICER: "Nächster Schritt des Teams",
            TaskKind.MAGISTRATE: "Nächster Schritt des Magistrats",
        },
    ),
    file=FileWords(
        caption="Akten",
        empty="Keine Akten.",
        columns=("Akte", "Schutz", "Geschützte Zeit", "Batterie", "Position", "Zuletzt gehört"),
        state={
            ProtectionState.PROTECTED: "geschützt",
            ProtectionState.DEGRADED: "eingeschränkt",
            ProtectionState.UNPROTECTED: "nicht geschützt",
        },
        not_installed="noch kein Alarm",
        fault={
            FaultKind.NO_COMPANION: "kein Telefon angemeldet",
            FaultKind.COMPANION_SILENT: "vom Telefon nichts zu hören",
            FaultKind.BUTTON_LINK_LOST: "Telefon hört den Knopf nicht",
            FaultKind.BUTTON_BATTERY_LOW: "Batterie des Knopfes schwach",
            FaultKind.BUTTON_BATTERY_CRITICAL: "Batterie des Knopfes fast leer",
            FaultKind.PHONE_BATTERY_LOW: "Akku des Telefons schwach",
            FaultKind.PHONE_BATTERY_CRITICAL: "Akku des Telefons fast leer",
            FaultKind.PERMISSION_MISSING: "Berechtigung fehlt",
            FaultKind.CLOCK_WRONG: "Uhr geht falsch",
            FaultKind.NO_POSITION_SOURCE: "keine Position",
            FaultKind.PRESSES_WAITING: "Knopfdrücke warten auf Versand",
            FaultKind.OUTDATED: "App veraltet",
            FaultKind.DEVICE_TAMPERED: "Gerät manipuliert",
            FaultKind.DEVICE_FAILED: "Gerät defekt",
        },
        installing="wird eingerichtet",
        seen="auch gesehen",
        unknown="nicht bekannt",
        button="Knopf",
        phone="Telefon",
        position={
            PositionHealth.GOOD: "gut",
            PositionHealth.OLD: "alt",
            PositionHealth.NONE: "keine",
            PositionHealth.OFF: "aus",
            PositionHealth.UNKNOWN: "nicht bekannt",
        },
        never_heard="nie",
    ),
    telling=TellingWords(
        lacking_subject="Schutz fällt aus",
        lacking=lambda reference: f"Akte {reference} ist seit über 10 Minuten nicht oder weniger geschützt.",
        restored_subject="Schutz wiederhergestellt",
        restored=lambda reference: f"Akte {reference} ist wieder geschützt.",
        look="Die Schutztafel zeigt, was fehlt und was zu tun ist.",
    ),
)
