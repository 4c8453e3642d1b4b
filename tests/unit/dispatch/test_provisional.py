"""Presses that are only kept, on their way to consoles: whoever attaches knows them all, and nobody waits."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dispatch import timing
from dispatch.hub import Hub
from dispatch.lane import Console
from dispatch.ports import Logged
from dispatch.provisional import OnlyKept, Provisionals
from dispatch.websocket import Endpoint
from dispatch.withheld import Withheld
from schemas.frames import Cursor, Event, Provisional, server_frame
from schemas.press import Purpose
from tests.support.clock import VirtualClock
from tests.support.dispatch import AT, Counts, MemoryLog, MemoryOutlet, a_console, an_alarm
from tests.support.tasks import running
from tests.unit.dispatch.test_websocket import Socket, signed_in, turns

CENTRE, OTHER = "BE-VOV", "BE-VAN"


class Room:
    """Presses that are only kept, and consoles attached to a centre."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.counts = Counts()
        self.provisionals = Provisionals(self.clock, self.counts)

    def a_console(self, *centres: str, **how: Any) -> tuple[Console, MemoryOutlet]:
        console, outlet, _ = a_console()
        for name, value in how.items():
            setattr(console, name, value)
        self.provisionals.attached(console, centres or (CENTRE,))
        return console, outlet


@pytest.fixture
def room() -> Room:
    return Room()


def a_press(purpose: Purpose = Purpose.REAL, *, words: int = 0, **changes: Any) -> OnlyKept:
    alarm = an_alarm(purpose=purpose, flags=("x" * words,) if words else ())
    frame = Provisional(centre=CENTRE, press_id=uuid4(), node="a", kept_at=AT, alarm=alarm)
    press = OnlyKept(
        centre=CENTRE,
        press_id=frame.press_id,
        registration_id=alarm.registration_id,
        node="a",
        purpose=purpose,
        pressed_at=alarm.last_pressed_at,
        received_at=AT,
        owned=True,
        payload=frame.model_dump_json().encode(),
    )
    return replace(press, **changes)


def told(outlet: MemoryOutlet) -> list[UUID]:
    frames = [
        server_frame.validate_python(frame) for frame in outlet.frames if frame["type"] == "provisional"
    ]
    return [frame.press_id for frame in frames if isinstance(frame, Provisional)]


def committed(press: OnlyKept, later_s: float = 0) -> Logged:
    alarm = an_alarm(
        registration_id=press.registration_id, last_pressed_at=press.pressed_at + timedelta(seconds=later_s)
    )
    frame = Event(
        centre=CENTRE, cursor=Cursor(epoch="a1", sequence=1), kind="alarm.raised", at=AT, alarm=alarm
    )
    return Logged(
        centre=CENTRE,
        epoch="a1",
        sequence=1,
        kind=frame.kind,
        at=AT,
        alarm_id=alarm.alarm_id,
        payload=frame.model_dump_json().encode(),
    )


def test_every_console_of_the_centre_is_told_at_once_and_once_and_of_its_end(room: Room) -> None:
    (_, here), (_, elsewhere) = room.a_console(), room.a_console(OTHER)
    press = a_press()
    room.provisionals.tell(press, "here")
    room.provisionals.tell(press, "neighbour")
    room.provisionals.over(CENTRE, press.press_id, uuid4())
    room.provisionals.over(CENTRE, press.press_id, uuid4())
    assert here.types() == ["provisional", "provisional_over"]
    assert elsewhere.types() == []
    assert (room.counts.shown, len(room.counts.took_s), room.counts.open) == (["here"], 1, {CENTRE: 0})


def test_whoever_attaches_while_it_lasts_is_told_and_whoever_comes_after_is_not(room: Room) -> None:
    press = a_press()
    room.provisionals.tell(press, "here")
    console, during = room.a_console()
    room.provisionals.attached(console, [CENTRE])
    assert told(during) == [press.press_id] * 2, "it asked twice"
    room.provisionals.over(CENTRE, press.press_id, uuid4())
    assert told(room.a_console()[1]) == []


def test_what_is_over_is_told_no_more_however_late_a_neighbour_says_it(room: Room) -> None:
    _, outlet = room.a_console()
    press = a_press()
    room.provisionals.over(CENTRE, press.press_id, uuid4())
    room.provisionals.tell(press, "neighbour")
    assert outlet.types() == []


def test_a_console_that_left_is_told_nothing(room: Room) -> None:
    console, outlet = room.a_console()
    room.provisionals.left(console)
    room.provisionals.tell(a_press(), "here")
    assert outlet.frames == []


def test_a_canary_console_is_told_canaries_only_and_nobody_else_is(room: Room) -> None:
    (_, operator), (_, watcher) = room.a_console(), room.a_console(canary=True)
    real, canary = a_press(), a_press(Purpose.CANARY)
    for press in (real, canary):
        room.provisionals.tell(press, "here")
    assert (told(operator), told(watcher)) == ([real.press_id], [canary.press_id])
    assert told(room.a_console(canary=True)[1]) == [canary.press_id], "nor one that comes later"
    room.provisionals.over(CENTRE, real.press_id, uuid4())
    assert watcher.types() == ["provisional"]
    assert (room.counts.shown, room.counts.open) == (["here"], {CENTRE: 0}), "a canary is no figure"


def test_an_operator_who_must_not_know_of_a_file_hears_neither_of_its_press_nor_of_the_end(
    room: Room,
) -> None:
    hidden, free = a_press(), a_press()
    _, outlet = room.a_console(withheld=Withheld([hidden.registration_id]))
    for press in (hidden, free):
        room.provisionals.tell(press, "here")
        room.provisionals.over(CENTRE, press.press_id, uuid4())
    assert told(outlet) == [free.press_id]
    assert outlet.types() == ["provisional", "provisional_over"]


def test_a_console_that_joins_thousands_is_told_as_far_as_it_reads_and_what_comes_new_first(
    room: Room,
) -> None:
    presses = [a_press(words=3000) for _ in range(200)]
    for press in presses:
        room.provisionals.tell(press, "here")
    _, outlet = room.a_console()
    first = told(outlet)
    assert 0 < len(first) < 40
    newest, unread = a_press(), a_press()
    room.provisionals.tell(newest, "here")
    assert told(outlet)[-1] == newest.press_id, "nobody has seen it yet"
    outlet.backlog = timing.PROVISIONAL_BACKLOG_BYTES + 1
    room.provisionals.tell(unread, "here")
    before = len(outlet.frames)
    room.provisionals.tick()
    assert len(outlet.frames) == before, "it has not read on"
    outlet.backlog = 0
    room.provisionals.over(CENTRE, presses[150].press_id, uuid4())
    while told(outlet)[-1] != presses[-1].press_id:
        before = len(outlet.frames)
        room.provisionals.tick()
        assert len(outlet.frames) > before
    older = [press.press_id for press in [*presses[:150], *presses[151:]]][len(first) :]
    expected = [*first, newest.press_id, unread.press_id, *older]
    assert told(outlet) == expected, "each once, of the older the first kept first, none that was over"


def test_a_console_that_does_not_read_is_owed_and_past_the_bound_closed_never_waited_for(room: Room) -> None:
    (_, slow), (_, stuck), (_, fast) = room.a_console(), room.a_console(), room.a_console()
    slow.backlog, stuck.backlog = timing.PROVISIONAL_BACKLOG_BYTES + 1, timing.WRITE_BUFFER_BYTES + 1
    press = a_press()
    room.provisionals.tell(press, "here")
    assert told(fast) == [press.press_id]
    assert (slow.closed, told(slow)) == (None, [])
    assert stuck.closed == (4408, "too slow: resume")
    assert room.counts.slow == 1
    slow.backlog = 0
    room.provisionals.tick()
    assert told(slow) == [press.press_id]


def test_beyond_the_bound_a_press_is_told_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "PROVISIONALS_MAX", 1)
    _, outlet = room.a_console()
    first, second = a_press(), a_press()
    for press in (first, second):
        room.provisionals.tell(press, "here")
    assert told(outlet) == [first.press_id, second.press_id]
    assert told(room.a_console()[1]) == [first.press_id]


def test_what_a_neighbour_told_ends_with_the_event_and_what_is_kept_here_with_its_replay(room: Room) -> None:
    ours, theirs = a_press(), a_press()
    room.provisionals.tell(ours, "here")
    room.provisionals.tell(theirs, "neighbour")
    for press in (ours, theirs):
        room.provisionals.heard(committed(press, later_s=-1))
    assert told(room.a_console()[1]) == [ours.press_id, theirs.press_id], "an earlier press of hers"
    for press in (ours, theirs):
        room.provisionals.heard(committed(press))
    assert told(room.a_console()[1]) == [ours.press_id]


async def test_a_console_that_attaches_while_the_log_cannot_be_read_is_told_all_the_same() -> None:
    log, clock, counts = MemoryLog(), VirtualClock(), Counts()
    hub, provisionals = Hub(log, clock, counts), Provisionals(clock, counts)
    await hub.start()
    log.away = True
    endpoint = Endpoint(
        node="a",
        hub=hub,
        log=log,
        commands=None,  # type: ignore[arg-type] # nobody commands anything
        deliveries=None,  # type: ignore[arg-type] # and nothing is drawn
        sounds=None,  # type: ignore[arg-type] # nor said of any siren
        provisionals=provisionals,
        clock=clock,
        signed_in=signed_in,
        closed=lambda _: None,
    )
    before, after = a_press(), a_press()
    provisionals.tell(before, "here")
    socket = Socket(endpoint)
    async with running(socket.serve()):
        socket.attach(uuid4())
        await turns()
        provisionals.tell(after, "here")
        assert socket.outlet.types() == ["welcome", "provisional", "provisional"]
        assert told(socket.outlet) == [before.press_id, after.press_id]


async def test_the_loop_pays_what_is_owed(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "PROVISIONAL_TICK_S", 0)
    _, outlet = room.a_console()
    outlet.backlog = timing.PROVISIONAL_BACKLOG_BYTES + 1
    room.provisionals.tell(a_press(), "here")
    outlet.backlog = 0
    async with running(room.provisionals.run()):
        await turns()
    assert len(told(outlet)) == 1
