"""Presses that are kept go into the database: each registration's in order, many at once, poison last."""

import asyncio
import errno
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from gateway.domain.away import Away, Happening
from gateway.domain.errors import CannotCommit, PressNotStorable
from gateway.http.problems import MEDIA_TYPE
from gateway.ingest.keeping import KeepingPresses
from gateway.ingest.replaying import Replaying
from gateway.ports import Committed, KeptPress, PressRecord, Waiting
from gateway.settings import Settings
from gateway.spool_metrics import SpoolMetrics
from gateway.store.connect import Connection, connect
from gateway.store.sealing import Keyring
from gateway.store.spool import DiskSpool
from gateway.store.view import Viewer
from gateway.store.writer import Writers
from gateway.telemetry import Metrics
from gateway.timing import REFUSED_AGAIN_S, REPLAY_AT_ONCE, REPLAY_PER_S
from schemas.problems import Problem, ProblemKind
from tests.support.clock import VirtualClock
from tests.support.gateway import a_press
from tests.support.gateway import running as a_gateway
from tests.support.records import NOW, a_companion, a_record
from tests.support.tasks import running
from tests.support.two_nodes import held
from tests.support.wait import until

CENTRE = "BE-VOV"
OTHER = "BE-VAN"


@dataclass
class Base:
    """A database: it may be away, or refuse a press as such."""

    away: bool = False
    refuses: set[UUID] = field(default_factory=set)
    knows: set[UUID] = field(default_factory=set)
    tried: Counter[UUID] = field(default_factory=Counter)
    committed: dict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    under_way: Counter[UUID] = field(default_factory=Counter)
    most: int = 0
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.answers.set()

    async def commit(self, record: PressRecord) -> Committed:
        self.tried[record.press_id] += 1
        self.under_way[record.registration_id] += 1
        assert self.under_way[record.registration_id] == 1, "one after the other"
        self.most = max(self.most, self.under_way.total())
        await self.answers.wait()
        self.under_way[record.registration_id] -= 1
        if self.away:
            raise CannotCommit
        if record.press_id in self.refuses:
            raise PressNotStorable
        self.committed[record.registration_id].append(record.press_id)
        return Committed(
            press_id=record.press_id,
            alarm_id=record.alarm_id,
            centre=record.centre,
            sequence=1,
            committed_at=NOW,
            seen_before=record.press_id in self.knows,
            purpose=record.purpose,
        )


@dataclass
class Consoles:
    """What is on the screens as provisional."""

    shown: set[UUID] = field(default_factory=set)

    def show(self, kept: KeptPress) -> None:
        self.shown.add(kept.record.press_id)

    def over(self, kept: KeptPress, _: Committed) -> None:
        self.shown.remove(kept.record.press_id)


@dataclass
class Scene:
    """A node's spool, and what empties it."""

    spool: DiskSpool
    clock: VirtualClock
    base: Base = field(default_factory=Base)
    consoles: Consoles = field(default_factory=Consoles)
    away: Away = field(default_factory=Away)

    def __post_init__(self) -> None:
        metrics = SpoolMetrics(CollectorRegistry())
        self.replaying = Replaying(self.base, self.spool, self.consoles, self.away, self.clock, metrics)
        self.presses = KeepingPresses(self.base, self.spool, self.consoles, self.away)

    async def kept(self, number: int, centre: str = CENTRE) -> list[UUID]:
        """Have a registration press so often while the database is away; return the presses."""
        who = (uuid4(), uuid4())
        self.away.note(centre, Happening.KEPT)
        answers = [await self.presses.commit(a_record(who, centre)) for _ in range(number)]
        assert all(isinstance(answer, Waiting) for answer in answers)
        return [answer.press_id for answer in answers]

    def order_of(self, presses: list[UUID]) -> list[UUID]:
        """Return which of them were committed, in that order."""
        return next((each for each in self.base.committed.values() if set(each) & set(presses)), [])


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    clock = VirtualClock()
    settings = Settings(database_url=SecretStr("postgresql://h/d"), spool_dir=tmp_path / "spool")
    keyring = Keyring("k", {"k": b"k" * 32})
    spool = DiskSpool.of(settings, keyring, clock, SpoolMetrics(CollectorRegistry()))
    yield Scene(spool, clock)
    spool.close()


async def test_each_registration_is_replayed_in_its_order_and_many_at_once(scene: Scene) -> None:
    lanes = [await scene.kept(3) for _ in range(REPLAY_AT_ONCE + 4)]
    scene.away.note(CENTRE, Happening.COMMITTED)
    scene.base.answers.clear()
    async with running(scene.replaying.replay(CENTRE)):
        await until("many are under way", lambda: scene.base.most == REPLAY_AT_ONCE)
        scene.base.answers.set()
        await until("all are committed", lambda: not scene.consoles.shown)
    assert [scene.order_of(lane) for lane in lanes] == lanes
    assert scene.base.most == REPLAY_AT_ONCE
    assert not scene.spool.waiting


@pytest.mark.parametrize("known_elsewhere", [False, True])
async def test_what_is_kept_is_replayed_some_at_once_and_the_rest_at_its_pace_unless_it_tells_nobody_anything(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, *, known_elsewhere: bool
) -> None:
    yielded = asyncio.sleep

    async def slept(seconds: float) -> None:
        scene.clock.advance(max(0.0, seconds))
        await yielded(0)

    lanes = [await scene.kept(6) for _ in range(REPLAY_AT_ONCE)]
    began, kept = scene.clock.monotonic(), 6 * REPLAY_AT_ONCE
    if known_elsewhere:
        scene.base.knows = {press_id for lane in lanes for press_id in lane}
        kept = 0
    monkeypatch.setattr("gateway.ingest.replaying.asyncio.sleep", slept)
    await scene.replaying.replay(CENTRE)
    assert not scene.spool.waiting
    took_s = scene.clock.monotonic() - began
    assert took_s == pytest.approx(max(0, kept - REPLAY_AT_ONCE) / REPLAY_PER_S, abs=0.1)


async def test_a_centre_finds_out_at_once_that_the_database_is_back_while_others_are_replayed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(REPLAY_AT_ONCE):
        await scene.kept(6)
    scene.away.note(CENTRE, Happening.COMMITTED)
    await scene.kept(1, OTHER)
    one_waits = asyncio.Event()
    yielded = asyncio.sleep

    async def slept(seconds: float) -> None:
        if seconds > 0:
            one_waits.set()
            await asyncio.get_running_loop().create_future()
        await yielded(0)

    monkeypatch.setattr("gateway.ingest.replaying.asyncio.sleep", slept)
    async with running(scene.replaying.replay(CENTRE)), asyncio.timeout(5):
        await one_waits.wait()
        await scene.replaying.replay(OTHER)
        assert not scene.away.of(OTHER)
        assert len(scene.spool.waiting) > REPLAY_AT_ONCE, "the others wait for their turn"


async def test_a_new_press_of_whoever_has_nothing_kept_any_more_is_committed_at_once(scene: Scene) -> None:
    scene.base.refuses = set((await scene.kept(1))[:1])
    await scene.kept(1)
    done = scene.spool.waiting[1].registration_id
    await scene.replaying.replay(CENTRE)
    left = scene.spool.waiting[0].registration_id
    assert isinstance(await scene.presses.commit(a_record((done, uuid4()), CENTRE)), Committed)
    assert isinstance(await scene.presses.commit(a_record((left, uuid4()), CENTRE)), Waiting)


async def test_who_asks_for_a_kept_press_that_is_committed_has_its_receipt_before_the_rest_is(
    scene: Scene,
) -> None:
    first, poison = await scene.kept(2)
    who = scene.spool.waiting[0].registration_id
    scene.base.refuses = {poison}
    await scene.replaying.replay(CENTRE)
    again = replace(a_record((who, uuid4()), CENTRE), press_id=first)
    assert isinstance(await scene.presses.commit(again), Committed)
    assert scene.consoles.shown == {poison}
    scene.away.note(CENTRE, Happening.KEPT)
    scene.base.away = True
    with pytest.raises(CannotCommit):
        await scene.presses.commit(again)
    assert scene.consoles.shown == {poison}, "what is stored is not shown as if it were not"


async def test_while_it_is_away_one_press_asks_and_nothing_is_lost(scene: Scene) -> None:
    scene.base.away = True
    lanes = [await scene.kept(2) for _ in range(3)]
    await scene.replaying.replay(CENTRE)
    assert scene.base.tried.total() == 1
    assert len(scene.spool.waiting) == 6
    assert scene.away.of(CENTRE)
    scene.base.away = False
    await scene.replaying.replay(CENTRE)
    assert [scene.order_of(lane) for lane in lanes] == lanes
    assert not scene.away.of(CENTRE)


async def test_a_press_that_the_database_refuses_stays_kept_and_shown_and_is_tried_again_later(
    scene: Scene,
) -> None:
    lane, others = await scene.kept(3), await scene.kept(3)
    poison = lane[0]
    scene.base.refuses = {poison}
    for _ in range(3):
        await scene.replaying.replay(CENTRE)
    assert scene.order_of(lane) == lane[1:]
    assert scene.order_of(others) == others
    assert [waiting.press_id for waiting in scene.spool.waiting] == [poison]
    assert scene.consoles.shown == {poison}
    assert scene.base.tried[poison] == 1
    scene.base.refuses.clear()
    scene.clock.advance(REFUSED_AGAIN_S)
    await scene.replaying.replay(CENTRE)
    assert scene.order_of(lane) == [*lane[1:], poison]
    assert not scene.consoles.shown


async def test_a_file_that_is_gone_holds_up_nothing(scene: Scene, tmp_path: Path) -> None:
    gone, *others = await scene.kept(3)
    (file,) = (tmp_path / "spool").glob(f"*{gone}*")
    file.unlink()
    async with asyncio.timeout(5):
        await scene.replaying.replay(CENTRE)
    assert scene.order_of(others) == others
    assert not scene.spool.waiting


async def test_a_press_that_is_kept_by_then_is_not_committed_beside(
    database: str, connection: Connection
) -> None:
    reachable = asyncio.Event()

    async def reached(centre: str) -> Connection:
        await reachable.wait()
        return await connect(database, application_name=f"writer {centre}")

    who = await a_companion(connection)
    given_up, meant = a_record(who), a_record(who)
    viewer = Viewer(Keyring("k", {"k": b"k" * 32}), lambda _: None)
    writers = Writers([CENTRE], reached, viewer, lambda _: None, Metrics())
    async with running(writers.run()):
        first = asyncio.create_task(writers.commit(given_up))
        await asyncio.sleep(0)  # it waits for its commit
        first.cancel()
        second = asyncio.create_task(writers.commit(meant))
        reachable.set()
        assert (await second).press_id == meant.press_id
    stored = await connection.fetch("SELECT press_id FROM press")
    assert [row["press_id"] for row in stored] == [meant.press_id]


async def test_a_node_that_can_neither_commit_nor_keep_says_so_and_keeps_when_it_can(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no room")

    async with a_gateway(database, tmp_path) as node:
        companion, press = await node.a_companion(CENTRE), a_press()
        async with held(database, CENTRE):
            with monkeypatch.context() as patch:
                patch.setattr("os.fsync", full)
                refused = await node.press(companion, press)
            kept = await node.press(companion, press)
        assert (refused.status_code, refused.headers["content-type"]) == (507, MEDIA_TYPE)
        assert refused.json()["type"] == Problem.of(ProblemKind.SPOOL_FULL).type
        assert kept.status_code == 202

        async def committed() -> bool:
            return (await node.press(companion, press)).status_code == 200

        await until("it is committed", committed)
