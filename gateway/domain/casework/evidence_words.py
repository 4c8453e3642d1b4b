"""The words of the readable evidence, in the languages of a Belgian court, and in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceWords:
    """One language."""

    title: str
    alarm: str
    reference: str
    centre: str
    purpose: str
    state: str
    raised: str
    outcome: str
    made: str
    made_by: str
    by_system: str
    person: str
    circumstances: str
    circumstances_note: str
    unreadable: str
    trail: str
    clock: str
    within: str
    late: str
    unseen: str
    events: str
    who: str
    gateway: str
    presses: str
    received: str
    companion: str
    unverified: str
    positions: str
    positions_note: str
    first: str
    last: str
    radius: str
    method: str
    deliveries: str
    painted: str
    notes: str
    none: str
    integrity: str
    integrity_note: str
    log: str
    seal_positions: str
    key: str
    kinds: Mapping[str, str]


NL: Final = EvidenceWords(
    title="Bewijsstuk van een alarm",
    alarm="Alarm",
    reference="Dossier",
    centre="CIC",
    purpose="Aard",
    state="Toestand",
    raised="Binnengekomen",
    outcome="Afloop",
    made="Opgemaakt",
    made_by="voor",
    by_system="de beheerder van het systeem",
    person="Over wie",
    circumstances="Bijzondere omstandigheden",
    circumstances_note="Zoals ze bij dit alarm op het scherm stonden; wat later in het dossier "
    "wijzigde, staat hier niet.",
    unreadable="Het dossier is gewist of kon niet worden geopend.",
    trail="Tijdstippen van de eerste druk",
    clock="klok",
    within="Op tijd op een scherm, binnen de grens van",
    late="Te laat op een scherm, buiten de grens van",
    unseen="Op geen scherm getekend",
    events="Wat er gebeurde",
    who="wie",
    gateway="het systeem",
    presses="Drukken op de knop",
    received="ontvangen",
    companion="telefoon",
    unverified="handtekening niet bevestigd",
    positions="Posities",
    positions_note="Alle posities staan in track.json.",
    first="eerste",
    last="laatste",
    radius="straal",
    method="bepaald met",
    deliveries="Wie het op het scherm kreeg",
    painted="getekend",
    notes="Nota's van operatoren",
    none="geen",
    integrity="Echtheid",
    integrity_note="Dit document is een leesbare weergave. Bewijs leveren de ondertekende bestanden "
    "ernaast: zie README.txt.",
    log="Verzegeld logboek",
    seal_positions="plaatsen in de keten",
    key="Sleutel",
    kinds={
        "alarm.raised": "alarm door een druk op de knop",
        "alarm.pressed_again": "opnieuw gedrukt",
        "alarm.acknowledged": "bevestigd door een operator",
        "alarm.acknowledgement_lapsed": "bevestiging vervallen: geen ploeg gestuurd",
        "alarm.taken_over": "overgenomen",
        "alarm.escalated": "niemand antwoordde: verder gemeld",
        "alarm.unit_assigned": "ploeg gestuurd",
        "alarm.unit_status": "toestand van de ploeg",
        "alarm.noted": "nota",
        "alarm.transferred": "overgedragen",
        "alarm.crossed": "in het gebied van een ander CIC",
        "alarm.enriched": "dossier alsnog geopend",
        "alarm.victim_moved": "slachtoffer heeft zich verplaatst",
        "alarm.position_lost": "positie verloren",
        "alarm.position_restored": "positie terug",
        "alarm.tracking_ending": "volgen loopt af",
        "alarm.tracking_ended": "volgen beëindigd",
        "alarm.cancel_requested": "telefoon vroeg te annuleren",
        "alarm.closed": "afgesloten",
        "alarm.expired": "vanzelf afgesloten",
        "alarm.reviewed": "nagezien",
        "alarm.reopened": "heropend",
    },
)

FR: Final = EvidenceWords(
    title="Pièce à conviction d'une alarme",
    alarm="Alarme",
    reference="Dossier",
    centre="CIC",
    purpose="Nature",
    state="État",
    raised="Reçue",
    outcome="Issue",
    made="Établi",
    made_by="pour",
    by_system="le gestionnaire du système",
    person="De qui il s'agit",
    circumstances="Circonstances particulières",
    circumstances_note="Telles qu'affichées lors de cette alarme ; les modifications ultérieures du "
    "dossier n'y figurent pas.",
    unreadable="Le dossier est effacé ou n'a pas pu être ouvert.",
    trail="Instants de la première pression",
    clock="horloge",
    within="À temps sur un écran, dans la limite de",
    late="Trop tard sur un écran, hors de la limite de",
    unseen="Affichée sur aucun écran",
    events="Déroulement",
    who="qui",
    gateway="le système",
    presses="Pressions sur le bouton",
    received="reçue",
    companion="téléphone",
    unverified="signature non confirmée",
    positions="Positions",
    positions_note="Toutes les positions se trouvent dans track.json.",
    first="première",
    last="dernière",
    radius="rayon",
    method="déterminée par",
    deliveries="Qui l'a eue à l'écran",
    painted="affichée",
    notes="Notes des opérateurs",
    none="aucune",
    integrity="Authenticité",
    integrity_note="Ce document est une représentation lisible. La preuve est dans les fichiers "
    "signés joints : voir README.txt.",
    log="Journal scellé",
    seal_positions="places dans la chaîne",
    key="Clé",
    kinds={
        "alarm.raised": "alarme par pression sur le bouton",
        "alarm.pressed_again": "nouvelle pression",
        "alarm.acknowledged": "confirmée par un opérateur",
        "alarm.acknowledgement_lapsed": "confirmation caduque : aucune équipe envoyée",
        "alarm.taken_over": "reprise",
        "alarm.escalated": "sans réponse : signalée plus haut",
        "alarm.unit_assigned": "équipe envoyée",
        "alarm.unit_status": "état de l'équipe",
        "alarm.noted": "note",
        "alarm.transferred": "transférée",
        "alarm.crossed": "sur le territoire d'un autre CIC",
        "alarm.enriched": "dossier ouvert après coup",
        "alarm.victim_moved": "la victime s'est déplacée",
        "alarm.position_lost": "position perdue",
        "alarm.position_restored": "position retrouvée",
        "alarm.tracking_ending": "fin du suivi imminente",
        "alarm.tracking_ended": "suivi terminé",
        "alarm.cancel_requested": "le téléphone a demandé l'annulation",
        "alarm.closed": "clôturée",
        "alarm.expired": "clôturée d'elle-même",
        "alarm.reviewed": "revue",
        "alarm.reopened": "rouverte",
    },
)

DE: Final = EvidenceWords(
    title="Beweisstück zu einem Alarm",
    alarm="Alarm",
    reference="Akte",
    centre="CIC",
    purpose="Art",
    state="Zustand",
    raised="Eingegangen",
    outcome="Ausgang",
    made="Erstellt",
    made_by="für",
    by_system="die Systemverwaltung",
    person="Um wen es geht",
    circumstances="Besondere Umstände",
    circumstances_note="So, wie sie bei diesem Alarm angezeigt wurden; spätere Änderungen der Akte "
    "stehen hier nicht.",
    unreadable="Die Akte ist gelöscht oder ließ sich nicht öffnen.",
    trail="Zeitpunkte des ersten Drucks",
    clock="Uhr",
    within="Rechtzeitig auf einem Bildschirm, innerhalb von",
    late="Zu spät auf einem Bildschirm, außerhalb von",
    unseen="Auf keinem Bildschirm angezeigt",
    events="Was geschah",
    who="wer",
    gateway="das System",
    presses="Drücke auf den Knopf",
    received="empfangen",
    companion="Telefon",
    unverified="Signatur nicht bestätigt",
    positions="Positionen",
    positions_note="Alle Positionen stehen in track.json.",
    first="erste",
    last="letzte",
    radius="Radius",
    method="bestimmt durch",
    deliveries="Wer ihn auf dem Bildschirm hatte",
    painted="angezeigt",
    notes="Notizen der Bediener",
    none="keine",
    integrity="Echtheit",
    integrity_note="Dieses Dokument ist eine lesbare Wiedergabe. Beweis sind die signierten Dateien "
    "daneben: siehe README.txt.",
    log="Versiegeltes Protokoll",
    seal_positions="Stellen in der Kette",
    key="Schlüssel",
    kinds={
        "alarm.raised": "Alarm durch Druck auf den Knopf",
        "alarm.pressed_again": "erneut gedrückt",
        "alarm.acknowledged": "von einem Bediener bestätigt",
        "alarm.acknowledgement_lapsed": "Bestätigung verfallen: kein Team entsandt",
        "alarm.taken_over": "übernommen",
        "alarm.escalated": "keine Antwort: weitergemeldet",
        "alarm.unit_assigned": "Team entsandt",
        "alarm.unit_status": "Zustand des Teams",
        "alarm.noted": "Notiz",
        "alarm.transferred": "übergeben",
        "alarm.crossed": "im Gebiet eines anderen CIC",
        "alarm.enriched": "Akte nachträglich geöffnet",
        "alarm.victim_moved": "das Opfer hat sich bewegt",
        "alarm.position_lost": "Position verloren",
        "alarm.position_restored": "Position wieder da",
        "alarm.tracking_ending": "Verfolgung läuft ab",
        "alarm.tracking_ended": "Verfolgung beendet",
        "alarm.cancel_requested": "Telefon bat um Abbruch",
        "alarm.closed": "abgeschlossen",
        "alarm.expired": "von selbst abgeschlossen",
        "alarm.reviewed": "nachgeprüft",
        "alarm.reopened": "wieder eröffnet",
    },
)

EN: Final = EvidenceWords(
    title="Evidence of an alarm",
    alarm="Alarm",
    reference="File",
    centre="CIC",
    purpose="Purpose",
    state="State",
    raised="Raised",
    outcome="Outcome",
    made="Made",
    made_by="for",
    by_system="whoever runs the system",
    person="Whom it is about",
    circumstances="Circumstances",
    circumstances_note="As they were shown with this alarm; what changed in the file later is not here.",
    unreadable="The file was erased or could not be opened.",
    trail="Instants of the first press",
    clock="clock",
    within="On a screen in time, within",
    late="On a screen too late, beyond",
    unseen="Drawn on no screen",
    events="What happened",
    who="who",
    gateway="the system",
    presses="Presses of the button",
    received="received",
    companion="phone",
    unverified="signature not confirmed",
    positions="Positions",
    positions_note="All positions are in track.json.",
    first="first",
    last="last",
    radius="radius",
    method="found by",
    deliveries="Who had it on the screen",
    painted="painted",
    notes="Operators' notes",
    none="none",
    integrity="Authenticity",
    integrity_note="This document is to be read. What proves are the signed files beside it: see README.txt.",
    log="Sealed log",
    seal_positions="places in the chain",
    key="Key",
    kinds={
        "alarm.raised": "alarm by a press of the button",
        "alarm.pressed_again": "pressed again",
        "alarm.acknowledged": "acknowledged by an operator",
        "alarm.acknowledgement_lapsed": "acknowledgement lapsed: no unit sent",
        "alarm.taken_over": "taken over",
        "alarm.escalated": "nobody answered: told further",
        "alarm.unit_assigned": "unit sent",
        "alarm.unit_status": "unit's status",
        "alarm.noted": "note",
        "alarm.transferred": "handed over",
        "alarm.crossed": "in another CIC's area",
        "alarm.enriched": "file opened after all",
        "alarm.victim_moved": "the victim moved",
        "alarm.position_lost": "position lost",
        "alarm.position_restored": "position back",
        "alarm.tracking_ending": "following about to end",
        "alarm.tracking_ended": "following ended",
        "alarm.cancel_requested": "her phone asked to cancel",
        "alarm.closed": "closed",
        "alarm.expired": "closed by itself",
        "alarm.reviewed": "reviewed",
        "alarm.reopened": "reopened",
    },
)

WORDS: Final[Mapping[str, EvidenceWords]] = {"nl": NL, "fr": FR, "de": DE, "en": EN}
