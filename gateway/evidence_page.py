"""What the readable evidence shows, as its template takes it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.domain.alarm import EventKind
from gateway.domain.casework.evidence_words import WORDS, EvidenceWords
from gateway.store.casework.evidence import Gathered
from schemas.alarm import NOTES_APART, SourceKind
from schemas.trail import AlarmTrail

BRUSSELS: Final = ZoneInfo("Europe/Brussels")


def shown(
    gathered: Gathered,
    trail: AlarmTrail,
    clocks: Mapping[str, str],
    made: tuple[datetime, Mapping[str, Any] | None, str],
    seal: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the data of the template ``evidence``. ``made``: when, for whom, in which language."""
    at, by, language = made
    words, alarm = WORDS[language], gathered.alarm
    return {
        "words": asdict(words),
        "language": language,
        "facts": [
            (words.alarm, str(alarm.alarm_id)),
            (words.reference, alarm.reference or "-"),
            (words.centre, alarm.centre),
            (words.purpose, alarm.purpose),
            (words.source, _source(alarm.source.model_dump(), words)),
            (words.raised, when(alarm.raised_at)),
            (words.state, alarm.state),
            (words.outcome, alarm.closure.outcome if alarm.closure else "-"),
            (words.made, f"{when(at)} {words.made_by} {by['name'] if by else words.by_system}"),
        ],
        "readable": alarm.enriched,
        "person": _person(gathered),
        "circumstances": [
            {"kind": one.kind, "severity": one.severity, "text": one.text} for one in alarm.circumstances
        ],
        "trail": _trail(trail, clocks, words),
        "events": [_event(row, words) for row in gathered.events],
        "presses": [
            {
                "at": when(one["received_at"]),
                "companion": str(one["companion_id"]),
                "said": "" if one["facts"].get("verified") else words.unverified,
            }
            for one in gathered.presses
        ],
        "positions": _positions(gathered.fixes, words),
        "offender": _offender(gathered, words),
        "deliveries": [
            {
                "at": when(one["painted_at"]),
                "centre": one["centre"],
                "operator": one["operator"] or str(one["operator_id"]),
                "console": str(one["console"]),
            }
            for one in gathered.deliveries
        ],
        "notes": [
            {
                "at": when(datetime.fromisoformat(one["at"])),
                "by": one["by"]["name"],
                "text": _note(one, words),
            }
            for one in gathered.notes
        ],
        "seal": [
            (words.log, seal["log"]),
            (words.seal_positions, ", ".join(map(str, seal["positions"]))),
            (words.key, seal["key_id"]),
        ],
    }


def when(at: datetime) -> str:
    """Return an instant as a Belgian clock shows it, with its offset."""
    local = at.astimezone(BRUSSELS)
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03} {local:%z}"


def _person(gathered: Gathered) -> list[str]:
    person = gathered.alarm.person
    if person is None:
        return []
    victim = person.victim
    lines = [victim.name, victim.phone or "", *(f"{one.label}: {one.text}" for one in victim.addresses)]
    if person.offender is not None:
        lines.append(f"{person.offender.name} ({person.offender.relation or '-'})")
    return [line for line in lines if line]


def _trail(trail: AlarmTrail, clocks: Mapping[str, str], words: EvidenceWords) -> dict[str, Any]:
    instants = [
        {"name": name, "at": when(at), "clock": clock}
        for name, clock in clocks.items()
        if (at := getattr(trail.trail, name)) is not None
    ]
    judged = {True: words.within, False: words.late, None: words.unseen}[trail.within_budget]
    budget = "" if trail.within_budget is None else f" {trail.budget_ms} ms"
    return {"instants": instants, "judged": judged + budget}


def _source(source: Mapping[str, Any], words: EvidenceWords) -> str:
    name = f" ({source['name']})" if source.get("name") else ""
    return words.sources.get(source["kind"], str(source["kind"])) + name


def _what(row: Any, words: EvidenceWords) -> str:
    """Say what happened; not by a press where another system raised it."""
    kind: str = row["kind"]
    source = row["image"].get("source") or {"kind": SourceKind.BUTTON}
    if kind in {EventKind.RAISED, EventKind.PRESSED_AGAIN} and source["kind"] != SourceKind.BUTTON:
        return f"{words.alarm}: {_source(source, words)}"
    return words.kinds.get(kind) or str(kind)


def _note(note: Mapping[str, Any], words: EvidenceWords) -> str:
    """Return what was written; of what another system said, also what it was and when it was said."""
    if note["about"] not in NOTES_APART:
        return str(note["text"])
    said_at = note.get("said_at") or note["at"]
    return f"[{words.kinds[note['about']]}, {when(datetime.fromisoformat(said_at))}] {note['text']}"


def _event(row: Any, words: EvidenceWords) -> dict[str, str]:
    by = row["done_by"]
    return {
        "place": f"{row['centre_id']} {row['sequence']}",
        "at": when(row["at"]),
        "what": _what(row, words),
        "who": by["name"] if by else words.gateway,
    }


def _positions(fixes: list[dict[str, Any]], words: EvidenceWords) -> list[dict[str, str]]:
    if not fixes:
        return []
    ends = [(words.first, fixes[0])] + ([(words.last, fixes[-1])] if len(fixes) > 1 else [])
    return [
        {
            "which": which,
            "at": when(datetime.fromisoformat(fix["fixed_at"])),
            "where": f"{fix['latitude']:.5f}, {fix['longitude']:.5f}",
            "radius": "-" if fix["radius_m"] is None else f"{fix['radius_m']:.0f} m",
            "method": fix["method"],
        }
        for which, fix in ends
    ]


def _offender(gathered: Gathered, words: EvidenceWords) -> dict[str, Any] | None:
    """Return what a perimeter had to do with it: by which decision, how he was judged, where he was."""
    his = gathered.offender
    if not his:
        return None
    return {
        "perimeters": [_perimeter(one, words) for one in his.perimeters],
        "judgements": [
            {
                "at": when(datetime.fromisoformat(one["judged_at"])),
                "what": _judged(one, words),
                "probability": f"{one['probability']:.0%}",
                "distance": "-" if one["distance_m"] is None else f"{one['distance_m']:.0f} m",
                "zone": one["name"],
            }
            for one in his.judgements
        ],
        "positions": _positions(his.fixes, words),
    }


def _judged(judgement: Mapping[str, Any], words: EvidenceWords) -> str:
    if not judgement["inside"]:
        return words.outside
    return words.inside if judgement["certain"] else words.maybe_inside


def _perimeter(one: Mapping[str, Any], words: EvidenceWords) -> dict[str, str]:
    decision, terms = one["decision"], one["terms"]
    decided = (
        "-" if decision is None else f"{decision.reference}, {decision.authority}, {decision.decided_on}"
    )
    return {
        "name": words.unreadable if terms is None else terms.name,
        "version": f"{one['version']} ({when(one['since'])})",
        "days": "-" if terms is None else f"{terms.starts_on} - {terms.ends_on}",
        "decision": decided,
    }
