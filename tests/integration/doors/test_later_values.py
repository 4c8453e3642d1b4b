"""What a later version of the program wrote: this one passes it over, keeps it, and takes everything else."""

from dataclasses import replace

from gateway.clock import SystemClock
from gateway.store.connect import Pool
from gateway.store.doors.accounts import PostgresAccounts
from gateway.store.doors.credentials import PostgresCredentials
from gateway.store.doors.integrators import PostgresIntegrators
from schemas.events import EventFate
from schemas.integrators import IntegratorScope
from tests.support.changing import pressed
from tests.support.inbox import KEYRING, InboxStage, fates
from tests.support.integrators import SigningKey, a_client
from tests.support.outbound import a_sender, an_integrator
from tests.support.receiver import a_receiver
from tests.support.records import a_companion
from tests.support.wait import until

CLOCK = SystemClock()


async def test_an_account_with_a_scope_and_a_key_of_a_later_version_works_by_what_is_known(
    pool: Pool,
) -> None:
    accounts = PostgresAccounts(pool, CLOCK)
    client = await a_client(pool, CLOCK, IntegratorScope.ALARMS)
    who = client.integrator
    key = await SigningKey().kept(accounts, who)
    await pool.execute("UPDATE integrator SET scopes = scopes || '{events:later}'")
    await pool.execute("ALTER TABLE integrator_key DROP CONSTRAINT integrator_key_algorithm_check")

    credentials = PostgresCredentials(pool, KEYRING, CLOCK)
    integrators = PostgresIntegrators(pool, KEYRING, CLOCK)
    found = await credentials.client(who.integrator_id, client.secret)
    assert found is not None
    assert found.scopes == {IntegratorScope.ALARMS}
    token = await credentials.new_token(found, found.scopes)
    assert token is not None
    assert await integrators.of_token(token) == await integrators.find(who.integrator_id) == found
    assert (await accounts.every())[0].view().scopes == (IntegratorScope.ALARMS,)

    await accounts.change(replace(found, name="renamed", scopes=frozenset({IntegratorScope.CHAT})))
    assert set(await pool.fetchval("SELECT scopes FROM integrator")) == {"events:chat", "events:later"}

    await pool.execute("UPDATE integrator_key SET algorithm = 'later'")
    assert await credentials.key(key.key_id) is None, "what it signed is not believed"
    assert [one.algorithm for one in (await accounts.held(found)).keys] == ["later"]


async def test_an_event_of_a_later_version_is_left_to_it_and_holds_up_its_own_subject_only(
    stage: InboxStage,
) -> None:
    async with stage.node(works=False) as node:
        await node.take([stage.chat(name, name[0]) for name in ("a1", "a2", "a3", "b1")], CLOCK.now())
    await stage.pool.execute("UPDATE inbox_event SET type = 'be.msa.later' WHERE number = 2")
    await stage.pool.execute("UPDATE inbox_seen SET fate = 'later'")
    async with stage.node() as node:
        again = await node.take([stage.chat("b1", "b")], CLOCK.now())
        assert (fates(again), again[0].seen_before) == ([EventFate.ACCEPTED], True)
        await node.take([stage.chat("c1", "c")], CLOCK.now())
        await until("all else is done", lambda: len(stage.effects.done) == 3)
    assert {name for _, name in stage.effects.done} == {"a1", "b1", "c1"}
    left = await stage.pool.fetch("SELECT number, tries FROM inbox_event ORDER BY number")
    assert [tuple(row) for row in left] == [(2, 0), (3, 0)]


async def test_what_says_something_of_a_later_version_is_tried_again_where_another_node_may_read_it(
    stage: InboxStage,
) -> None:
    async with stage.node(works=False) as node:
        await node.take([stage.chat("said")], CLOCK.now())
    await stage.pool.execute("UPDATE inbox_event SET type = 'be.msa.tracker.moved'")  # as one it cannot read
    async with stage.node():
        await until("it was tried, and given back", stage.put_off)
    assert await stage.pool.fetchval("SELECT count(*) FROM event_quarantine") == 0


async def test_a_receiver_or_a_secret_of_a_later_version_holds_up_no_other(database: str, pool: Pool) -> None:
    await pool.execute("ALTER TABLE receiver DROP CONSTRAINT receiver_format_check")
    await pool.execute("ALTER TABLE receiver DROP CONSTRAINT receiver_purposes_check")
    await pool.execute("ALTER TABLE receiver_secret DROP CONSTRAINT receiver_secret_algorithm_check")
    async with a_sender(database) as sender, a_receiver() as outside, a_receiver() as later:
        async with pool.acquire() as connection:
            of = await an_integrator(connection)
        known, _ = await sender.receiver(outside.url, of)
        other, _ = await sender.receiver(later.url, of)
        third, _ = await sender.receiver(later.url, of)
        await pool.execute("UPDATE receiver SET format = 'later' WHERE receiver_id = $1", other.receiver_id)
        await pool.execute(
            "UPDATE receiver_secret SET algorithm = 'later' WHERE receiver_id = $1", third.receiver_id
        )
        await pool.execute("UPDATE receiver SET purposes = purposes || '{later}'")
        async with pool.acquire() as connection:
            await pressed(connection, await a_companion(connection))
        await sender.send_all()
        assert len(outside.calls) == 1
        assert later.calls == []
        shown = await sender.receivers.all()
        assert {one.receiver_id for one in shown} == {known.receiver_id, third.receiver_id}
        waiting = "SELECT tries FROM sending WHERE receiver_id = $1 AND state = 'waiting'"
        assert await pool.fetchval(waiting, other.receiver_id) == 0
