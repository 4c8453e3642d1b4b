"""The report in French."""

from typing import Final

from gateway.reporting.words import AlarmWords, FileWords, TaskWords, TellingWords, Words
from schemas.outcome import Outcome
from schemas.protection import FaultKind, ProtectionState
from schemas.report import PositionHealth, TaskKind


def _s(count: int, ending: str = "s") -> str:
    return "" if count <= 1 else ending


WORDS: Final = Words(
    title="Rapport journalier alarme harcèlement",
    subject=lambda team, day: f"Rapport journalier alarme harcèlement {team}, {day}",
    period=lambda start, end: f"Du {start} au {end}.",
    unfinished="La journée n’est pas finie : voici la situation actuelle.",
    quiet=lambda n: f"Rien à signaler ; {n} dossier{_s(n)} ; toutes protégées.",
    quiet_none="Rien à signaler ; il n’y a pas de dossier.",
    files=lambda n: f"{n} dossier{_s(n)}",
    protected=lambda n: f"{n} protégée{_s(n)}",
    degraded=lambda n: f"{n} réduite{_s(n)}",
    unprotected=lambda n: f"{n} non protégée{_s(n)}",
    alarms=lambda n: f"{n} alarme{_s(n)}",
    open_alarms=lambda n: f"dont {n} encore ouverte{_s(n)}",
    tests=lambda n: f"{n} essai{_s(n)}",
    tasks=lambda n: f"{n} points en attente" if n != 1 else "1 point en attente",
    no_names="Ce message ne cite que des références ; les noms figurent sur la page du rapport journalier.",
    confidential="Confidentiel : réservé à qui suit ces dossiers.",
    page="Page",
    date="%d/%m/%Y",
    decimal_comma=True,
    alarm=AlarmWords(
        caption="Alarmes",
        empty="Aucune alarme.",
        columns=("Heure", "Dossier", "Issue", "Réponse après", "Pressions"),
        open="encore ouverte",
        unanswered="sans réponse",
        outcome={
            Outcome.ARREST: "arrestation",
            Outcome.OFFENDER_GONE: "suspect parti",
            Outcome.OFFENDER_NOT_FOUND: "suspect non trouvé",
            Outcome.PREVENTED: "empêché",
            Outcome.SLIP: "par erreur",
            Outcome.TEST: "essai",
            Outcome.TECHNICAL: "cause technique",
            Outcome.DUPLICATE: "doublon",
            Outcome.MISUSE: "abus",
        },
    ),
    task=TaskWords(
        caption="En attente",
        empty="Rien n’attend.",
        columns=("Dossier", "Quoi", "Pour le"),
        now="maintenant",
        kind={
            TaskKind.DECISION_OVERDUE: "Décision du magistrat en retard",
            TaskKind.DECISION: "Décision du magistrat",
            TaskKind.SUPPORT_OVERDUE: "Accueil des victimes pas encore averti",
            TaskKind.EVALUATION_OVERDUE: "Évaluation en retard",
            TaskKind.EVALUATION: "Évaluation",
            TaskKind.REVIEW: "Circonstances à revoir",
            TaskKind.OFFICER: "Prochaine étape de l’équipe",
            TaskKind.MAGISTRATE: "Prochaine étape du magistrat",
        },
    ),
    file=FileWords(
        caption="Dossiers",
        empty="Aucun dossier.",
        columns=("Dossier", "Protection", "Temps protégé", "Batterie", "Position", "Dernier signe"),
        state={
            ProtectionState.PROTECTED: "protégée",
            ProtectionState.DEGRADED: "réduite",
            ProtectionState.UNPROTECTED: "non protégée",
        },
        not_installed="pas encore d’alarme",
        fault={
            FaultKind.NO_COMPANION: "aucun téléphone enregistré",
            FaultKind.COMPANION_SILENT: "téléphone sans signe de vie",
            FaultKind.BUTTON_LINK_LOST: "le téléphone n’entend pas le bouton",
            FaultKind.BUTTON_BATTERY_LOW: "pile du bouton faible",
            FaultKind.BUTTON_BATTERY_CRITICAL: "pile du bouton presque vide",
            FaultKind.PHONE_BATTERY_LOW: "batterie du téléphone faible",
            FaultKind.PHONE_BATTERY_CRITICAL: "batterie du téléphone presque vide",
            FaultKind.PERMISSION_MISSING: "autorisation manquante",
            FaultKind.CLOCK_WRONG: "horloge déréglée",
            FaultKind.NO_POSITION_SOURCE: "pas de position",
            FaultKind.PRESSES_WAITING: "pressions en attente d’envoi",
            FaultKind.OUTDATED: "application dépassée",
            FaultKind.DEVICE_TAMPERED: "appareil saboté",
            FaultKind.DEVICE_FAILED: "appareil en panne",
        },
        installing="en cours d’installation",
        seen="vu aussi",
        unknown="inconnu",
        button="bouton",
        phone="téléphone",
        position={
            PositionHealth.GOOD: "bonne",
            PositionHealth.OLD: "ancienne",
            PositionHealth.NONE: "aucune",
            PositionHealth.OFF: "désactivée",
            PositionHealth.UNKNOWN: "inconnue",
        },
        never_heard="jamais",
    ),
    telling=TellingWords(
        lacking_subject="Protection en défaut",
        lacking=lambda reference: f"Le dossier {reference} n’est pas ou moins protégé depuis plus de 10 min.",
        restored_subject="Protection rétablie",
        restored=lambda reference: f"Le dossier {reference} est à nouveau protégé.",
        look="Le tableau de protection dit ce qui ne va pas et que faire.",
    ),
)
