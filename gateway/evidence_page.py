"""What the readable evidence shows, as its template takes it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.domain.casework.evidence_words import WORDS, EvidenceWords
from gateway.store.casework.evidence import Gathered
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
            {"at": when(datetime.fromisoformat(one["at"])), "by": one["by"]["name"], "text": one["text"]}
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


def _event(row: Any, words: EvidenceWords) -> dict[str, str]:
    by = row["done_by"]
    return {
        "place": f"{row['centre_id']} {row['sequence']}",
        "at": when(row["at"]),
        "what": words.kinds.get(row["kind"], row["kind"]),
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
