"""The report in Dutch."""

from typing import Final

from gateway.reporting.words import AlarmWords, FileWords, TaskWords, TellingWords, Words
from schemas.outcome import Outcome
from schemas.protection import FaultKind, ProtectionState
from schemas.report import PositionHealth, TaskKind


def _s(count: int, ending: str = "s") -> str:
    return "" if count == 1 else ending


WORDS: Final = Words(
    title="Dagverslag stalkingalarm",
    subject=lambda team, day: f"Dagverslag stalkingalarm {team}, {day}",
    period=lambda start, end: f"Van {start} tot {end}.",
    unfinished="De dag is nog niet om: dit is de stand van nu.",
    quiet=lambda n: f"Niets gebeurd; {n} dossier{_s(n)}; iedereen beschermd.",
    quiet_none="Niets gebeurd; er zijn geen dossiers.",
    files=lambda n: f"{n} dossier{_s(n)}",
    protected=lambda n: f"{n} beschermd",
    degraded=lambda n: f"{n} verminderd",
    unprotected=lambda n: f"{n} niet beschermd",
    alarms=lambda n: f"{n} alarm{_s(n, 'en')}",
    open_alarms=lambda n: f"waarvan {n} nog open",
    tests=lambda n: f"{n} test{_s(n)}",
    tasks=lambda n: f"{n} zaken wachten" if n != 1 else "1 zaak wacht",
    no_names="Dit bericht noemt alleen referenties; namen staan op de pagina van het dagverslag.",
    confidential="Vertrouwelijk: alleen voor wie deze dossiers opvolgt.",
    page="Bladzijde",
    date="%d/%m/%Y",
    decimal_comma=True,
    alarm=AlarmWords(
        caption="Alarmen",
        empty="Geen alarmen.",
        columns=("Tijd", "Dossier", "Afloop", "Beantwoord na", "Drukken"),
        open="nog open",
        unanswered="niet",
        outcome={
            Outcome.ARREST: "aanhouding",
            Outcome.OFFENDER_GONE: "verdachte vertrokken",
            Outcome.OFFENDER_NOT_FOUND: "verdachte niet aangetroffen",
            Outcome.PREVENTED: "voorkomen",
            Outcome.SLIP: "per vergissing",
            Outcome.TEST: "test",
            Outcome.TECHNICAL: "technische oorzaak",
            Outcome.DUPLICATE: "dubbel",
            Outcome.MISUSE: "misbruik",
        },
    ),
    task=TaskWords(
        caption="Wat wacht",
        empty="Er wacht niets.",
        columns=("Dossier", "Wat", "Tegen"),
        now="nu",
        kind={
            TaskKind.DECISION_OVERDUE: "Beslissing van de magistraat over tijd",
            TaskKind.DECISION: "Beslissing van de magistraat",
            TaskKind.SUPPORT_OVERDUE: "Slachtofferonthaal nog niet verwittigd",
            TaskKind.EVALUATION_OVERDUE: "Evaluatie over tijd",
            TaskKind.EVALUATION: "Evaluatie",
            TaskKind.REVIEW: "Omstandigheden na te kijken",
            TaskKind.OFFICER: "Volgende stap van het team",
            TaskKind.MAGISTRATE: "Volgende stap van de magistraat",
        },
    ),
    file=FileWords(
        caption="Dossiers",
        empty="Geen dossiers.",
        columns=("Dossier", "Bescherming", "Beschermde tijd", "Batterij", "Positie", "Laatst gehoord"),
        state={
            ProtectionState.PROTECTED: "beschermd",
            ProtectionState.DEGRADED: "verminderd",
            ProtectionState.UNPROTECTED: "niet beschermd",
        },
        not_installed="nog geen alarm",
        fault={
            FaultKind.NO_COMPANION: "geen telefoon gekoppeld",
            FaultKind.COMPANION_SILENT: "telefoon laat niets meer horen",
            FaultKind.BUTTON_LINK_LOST: "telefoon hoort de knop niet",
            FaultKind.BUTTON_BATTERY_LOW: "batterij knop laag",
            FaultKind.BUTTON_BATTERY_CRITICAL: "batterij knop bijna leeg",
            FaultKind.PHONE_BATTERY_LOW: "batterij telefoon laag",
            FaultKind.PHONE_BATTERY_CRITICAL: "batterij telefoon bijna leeg",
            FaultKind.PERMISSION_MISSING: "toestemming ontbreekt",
            FaultKind.CLOCK_WRONG: "klok verkeerd",
            FaultKind.NO_POSITION_SOURCE: "geen positie",
            FaultKind.PRESSES_WAITING: "drukken wachten op verzending",
            FaultKind.OUTDATED: "app verouderd",
            FaultKind.DEVICE_TAMPERED: "toestel gesaboteerd",
            FaultKind.DEVICE_FAILED: "toestel defect",
        },
        installing="wordt geïnstalleerd",
        seen="ook gezien",
        unknown="niet bekend",
        button="knop",
        phone="telefoon",
        position={
            PositionHealth.GOOD: "goed",
            PositionHealth.OLD: "oud",
            PositionHealth.NONE: "geen",
            PositionHealth.OFF: "uit",
            PositionHealth.UNKNOWN: "niet bekend",
        },
        never_heard="nooit",
    ),
    telling=TellingWords(
        lacking_subject="Bescherming valt weg",
        lacking=lambda reference: f"Dossier {reference} is niet of minder beschermd, al meer dan 10 minuten.",
        restored_subject="Bescherming hersteld",
        restored=lambda reference: f"Dossier {reference} is weer beschermd.",
        look="Kijk op het beschermingsbord wat er is en wat te doen.",
    ),
)
