"""A round is judged from what consoles received and presses were told: every planted fault is found."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from loadtests import judge
from loadtests.console import Console, Desk
from loadtests.door import Posted
from loadtests.feed import Feed
from loadtests.measured import Faults
from loadtests.presses import Prepared
from schemas.press import Receipt

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MS = 1_000_000


def text_frame(payload: bytes) -> bytes:
    return bytes((0x81, 126)) + len(payload).to_bytes(2) + payload


class Bench:
    """Consoles that are fed by hand; a press is due at 0 ns and answered after 1 ms."""

    def __init__(self, consoles: int) -> None:
        self.feed = Feed()
        desk = Desk("http://gateway:1", "", "BE-VOV")
        self.consoles = [Console(desk, self.feed, None) for _ in range(consoles)]
        for console in self.consoles:
            console._handshake = None
            console.sequences.next = 1
        self.posted: list[Posted] = []

    def press(self, sequence: int, registration_id: UUID | None = None) -> bytes:
        """Post a press that becomes ``sequence``; return its event's frame."""
        press = Prepared(uuid4(), registration_id or uuid4(), b"")
        alarm_id = uuid4()
        receipt = Receipt(
            press_id=press.press_id, alarm_id=alarm_id, centre="BE-VOV", sequence=sequence, committed_at=NOW
        )
        body = receipt.model_dump_json().encode()
        self.posted.append(Posted(press, 0, sent=1, answered=MS, status=201, body=body))
        return self.event(sequence, alarm_id, press.registration_id)

    def event(self, sequence: int, alarm_id: UUID, registration_id: UUID) -> bytes:
        told = {
            "type": "event",
            "centre": "BE-VOV",
            "cursor": {"epoch": "abc", "sequence": sequence},
            "kind": "alarm.raised",
            "at": "2026-03-02T09:00:00Z",
            "alarm": {
                "alarm_id": str(alarm_id),
                "registration_id": str(registration_id),
                "version": 1,
                "state": "raised",
            },
        }
        return text_frame(json.dumps(told, separators=(",", ":")).encode())

    def judge(self, head: int) -> Faults:
        receipts = judge.receipts_of(self.posted)
        return judge.faults(self.feed, self.posted, receipts, self.consoles, head)


@pytest.fixture
async def bench() -> Bench:
    return Bench(3)


async def test_everything_to_everybody_is_no_fault_however_it_was_cut(bench: Bench) -> None:
    stream = b"".join(bench.press(sequence) for sequence in range(1, 6))
    whole, halves, bytewise = bench.consoles
    whole.data_received(stream)
    halves.data_received(stream[:300])
    halves.data_received(stream[300:])
    for offset in range(len(stream)):
        bytewise.data_received(stream[offset : offset + 1])
    assert bench.judge(5) == Faults()
    assert bench.feed.deliveries() == 15


async def test_a_lost_event_is_found_on_the_one_console_that_lost_it(bench: Bench) -> None:
    frames = [bench.press(sequence) for sequence in (1, 2, 3)]
    for console in bench.consoles:
        for index, frame in enumerate(frames):
            if (console, index) != (bench.consoles[1], 1):
                console.data_received(frame)
    assert bench.judge(3) == Faults(lost=1, gaps=1)


async def test_an_event_lost_at_the_end_is_found(bench: Bench) -> None:
    frames = [bench.press(sequence) for sequence in (1, 2)]
    for console in bench.consoles:
        console.data_received(frames[0])
    assert bench.judge(2).lost == 3


async def test_a_doubled_event_is_found(bench: Bench) -> None:
    frame = bench.press(1)
    for console in bench.consoles:
        console.data_received(frame)
    bench.consoles[0].data_received(frame)
    assert bench.judge(1) == Faults(doubled=1)


async def test_one_press_that_became_two_events_is_found(bench: Bench) -> None:
    registration_id = uuid4()
    frames = bench.press(1, registration_id) + bench.event(2, uuid4(), registration_id)
    for console in bench.consoles:
        console.data_received(frames)
    assert bench.judge(2) == Faults(unexplained=1)


async def test_consoles_that_were_told_different_things_are_found(bench: Bench) -> None:
    registration_id = uuid4()
    frame = bench.press(1, registration_id)
    bench.consoles[0].data_received(frame)
    for console in bench.consoles[1:]:
        console.data_received(bench.event(1, uuid4(), registration_id))
    assert bench.judge(1).unexplained


async def test_a_press_without_a_receipt_is_refused(bench: Bench) -> None:
    frame = bench.press(1)
    for console in bench.consoles:
        console.data_received(frame)
    bench.posted.append(Posted(Prepared(uuid4(), uuid4(), b""), 0))
    assert bench.judge(1) == Faults(refused=1)


async def test_a_press_that_is_only_kept_is_neither_refused_nor_lost_and_its_event_may_come_later(
    bench: Bench,
) -> None:
    frame, press = bench.press(1), Prepared(uuid4(), uuid4(), b"")
    bench.posted.append(Posted(press, 0, sent=1, answered=MS, status=202, body=b"{}"))
    committed = bench.event(2, uuid4(), press.registration_id)
    for console in bench.consoles:
        console.data_received(frame + committed)
    assert bench.judge(2) == Faults(kept=1)


async def test_a_press_of_others_on_the_same_centre_is_no_fault(bench: Bench) -> None:
    frames = bench.press(1) + bench.event(2, uuid4(), uuid4())
    for console in bench.consoles:
        console.data_received(frames)
    assert bench.judge(2) == Faults()


def an_event(sequence: int, kind: str, epoch: str = "abc", **about: object) -> bytes:
    cursor = {"epoch": epoch, "sequence": sequence}
    told = {"type": "event", "cursor": cursor, "kind": kind, "at": "2026-03-02T09:00:00Z", **about}
    return text_frame(json.dumps(told, separators=(",", ":")).ljust(130).encode())


async def test_events_about_no_alarm_count_as_any_other(bench: Bench) -> None:
    frames = (
        bench.press(1) + an_event(2, "unit.duty_changed", unit={}) + an_event(3, "notice.raised", notice={})
    )
    for console in bench.consoles:
        console.data_received(frames)
    bench.consoles[0].data_received(an_event(4, "protection.changed", protection={}))
    assert bench.feed.events[3].alarm_id is None
    assert bench.judge(4) == Faults(lost=2)


async def test_an_event_spelt_differently_is_the_same_and_one_that_says_else_is_not(bench: Bench) -> None:
    first, second, third = bench.consoles
    first.data_received(an_event(1, "notice.raised", notice={"a": 1, "b": 2}))
    second.data_received(an_event(1, "notice.raised", notice={"b": 2, "a": 1}))
    assert bench.feed.conflicting == 0
    third.data_received(an_event(1, "notice.raised", notice={"a": 1, "b": 3}))
    assert bench.feed.conflicting == 1


async def test_positions_are_told_apart_from_events_and_take_no_sequence(bench: Bench) -> None:
    told = {"type": "position", "alarm_id": "a", "position": {"fixed_at": NOW.isoformat(), "latitude": 51.5}}
    frame = text_frame(json.dumps(told, separators=(",", ":")).ljust(130).encode())
    event = bench.press(1)
    for console in bench.consoles[:2]:
        console.data_received(frame + event)
    (shown,) = bench.feed.shown.values()
    assert (shown.alarm_id, shown.latitude, shown.fixed_at, len(shown.arrivals)) == ("a", 51.5, NOW, 2)
    assert bench.judge(1) == Faults(lost=1)


async def test_a_console_that_was_closed_says_why(bench: Bench) -> None:
    bench.consoles[0].data_received(b"\x88\x0a" + (4408).to_bytes(2) + b"too slow")
    assert bench.judge(0).closed == ("closed with 4408: too slow",)


async def test_the_last_console_counts_for_each_alarm_and_every_console_for_all(bench: Bench) -> None:
    frames = [bench.press(sequence) for sequence in (1, 2)]
    for frame in frames:
        for console in bench.consoles:
            console.data_received(frame)
    for piece, base in zip(bench.feed._distinct(), (10, 20), strict=True):
        piece.arrivals[:] = [(base + offset) * MS for offset in (0, 1, 5)]
    found = judge.deliveries(bench.feed, bench.posted, judge.receipts_of(bench.posted))
    assert found.last is not None
    assert found.receipt is not None
    assert found.commit is not None
    assert (round(found.last.p50), round(found.last.max)) == (15, 25)
    assert (round(found.receipt.p50), round(found.receipt.max)) == (15, 25)
    assert round(found.commit.max) == 1
