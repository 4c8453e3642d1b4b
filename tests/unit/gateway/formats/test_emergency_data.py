"""An alarm in PEMEA's shape: all that its roles need, but for the XML."""

from datetime import timedelta

import pytest

from gateway.formats.emergency_data import Capability, emergency_data
from gateway.formats.pidf_lo_in import read_pidf_lo
from schemas.outcome import Outcome
from schemas.press import Purpose
from tests.support.alarms_told import AT, a_full_alarm, an_alarm, closed_as, leaving


def test_it_holds_the_place_by_value_and_where_to_ask_for_the_next_one() -> None:
    data = emergency_data(a_full_alarm(), leaving(), "https://msa.example/pemea")
    assert data.location is not None
    position = read_pidf_lo(data.location, AT).position
    assert position is not None
    assert position.latitude == pytest.approx(a_full_alarm().positions[0].latitude)
    (more,) = data.more
    assert (more.uri, more.capability) == (leaving().location_url, Capability.LOCATION_UPDATE)
    assert data.on_error == "https://msa.example/pemea/errors"
    assert data.on_capability_support == "https://msa.example/pemea/capabilities"
    assert data.expires_at - data.timestamp == timedelta(minutes=1)
    assert data.caller == ("tel:+32400000001",)


def test_a_closed_alarm_gives_no_place_to_ask_and_a_test_says_that_it_is_one() -> None:
    data = emergency_data(closed_as(Outcome.SLIP, purpose=Purpose.TEST), leaving())
    assert (data.over, data.more, data.test, data.on_error) == (True, (), True, None)
    assert not emergency_data(an_alarm(), leaving()).test


def test_who_may_not_read_persons_is_told_no_number() -> None:
    assert emergency_data(a_full_alarm(), leaving(with_person=False)).caller == ()
