"""What consoles are told of a press that is only kept: what the database would raise, here and elsewhere."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from dispatch.provisional import Provisionals as Consoles
from gateway.clock import SystemClock
from gateway.ports import Asked, Committed, Heard, HeardReach, KeptPress, KnownFile, PressRecord
from gateway.provisionals import ShownProvisionals
from gateway.store.connect import Pool
from gateway.store.neighbour_seal import NeighbourSeal
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from gateway.store.view import Viewer
from gateway.store.writer import COMMIT, as_json
from schemas.alarm import AlarmView, RoutedBy, Share, ShareReason
from schemas.frames import Provisional, ProvisionalOver, server_frame
from schemas.press import Purpose
from tests.support.build import a_registration
from tests.support.clock import VirtualClock
from tests.support.dispatch import Counts, MemoryOutlet, a_console
from tests.support.records import NOW, a_record, press_facts
from tests.support.tasks import running
from tests.support.wait import until

KEYRING = Keyring("k", {"k": b"k" * 32})
CENTRE, OTHER = "BE-VOV", "BE-VAN"
FIX = {"latitude": 51.05, "longitude": 3.72, "fixed_at": NOW.isoformat()}


@dataclass
class Wire:
    """``Neighbours`` that hand on to other nodes what they are told."""

    heard: list[Heard] = field(default_factory=list)
    said: list[tuple[str, bytes]] = field(default_factory=list)
    ask: Asked | None = None

    def listen(self, heard: Heard, asked: Asked) -> None:
        """Those who hear are linked by the test."""
        self.ask = asked

    def listen_reach(self, heard: HeardReach) -> None:
        """Nobody is cut off here."""

    def tell_reach(self, told: bytes) -> None:
        """Nobody is cut off here."""

    def tell(self, centre: str, told: bytes) -> None:
        self.said.append((centre, told))
        for hear in self.heard:
            hear(centre, told)


class NodeOf:
    """One node's part in it, with a console at each of two centres."""

    def __init__(self, wire: Wire, name: str = "a", file: KnownFile | None = None) -> None:
        self.counts = Counts()
        self.consoles = Consoles(VirtualClock(), self.counts)
        self.outlets = {centre: self.attach(centre) for centre in (CENTRE, OTHER)}
        viewer = Viewer(KEYRING, lambda _: None)
        self.shown = ShownProvisionals(
            name, viewer, lambda _: file, self.consoles, wire, NeighbourSeal(KEYRING)
        )

    def attach(self, centre: str) -> MemoryOutlet:
        console, outlet, _ = a_console()
        self.consoles.attached(console, [centre])
        return outlet

    def told(self, centre: str = CENTRE) -> list[Provisional | ProvisionalOver]:
        frames = map(server_frame.validate_python, self.outlets[centre].frames)
        return [frame for frame in frames if isinstance(frame, Provisional | ProvisionalOver)]


def kept(record: PressRecord) -> KeptPress:
    return KeptPress(record=record, kept_at=record.received_at + timedelta(seconds=1.5))


def committed(record: PressRecord, alarm_id: UUID | None = None) -> Committed:
    return Committed(
        press_id=record.press_id,
        alarm_id=alarm_id or record.alarm_id,
        centre=record.centre,
        sequence=1,
        committed_at=NOW,
        seen_before=False,
        purpose=record.purpose,
    )


def an_unknown_record(**changes: Any) -> PressRecord:
    return a_record((uuid4(), uuid4()), **changes)


async def test_it_is_what_the_database_raises_but_for_what_only_the_database_does(pool: Pool) -> None:
    registration = a_registration(centre=CENTRE)
    await Registrations(pool, KEYRING, SystemClock()).save([registration])
    row = await pool.fetchrow(
        "SELECT * FROM registration WHERE registration_id = $1", registration.registration_id
    )
    assert row is not None
    file = KnownFile(reference=row["reference"], population=row["population"], sealed=row, read_at=NOW)
    node = NodeOf(Wire(), file=file)
    record = a_record(
        (registration.registration_id, uuid4()),
        facts=press_facts(flags=["late"], positions=[FIX]),
        shared=(Share(centre=OTHER, reason=ShareReason.NEAR_BORDER, since=NOW),),
        routed_by=RoutedBy.POSITION,
    )
    node.shown.show(kept(record))
    (here,), (there,) = node.told(), node.told(OTHER)
    assert isinstance(here, Provisional)
    assert isinstance(there, Provisional)
    assert (here.centre, there.centre, here.alarm) == (CENTRE, OTHER, there.alarm)
    assert (here.node, here.file_read_at) == ("a", NOW)
    assert here.alarm.person is not None
    assert here.alarm.person == registration.person
    assert here.alarm.circumstances == registration.circumstances

    (raised,) = await pool.fetch(COMMIT, CENTRE, [as_json(record)], [record.raw])
    stored = Viewer(KEYRING, lambda _: None).alarm(raised)
    late = {"raised_at", "trail", "news_version", "tracking", "tracking_until", "escalates_at"}
    assert comparable(here.alarm, late) == comparable(stored, late)
    assert here.alarm.raised_at == record.received_at
    assert here.alarm.escalates_at is None, "no ladder climbs that nobody runs"


def comparable(alarm: AlarmView, without: set[str]) -> dict[str, Any]:
    return alarm.model_dump(exclude=without)


def test_without_her_file_it_is_told_unenriched_rather_than_late() -> None:
    node = NodeOf(Wire())
    node.shown.show(kept(an_unknown_record()))
    (frame,) = node.told()
    assert isinstance(frame, Provisional)
    assert (frame.file_read_at, frame.alarm.enriched, frame.alarm.person) == (None, False, None)


def test_a_file_of_a_drill_is_no_real_alarm_whatever_the_phone_says() -> None:
    file = KnownFile(reference=None, population="exercise", sealed=sealed_columns(), read_at=NOW)
    node = NodeOf(Wire(), file=file)
    node.shown.show(kept(an_unknown_record(purpose=Purpose.REAL)))
    (frame,) = node.told()
    assert isinstance(frame, Provisional)
    assert frame.alarm.purpose is Purpose.EXERCISE
    assert not frame.alarm.enriched, "what cannot be opened hides no press"


def sealed_columns() -> dict[str, Any]:
    return {
        "key_id": "none",
        "wrapped_key": None,
        "person_sealed": b"",
        "circumstances_sealed": b"",
        "sealed_version": 1,
    }


def test_the_end_names_the_alarm_that_it_became() -> None:
    node, record, alarm_id = NodeOf(Wire()), an_unknown_record(), uuid4()
    node.shown.show(kept(record))
    node.shown.over(kept(record), committed(record, alarm_id))
    node.shown.over(kept(record), committed(record, alarm_id))
    _, over = node.told()
    assert over == ProvisionalOver(centre=CENTRE, press_id=record.press_id, alarm_id=alarm_id)


async def test_other_nodes_consoles_are_told_sealed_and_one_that_asks_is_told_again() -> None:
    wire = Wire()
    here, there = NodeOf(wire), NodeOf(Wire(), "b")
    wire.heard.append(there.shown.heard)
    first, second = an_unknown_record(), an_unknown_record()
    for record in (first, second):
        here.shown.show(kept(record))
    assert there.told() == here.told()
    heard = there.told()[0]
    assert isinstance(heard, Provisional)
    assert heard.node == "a"
    assert there.counts.shown == ["neighbour"] * 2
    assert not any(str(first.registration_id).encode() in message for _, message in wire.said)
    here.shown.over(kept(first), committed(first))
    late = NodeOf(Wire(), "c")
    wire.heard.append(late.shown.heard)
    async with running(here.shown.run()):
        assert wire.ask is not None
        wire.ask()
        await until("the late node was told", lambda: bool(late.told()), within_s=5)
    assert [frame.press_id for frame in late.told()] == [second.press_id]
    assert [frame.type for frame in there.told()] == ["provisional", "provisional", "provisional_over"]


def test_what_another_key_sealed_or_another_centre_was_told_shows_nothing() -> None:
    wire, node = Wire(), NodeOf(Wire(), "b")
    NodeOf(wire).shown.show(kept(an_unknown_record()))
    ((centre, message),) = wire.said
    node.shown.heard(OTHER, message)
    node.shown.heard(centre, message[:-1])
    node.shown.heard(centre, NeighbourSeal(Keyring("x", {"x": b"x" * 32})).seal(centre, b"{}"))
    node.shown.heard(centre, NeighbourSeal(KEYRING).seal(centre, b'{"type":"provisional"}'))
    assert (node.told(), node.told(OTHER)) == ([], [])
    node.shown.heard(centre, message)
    assert len(node.told()) == 1


def test_a_press_that_cannot_be_shown_refuses_nothing() -> None:
    node = NodeOf(Wire())
    node.shown.show(kept(an_unknown_record(facts={"positions": object()})))
    assert node.told() == []
