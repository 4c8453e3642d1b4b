"""Who has claimed an event, as the database sees it: of what is gone no lease is waited for."""

from uuid import UUID

from gateway.clock import SystemClock
from gateway.store.connect import Pool, connect
from gateway.store.doors.claimant import Claimant
from gateway.store.doors.inbox_work import PostgresInboxWork
from tests.support.inbox import KEYRING
from tests.support.integrators import a_client
from tests.support.wait import until

LANE = UUID(int=7)
PUT = """
INSERT INTO inbox_event (event_key, integrator_id, lane, type, rank, received_at, due_at, key_id, row_key,
                         sealed)
SELECT gen_random_uuid(), $1, $2, 'be.msa.chat.said', 1, now(), now(), 'k', '', ''
  FROM generate_series(1, 2)"""
END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"
ENDED = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = $1)"
BY_AN_OLDER_PROGRAM = "UPDATE inbox_event SET claimed_by = NULL"


class HastyClock(SystemClock):
    """Each time it is asked a second has gone by, so that every look looks."""

    def __init__(self) -> None:
        self._at = 0.0

    def monotonic(self) -> float:
        self._at += 1.0
        return self._at


async def test_what_a_lost_session_had_is_free_at_once_and_what_lives_is_left_alone(
    database: str, pool: Pool
) -> None:
    client = await a_client(pool, SystemClock())
    await pool.execute(PUT, client.integrator.integrator_id, LANE)

    def a_node(name: str) -> PostgresInboxWork:
        claimant = Claimant(lambda: connect(database, application_name=name), HastyClock())
        return PostgresInboxWork(pool, KEYRING, claimant, HastyClock())

    one, other = a_node("one"), a_node("other")
    as_one, as_other = await one.stand(), await other.stand()
    ((first, second),) = await one.claim(8, as_one)
    assert await other.claim(8, as_other) == []
    assert await one.stand() == as_one

    await pool.execute(END, "one")

    async def ended() -> bool:
        return bool(await pool.fetchval(ENDED, "one"))

    await until("its session has ended", ended)
    (taken,) = await other.claim(8, as_other)
    assert [claimed.number for claimed in taken] == [first.number, second.number]
    assert await one.stand() != as_one, "what it had is not its any more, and it knows"
    await one.put_off(first, [second.number], 0.0, counted=True)
    await one.release([first, second])
    assert await one.claim(8, await one.stand()) == [], (
        "the other's are not given away by who had them before"
    )

    other.leave()
    await pool.execute(BY_AN_OLDER_PROGRAM)
    assert await one.claim(8, await one.stand()) == [], "of a program that holds no lock the lease counts"
    one.leave()
