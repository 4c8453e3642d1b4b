import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.integrators import Inbound, Integrator
from gateway.http.doors.event_requests import Mode, read_headers
from gateway.ingest.cloud_event import Unread, read_batch, read_binary, read_member, read_structured
from gateway.ingest.event_results import digest_of
from schemas.events import AlarmRaised, CallReceived, EventType, PositionUpdated
from schemas.integrators import IntegratorScope

INTEGRATOR = Integrator(
    integrator_id=uuid4(),
    name="App",
    scopes=frozenset(IntegratorScope),
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)
POSITION = {"latitude": 51.05, "longitude": 3.72, "fixed_at": "2026-01-01T00:00:00Z"}


def an_event(**changes: Any) -> dict[str, Any]:
    event = {
        "specversion": "1.0",
        "type": "be.msa.alarm.raised",
        "source": "//app/1",
        "id": "e1",
        "subject": "acc-1",
        "data": {"cause": "app", "positions": [POSITION]},
    }
    return {name: value for name, value in {**event, **changes}.items() if value is not ...}


def read(event: Mapping[str, Any]) -> Inbound:
    found = read_structured(INTEGRATOR, json.dumps(event).encode())
    assert isinstance(found, Inbound), found
    return found


def refused(event: Mapping[str, Any]) -> Unread:
    found = read_structured(INTEGRATOR, json.dumps(event).encode())
    assert isinstance(found, Unread), found
    return found


def test_what_the_sdk_writes_is_read_alike_in_each_mode() -> None:
    attributes = {
        "type": "be.msa.alarm.raised",
        "source": "//app/1",
        "id": 'é "100%"',
        "subject": "acc-1",
        "time": datetime(2026, 1, 1, tzinfo=UTC),
        "datacontenttype": "application/json",
    }
    event = CloudEvent(attributes, {"text": "hulp", "positions": [POSITION]})
    binary = to_binary_event(event)
    headers = read_headers((name.encode(), value.encode("latin-1")) for name, value in binary.headers.items())
    assert headers.mode is Mode.BINARY
    one = read_binary(INTEGRATOR, headers.attributes, headers.content_type, binary.body)
    other = read_structured(INTEGRATOR, to_structured_event(event).body)
    assert isinstance(one, Inbound)
    assert isinstance(other, Inbound)
    assert (one.source, one.event_id, one.subject, one.time, one.data, one.dropped) == (
        other.source,
        other.event_id,
        other.subject,
        other.time,
        other.data,
        other.dropped,
    )
    assert one.event_id == 'é "100%"'
    assert one.dropped == ()
    assert digest_of(one) == digest_of(other)


@pytest.mark.parametrize(
    ("changes", "dropped"),
    [
        ({"time": "yesterday"}, "time"),
        ({"datacontenttype": 7}, "datacontenttype"),
        ({"dataschema": "urn:msa:event:be.msa.alarm.raised:99"}, "dataschema"),
        ({"Broken Extension": "x"}, "extension"),
        ({"data": "no json"}, "data"),
        ({"data": ...}, None),
        ({"data": {"battery_pct": 400}}, "data.battery_pct"),
        ({"data": {"person": {"name": "A", "languages": 7}}}, "data.person"),
        ({"data": {"positions": [POSITION, {"latitude": 900}]}}, "data.positions"),
        ({"data": {"positions": "here"}}, "data.positions"),
        ({"id": ...}, "id"),
        ({"source": 5}, "source"),
        ({"specversion": "7"}, "specversion"),
        ({"subject": "+32 475 12 34 56"}, "subject"),
        ({"subject": ...}, "subject"),
        ({"id": "x" * 5000}, "id"),
    ],
)
def test_an_alarm_with_something_broken_is_an_alarm(changes: dict[str, Any], dropped: str | None) -> None:
    found = read(an_event(**changes))
    assert found.type is EventType.ALARM_RAISED
    assert found.dropped == ((dropped,) if dropped else ())


def test_of_a_broken_part_what_is_right_stays() -> None:
    data = {
        "person": {"name": "Ann", "languages": 7},
        "positions": [{**POSITION, "radius_m": "wide"}, {"latitude": 900}],
    }
    found = read(an_event(data=data)).data
    assert isinstance(found, AlarmRaised)
    assert found.person is not None
    assert found.person.name == "Ann"
    assert [one.latitude for one in found.positions] == [51.05]
    assert found.positions[0].radius_m is None


def test_an_alarm_in_a_body_cut_off_in_its_middle_is_an_alarm() -> None:
    body = json.dumps(an_event()).encode()
    found = read_structured(INTEGRATOR, body[: body.index(b"cause")])
    assert isinstance(found, Inbound)
    assert (found.event_id, found.source, found.subject) == ("e1", "//app/1", "acc-1")
    assert "body" in found.dropped


def test_a_broken_alarm_sent_again_is_the_same_one_and_another_is_not() -> None:
    first, again, other = (read(an_event(id=..., source=..., subject=subject)) for subject in ("a", "a", "b"))
    assert (first.source, first.event_id) == (again.source, again.event_id)
    assert (first.source, first.event_id) != (other.source, other.event_id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"type": "be.msa.unheard.of"}, "type"),
        ({"type": ...}, "type"),
        ({"type": "be.msa.chat.said", "data": {"text": "x"}, "id": ...}, "id"),
        ({"type": "be.msa.chat.said", "data": {"text": "x"}, "specversion": "0.3"}, "specversion"),
        ({"type": "be.msa.chat.said", "data": {"text": "x"}, "subject": "a b"}, "subject"),
        ({"type": "be.msa.chat.said", "data": {}}, "text"),
        (
            {
                "type": "be.msa.chat.said",
                "data": {"text": "x"},
                "dataschema": "urn:msa:event:be.msa.chat.said:2",
            },
            "dataschema",
        ),
        ({"type": "be.msa.position.updated", "data": {"positions": [{"latitude": 1}]}}, "positions"),
    ],
)
def test_what_is_no_alarm_and_lacks_something_needed_is_refused_by_name(
    changes: dict[str, Any], field: str
) -> None:
    problem = refused(an_event(**changes)).refused
    assert [one.field for one in getattr(problem, "errors", ())] == [field]


def test_an_unknown_type_is_told_every_type_and_version_that_is_known() -> None:
    words = str(refused(an_event(type="be.msa.unheard.of")).refused)
    assert all(f"{kind}:1" in words for kind in EventType)


def test_a_call_is_about_its_callers_number() -> None:
    found = read(an_event(type="be.msa.call.received", subject=..., data={"caller_number": "+32 475 12"}))
    assert isinstance(found.data, CallReceived)
    assert found.subject == "+3247512"


def test_the_newest_positions_are_kept_of_too_many() -> None:
    many = [{**POSITION, "latitude": 50 + index / 100} for index in range(30)]
    found = read(an_event(type="be.msa.position.updated", data={"positions": many}))
    assert isinstance(found.data, PositionUpdated)
    assert [one.latitude for one in found.data.positions] == [one["latitude"] for one in many[-20:]]
    assert found.dropped == ("data.positions",)


def test_its_age_is_no_part_of_what_an_alarm_says() -> None:
    first, later, other = (
        read(an_event(data=data)) for data in ({"age_ms": 1}, {"age_ms": 900}, {"battery_pct": 3})
    )
    assert digest_of(first) == digest_of(later) != digest_of(other)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
SOMEHOW = st.fixed_dictionaries(
    {"type": st.sampled_from(list(EventType)) | JSON},
    optional={
        name: JSON | st.just(an_event().get(name))
        for name in ("specversion", "source", "id", "subject", "time", "dataschema", "data", "data_base64")
    },
)


@given(body=st.binary(max_size=300) | SOMEHOW.map(lambda one: json.dumps(one).encode()))
def test_any_body_is_read_or_refused_and_any_that_says_alarm_is_one(body: bytes) -> None:
    found = read_structured(INTEGRATOR, body)
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return
    if isinstance(sent, dict) and sent.get("type") == EventType.ALARM_RAISED:
        assert isinstance(found, Inbound)
        assert len(found.subject) <= 128
        assert found.event_id


@given(sent=SOMEHOW | JSON)
def test_any_member_of_a_batch_is_read_or_refused(sent: Any) -> None:
    read_member(INTEGRATOR, sent)
    read_batch(json.dumps([sent]).encode())


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from([b"ce-id", b"ce-type", b"CE-Time", b"ce-", b"content-type"])
            | st.binary(max_size=9),
            st.binary(max_size=40) | st.just(b"be.msa.alarm.raised"),
        ),
        max_size=12,
    ),
    body=st.binary(max_size=60),
)
def test_any_headers_are_read_or_refused(headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    found = read_headers(headers)
    read = read_binary(INTEGRATOR, found.attributes, found.content_type, body)
    if found.attributes.get("type") == EventType.ALARM_RAISED:
        assert isinstance(read, Inbound)


@pytest.mark.parametrize("depth", [50, 100_000])
def test_what_is_nested_without_end_is_refused_or_an_alarm_without_it(depth: int) -> None:
    body = json.dumps(an_event(data=...)).encode()[:-1] + b', "data": ' + b"[" * depth
    assert isinstance(read_structured(INTEGRATOR, body), Inbound)
    whole = body + b"]" * depth + b"}"
    assert isinstance(read_structured(INTEGRATOR, whole), Inbound)
    assert read_batch(b"[" * depth) is None


def test_of_an_alarm_s_long_text_the_beginning_is_kept() -> None:
    found = read(an_event(data={"text": f" Hij staat voor de deur.{'.' * 2000}"}))
    assert isinstance(found.data, AlarmRaised)
    assert found.data.text is not None
    assert found.data.text.startswith("Hij staat voor de deur.")
    assert (len(found.data.text), found.dropped) == (1000, ("data.text",))
