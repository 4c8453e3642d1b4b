"""The words of an answer in each language: what a council member reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerWords:
    """One language. What stands in braces is filled in; every sentence is whole in itself."""

    title: str
    country: str
    as_of: str
    provisional: str
    nothing: str
    users: str
    users_before: str
    all_years: str
    requests: str
    flows: str
    alarms: str
    alarms_fewer: str
    intervention: str
    genuine: str
    arrival: str
    arrival_soon: str
    answer: str
    months: str
    to_grant: str
    heads: tuple[str, ...]
    how: tuple[str, ...]
    hidden: str
    decimal: str


NL: Final = AnswerWords(
    title="Mobiel stalkingsalarm: antwoord in cijfers",
    country="België",
    as_of="Stand op {day}: alles wat tot het einde van die dag geregistreerd was.",
    provisional="Deze dag is nog niet voorbij: de cijfers zijn voorlopig.",
    nothing="Er zijn geen cijfers die meegedeeld kunnen worden.",
    users="In {year} hadden {n} personen een alarm.",
    users_before="In {year} waren dat er {n}.",
    all_years="Sinds {year} waren het er in totaal ongeveer {n} (afgerond op vijf).",
    requests="In {year} werden {n} alarmen aangevraagd en {granted} toegekend.",
    flows=(
        "In {year} kwamen er {new} alarmen bij en eindigden er {closed}; op het einde waren er "
        "{active} in gebruik."
    ),
    alarms="In {year} werd {n} keer alarm geslagen.",
    alarms_fewer=(
        "In {year} werd minder dan vijf keer alarm geslagen, of dat aantal kan niet worden meegedeeld."
    ),
    intervention=(
        "Sinds {year} kwam er na ongeveer {n} noodoproepen een ploeg ter plaatse (afgerond op vijf)."
    ),
    genuine="{n} daarvan betroffen een werkelijk gevaar.",
    arrival="De helft van de ploegen was binnen {n} minuten ter plaatse.",
    arrival_soon="{n} % was er binnen tien minuten.",
    answer="De meldkamer beantwoordde {n} % van de alarmen binnen 15 seconden.",
    months="De helft van de beëindigde alarmen was {n} maanden of korter in gebruik.",
    to_grant="De helft van de beslissingen viel binnen {n} dagen na de aanvraag.",
    heads=(
        "jaar",
        "personen met alarm",
        "nieuw",
        "beëindigd",
        "alarmen",
        "ploeg ter plaatse",
        "aanhoudingen",
    ),
    how=(
        (
            "Een persoon telt mee in elk jaar waarin haar alarm minstens één dag geïnstalleerd was, "
            "bij de zone die haar dossier het laatst had."
        ),
        (
            "Een alarm telt één keer, ook als meerdere meldkamers het zagen. Tests en oefeningen "
            "tellen niet mee."
        ),
        (
            "Werkelijk gevaar: aanhouding, dader weg of niet gevonden, feiten voorkomen. Vergissing en "
            "technische oorzaak tellen pas als een tweede persoon ze heeft nagekeken."
        ),
        "Aantallen onder vijf, nul inbegrepen, worden niet meegedeeld, noch wat toelaat ze te berekenen.",
    ),
    hidden="niet meegedeeld",
    decimal=",",
)

FR: Final = AnswerWords(
    title="Alarme mobile antiharcèlement : réponse en chiffres",
    country="Belgique",
    as_of="Situation au {day} : tout ce qui était enregistré à la fin de ce jour.",
    provisional="Ce jour n'est pas terminé : les chiffres sont provisoires.",
    nothing="Aucun chiffre ne peut être communiqué.",
    users="En {year}, {n} personnes avaient une alarme.",
    users_before="En {year}, elles étaient {n}.",
    all_years="Depuis {year}, elles ont été environ {n} au total (arrondi à cinq).",
    requests="En {year}, {n} alarmes ont été demandées et {granted} accordées.",
    flows=(
        "En {year}, {new} alarmes ont été installées et {closed} ont pris fin ; {active} étaient "
        "en service à la fin."
    ),
    alarms="En {year}, l'alarme a été donnée {n} fois.",
    alarms_fewer="En {year}, l'alarme a été donnée moins de cinq fois, ou ce nombre ne peut être communiqué.",
    intervention=(
        "Depuis {year}, une équipe est arrivée sur place après environ {n} appels d'urgence (arrondi à cinq)."
    ),
    genuine="{n} d'entre elles concernaient un danger réel.",
    arrival="La moitié des équipes étaient sur place dans les {n} minutes.",
    arrival_soon="{n} % y étaient dans les dix minutes.",
    answer="Le centre a répondu à {n} % des alarmes dans les 15 secondes.",
    months="La moitié des alarmes terminées ont servi {n} mois ou moins.",
    to_grant="La moitié des décisions sont tombées dans les {n} jours de la demande.",
    heads=(
        "année",
        "personnes avec alarme",
        "nouvelles",
        "terminées",
        "alarmes",
        "équipe sur place",
        "arrestations",
    ),
    how=(
        (
            "Une personne compte pour chaque année où son alarme était installée au moins un jour, "
            "dans la zone qui avait son dossier en dernier."
        ),
        (
            "Une alarme compte une fois, même si plusieurs centres l'ont vue. Les tests et exercices "
            "ne comptent pas."
        ),
        (
            "Danger réel : arrestation, auteur parti ou introuvable, faits empêchés. Erreur et cause "
            "technique ne comptent qu'après un second examen."
        ),
        (
            "Les nombres inférieurs à cinq, zéro compris, ne sont pas communiqués, ni ce qui "
            "permettrait de les calculer."
        ),
    ),
    hidden="non communiqué",
    decimal=",",
)

DE: Final = AnswerWords(
    title="Mobiler Stalking-Alarm: Antwort in Zahlen",
    country="Belgien",
    as_of="Stand am {day}: alles, was bis zum Ende dieses Tages erfasst war.",
    provisional="Dieser Tag ist noch nicht vorbei: die Zahlen sind vorläufig.",
    nothing="Es gibt keine Zahlen, die mitgeteilt werden können.",
    users="Im Jahr {year} hatten {n} Personen einen Alarm.",
    users_before="Im Jahr {year} waren es {n}.",
    all_years="Seit {year} waren es insgesamt etwa {n} (auf fünf gerundet).",
    requests="Im Jahr {year} wurden {n} Alarme beantragt und {granted} bewilligt.",
    flows="Im Jahr {year} kamen {new} Alarme hinzu und {closed} endeten; am Ende waren {active} in Gebrauch.",
    alarms="Im Jahr {year} wurde {n} Mal Alarm ausgelöst.",
    alarms_fewer=(
        "Im Jahr {year} wurde weniger als fünf Mal Alarm ausgelöst, oder die Zahl kann nicht "
        "mitgeteilt werden."
    ),
    intervention="Seit {year} kam nach etwa {n} Notrufen eine Streife vor Ort (auf fünf gerundet).",
    genuine="{n} davon betrafen eine wirkliche Gefahr.",
    arrival="Die Hälfte der Streifen war binnen {n} Minuten vor Ort.",
    arrival_soon="{n} % waren binnen zehn Minuten da.",
    answer="Die Leitstelle beantwortete {n} % der Alarme binnen 15 Sekunden.",
    months="Die Hälfte der beendeten Alarme war {n} Monate oder kürzer in Gebrauch.",
    to_grant="Die Hälfte der Entscheidungen fiel binnen {n} Tagen nach dem Antrag.",
    heads=("Jahr", "Personen mit Alarm", "neu", "beendet", "Alarme", "Streife vor Ort", "Festnahmen"),
    how=(
        (
            "Eine Person zählt in jedem Jahr, in dem ihr Alarm mindestens einen Tag installiert war, "
            "in der Zone, die ihre Akte zuletzt hatte."
        ),
        "Ein Alarm zählt einmal, auch wenn mehrere Leitstellen ihn sahen. Tests und Übungen zählen nicht.",
        (
            "Wirkliche Gefahr: Festnahme, Täter weg oder nicht gefunden, Tat verhindert. Versehen und "
            "technische Ursache zählen erst nach einer zweiten Prüfung."
        ),
        (
            "Zahlen unter fünf, auch null, werden nicht mitgeteilt, und nichts, woraus sie sich "
            "berechnen ließen."
        ),
    ),
    hidden="nicht mitgeteilt",
    decimal=",",
)

EN: Final = AnswerWords(
    title="Mobile stalking alarm: an answer in figures",
    country="Belgium",
    as_of="As of {day}: everything that was recorded until the end of that day.",
    provisional="This day is not over: the figures are provisional.",
    nothing="There are no figures that may be told.",
    users="In {year}, {n} persons had an alarm.",
    users_before="In {year} there were {n}.",
    all_years="Since {year} there were about {n} in all (rounded to five).",
    requests="In {year}, {n} alarms were requested and {granted} granted.",
    flows="In {year}, {new} alarms were installed and {closed} ended; {active} were in use at its end.",
    alarms="In {year} the alarm was raised {n} times.",
    alarms_fewer="In {year} the alarm was raised fewer than five times, or the number may not be told.",
    intervention="Since {year} a team came to the spot after about {n} emergency calls (rounded to five).",
    genuine="{n} of them concerned a real danger.",
    arrival="Half of the teams were on the spot within {n} minutes.",
    arrival_soon="{n} % were there within ten minutes.",
    answer="The control room answered {n} % of the alarms within 15 seconds.",
    months="Half of the alarms that ended had been in use for {n} months or less.",
    to_grant="Half of the decisions came within {n} days of the request.",
    heads=("year", "persons with an alarm", "new", "ended", "alarms", "team on the spot", "arrests"),
    how=(
        (
            "A person counts in each year in which her alarm was installed for a day or more, in the "
            "zone that had her file last."
        ),
        "An alarm counts once, also where several control rooms saw it. Tests and exercises do not count.",
        (
            "Real danger: an arrest, the offender gone or not found, an act prevented. A slip and a "
            "technical cause count only after a second look."
        ),
        "Numbers below five, nought included, are not told, nor what would let them be computed.",
    ),
    hidden="not told",
    decimal=".",
)

WORDS: Final[Mapping[str, AnswerWords]] = MappingProxyType({"nl": NL, "fr": FR, "de": DE, "en": EN})
