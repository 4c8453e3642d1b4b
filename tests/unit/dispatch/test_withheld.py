"""What a console is told whose operator must not know of a file."""

import json
from uuid import UUID, uuid4

from dispatch.ports import Logged, Shown
from dispatch.withheld import Withheld
from tests.support.clock import START

KEPT, FREE, ALARM = uuid4(), uuid4(), uuid4()


def logged(payload: dict[str, object], alarm_id: UUID | None = None) -> Logged:
    return Logged(
        centre="BE-VOV",
        epoch="a1",
        sequence=7,
        kind="alarm.raised",
        at=START,
        alarm_id=alarm_id,
        payload=json.dumps(payload).encode(),
    )


def test_whatever_names_the_file_or_an_alarm_of_it_is_an_event_about_nothing() -> None:
    withheld = Withheld([KEPT])
    alarm = logged({"alarm": {"registration_id": str(KEPT)}}, ALARM)
    about = (
        alarm,
        logged({"unit": {"alarm_id": str(ALARM)}}),
        logged({"notice": {"subject": str(KEPT)}}),
        logged({"protection": {"registration_id": str(KEPT)}}),
    )
    for event in about:
        told = json.loads(withheld.told(event))
        assert (told["cursor"], told["kind"]) == ({"epoch": "a1", "sequence": 7}, "stream.withheld")
        assert not any(told[thing] for thing in ("alarm", "unit", "notice", "protection", "by"))
    assert not withheld.knows(ALARM)


def test_the_rest_is_told_byte_for_byte_and_only_of_it_where_she_is() -> None:
    withheld = Withheld([KEPT])
    event = logged({"alarm": {"registration_id": str(FREE)}}, ALARM)
    assert withheld.told(event) is event.payload
    assert withheld.knows(ALARM)
    assert not withheld.knows(uuid4()), "a position may come before its alarm is told"


def test_a_snapshot_has_neither_the_alarm_nor_the_unit_that_was_sent() -> None:
    withheld, other = Withheld([KEPT]), uuid4()
    things = [
        Shown("units", json.dumps({"alarm_id": str(ALARM)}).encode()),
        Shown("alarms", json.dumps({"alarm_id": str(ALARM), "registration_id": str(KEPT)}).encode()),
        Shown("alarms", json.dumps({"alarm_id": str(other), "registration_id": str(FREE)}).encode()),
    ]
    assert withheld.shown(things) == things[2:]
    assert withheld.knows(other)
