"""Which events a message of AML is, for whom, and which are the same."""

from urllib.parse import urlencode
from uuid import UUID

import pytest

from gateway.domain.door_errors import ScopeMissing
from gateway.domain.errors import FieldInvalid
from gateway.domain.integrators import Integrator
from gateway.formats.aml import AmlMessage
from gateway.formats.aml_form import read_form
from gateway.ingest.aml import events_of
from schemas.events import CallReceived, EventType, PositionUpdated
from schemas.integrators import IntegratorScope
from tests.support.aml import AT, FORM, SMS_1, sms


def an_integrator(*scopes: IntegratorScope) -> Integrator:
    return Integrator(integrator_id=UUID(int=1), name="aml", scopes=frozenset(scopes), created_at=AT)


BOTH = an_integrator(IntegratorScope.POSITIONS, IntegratorScope.CALLS)


def test_a_form_is_a_call_and_a_position_as_far_as_the_account_goes() -> None:
    found = read_form(FORM, AT)
    call, place = events_of(BOTH, found, FORM)
    assert (call.type, place.type) == (EventType.CALL_RECEIVED, EventType.POSITION_UPDATED)
    assert isinstance(call.data, CallReceived)
    assert call.data.caller_number == call.subject == place.subject == "+447477593102"
    assert isinstance(place.data, PositionUpdated)
    assert place.data.positions == (found.position,)
    (alone,) = events_of(an_integrator(IntegratorScope.POSITIONS), found, FORM)
    assert alone.type is EventType.POSITION_UPDATED
    (alone,) = events_of(an_integrator(IntegratorScope.CALLS), found, FORM)
    assert alone.type is EventType.CALL_RECEIVED
    with pytest.raises(ScopeMissing):
        events_of(an_integrator(IntegratorScope.ALARMS), found, FORM)


def test_a_short_message_that_nobody_said_the_number_of_is_about_its_telephone() -> None:
    (alone,) = events_of(BOTH, sms(SMS_1), SMS_1.encode())
    assert alone.subject == "imei:353472104343540"
    with pytest.raises(FieldInvalid):
        events_of(BOTH, sms('A"ML=1;lt=1.0;lg=2.0;ml=0'), b"")


def test_one_fix_that_comes_twice_or_in_two_forms_is_one_event() -> None:
    form = {
        "device_number": "+32400000001",
        "location_latitude": "48.82639",
        "location_longitude": "-2.36619",
    }
    by_https = read_form(urlencode(form | {"location_time": "1573558168400"}).encode(), AT)
    by_sms = read_form(b"device_number=%2B32400000001", AT)
    short = AmlMessage(form=by_sms.form, number=by_sms.number, position=sms(SMS_1).position)
    ids = [
        {event.type: event.event_id for event in events_of(BOTH, message, raw)}
        for message, raw in ((by_https, b"a"), (by_https, b"a"), (short, b"b"))
    ]
    assert ids[0] == ids[1] == ids[2]
    later = read_form(urlencode(form | {"location_time": "1573558169400"}).encode(), AT)
    assert events_of(BOTH, later, b"c")[1].event_id != ids[0][EventType.POSITION_UPDATED]


def test_two_messages_of_unknown_instants_are_two_events_unless_they_are_the_same_bytes() -> None:
    form = read_form(b"device_number=%2B32400000001&location_latitude=1&location_longitude=2", AT)
    ids = [events_of(BOTH, form, raw)[1].event_id for raw in (b"a", b"a", b"b")]
    assert ids[0] == ids[1] != ids[2]
