"""What of the journal is a look, and how one is told to the victim. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from gateway.domain.casework.journal import Kind
from gateway.domain.errors import FieldInvalid

CONSOLE_SHOWN: Final = "console.shown"
"""An alarm was drawn on a screen: it stands among the deliveries, and once an operator and alarm here."""

LOOKS: Final = frozenset(
    {
        Kind.LOOKED,
        Kind.LISTED,
        Kind.LOOK_REFUSED,
        Kind.EXPORTED,
        Kind.EVIDENCE_MADE,
        Kind.REPORT_READ,
        Kind.LOOKS_READ,
        Kind.DISCLOSED,
        Kind.GLASS_ASKED,
        Kind.GLASS_ALLOWED,
        Kind.GLASS_REFUSED,
        Kind.DENIED,
        Kind.ADMITTED,
    }
)
"""What an auditor is shown among looks, besides what consoles were shown."""

TOLD_TO_HER: Final = frozenset(
    {CONSOLE_SHOWN, Kind.LOOKED, Kind.EXPORTED, Kind.EVIDENCE_MADE, Kind.REPORT_READ, Kind.DISCLOSED}
)
"""What the victim is told, who asks who saw her file: that it was seen (Directive (EU) 2016/680)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LooksQuery:
    """Which looks: at most ``limit``, the newest first, before the place ``after`` in that order."""

    registration_id: UUID | None = None
    operator_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 100


def place_of(at: datetime, look_id: str) -> str:
    """Return where the next page begins, as the wire has it."""
    return f"{at.isoformat()}~{look_id}"


def place_from(written: str | None) -> tuple[datetime, str] | None:
    """Read it again. Raises ``FieldInvalid``."""
    if written is None:
        return None
    at, parted, look_id = written.partition("~")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or not parted:
        raise FieldInvalid("after", "take it from `next` of the page before")
    return instant, look_id


@dataclass(frozen=True, slots=True)
class TellingWords:
    """How a look is told to somebody who is no policeman."""

    title: str
    intro: str
    line: str
    none: str
    role: Mapping[str, str]
    why: Mapping[str, str]
    somebody: str


VICTIM_WORDS: Final[Mapping[str, TellingWords]] = MappingProxyType(
    {
        "nl": TellingWords(
            title="Wie uw dossier heeft ingezien",
            intro="Opgemaakt op {made}. Elke regel zegt wanneer, wie (functie en dienst) en waarom.",
            line="{at}: {who} van {service}. Reden: {why}.",
            none="Niemand heeft uw dossier ingezien.",
            somebody="een medewerker",
            role={
                "operator": "een operator",
                "supervisor": "een supervisor",
                "case_officer": "een dossierbeheerder",
                "magistrate": "een magistraat",
                "auditor": "een auditor",
                "admin": "een beheerder",
                "integrator": "een aangesloten systeem",
            },
            why={
                "case": "behandeling van uw dossier",
                "decision": "beslissing over uw dossier",
                "alarm": "uw alarm",
                "break_glass": "uitzonderlijke toegang, toegestaan door een tweede persoon",
                "oversight": "toezicht",
                "devices": "beheer van uw toestellen",
                "system": "automatische verwerking",
            },
        ),
        "fr": TellingWords(
            title="Qui a consulté votre dossier",
            intro="Établi le {made}. Chaque ligne dit quand, qui (fonction et service) et pourquoi.",
            line="{at} : {who} de {service}. Motif : {why}.",
            none="Personne n\u2019a consulté votre dossier.",
            somebody="un membre du personnel",
            role={
                "operator": "un opérateur",
                "supervisor": "un superviseur",
                "case_officer": "un gestionnaire de dossier",
                "magistrate": "un magistrat",
                "auditor": "un auditeur",
                "admin": "un administrateur",
                "integrator": "un système relié",
            },
            why={
                "case": "suivi de votre dossier",
                "decision": "décision sur votre dossier",
                "alarm": "votre alarme",
                "break_glass": "accès exceptionnel, autorisé par une deuxième personne",
                "oversight": "contrôle",
                "devices": "gestion de vos appareils",
                "system": "traitement automatique",
            },
        ),
        "de": TellingWords(
            title="Wer Ihre Akte eingesehen hat",
            intro="Erstellt am {made}. Jede Zeile sagt wann, wer (Funktion und Dienst) und warum.",
            line="{at}: {who} von {service}. Grund: {why}.",
            none="Niemand hat Ihre Akte eingesehen.",
            somebody="ein Mitarbeiter",
            role={
                "operator": "ein Operator",
                "supervisor": "ein Supervisor",
                "case_officer": "ein Sachbearbeiter",
                "magistrate": "ein Magistrat",
                "auditor": "ein Prüfer",
                "admin": "ein Verwalter",
                "integrator": "ein angeschlossenes System",
            },
            why={
                "case": "Bearbeitung Ihrer Akte",
                "decision": "Entscheidung über Ihre Akte",
                "alarm": "Ihr Alarm",
                "break_glass": "Ausnahmezugriff, von einer zweiten Person erlaubt",
                "oversight": "Aufsicht",
                "devices": "Verwaltung Ihrer Geräte",
                "system": "automatische Verarbeitung",
            },
        ),
        "en": TellingWords(
            title="Who saw your file",
            intro="Made on {made}. Each line says when, who (function and service) and why.",
            line="{at}: {who} of {service}. Reason: {why}.",
            none="Nobody has looked at your file.",
            somebody="a member of staff",
            role={
                "operator": "an operator",
                "supervisor": "a supervisor",
                "case_officer": "a case officer",
                "magistrate": "a magistrate",
                "auditor": "an auditor",
                "admin": "an administrator",
                "integrator": "a connected system",
            },
            why={
                "case": "work on your file",
                "decision": "a decision about your file",
                "alarm": "your alarm",
                "break_glass": "exceptional access, allowed by a second person",
                "oversight": "oversight",
                "devices": "care of your devices",
                "system": "automatic processing",
            },
        ),
    }
)
