"""What the readable evidence says of what other systems did."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from gateway.domain.alarm import EventKind
from gateway.domain.casework.evidence_words import WORDS
from gateway.evidence_page import shown
from gateway.store.casework.evidence import Gathered
from gateway.store.casework.offender_evidence import OffenderEvidence, judged_in
from schemas.alarm import AlarmSource, SourceKind
from schemas.perimeters import Decision
from schemas.trail import AlarmTrail, Durations
from tests.support.dispatch import AT, an_alarm

PERIMETER = uuid4()
APP = AlarmSource(kind=SourceKind.APP_112, name="112 BE")


def a_judgement(sequence: int, *, p: float, inside: bool = True) -> dict[str, Any]:
    breach = {
        "perimeter_id": str(PERIMETER),
        "name": "Home",
        "certain": p >= 0.95,
        "probability": p,
        "distance_m": 350.4,
        "judged_at": (AT + timedelta(seconds=sequence)).isoformat(),
        "inside": inside,
    }
    return {**an_event("alarm.breached", breach=breach), "sequence": sequence}


def an_event(kind: str, **image: Any) -> dict[str, Any]:
    return {
        "centre_id": "BE-VOV",
        "sequence": 1,
        "at": AT,
        "kind": kind,
        "done_by": None,
        "image": {"centre": "BE-VOV", **image},
    }


HIS_EVENTS = [a_judgement(2, p=0.62), a_judgement(3, p=0.99), a_judgement(4, p=0.01, inside=False)]
HIS_FIX = {"fixed_at": AT.isoformat(), "latitude": 51.05, "longitude": 3.72, "radius_m": 25, "method": "gnss"}
THE_PERIMETER = {
    "perimeter_id": PERIMETER,
    "version": 2,
    "since": AT,
    "terms": None,
    "decision": Decision(reference="2026/123", authority="Rechtbank Gent", decided_on=AT.date()),
}


def a_page(language: str) -> dict[str, Any]:
    said = {"at": AT.isoformat(), "by": {"name": "112 BE"}, "text": "Help", "said_at": AT.isoformat()}
    alarm = an_alarm(source=APP)
    gathered = Gathered(
        alarm=alarm,
        sealed_version=1,
        events=[
            an_event("alarm.raised", source=APP.model_dump(mode="json")),
            an_event("alarm.pressed_again", source=AlarmSource().model_dump(mode="json")),
            an_event("alarm.raised"),
        ],
        links=[],
        presses=[],
        fixes=[],
        deliveries=[],
        commands=[],
        offender=OffenderEvidence(
            fixes=[HIS_FIX],
            judgements=judged_in([*HIS_EVENTS, HIS_EVENTS[0]]),
            perimeters=[THE_PERIMETER],
        ),
        notes=[{**said, "about": "alarm.message_received"}, {**said, "about": "alarm.noted"}],
    )
    trail = AlarmTrail(
        alarm_id=alarm.alarm_id,
        trail=alarm.trail,
        durations_ms=Durations(),
        budget_ms=1000,
        within_budget=None,
    )
    return shown(gathered, trail, {}, (AT, None, language), {"log": "", "positions": [], "key_id": ""})


@pytest.mark.parametrize("language", WORDS)
def test_it_says_where_an_alarm_came_from_and_who_said_what(language: str) -> None:
    words, page = WORDS[language], a_page(language)
    assert (words.source, f"{words.sources['app_112']} (112 BE)") in page["facts"]
    raised, again, older = (event["what"] for event in page["events"])
    assert raised == f"{words.alarm}: {words.sources['app_112']} (112 BE)"
    assert (again, older) == (words.kinds["alarm.pressed_again"], words.kinds["alarm.raised"])
    message, note = (one["text"] for one in page["notes"])
    assert message.startswith(f"[{words.kinds['alarm.message_received']}, ")
    assert note == "Help"


@pytest.mark.parametrize("language", WORDS)
def test_every_kind_of_event_and_source_has_words(language: str) -> None:
    assert set(WORDS[language].kinds) == set(EventKind)
    assert set(WORDS[language].sources) == set(SourceKind)


@pytest.mark.parametrize("language", WORDS)
def test_it_says_how_an_offender_was_judged_and_by_whose_decision(language: str) -> None:
    words, his = WORDS[language], a_page(language)["offender"]
    said = [(one["what"], one["probability"]) for one in his["judgements"]]
    assert said == [(words.maybe_inside, "62%"), (words.inside, "99%"), (words.outside, "1%")]
    assert his["perimeters"][0]["decision"].startswith("2026/123, Rechtbank Gent")
    assert his["positions"][0]["radius"] == "25 m"
