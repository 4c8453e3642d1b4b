"""What is put aside is shown, done again or deleted by a person, and never kept for ever."""

from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry

from gateway.domain.errors import FieldInvalid, NotFound
from gateway.door_metrics import DoorMetrics
from gateway.store.casework.keeping import erase_by_system
from gateway.store.doors.inbox_work import DISCARD_OLDEST, PostgresInboxWork
from gateway.store.doors.quarantine import PostgresQuarantine
from gateway.store.doors.stand_ins import PostgresStandIns
from gateway.store.notices import PostgresNotices
from gateway.store.view import Viewer
from gateway.working_off import InboxWatch
from schemas.events import ChatSaid, EventType
from schemas.keeping import ErasureGround
from schemas.protection import NoticeKind
from tests.support.inbox import CLOCK, KEYRING, InboxStage, a_claimant
from tests.support.wait import until


async def aside(quarantine: PostgresQuarantine, count: int) -> bool:
    return len(await quarantine.list()) == count


async def test_what_is_in_quarantine_is_told_shown_replayed_and_cleared(stage: InboxStage) -> None:
    stage.effects.fault = lambda _: FieldInvalid("text", "does nothing here")
    quarantine = PostgresQuarantine(stage.pool, KEYRING)
    notices = PostgresNotices(stage.pool, Viewer(KEYRING, lambda _: None), lambda _: None)
    watch = InboxWatch(
        PostgresInboxWork(stage.pool, KEYRING, a_claimant(stage.database), CLOCK),
        notices,
        ["BE-VOV"],
        lambda _: None,
        CLOCK,
        DoorMetrics(CollectorRegistry()),
    )
    kinds, subjects = [NoticeKind.EVENTS_QUARANTINED], ["events"]
    async with stage.node() as node:
        await node.take([stage.chat("one"), stage.chat("two", "b")], CLOCK.now())
        await until("both are aside", lambda: aside(quarantine, 2))
        await watch.look()
        assert await notices.open_of("BE-VOV", kinds, subjects) == {(kinds[0], "events")}
        first, second = await quarantine.list(integrator=stage.integrator.name, reason="invalid")
        shown = await quarantine.show(first.key)
        assert shown.data in {ChatSaid(text="said one"), ChatSaid(text="said two")}
        stage.effects.fault = lambda _: None
        assert await quarantine.replay([first.key]) == 1
        await until("it is done", lambda: (shown.subject, shown.event_id) in stage.effects.done)
        assert await quarantine.discard([second.key]) == 1
    with pytest.raises(NotFound):
        await quarantine.show(second.key)
    await watch.look()
    assert await notices.open_of("BE-VOV", kinds, subjects) == set()
    told = await stage.pool.fetch("SELECT kind FROM journal WHERE kind LIKE 'event.%' ORDER BY entry")
    assert [row["kind"] for row in told] == ["event.looked", "event.replayed", "event.discarded"]


async def test_what_is_aside_of_somebody_goes_with_her_file(stage: InboxStage) -> None:
    file = await PostgresStandIns(stage.pool, KEYRING, CLOCK).ensure(stage.chat("any", "file"), "BE-VOV")
    stage.links.files["her"] = file
    stage.effects.fault = lambda _: FieldInvalid("text", "does nothing here")
    quarantine = PostgresQuarantine(stage.pool, KEYRING)
    wish = replace(stage.chat("wish", "file"), type=EventType.CANCEL_REQUESTED)
    async with stage.node() as node:
        await node.take([stage.chat("hers", "her"), wish, stage.chat("another's", "b")], CLOCK.now())
        await until("all are aside", lambda: aside(quarantine, 3))
    await erase_by_system(stage.pool, file.registration_id, ErasureGround.RETENTION)
    (left,) = await quarantine.list()
    assert (await quarantine.show(left.key)).subject == "b"


async def test_what_is_old_enough_is_forgotten_and_of_too_much_in_quarantine_the_oldest_go(
    stage: InboxStage,
) -> None:
    stage.effects.fault = lambda _: FieldInvalid("text", "does nothing here")
    quarantine = PostgresQuarantine(stage.pool, KEYRING)
    async with stage.node() as node:
        await node.take([stage.chat(name, name) for name in ("old", "new")], CLOCK.now())
        await until("both are aside", lambda: aside(quarantine, 2))
    work = PostgresInboxWork(stage.pool, KEYRING, a_claimant(stage.database), CLOCK)
    await stage.pool.execute(
        "UPDATE inbox_seen SET first_at = now() - interval '8 days' WHERE event_key = (SELECT event_key"
        " FROM inbox_seen LIMIT 1)"
    )
    await work.prune()
    assert await stage.pool.fetchval("SELECT count(*) FROM inbox_seen") == 1
    assert await aside(quarantine, 2)
    await stage.pool.execute(DISCARD_OLDEST, 1, 10)
    assert await aside(quarantine, 1)
    await stage.pool.execute("UPDATE event_quarantine SET quarantined_at = now() - interval '31 days'")
    await work.prune()
    assert await aside(quarantine, 0)
