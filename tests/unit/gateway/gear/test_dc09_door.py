"""A frame and its answer, on fakes of the ports behind the door."""

import asyncio

import pytest

from gateway.gear.dc09.door import Answer, Dc09Door, Said
from gateway.gear.dc09.framing import Deframer, Frame
from schemas.events import (
    AlarmCause,
    AlarmRaised,
    ConditionKind,
    DeviceCondition,
    EventFate,
    EventType,
    PositionUpdated,
)
from tests.support.dc09_sender import Gear
from tests.support.gear import KEY, OWNER, GearStage


@pytest.fixture
def stage() -> GearStage:
    return GearStage()


@pytest.fixture
def door(stage: GearStage) -> Dc09Door:
    return stage.dc09()


@pytest.fixture
def panel(stage: GearStage) -> Gear:
    return Gear("1234", stage.clock.now, key=KEY)


@pytest.fixture
def in_clear(stage: GearStage) -> Gear:
    return Gear("C1EA", stage.clock.now)


def frame_of(raw: bytes) -> Frame:
    (frame,) = Deframer().feed(raw)
    return frame


async def answered(door: Dc09Door, raw: bytes) -> Answer:
    return await door.answer(frame_of(raw))


@pytest.mark.parametrize("size", [16, 24, 32])
async def test_a_panic_alarm_is_committed_and_then_acknowledged_encrypted(
    stage: GearStage, door: Dc09Door, size: int
) -> None:
    stage.accounts.add("5678", bytes(range(size)))
    panel = Gear("5678", stage.clock.now, key=bytes(range(size)))
    answer = await answered(door, panel.event("Nri1/PA01"))
    reply = panel.read(answer.reply)
    assert (reply.word, reply.sequence, reply.encrypted) == ("ACK", "0001", True)
    assert reply.content.endswith("|]_09:00:00,03-02-2026")
    (event,) = stage.intake.taken
    assert (event.type, event.subject, event.integrator) == (EventType.ALARM_RAISED, "dc09:5678", OWNER)
    assert event.dropped == ()
    assert event.time == stage.clock.now()
    assert isinstance(event.data, AlarmRaised)
    assert (event.data.cause, event.data.test) == (AlarmCause.BUTTON, False)
    assert event.data.text == "SIA PA Panic Alarm, 01"


async def test_it_is_acknowledged_after_the_commit_and_never_before(
    stage: GearStage, door: Dc09Door, panel: Gear
) -> None:
    reached, committed = asyncio.Event(), asyncio.Event()

    async def commit() -> None:
        reached.set()
        await committed.wait()

    stage.intake.before = commit
    answering = asyncio.create_task(answered(door, panel.event("Nri1/PA01")))
    await reached.wait()
    assert not answering.done()
    committed.set()
    assert (await answering).said is Said.ACK


async def test_a_resend_is_the_same_event_and_the_next_press_is_not(
    stage: GearStage, door: Dc09Door, panel: Gear
) -> None:
    assert (await answered(door, panel.event("Nri1/PA01", sequence="0007"))).said is Said.ACK
    stage.clock.advance(11)
    assert (await answered(door, panel.event("Nri1/PA01", sequence="0007"))).said is Said.ACK
    assert len(stage.intake.taken) == 1
    assert (await answered(door, panel.event("Nri1/PA01", sequence="0008"))).said is Said.ACK
    assert len(stage.intake.taken) == 2


async def test_a_panel_that_begins_counting_anew_is_heard(
    stage: GearStage, door: Dc09Door, panel: Gear
) -> None:
    await answered(door, panel.event("Nri1/PA01", sequence="0001"))
    stage.clock.advance(3600)
    await answered(door, panel.event("Nri1/PA01", sequence="0001"))
    assert len(stage.intake.taken) == 2


async def test_a_panel_that_does_not_count_is_heard_each_time(
    stage: GearStage, door: Dc09Door, panel: Gear
) -> None:
    await answered(door, panel.event("Nri1/PA01", sequence="0000"))
    stage.clock.advance(5)
    await answered(door, panel.event("Nri1/PA01", sequence="0000"))
    assert len(stage.intake.taken) == 2


@pytest.mark.parametrize("skew_s", [-41, 21, -7200, 3600])
async def test_an_alarm_with_a_wrong_clock_is_taken_told_the_time_and_not_raised_twice(
    stage: GearStage, door: Dc09Door, panel: Gear, skew_s: float
) -> None:
    panel.skew_s = skew_s
    first = await answered(door, panel.event("Nri1/PA01", sequence="0007"))
    reply = panel.read(first.reply)
    assert (reply.word, reply.encrypted, reply.content) == ("NAK", False, "]_09:00:00,03-02-2026")
    panel.skew_s = 0  # it sets its clock, and sends again
    assert (await answered(door, panel.event("Nri1/PA01", sequence="0007"))).said is Said.ACK
    (event,) = stage.intake.taken
    assert event.dropped == ("clock",)
    assert event.time is None
    assert isinstance(event.data, AlarmRaised)
    assert event.data.pressed_at is None


async def test_an_alarm_of_a_panel_that_cannot_set_its_clock_is_acknowledged_the_second_time(
    stage: GearStage, door: Dc09Door, panel: Gear
) -> None:
    panel.skew_s = -7200
    said = [(await answered(door, panel.event("Nri1/PA01", sequence="0007"))).said for _ in range(2)]
    assert said == [Said.NAK, Said.ACK]
    assert len(stage.intake.taken) == 1


async def test_good_news_with_a_wrong_clock_is_no_news(stage: GearStage, door: Dc09Door, panel: Gear) -> None:
    recorded = [panel.null(), panel.event("NRP0"), panel.event("NRX1"), panel.event("NOC1")]
    stage.clock.advance(60)  # played back a minute later, to pass for a life-sign
    for raw in (*recorded, *recorded):
        assert (await answered(door, raw)).said is Said.NAK
    assert stage.intake.taken == []
    assert (await answered(door, panel.event("NYT0", at=stage.clock.now()))).said is Said.ACK


@pytest.mark.parametrize("skew_s", [-40, 20])
async def test_the_window_is_the_standard_s(door: Dc09Door, panel: Gear, skew_s: float) -> None:
    panel.skew_s = skew_s
    assert (await answered(door, panel.null())).said is Said.ACK


async def test_supervision_is_a_life_sign(
    stage: GearStage, door: Dc09Door, panel: Gear, in_clear: Gear
) -> None:
    for gear in (panel, in_clear):
        assert gear.read((await answered(door, gear.null())).reply).word == "ACK"
    assert [event.data for event in stage.intake.taken] == [DeviceCondition(), DeviceCondition()]


@pytest.mark.parametrize(
    ("payload", "token", "data"),
    [
        ("Nri1/XT02", "SIA-DCS", DeviceCondition(condition=ConditionKind.BATTERY_LOW)),
        ("Nri1/YT0/TA1", "SIA-DCS", DeviceCondition(condition=ConditionKind.TAMPERED)),
        ("1384 00 001", "ADM-CID", DeviceCondition(condition=ConditionKind.BATTERY_LOW)),
        ("1602 00 000", "ADM-CID", DeviceCondition()),
        ("3120 00 001", "ADM-CID", DeviceCondition()),
    ],
)
async def test_a_condition_is_handed_on(
    stage: GearStage, door: Dc09Door, panel: Gear, payload: str, token: str, data: DeviceCondition
) -> None:
    assert (await answered(door, panel.event(payload, token=token))).said is Said.ACK
    assert [event.data for event in stage.intake.taken] == [data]


async def test_a_manual_test_is_a_test_alarm_and_a_cancel_a_wish(
    stage: GearStage, door: Dc09Door, panel: Gear
) -> None:
    await answered(door, panel.event("Nri1/RX01"))
    await answered(door, panel.event("NOC01"))
    test, cancel = stage.intake.taken
    assert isinstance(test.data, AlarmRaised)
    assert test.data.test
    assert cancel.type is EventType.CANCEL_REQUESTED


@pytest.mark.parametrize(
    ("payload", "token", "text"),
    [
        ("Nri1/QQ07", "SIA-DCS", "SIA QQ, 07"),
        ("1999 00 001", "ADM-CID", "Contact ID 1999, 001"),
        ("??what is this??", "SIA-DCS", "??what is this??"),
        ("not a contact id", "ADM-CID", "not a contact id"),
    ],
)
async def test_what_is_not_understood_of_a_known_account_is_raised_and_not_lost(
    stage: GearStage, door: Dc09Door, panel: Gear, payload: str, token: str, text: str
) -> None:
    assert (await answered(door, panel.event(payload, token=token))).said is Said.ACK
    (event,) = stage.intake.taken
    assert event.dropped == ("code",)
    assert isinstance(event.data, AlarmRaised)
    assert (event.data.cause, event.data.test) == (AlarmCause.OTHER, False)
    assert event.data.text == text


async def test_an_alarm_behind_a_test_in_one_message_is_raised(
    stage: GearStage, door: Dc09Door, panel: Gear
) -> None:
    await answered(door, panel.event("Nri1/RP0/PA02"))
    assert stage.types == [EventType.ALARM_RAISED, EventType.DEVICE_CONDITION]


async def test_extended_data_says_where_when_and_what(stage: GearStage, door: Dc09Door, panel: Gear) -> None:
    extended = "[H08:59:30,03-02-2026][X004E21.5][Y50N51.0][Z12.0M][ICafé, kelder][Vhttps://look.example/1]"
    await answered(door, panel.event("Nri1/PA01", extended=extended))
    (event,) = stage.intake.taken
    assert isinstance(event.data, AlarmRaised)
    (place,) = event.data.positions
    assert (round(place.latitude, 5), round(place.longitude, 5), place.radius_m) == (50.85, 4.35833, None)
    assert event.data.text == "SIA PA Panic Alarm, 01; Café, kelder; https://look.example/1"
    assert event.data.age_ms == 30_000
    assert event.dropped == ()


@pytest.mark.parametrize(
    "extended", ["[X004E61.5][Y50N51.0]", "[X004E21.5]", "[X999E1][Y99N1]", "[Xhere][Y?]"]
)
async def test_a_place_that_is_none_is_dropped_and_the_alarm_raised(
    stage: GearStage, door: Dc09Door, panel: Gear, extended: str
) -> None:
    assert (await answered(door, panel.event("Nri1/PA01", extended=extended))).said is Said.ACK
    (event,) = stage.intake.taken
    assert event.dropped == ("position",)


async def test_a_place_with_a_condition_is_an_update_of_it(
    stage: GearStage, door: Dc09Door, panel: Gear
) -> None:
    await answered(door, panel.event("Nri1/RP0", extended="[X004W21.5][Y50S51.0]"))
    moved, _ = stage.intake.taken
    assert isinstance(moved.data, PositionUpdated)
    assert moved.data.positions[0].latitude == -50.85


async def test_a_zone_that_is_linked_is_a_person_of_its_own(
    stage: GearStage, door: Dc09Door, panel: Gear
) -> None:
    stage.integrators.link("dc09:1234/02")
    await answered(door, panel.event("Nri1/PA02"))
    await answered(door, panel.event("Nri1/PA03"))
    assert [event.subject for event in stage.intake.taken] == ["dc09:1234/02", "dc09:1234"]


@pytest.mark.parametrize(
    "forged",
    [
        lambda stage: Gear("9999", stage.clock.now, key=KEY),
        lambda stage: Gear("1234", stage.clock.now, key=bytes(16)),
        lambda stage: Gear("1234", stage.clock.now),
        lambda stage: Gear("C1EA", stage.clock.now, key=KEY),
    ],
    ids=["unknown account", "wrong key", "in clear under a key", "encrypted without one"],
)
async def test_what_no_known_gear_sent_is_answered_duh_and_not_taken(
    stage: GearStage, door: Dc09Door, forged
) -> None:
    gear = forged(stage)
    answer = await answered(door, gear.event("Nri1/PA01"))
    assert (gear.read(answer.reply).word, answer.proved) == ("DUH", False)
    assert stage.intake.taken == []


async def test_a_broken_frame_is_answered_nak_with_our_time(
    stage: GearStage, door: Dc09Door, panel: Gear
) -> None:
    raw = panel.event("Nri1/PA01")
    for broken in (raw[:1] + b"0000" + raw[5:], b"\n????\r", raw.replace(b"L1", b"L?")):
        answer = await answered(door, broken)
        assert panel.read(answer.reply).word == "NAK"
    assert stage.intake.taken == []


@pytest.mark.parametrize(("fate", "word"), [(EventFate.REFUSED, Said.DUH), (EventFate.UNKNOWN, Said.NOTHING)])
async def test_what_is_not_kept_is_not_acknowledged(
    stage: GearStage, door: Dc09Door, panel: Gear, fate: EventFate, word: Said
) -> None:
    stage.intake.fate = fate
    assert (await answered(door, panel.event("Nri1/PA01"))).said is word


async def test_a_database_that_is_away_is_no_acknowledgement(
    stage: GearStage, door: Dc09Door, panel: Gear
) -> None:
    stage.integrators.away = True
    assert (await answered(door, panel.event("Nri1/PA01"))).said is Said.NOTHING


async def test_two_bytes_of_crc_are_answered_in_kind(
    stage: GearStage, door: Dc09Door, in_clear: Gear
) -> None:
    answer = await answered(door, in_clear.event("Nri1/PA01", binary_crc=True))
    assert answer.said is Said.ACK
    (reply,) = Deframer().feed(answer.reply)
    assert reply.whole
    assert reply.binary_crc
