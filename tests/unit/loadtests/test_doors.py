"""What events of other systems cost presses: compared, and every event that was not kept is found."""

import json
from uuid import UUID

from loadtests.door import Sent
from loadtests.integrators import BATCH, EventMaker, Events, EventTally
from loadtests.judge import Delivered
from loadtests.measured import Faults, Spread
from loadtests.moments import WallClock
from loadtests.profiles.doors import DOORS
from loadtests.profiles.doors_report import EVENTS_PER_S, Phase, report
from loadtests.samples import GENT
from schemas.events import BatchAnswer, CloudEventIn, EventFate, EventResult
from schemas.problems import Problem, ProblemKind


def answered(events: int, *fates: EventFate, status: int = 200) -> Sent[Events]:
    def result(fate: EventFate) -> EventResult:
        problem = Problem.of(ProblemKind.INVALID) if fate is EventFate.REFUSED else None
        return EventResult(fate=fate, problem=problem)

    sent = Sent(Events(b"", events), 1_000_000)
    sent.answered, sent.status = 2_000_000, status
    sent.body = BatchAnswer(results=tuple(map(result, fates))).model_dump_json().encode()
    return sent


def a_phase(p99: float, *sent: Sent[Events], visited: bool = True, lag_s: float | None = 0.5) -> Phase:
    spread = Spread(1.0, p99, p99)
    return Phase(
        visited=visited,
        seconds=1.0,
        tally=EventTally(list(sent)),
        presses=Delivered(receipt=spread, last=spread, commit=spread),
        lag_s=lag_s,
        turn=None,
        before=None,
        after=None,
        faults=Faults(),
    )


def figures(*phases: Phase) -> dict[str, object]:
    return {one.key: one.value for one in report(DOORS.plan, phases).figures}


def test_presses_with_events_are_compared_with_those_without() -> None:
    found = report(DOORS.plan, [a_phase(10.0, visited=False), a_phase(13.0)])
    ratio = next(one for one in found.figures if one.key == "receipt_p99_ratio")
    assert (ratio.value, ratio.met) == (1.3, False)
    assert figures(a_phase(10.0, visited=False), a_phase(11.0))["last_p99_ratio"] == 1.1


def test_what_was_kept_is_counted_and_what_was_not_is_a_fault() -> None:
    kept = answered(2, EventFate.ACCEPTED, EventFate.COALESCED)
    whole = report(DOORS.plan, [a_phase(1.0, visited=False), a_phase(1.0, kept)])
    assert whole.faults.none
    refused = answered(1, EventFate.REFUSED)
    lost = Sent(Events(b"", 50), 1)
    found = report(DOORS.plan, [a_phase(1.0, kept, refused, lost)])
    assert found.faults.broken == (
        "51 events were not kept: {'accepted': 1, 'coalesced': 1, 'refused': 1, 'unanswered': 50}",
    )
    assert not report(DOORS.plan, [a_phase(1.0, kept, lag_s=None)]).faults.none


def test_every_event_that_is_made_is_one_that_is_taken() -> None:
    maker = EventMaker("http://gateway", "token", 10, GENT, WallClock())
    request = maker.batch(1, 120).request
    head, _, body = request.partition(b"\r\n\r\n")
    events = [CloudEventIn.model_validate(one) for one in json.loads(body)]
    assert BATCH.encode() in head
    assert len({(one.source, one.id) for one in events}) == 120
    assert len({one.type for one in events}) == 3
    assert EVENTS_PER_S == 500
    assert UUID(hex=events[0].id)
