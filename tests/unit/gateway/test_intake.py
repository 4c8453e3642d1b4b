"""What a door is answered, on fakes of the ports: an alarm's own, and what came with it."""

from collections.abc import Sequence
from typing import Any

from gateway.domain.errors import Overloaded
from gateway.ingest.intake import EventIntake, NoTrackers, said_with
from gateway.ports.inbox import Delivered, Letter
from gateway.store.doors.stand_in_names import StandInNames
from schemas.events import AlarmRaised, ChatSaid, EventFate, ReportedPerson
from tests.support.clock import VirtualClock
from tests.support.events import THEN, an_event
from tests.support.inbox import KEYRING, Raised


class FullInbox:
    """Takes nothing."""

    async def deliver(self, letters: Sequence[Letter]) -> tuple[Delivered, ...]:
        raise Overloaded


async def test_who_raises_an_alarm_is_told_where_what_was_said_with_it_is_not_kept() -> None:
    alarms: Any = Raised()
    full: Any = FullInbox()
    alarm, mute = an_event(AlarmRaised(text="He is here")), an_event(AlarmRaised())
    intake = EventIntake(alarms, full, NoTrackers(), StandInNames(KEYRING).lane, VirtualClock(THEN))
    answers = await intake.take([alarm, mute], THEN)
    assert [one.fate for one in answers] == [EventFate.COMMITTED] * 2
    assert [one.flags for one in answers] == [("text_not_kept",), ()]


def test_on_a_stand_in_that_several_share_it_is_said_who_it_is_about() -> None:
    person = ReportedPerson(name="Mira", phone="+32470123456")
    told = said_with(an_event(AlarmRaised(person=person, text="He is here")), shared=True)
    assert told is not None
    assert told.data == ChatSaid(text="Mira +32470123456 He is here")
    unnamed = said_with(an_event(AlarmRaised()), shared=True)
    assert unnamed is not None
    assert unnamed.data == ChatSaid(text=unnamed.subject)
    assert said_with(an_event(AlarmRaised())) is None
