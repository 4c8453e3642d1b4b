"""What a receiver is sent, and what a reader of a stream reads."""

import json
from dataclasses import replace
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from lxml import etree

from gateway.domain.receivers import Told
from gateway.door_timing import RECEIVER_BODY_MAX
from gateway.outbound.payload import Bodies
from schemas.alarm import AlarmView
from schemas.receivers import ReceiverFormat, ThinAlarm
from tests.support.alarms_told import AT, a_full_alarm
from tests.support.eido_schema import problems

BODIES = Bodies("msa.example")


def told(alarm: AlarmView | None = None, **changes: Any) -> Told:
    alarm = alarm or a_full_alarm()
    values: dict[str, Any] = {
        "centre": "BE-VOV",
        "epoch": "6b02eb41",
        "sequence": 42,
        "kind": "alarm.acknowledged",
        "at": AT,
        "alarm_id": alarm.alarm_id,
        "registration_id": alarm.registration_id,
        "purpose": alarm.purpose.value,
        "person": True,
        "alarm": alarm.model_dump_json().encode(),
        **changes,
    }
    return Told(**values)


def test_the_official_library_reads_an_event_and_finds_the_whole_alarm_in_it() -> None:
    alarm = a_full_alarm()
    made = BODIES.call(told(alarm), ReceiverFormat.CLOUDEVENTS, "cad")
    event = from_structured_event(HTTPMessage({"content-type": made.media_type}, made.body))
    assert (event.get_type(), event.get_source()) == ("be.msa.alarm.acknowledged", "/centres/BE-VOV")
    assert (event.get_id(), event.get_subject()) == ("6b02eb41:42", str(alarm.alarm_id))
    assert event.get_time() == AT
    assert event.get_extension("sequence") == "00000000000000000042"
    assert event.get_extension("purpose") == "real"
    assert AlarmView.model_validate(event.get_data()) == alarm


def test_what_is_too_long_for_a_call_is_sent_thin_and_whole_to_a_reader() -> None:
    alarm = a_full_alarm()
    long = alarm.model_copy(update={"flags": tuple(f"flag {number}" for number in range(3000))})
    thin = json.loads(BODIES.call(told(long), ReceiverFormat.CLOUDEVENTS, "cad").body)
    assert len(json.dumps(thin)) < 1000
    data = ThinAlarm.model_validate(thin["data"])
    assert data.href == "/v1/streams/BE-VOV?after=6b02eb41:41&limit=1&purpose=real"
    whole = BODIES.event(told(long), ReceiverFormat.CLOUDEVENTS, "cad")
    assert len(whole) > RECEIVER_BODY_MAX
    read = json.loads(whole)
    assert {name: read[name] for name in ("id", "source", "type", "time")} == {
        name: thin[name] for name in ("id", "source", "type", "time")
    }


def test_open_alarms_as_of_one_cursor_have_ids_of_their_own() -> None:
    one = json.loads(BODIES.event(told(snapshot=True), ReceiverFormat.CLOUDEVENTS, "cad"))
    assert one["id"] == f"6b02eb41:42:{one['subject']}"


@pytest.mark.parametrize("person", [True, False])
def test_eido_and_cap_are_sent_as_such_with_the_person_only_where_that_is_allowed(*, person: bool) -> None:
    alarm = a_full_alarm()
    assert alarm.person is not None
    name = alarm.person.victim.name
    eido = BODIES.call(told(alarm, person=person), ReceiverFormat.EIDO, "cad")
    assert problems(json.loads(eido.body)) == []
    cap = BODIES.call(told(alarm, person=person), ReceiverFormat.CAP, "cad")
    assert cap.media_type == "application/cap+xml"
    assert etree.fromstring(cap.body).findtext("{*}addresses") == "cad"
    assert (name in eido.body.decode()) is person
    assert person or name not in cap.body.decode()
    wrapped = json.loads(BODIES.event(told(alarm, person=person), ReceiverFormat.CAP, "cad"))
    assert (wrapped["datacontenttype"], wrapped["data"].encode()) == ("application/cap+xml", cap.body)


def test_an_alarm_of_a_later_version_is_told_a_reader_in_our_words_and_holds_nothing_up() -> None:
    later = json.loads(told().alarm)
    later["source"]["kind"] = "of_a_later_version"
    written = json.dumps(later).encode()
    for format_ in (ReceiverFormat.EIDO, ReceiverFormat.CAP):
        read = json.loads(BODIES.event(replace(told(), alarm=written), format_, "cad"))
        assert read["dataschema"] == "urn:msa:schema:v1:AlarmView"
        assert read["data"]["source"]["kind"] == "of_a_later_version"
