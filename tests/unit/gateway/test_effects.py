"""What each kind of event does: once, to the right alarm, by the right ports; the ports are fakes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.domain.alarm import EventKind
from gateway.domain.errors import (
    DatabaseUnavailable,
    FieldInvalid,
    NoOpenAlarm,
)
from gateway.domain.event_keys import key_of
from gateway.domain.happenings import BATTERY_TOLD_PCT
from gateway.effects.reach import TRIES
from schemas.alarm import AlarmState, AlarmView, Closure
from schemas.events import (
    CallReceived,
    CancelRequested,
    ChatSaid,
    ConditionKind,
    DeviceCondition,
    EventData,
    EventType,
    MedicalUpdated,
    PositionUpdated,
    TrackerCondition,
)
from schemas.hotspots import HotspotKind
from schemas.outcome import Outcome
from tests.support.dispatch import AT, an_alarm
from tests.support.effecting import HERE, NOW, World
from tests.support.events import APP, an_event, linked, stand_in_of


def with_an_alarm(**changes: Any) -> tuple[World, AlarmView]:
    alarm = an_alarm(**changes)
    return World(alarms={alarm.alarm_id: alarm}), alarm


async def twice(world: World, data: EventData, victim: UUID, **given: Any) -> None:
    event = an_event(data, **given)
    for _ in range(2):
        await world.effects().apply(event, linked(victim), NOW)


@pytest.mark.parametrize("model", [ChatSaid, MedicalUpdated])
def test_who_says_nothing_is_told_so_at_the_door(model: type[ChatSaid | MedicalUpdated]) -> None:
    with pytest.raises(ValidationError):
        model(text=" \n")


def test_every_type_of_event_is_done_here_or_has_a_lane_of_its_own() -> None:
    elsewhere = {EventType.ALARM_RAISED, EventType.TRACKER_MOVED, EventType.TRACKER_CONDITION}
    assert set(World().effects().handlers) == set(EventType) - elsewhere


async def test_an_event_of_another_lane_is_refused() -> None:
    with pytest.raises(FieldInvalid):
        await twice(World(), TrackerCondition(condition=ConditionKind.OK), uuid4())


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_two_events_have_the_same_key_only_if_source_and_id_are_the_same(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    keys = [
        key_of(replace(an_event(ChatSaid(text="x")), source=source, event_id=event_id))
        for source, event_id in (one, other)
    ]
    assert (keys[0] == keys[1]) is (one == other)


@pytest.mark.parametrize(
    ("data", "kind", "count"),
    [
        (ChatSaid(text="Help"), EventKind.MESSAGE_RECEIVED, "messages"),
        (MedicalUpdated(text="Diabetes"), EventKind.MEDICAL_RECEIVED, "medical"),
        (CallReceived(caller_number="0470 12 34 56"), EventKind.CALL_RECEIVED, "calls"),
    ],
)
async def test_what_is_said_is_a_note_by_the_integrator_once_though_others_slip_in(
    data: EventData, kind: EventKind, count: str
) -> None:
    world, alarm = with_an_alarm()
    world.slips = TRIES - 1
    await twice(world, data, alarm.registration_id, time=AT)
    (proposal,) = world.changes
    note = proposal.change.note
    assert note is not None
    assert (proposal.change.kind, note.about, getattr(proposal.change.alarm, count)) == (kind, kind, 1)
    assert (note.by.name, note.by.operator_id, note.by.centre) == (APP.name, APP.integrator_id, None)
    assert (note.at, note.said_at) == (NOW, AT)
    assert proposal.change.alarm.state is alarm.state
    assert proposal.change.alarm.news_version == alarm.news_version


async def test_what_changes_without_end_is_tried_again_later() -> None:
    world, alarm = with_an_alarm()
    world.slips = 99
    with pytest.raises(DatabaseUnavailable):
        await twice(world, ChatSaid(text="Help"), alarm.registration_id)


async def test_who_is_linked_while_her_alarm_is_open_is_heard_on_it() -> None:
    event = an_event(ChatSaid(text="Help"))
    stood_in = stand_in_of(event).registration_id
    world, alarm = with_an_alarm(registration_id=stood_in)
    file = uuid4()
    for data in (
        ChatSaid(text="Help"),
        MedicalUpdated(text="x"),
        CallReceived(caller_number="0470 12 34 56"),
        CancelRequested(),
        DeviceCondition(),
    ):
        await twice(world, data, file)
    assert {one.change.alarm.alarm_id for one in world.changes} == {alarm.alarm_id}
    assert len(world.changes) == 5
    await twice(world, PositionUpdated(positions=(HERE,)), file)
    assert {batch.registration_id for batch in world.batches} == {stood_in}
    assert len(world.heard) == 2, "her device is supervised with her file"


@pytest.mark.parametrize("data", [ChatSaid(text="x"), MedicalUpdated(text="x"), CancelRequested()])
async def test_without_an_open_alarm_what_may_have_overtaken_it_waits(data: EventData) -> None:
    with pytest.raises(NoOpenAlarm):
        await twice(World(), data, uuid4())


CLOSURE = Closure(at=AT, by=None, outcome=Outcome.OFFENDER_GONE)


async def test_what_she_says_after_the_closing_raises_her_alarm_again_once_with_her_words_on_it() -> None:
    world, alarm = with_an_alarm(state=AlarmState.CLOSED, closure=CLOSURE)
    event = an_event(ChatSaid(text="He is back"), time=AT - timedelta(seconds=5))  # nobody had seen it
    with pytest.raises(NoOpenAlarm):  # an alarm of hers may be on its way
        await world.effects().apply(event, linked(alarm.registration_id), NOW)
    for _ in range(2):
        await world.effects().apply(event, linked(alarm.registration_id), AT)
    again, said = (one.change for one in world.changes)
    assert (again.kind, said.kind) == (EventKind.REOPENED, EventKind.MESSAGE_RECEIVED)
    assert (again.note and again.note.text) == (said.note and said.note.text) == "He is back"
    assert again.due, "it climbs the ladder as any alarm"
    now = world.alarms[alarm.alarm_id]
    assert (now.state, now.messages, now.reopened) == (AlarmState.RAISED, 1, 1)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (ChatSaid(text="All is well?", by_centre=True), NOW),
        (MedicalUpdated(text="Diabetes"), NOW),
        (ChatSaid(text="Help"), AT - timedelta(hours=1)),
    ],
)
async def test_what_else_is_said_after_the_closing_is_kept_with_the_alarm_which_stays_closed(
    data: EventData, said: datetime
) -> None:
    world, alarm = with_an_alarm(state=AlarmState.CLOSED, closure=CLOSURE)
    event = an_event(data, time=said)
    for _ in range(2):
        await world.effects().apply(event, linked(alarm.registration_id), AT)
    (kept,) = (one.change for one in world.changes)
    assert (kept.kind, kept.alarm.state) == (EventKind.NOTED, AlarmState.CLOSED)
    assert kept.note is not None
    assert (kept.note.text, kept.note.by.name) == (getattr(data, "text", None), APP.name)


async def test_long_after_the_closing_what_is_said_is_looked_at_by_hand() -> None:
    long_ago = CLOSURE.model_copy(update={"at": AT - timedelta(days=2)})
    world, alarm = with_an_alarm(state=AlarmState.CLOSED, closure=long_ago)
    with pytest.raises(NoOpenAlarm):
        await world.effects().apply(an_event(ChatSaid(text="x")), linked(alarm.registration_id), AT)


async def test_a_wish_to_cancel_of_an_alarm_that_was_closed_since_is_done_with() -> None:
    world, alarm = with_an_alarm(state=AlarmState.CLOSED)
    await twice(world, CancelRequested(), alarm.registration_id, time=AT)
    with pytest.raises(NoOpenAlarm):
        await twice(world, CancelRequested(), alarm.registration_id, time=NOW)


async def test_a_wish_to_cancel_lowers_nothing_and_counts_once() -> None:
    world, alarm = with_an_alarm()
    await twice(world, CancelRequested(word="x"), alarm.registration_id)
    (proposal,) = world.changes
    cancel = proposal.change.alarm.cancel
    assert cancel is not None
    assert (cancel.count, cancel.word, proposal.change.alarm.state) == (1, "unknown", AlarmState.RAISED)


async def test_fixes_are_placed_by_the_event_and_have_the_same_ids_each_time() -> None:
    world, alarm = with_an_alarm()
    aged = HERE.model_copy(update={"age_s": 5.0, "fixed_at": NOW})
    await twice(world, PositionUpdated(positions=(HERE, aged)), alarm.registration_id, time=AT)
    one, other = world.batches
    assert one == other
    assert [fix.index for fix in one.fixes] == [1, 2]
    assert [fix.position.fixed_at for fix in one.fixes] == [AT, AT - timedelta(seconds=5)]
    world.full = True
    with pytest.raises(DatabaseUnavailable):
        await twice(world, PositionUpdated(positions=(HERE,)), alarm.registration_id)
    await twice(World(), PositionUpdated(positions=(HERE,)), uuid4())  # nothing is kept, and it is done


async def test_a_call_is_on_her_alarm_before_it_is_held_against_flags_and_her_own_say_nothing() -> None:
    world, alarm = with_an_alarm()
    world.flag("BE-VOV", alarm.registration_id)
    call = CallReceived(caller_number="0470 12 34 56", position=HERE)
    await world.effects().apply(an_event(call), linked(alarm.registration_id), NOW)
    assert world.steps == ["commit", "fixes", "flags", "flags"]
    assert world.notices == []
    world.flag("BE-VOV", None)
    await twice(world, call, alarm.registration_id)
    assert {notice.detail["by_hand"] for _, notice in world.notices} == {1}


async def test_a_flagged_call_is_told_where_the_flag_is_and_where_the_call_was_made() -> None:
    world, theirs = World(), uuid4()
    world.flag("BE-VOV", theirs)
    world.flag("BE-VOV", None, HotspotKind.ADDRESS)
    there = HERE.model_copy(update={"longitude": 4.4})
    call = CallReceived(caller_number="0470 12 34 56", address="Kouter 1", position=there, called_at=AT)
    await world.effects().apply(an_event(call), linked(known=False), NOW)
    told = [(centre, notice.audience[0], notice.reference) for centre, notice in world.notices]
    assert told == [
        ("BE-VAN", "everybody", None),
        ("BE-VOV", "everybody", None),
        ("BE-VOV", "case_team", "file BE-VOV"),
    ]
    detail = {"files": 1, "by_hand": 1, "called_at": AT.isoformat()}
    assert [notice.detail for _, notice in world.notices[:2]] == [detail, detail]
    assert "470" not in str(world.notices)
    assert "Kouter" not in str(world.notices)


async def test_a_trial_is_told_nothing_of_real_files() -> None:
    world = World()
    world.flag("BE-VOV", uuid4())
    event = an_event(CallReceived(caller_number="0470 12 34 56"))
    trial = replace(event, integrator=replace(APP, sandbox=True))
    await world.effects().apply(trial, linked(known=False), NOW)
    assert (world.steps, world.notices) == ([], [])


async def test_a_call_that_matches_nothing_leaves_nothing() -> None:
    world = World()
    await twice(world, CallReceived(caller_number="0470 12 34 56"), uuid4())
    assert (world.changes, world.batches, world.notices) == ([], [], [])


async def test_a_device_is_supervised_where_there_is_a_file_and_told_with_an_alarm_when_it_is_news() -> None:
    world, alarm = with_an_alarm()
    low = DeviceCondition(condition=ConditionKind.BATTERY_LOW, battery_pct=12)
    await twice(world, low, alarm.registration_id)
    near = low.model_copy(update={"battery_pct": 12 + BATTERY_TOLD_PCT - 1})
    await twice(world, near, alarm.registration_id)
    assert [one.change.kind for one in world.changes] == [EventKind.DEVICE_REPORTED]
    assert len(world.heard) == 4
    await world.effects().apply(an_event(low), linked(known=False), NOW)
    assert len(world.heard) == 4
